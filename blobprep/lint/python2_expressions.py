"""Rules about expressions and names of Python 2. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

from blobprep.lint.findings import Edit, Finding
from blobprep.lint.python2_nodes import make_finding, placeholder, text_of
from blobprep.lint.source import Source

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["check_comprehension", "check_name", "check_number", "check_parameters", "check_string", "check_unequal"]

_NEW_KEYWORDS: Final = frozenset({b"async", b"await", b"nonlocal"})
_OLD_NUMBER: Final = re.compile(rb"(?P<octal>0[0-7]+)(?P<long>[lL]?)$|(?P<number>\w+?)[lL]$")
_UNKNOWN_ESCAPE: Final = re.compile(
    rb"(?P<name>\\)(?:u(?![0-9A-Fa-f]{4})|U(?!00(?:0[0-9A-Fa-f]|10)[0-9A-Fa-f]{4})|N(?P<braces>\{[^}]*\})?)|\\.",
    re.DOTALL,
)


def check_string(source: Source, node: Node, inside: Callable[[Source], Iterable[Finding]]) -> Iterator[Finding]:
    """Find backticks, `ur` and escapes of Unicode.

    Args:
        source: the text.
        node: the string.
        inside: finds what stands between backticks, which the parser takes for a string.
    """
    start, end = node.children[0], node.children[-1]
    mark = text_of(source, start)
    if mark == b"`":
        both = (Edit(start.start_byte, start.end_byte, "repr("), Edit(end.start_byte, end.end_byte, ")"))
        within = inside(Source(source.path, source.data[start.end_byte : end.start_byte]))
        shift = start.end_byte
        moved = (Edit(edit.start + shift, edit.end + shift, edit.text) for finding in within for edit in finding.edits)
        edits = (*both, *moved)
        yield make_finding("BP103", source, node, "backticks are no longer valid", "write repr(…)", edits)
    elif mark[:1] in b"'\"":
        yield from _check_escapes(source, node)
    elif mark[:2].lower() == b"ur":
        edits = (Edit(start.start_byte, start.start_byte + 1, ""),)
        sure = b"\\u" not in text_of(source, node).lower()  # which was an escape even in a raw string
        yield make_finding("BP109", source, node, 'ur"" strings are no longer valid', 'write r"…"', edits, sure)


def _check_escapes(source: Source, node: Node) -> Iterator[Finding]:
    r"""Find `\U`, `\N` and `\u` that Python 3 takes for the start of a character, as in `'C:\Users'`."""
    text = text_of(source, node)
    found = [match for match in _UNKNOWN_ESCAPE.finditer(text) if match["name"] and not _is_character(match)]
    if found:
        edits = tuple(
            Edit(node.start_byte + match.end("name"), node.start_byte + match.end("name"), "\\") for match in found
        )
        shown = found[0]["name"].decode() + text[found[0].end("name") : found[0].end("name") + 1].decode(
            errors="replace"
        )
        message = f"{shown} begins a Unicode character in Python 3"
        yield make_finding("BP124", source, node, message, "double the backslash, or write r'…'", edits)


def _is_character(match: re.Match[bytes]) -> bool:
    r"""Return whether `\N{…}` names a character that there is."""
    try:
        return bool(match["braces"] and unicodedata.lookup(match["braces"][1:-1].decode()))
    except (KeyError, UnicodeDecodeError):
        return False


def check_unequal(source: Source, node: Node) -> Iterator[Finding]:
    """Find `<>`."""
    edits = (Edit(node.start_byte, node.end_byte, "!="),)
    yield make_finding("BP104", source, node, "<> is no longer valid", "write !=", edits)


def check_number(source: Source, node: Node) -> Iterator[Finding]:
    """Find `10L` and `0777`."""
    text = text_of(source, node)
    match = _OLD_NUMBER.match(text)
    if match is None or not text.strip(b"0"):  # 00 is still valid
        return
    octal = match["octal"]
    new = f"0o{octal[1:].decode()}" if octal else match["number"].decode()
    edits = (Edit(node.start_byte, node.end_byte, new),)
    yield make_finding(
        "BP106", source, node, f"{text.decode()} is not a valid number in Python 3", f"write {new}", edits
    )


def check_parameters(source: Source, node: Node) -> Iterator[Finding]:
    """Find tuples as parameters."""
    for child in node.children:
        pattern = child.children[0] if child.type == "default_parameter" else child
        if pattern.type == "tuple_pattern":
            edits = (Edit(pattern.start_byte, pattern.end_byte, placeholder(pattern)),)
            remedy = "take one parameter, and unpack it in the first line of the function"
            yield make_finding("BP108", source, pattern, "a tuple is used as a parameter", remedy, edits, fixable=False)


def check_comprehension(source: Source, node: Node) -> Iterator[Finding]:
    """Find `[x for x in 1, 2]`."""
    at = next((index for index, child in enumerate(node.children) if child.type == "in"), None)
    values = node.children[at + 1 :] if at is not None else []
    if any(child.type == "," for child in values):
        first, last = values[0].start_byte, values[-1].end_byte
        edits = (Edit(first, first, "("), Edit(last, last, ")"))
        message = "a tuple in a comprehension needs parentheses"
        yield make_finding("BP125", source, node, message, "write [… for x in (a, b)]", edits)


def check_name(source: Source, node: Node) -> Iterator[Finding]:
    """Find names that are keywords now."""
    word = text_of(source, node)
    if word in _NEW_KEYWORDS:
        edits = (Edit(node.end_byte, node.end_byte, "_"),)
        name = word.decode()
        yield make_finding(
            "BP111", source, node, f"{name} is now a keyword", f"rename it to {name}_", edits, fixable=False
        )
