"""Examine a text: the syntax of Python 2 first, then, on what Python 3 makes of it, everything else. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from blobprep.lint import entry_point, language, libraries, machine, notebooks, storage
from blobprep.lint.findings import Edit, Finding
from blobprep.lint.imports import Imports
from blobprep.lint.notebooks import find_foreign_line
from blobprep.lint.python2 import find_mixed_tabs, find_python2
from blobprep.lint.scopes import Scope
from blobprep.lint.source import Source, apart, edited, origin
from blobprep.lint.syntax import Unreadable, parse
from blobprep.lint.walk import Context, Rule, walk

__all__ = ["MAX_SIZE", "RULES", "Examination", "advise", "examine", "meaning"]

_STUMBLES: Final = 100
MAX_SIZE: Final = 2 * 1024 * 1024
_ONLY_PYTHON2: Final = frozenset(
    {"xrange", "raw_input", "unicode", "basestring", "urllib2", "cPickle", "iteritems", "has_key"}
)

RULES: Final[Mapping[type[ast.AST], tuple[Rule, ...]]] = {
    ast.Module: (entry_point.entry_point,),
    ast.Import: (libraries.imported, storage.studio),
    ast.ImportFrom: (libraries.imported, storage.studio),
    ast.Attribute: (libraries.attribute,),
    ast.Name: (language.builtin,),
    ast.Call: (
        libraries.call,
        language.method,
        language.codec,
        language.comparing,
        language.sending,
        storage.account,
        storage.positions,
        entry_point.ending,
        machine.process,
        machine.loading,
        machine.opening,
        machine.backend,
        notebooks.notebook_call,
        notebooks.displaying,
    ),
    ast.Constant: (storage.literal, machine.path),
    ast.BinOp: (language.division,),
    ast.Subscript: (language.index,),
    ast.Assign: (libraries.chained_assignment,),
    ast.Expr: (libraries.chained_assignment,),
    ast.FunctionDef: (entry_point.returns,),
    ast.AsyncFunctionDef: (entry_point.returns,),
    ast.Return: (entry_point.returning,),
}
"""What is looked at, and by which rules."""


@dataclass(frozen=True, slots=True)
class Examination:
    """Hold what one text gave.

    Attributes:
        findings: in order of their places.
        imports: what the file imports, as far as Python 3 reads it.
        python2: it was written for Python 2 beyond doubt.
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
        is_script: it is the script, which has the entry point; else a module beside it.
        connected: how many datasets are connected, None where that is not known.
        python2: it was written for Python 2, although no more of its syntax is left.
    """
    examined = _examine(source, is_script, connected, python2)
    if not any(each.code == "BP001" for each in examined.findings):
        return examined
    lines = _foreign_lines(source)
    if not lines:
        return examined
    edits = apart(each.edits for each in lines)
    made = edited(source, edits)
    rest = _examine(made, is_script, connected, python2)
    moved = [_back(each, source, made, edits) for each in rest.findings]
    imports = [
        replace(each, finding=_back(each.finding, source, made, edits), relative=()) for each in rest.imports.found
    ]
    return Examination(_ordered([*lines, *moved]), replace(rest.imports, found=imports), rest.python2)


def _examine(source: Source, is_script: bool, connected: int | None, python2: bool) -> Examination:
    imports = Imports()
    if len(source.data) > MAX_SIZE:
        message = f"it has {len(source.data)} bytes; {MAX_SIZE} are read"
        return Examination((_whole("BP003", source, message, "keep data in datasets and the bundle"),), imports)
    found = [_foreign(source)] if source.foreign else []
    old: list[Finding] = []
    edits: tuple[Edit, ...] = ()
    made = source
    try:
        old = find_python2(source)
        edits = tuple(apart(each.edits for each in old))
        made, tree, edits = _as_python3(source, old, edits)
        python2 = python2 or _is_python2(old, tree)
        context = Context(made, Scope(), is_script, python2 and not _divides_truly(tree))
        later = walk(tree, context, _rules(connected, imports))
    except Unreadable as error:
        later = [_unreadable(error, source, edits)]
    except RecursionError:
        later = [_whole("BP003", source, "it is nested too deeply to be read", "split its longest expressions")]
    moved = [_back(each, source, made, edits) for each in later]
    placed = [replace(each, finding=_back(each.finding, source, made, edits)) for each in imports.found]
    if edits:
        placed = [replace(each, relative=()) for each in placed]
    return Examination(_ordered([*found, *old, *moved]), replace(imports, found=placed), python2 or bool(old))


def _ordered(findings: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda each: (each.line, each.column, each.code)))


def _foreign_lines(source: Source) -> list[Finding]:
    """Find, one after the other, the lines that Python stumbles over because they are for notebooks or readers.

    None of their edits changes the number of lines.
    """
    found: dict[int, Finding] = {}
    made = source
    while len(found) < _STUMBLES:
        line = _stumbled_over(made)
        foreign = find_foreign_line(source, line) if line else None
        if foreign is None:
            break
        if foreign.line in found:  # it is no Python without that either
            found[line] = replace(foreign, fixable=False)
            break
        found[line] = foreign
        made = edited(source, apart(each.edits for each in found.values()))
    return list(found.values())


def _stumbled_over(source: Source) -> int:
    """Return the line at which Python 3 stops; 0 where it reads all, or does not say."""
    edits: tuple[Edit, ...] = ()
    try:
        old = find_python2(source)
        edits = tuple(apart(each.edits for each in old))
        _as_python3(source, old, edits)
    except Unreadable as error:
        return 0 if error.deep else source.place(min(origin(edits, error.offset), len(source.data)))[0]
    except RecursionError:
        pass
    return 0


def _as_python3(
    source: Source, old: list[Finding], edits: tuple[Edit, ...]
) -> tuple[Source, ast.Module, tuple[Edit, ...]]:
    """Return the text as Python 3 reads it, and the edits that made it so; tabs are the last thing it stumbles over."""
    made = edited(source, edits)
    try:
        return made, parse(made), edits
    except Unreadable as error:
        if not error.tabs:
            raise
        line, _ = source.place(origin(edits, error.offset))
        old.append(find_mixed_tabs(source, line))
    edits = tuple(apart(each.edits for each in old))
    made = edited(source, edits)
    return made, parse(made), edits


def _rules(connected: int | None, imports: Imports) -> Mapping[type[ast.AST], tuple[Rule, ...]]:
    def arity(node: ast.AST, context: Context) -> Iterator[Finding]:
        return entry_point.arity(node, context, connected)

    return {
        **RULES,
        ast.FunctionDef: (*RULES[ast.FunctionDef], arity),
        ast.Import: (*RULES[ast.Import], imports.imported),
        ast.ImportFrom: (*RULES[ast.ImportFrom], imports.imported),
        ast.Call: (*RULES[ast.Call], imports.extended),
    }


def _is_python2(old: Sequence[Finding], tree: ast.Module) -> bool:
    """Tell whether a script is one of Python 2 beyond doubt."""
    if old:
        return True
    names: set[str] = set()
    for each in ast.walk(tree):
        match each:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                names.add(name)
    return not (names.isdisjoint(_ONLY_PYTHON2) or names & {"PY2", "PY3", "version_info"})


def _divides_truly(tree: ast.Module) -> bool:
    future = (each for each in tree.body if isinstance(each, ast.ImportFrom) and each.module == "__future__")
    return any(alias.name == "division" for each in future for alias in each.names)


def _back(finding: Finding, source: Source, made: Source, edits: Sequence[Edit]) -> Finding:
    """Return a finding of the rewritten text with its place in the original; its edits are for a later round."""
    if not edits or not finding.line or finding.code in ("BP001", "BP003"):
        return finding
    # Columns count characters, offsets bytes.
    before = made.line(finding.line).decode()[: finding.column - 1].encode()
    line, column = source.place(origin(edits, made.starts[finding.line - 1] + len(before)))
    last, _ = source.place(origin(edits, made.starts[finding.end_line - 1]))
    return replace(finding, line=line, column=column, end_line=max(line, last), edits=())


def _unreadable(error: Unreadable, source: Source, edits: Sequence[Edit]) -> Finding:
    if error.deep:
        return _whole("BP003", source, str(error), "split its longest expressions")
    line, _ = source.place(min(origin(edits, error.offset), len(source.data)))
    remedy = "correct it first: what else may break is looked for in a file that Python reads"
    return Finding("BP001", source.path, line, 1, line, f"this is no Python: {error}", remedy)


def _foreign(source: Source) -> Finding:
    message = "the file is not UTF-8 and says no encoding that fits"
    edits = (Edit(0, 0, ""),)  # the encoding is all that changes
    return Finding("BP002", source.path, source.foreign, 1, source.foreign, message, "save it as UTF-8", True, edits)


def _whole(code: str, source: Source, message: str, remedy: str) -> Finding:
    return Finding(code, source.path, 0, 0, 0, message, remedy)


def meaning(source: Source) -> str:
    """Return what Python 3 reads in a text, or in what its corrected syntax is; without places, empty where nothing."""
    try:
        if _stumbled_over(source):
            source = edited(source, apart(each.edits for each in _foreign_lines(source)))
        old = find_python2(source)
        _, tree, _ = _as_python3(source, old, tuple(apart(each.edits for each in old)))
        return ast.dump(tree)
    except (Unreadable, RecursionError):
        return ""


def advise(source: Source, lines: Sequence[int]) -> tuple[Finding, ...]:
    """Return what is known of lines in which a script has failed: grave findings only, one for each code."""
    found: dict[str, Finding] = {}
    for each in examine(source).findings:
        if each.level != "note" and any(each.line <= line <= each.end_line for line in lines):
            found.setdefault(each.code, each)
    return tuple(found.values())
