"""The examination of a whole text: first the syntax of Python 2, then, with that corrected, everything else. Pure.

Names, scopes, places and edits are our own (`scopes`, `walk`, `source`), over the standard library's `ast`. The obvious
library for them, libcst, was measured and rejected: a text with 3,000 nested brackets ended the process, and 20,000
lines took 25 seconds. What is checked here is not trusted, and a run that fails is checked while a person waits.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from blobprep.lint import entry_point, language, libraries, machine, notebooks, storage
from blobprep.lint.conversion import convert_to_python3, find_failing_line, find_foreign_lines
from blobprep.lint.edit_map import EditMap
from blobprep.lint.findings import Edit, Finding
from blobprep.lint.imports import Imports
from blobprep.lint.python2 import find_python2
from blobprep.lint.scopes import Scope
from blobprep.lint.source import ParseError, Source, apply_edits, choose_disjoint
from blobprep.lint.walk import Context, Rule, walk

__all__ = ["MAX_SIZE", "RULES", "Examination", "advise", "dump_syntax", "examine"]

MAX_SIZE: Final = 2 * 1024 * 1024
"""The most bytes of a text that is examined."""
MAX_TOKENS: Final = 150_000
"""The most names, numbers, texts and signs of a text that is examined: ten thousand lines and more."""
_TOKEN: Final = re.compile(rb"\w+|[^\w\s]")
_DATA: Final = "move data out of the script, into datasets or the bundle"
_SPLIT: Final = "split its longest expressions"
_ONLY_PYTHON2: Final = frozenset(
    {"xrange", "raw_input", "unicode", "basestring", "urllib2", "cPickle", "cStringIO", "iteritems", "has_key"}
    | {"izip", "izip_longest", "maxint", "string.letters", "string.lowercase", "string.maketrans", "string.uppercase"}
)

RULES: Final[Mapping[type[ast.AST], tuple[Rule, ...]]] = {
    ast.Module: (entry_point.check_definition,),
    ast.Import: (libraries.check_import, storage.check_studio_import),
    ast.ImportFrom: (libraries.check_import, storage.check_studio_import),
    ast.Attribute: (libraries.check_attribute,),
    ast.Name: (language.check_builtin,),
    ast.Call: (
        libraries.check_call,
        language.check_method,
        language.check_codec,
        language.check_sort,
        language.check_request_data,
        storage.check_service,
        storage.check_positions,
        entry_point.check_exit,
        machine.check_process,
        machine.check_native_library,
        machine.check_opened_path,
        machine.check_backend,
        notebooks.check_get_ipython,
        notebooks.check_display,
    ),
    ast.Constant: (storage.check_literal, machine.check_windows_path),
    ast.BinOp: (language.check_division,),
    ast.Subscript: (language.check_subscript,),
    ast.Assign: (libraries.check_chained_assignment,),
    ast.Expr: (libraries.check_chained_assignment,),
    ast.FunctionDef: (entry_point.check_returns_value,),
    ast.AsyncFunctionDef: (entry_point.check_returns_value,),
    ast.Return: (entry_point.check_return,),
}
"""The rules for each type of node."""


@dataclass(frozen=True, slots=True)
class Examination:
    """The result for one text.

    Attributes:
        findings: in the order of their places.
        imports: what the file imports, if Python 3 can parse it.
        python2: whether it was certainly written for Python 2.
    """

    findings: tuple[Finding, ...]
    imports: Imports
    python2: bool = False


def examine(
    source: Source, *, is_script: bool = True, connected: int | None = None, python2: bool = False
) -> Examination:
    """Find what in a text breaks here.

    Args:
        source: the text.
        is_script: True for the script, which has the entry point; False for a module beside it.
        connected: how many datasets are connected, None if that is not known.
        python2: whether it was written for Python 2, although its syntax does not show that any more.
    """
    examined = _examine(source, is_script, connected, python2)
    if not any(finding.code == "BP001" for finding in examined.findings):
        return examined
    lines = find_foreign_lines(source)
    if not lines:
        return examined
    edits = choose_disjoint(finding.edits for finding in lines)
    made, back = apply_edits(source, edits), EditMap(edits)
    rest = _examine(made, is_script, connected, python2)
    moved = [_map_back(finding, source, made, back) for finding in rest.findings]
    imports = [
        replace(module, finding=_map_back(module.finding, source, made, back), relative=())
        for module in rest.imports.found
    ]
    return Examination(_sort([*lines, *moved]), replace(rest.imports, found=imports), rest.python2)


def _examine(source: Source, is_script: bool, connected: int | None, python2: bool) -> Examination:
    imports = Imports()
    if len(source.data) > MAX_SIZE:
        message = f"the file has {len(source.data)} bytes; at most {MAX_SIZE} are checked"
        return Examination(
            (_file_finding("BP003", source, message, _DATA),),
            imports,
        )
    tokens = _count_tokens(source.data)
    if tokens > MAX_TOKENS:
        message = f"the file has {tokens} words and signs; at most {MAX_TOKENS} are checked"
        return Examination((_file_finding("BP003", source, message, _DATA),), imports)
    found = [_encoding_finding(source)] if source.foreign else []
    old: list[Finding] = []
    edits: tuple[Edit, ...] = ()
    made = source
    try:
        old = find_python2(source)
        edits = tuple(choose_disjoint(finding.edits for finding in old))
        made, tree, edits = convert_to_python3(source, old, edits)
        python2 = python2 or _is_python2(old, tree)
        context = Context(made, Scope(), is_script, python2 and not _has_true_division(tree))
        later = walk(tree, context, _bind_rules(connected, imports))
    except ParseError as error:
        later = [_syntax_finding(error, source, edits)]
    except RecursionError:
        later = [_file_finding("BP003", source, "the code is nested too deeply to be checked", _SPLIT)]
    back = EditMap(edits)
    moved = [_map_back(finding, source, made, back) for finding in later]
    placed = [replace(module, finding=_map_back(module.finding, source, made, back)) for module in imports.found]
    if edits:
        placed = [replace(module, relative=()) for module in placed]
    return Examination(_sort([*found, *old, *moved]), replace(imports, found=placed), python2 or bool(old))


def _count_tokens(data: bytes) -> int:
    return sum(1 for _ in _TOKEN.finditer(data)) if len(data) > MAX_TOKENS else 0


def _sort(findings: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: (finding.line, finding.column, finding.code)))


def _bind_rules(connected: int | None, imports: Imports) -> Mapping[type[ast.AST], tuple[Rule, ...]]:
    def arity(node: ast.AST, context: Context) -> Iterator[Finding]:
        return entry_point.check_arity(node, context, connected)

    return {
        **RULES,
        ast.FunctionDef: (*RULES[ast.FunctionDef], arity),
        ast.Import: (*RULES[ast.Import], imports.note_import),
        ast.ImportFrom: (*RULES[ast.ImportFrom], imports.note_import),
        ast.Call: (*RULES[ast.Call], imports.note_search_path),
    }


def _is_python2(old: Sequence[Finding], tree: ast.Module) -> bool:
    """Return whether a script was certainly written for Python 2."""
    if old:
        return True
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="string"), attr=name):
                names.add(f"string.{name}")
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                names.add(name)
    return not (names.isdisjoint(_ONLY_PYTHON2) or names & {"PY2", "PY3", "version_info"})


def _has_true_division(tree: ast.Module) -> bool:
    future = (node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__")
    return any(alias.name == "division" for node in future for alias in node.names)


def _map_back(finding: Finding, source: Source, made: Source, edits: EditMap) -> Finding:
    """Return a finding of the rewritten text with its place in the original, and no edits: a later round makes them."""
    if not edits or not finding.line or finding.code in ("BP001", "BP003"):
        return finding
    line, column = source.place(edits.back(made.offset_of(finding.line, finding.column)))
    last, _ = source.place(edits.back(made.starts[finding.end_line - 1]))
    return replace(finding, line=line, column=column, end_line=max(line, last), edits=())


def _syntax_finding(error: ParseError, source: Source, edits: Sequence[Edit]) -> Finding:
    if error.deep:
        return _file_finding("BP003", source, f"the code {error}", _SPLIT)
    line, _ = source.place(min(EditMap(edits).back(error.offset), len(source.data)))
    remedy = "correct this first; the other checks need a file that Python can parse"
    return Finding("BP001", source.path, line, 1, line, f"not valid Python: {error}", remedy)


def _encoding_finding(source: Source) -> Finding:
    message = f"the file is not UTF-8 and does not declare another encoding; it was read as {source.guessed}"
    edits = (Edit(0, 0, ""),)  # only the encoding changes
    return Finding("BP002", source.path, source.foreign, 1, source.foreign, message, "save it as UTF-8", True, edits)


def _file_finding(code: str, source: Source, message: str, remedy: str) -> Finding:
    return Finding(code, source.path, 0, 0, 0, message, remedy)


def dump_syntax(source: Source) -> str:
    """Return a text's corrected syntax tree as text, without places; empty if it cannot be parsed."""
    try:
        if find_failing_line(source):
            source = apply_edits(source, choose_disjoint(finding.edits for finding in find_foreign_lines(source)))
        old = find_python2(source)
        _, tree, _ = convert_to_python3(source, old, tuple(choose_disjoint(finding.edits for finding in old)))
        return ast.dump(tree)
    except (ParseError, RecursionError):
        return ""


def advise(source: Source, lines: Sequence[int], *, ran: bool = False) -> tuple[Finding, ...]:
    """Return what is known about lines where a script has failed: no notes, and one finding for each code.

    Args:
        source: the text.
        lines: the lines.
        ran: whether it was running. Then what Python 3 rejects had been translated, and is not why it failed.
    """
    examined = examine(source)
    was_translated = ran and examined.python2 and _is_rejected(source)
    found: dict[str, Finding] = {}
    for finding in examined.findings:
        if was_translated and finding.code.startswith("BP1"):
            continue
        if finding.level != "note" and any(finding.line <= line <= finding.end_line for line in lines):
            found.setdefault(finding.code, finding)
    return tuple(found.values())


def _is_rejected(source: Source) -> bool:
    try:
        ast.parse(source.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return False
