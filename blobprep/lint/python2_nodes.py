"""The syntax tree of tree-sitter, whose grammar accepts Python 2 and 3 together."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING, Final

from blobprep.lint.findings import Edit, Finding
from blobprep.lint.source import ParseError, Source

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Parser

__all__ = ["SECONDS", "language", "make_finding", "parse_root", "placeholder", "text_of"]

SECONDS: Final = 0.5
"""The most time of a processor for one file, for each of: reading it, looking at its tree, its notebook lines."""
_CHUNK: Final = 64 * 1024


@cache
def language() -> Language:
    """Return the grammar."""
    import tree_sitter
    import tree_sitter_python

    return tree_sitter.Language(tree_sitter_python.language())


@cache
def _parser() -> Parser:
    import tree_sitter

    return tree_sitter.Parser(language())


def parse_root(source: Source) -> Node:
    """Parse a text, with a time limit: there are texts whose parsing takes the square of their length.

    Raises:
        ParseError: it takes too long.
    """
    end = time.thread_time() + SECONDS
    parser = _parser()
    try:
        tree = parser.parse(
            lambda offset, _: source.data[offset : offset + _CHUNK],
            progress_callback=lambda *_: time.thread_time() > end,
        )
    except ValueError as error:
        parser.reset()
        raise ParseError("takes too long to be checked", deep=True) from error
    return tree.root_node


def make_finding(
    code: str, source: Source, node: Node, message: str, remedy: str, edits: tuple[Edit, ...], fixable: bool = True
) -> Finding:
    """Return a finding about a node."""
    line, column = source.place(node.start_byte)
    last, _ = source.place(max(node.start_byte, node.end_byte - 1))
    return Finding(code, source.path, line, column, last, message, remedy, fixable, edits)


def text_of(source: Source, node: Node) -> bytes:
    """Return the text of a node."""
    return source.data[node.start_byte : node.end_byte]


def placeholder(node: Node) -> str:
    """Return the name that stands for a tuple where Python 3 only takes a name."""
    return f"_{node.start_byte}"
