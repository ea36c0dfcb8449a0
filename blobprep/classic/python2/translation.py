"""From source of Python 2 to a tree for Python 3, whose places are those of the source."""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from blobprep.classic.python2.literals import Literal, read_literal
from blobprep.classic.python2.loaded import Change
from blobprep.classic.python2.transformer import Places, Transformer
from blobprep.lint import Finding, Source, apply_edits, choose_disjoint
from blobprep.lint.conversion import convert_to_python3, find_foreign_lines
from blobprep.lint.edit_map import EditMap
from blobprep.lint.python2 import find_python2
from blobprep.lint.python2_layout import expand_tabs, rename_keywords
from blobprep.lint.source import ParseError

__all__ = ["Translation", "translate"]

_SYNTAX: Final = {
    "BP102": "except with a comma",
    "BP103": "backticks",
    "BP104": "<>",
    "BP105": "exec statement",
    "BP106": "old number",
    "BP109": 'ur"" string',
    "BP110": "tabs as eight columns",
    "BP111": "name that is a keyword now",
}
_PLACEHOLDER: Final = re.compile(r"(?: as )?(_\d+)")
_RENAMED: Final = frozenset({"async_", "await_", "nonlocal_"})


@dataclass(frozen=True, slots=True)
class Translation:
    """A translated source.

    Attributes:
        tree: for Python 3, with the places of the source.
        changes: in the order of their lines.
    """

    tree: ast.Module = field(repr=False)
    changes: tuple[Change, ...]

    @property
    def text(self) -> str:
        """Return the translation as text, to look at."""
        return ast.unparse(self.tree)


def translate(source: Source) -> Translation:
    """Translate a source.

    Raises:
        ParseError: it is not Python 2 either.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about escapes, which are no errors
        lines = find_foreign_lines(source)
        for line in lines:
            if not line.fixable:
                raise ParseError(line.message, line.line, source.starts[line.line - 1])
        foreign = choose_disjoint(
            [*(finding.edits for finding in lines), *([edit] for edit in rename_keywords(source))]
        )
        cleaned = apply_edits(source, foreign)
        old = [*find_python2(cleaned), *expand_tabs(cleaned)]
        made, tree, edits = convert_to_python3(cleaned, old, tuple(choose_disjoint(finding.edits for finding in old)))
        _restore_keywords(tree)
        moves = [EditMap(foreign), EditMap(edits)]
        transformer = Transformer(_find_places(cleaned, made, tree, old, moves[1]), source.encoding)
        tree = transformer.visit(tree)
    places = _BackMap(source, made, moves)
    _move_back(tree, places)
    syntax = [Change(finding.line, what) for finding in old if (what := _SYNTAX.get(finding.code))]
    changes = [Change(places.back(line, column)[0], what) for line, column, what in transformer.changes]
    return Translation(tree, tuple(sorted({*syntax, *changes})))


def _restore_keywords(tree: ast.Module) -> None:
    """Give names that are keywords now their own name again: in a tree they are names like others."""
    for node in ast.walk(tree):
        for part in ("arg", "attr", "id", "name", "asname"):
            name = getattr(node, part, None)
            if isinstance(name, str) and name in _RENAMED:
                setattr(node, part, name.removesuffix("_"))


class _BackMap:
    """Where a place of the last text was in the first."""

    def __init__(self, first: Source, made: Source, moves: Sequence[EditMap]) -> None:
        self._first, self._made, self._moves = first, made, moves

    def back(self, line: int, column: int) -> tuple[int, int]:
        """Return the line and the column in bytes, for those in the last text."""
        offset = self._made.offset(line, column)
        for moves in reversed(self._moves):
            offset = moves.back(offset)
        row = bisect_right(self._first.starts, offset)
        return row, offset - self._first.starts[row - 1]


def _move_back(tree: ast.Module, places: _BackMap) -> None:
    seen: set[int] = set()
    for node in ast.walk(tree):
        if id(node) in seen or not isinstance(
            node, ast.stmt | ast.expr | ast.keyword | ast.arg | ast.alias | ast.ExceptHandler
        ):
            continue
        seen.add(id(node))
        start = places.back(node.lineno, node.col_offset)
        end = places.back(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
        node.lineno, node.col_offset = start
        node.end_lineno, node.end_col_offset = max(start, end)
    ast.fix_missing_locations(tree)


def _find_places(source: Source, made: Source, tree: ast.Module, old: Sequence[Finding], moves: EditMap) -> Places:
    """Find what stood where in the text before it was made valid; places are those in the text after."""

    def starts(code: str) -> frozenset[tuple[int, int]]:
        found = [moves.forth(_offset(source, finding)) for finding in old if finding.code == code]
        return frozenset((row := bisect_right(made.starts, offset), offset - made.starts[row - 1]) for offset in found)

    futures = frozenset(
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for alias in node.names
    )

    def literal(node: ast.Constant) -> Literal | None:
        first = moves.back(made.offset(node.lineno, node.col_offset))
        last = moves.back(made.offset(node.end_lineno or 0, node.end_col_offset or 0))
        text = source.data[first:last].decode()
        if text.isascii() and "\\" not in text:
            return None
        return read_literal(text, source.guessed or source.encoding, "unicode_literals" in futures)

    def between(first: ast.expr, second: ast.expr) -> str:
        start = made.offset(first.end_lineno or 0, first.end_col_offset or 0)
        return made.data[start : made.offset(second.end_lineno or 0, second.end_col_offset or 0)].decode()

    return Places(
        prints=starts("BP101"),
        raises=starts("BP107"),
        patterns=_find_patterns(source, old),
        literal=literal,
        futures=futures,
        bound=frozenset(_bound_names(tree)),
        between=between,
    )


def _offset(source: Source, finding: Finding) -> int:
    line = source.line(finding.line).decode()
    return source.starts[finding.line - 1] + len(line[: finding.column - 1].encode())


def _find_patterns(source: Source, old: Sequence[Finding]) -> dict[str, str]:
    edits = (edit for finding in old if finding.code in ("BP102", "BP108") for edit in finding.edits)
    return {
        match[1]: source.data[edit.start : edit.end].decode().lstrip(", \t")
        for edit in edits
        if (match := _PLACEHOLDER.fullmatch(edit.text))
    }


def _bound_names(tree: ast.Module) -> Iterable[str]:
    for node in ast.walk(tree):
        match node:
            case (
                ast.Name(id=name, ctx=ast.Store())
                | ast.arg(arg=name)
                | ast.FunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                yield name
            case ast.alias():
                yield node.asname or node.name.partition(".")[0]
