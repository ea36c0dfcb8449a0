"""The layout of Python 2: tabs of eight columns, and names that are keywords now. Pure."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from blobprep.lint.findings import Edit, Finding
from blobprep.lint.python2_nodes import parse_root
from blobprep.lint.source import Source

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["expand_tabs", "find_mixed_tabs", "rename_keywords"]

_KEYWORD: Final = re.compile(rb"\b(?:async(?!\s+(?:def|for|with)\b)|nonlocal|await(?=\s*[=,.):\]]))(?!\w)")
_INDENT: Final = re.compile(rb"[ \t]*")


def rename_keywords(source: Source) -> list[Edit]:
    """Return edits that append `_` to each name that is a keyword now; none for `async def` and its like.

    The grammar takes some of them for keywords, so they are found as words outside of texts and comments.
    """
    words = list(_KEYWORD.finditer(source.data))
    if not words:
        return []
    spans = [
        (node.start_byte, node.end_byte)
        for node in _all_nodes(parse_root(source))
        if node.type in ("string", "comment")
    ]
    spans.sort()
    starts = [start for start, _ in spans]
    free = (word.end() for word in words if not _is_within(spans, starts, word.start()))
    return [Edit(end, end, "_") for end in free]


def _is_within(spans: list[tuple[int, int]], starts: list[int], offset: int) -> bool:
    index = bisect.bisect_right(starts, offset) - 1
    return index >= 0 and offset < spans[index][1]


def _all_nodes(root: Node) -> Iterator[Node]:
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending += node.children


def find_mixed_tabs(source: Source, line: int) -> Finding:
    """Return the finding that tabs and spaces are mixed, with edits to the indentation that Python 2 used.

    Args:
        source: the file.
        line: where Python 3 stops.
    """
    message, remedy = "the indentation mixes tabs and spaces", "indent with spaces; in Python 2 a tab was eight columns"
    return Finding("BP110", source.path, line, 1, line, message, remedy, True, tuple(_expand_tabs(source)))


def expand_tabs(source: Source) -> list[Finding]:
    """Return a finding for each line that is indented by tabs, with edits to the indentation that Python 2 used."""
    edits = {source.place(edit.start)[0]: edit for edit in _expand_tabs(source)}
    message = "the indentation has tabs"
    return [Finding("BP110", source.path, line, 1, line, message, "", True, (edit,)) for line, edit in edits.items()]


def _expand_tabs(source: Source) -> Iterator[Edit]:
    """Expand tabs in indentation, except on lines that begin inside a string."""
    inside = _find_lines_inside_strings(source)
    for number in range(1, len(source.starts) + 1):
        match = _INDENT.match(source.line(number))
        if match and b"\t" in match[0] and number not in inside:
            start = source.starts[number - 1]
            yield Edit(start, start + len(match[0]), match[0].decode().expandtabs(8))


def _find_lines_inside_strings(source: Source) -> set[int]:
    """Return the lines that begin inside a string."""
    inside: set[int] = set()
    pending = [parse_root(source)]
    while pending:
        node = pending.pop()
        if node.type == "string" and node.end_point[0] > node.start_point[0]:
            first, _ = source.place(node.start_byte)
            last, _ = source.place(node.end_byte)
            inside |= set(range(first + 1, last + 1))
        pending += node.children
    return inside
