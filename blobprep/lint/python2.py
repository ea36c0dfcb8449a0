"""Rules about the syntax of Python 2, with tree-sitter, whose grammar accepts it together with that of Python 3.

The findings are the same whether the rest of a file is valid or not, since the parser skips what it cannot read. It
does not recurse, so deep nesting does not harm it.
"""

from __future__ import annotations

import bisect
import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

from blobprep.lint.findings import Edit, Finding
from blobprep.lint.source import ParseError, Source

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

__all__ = ["expand_tabs", "find_mixed_tabs", "find_python2", "rename_keywords"]

_NEW_KEYWORDS: Final = frozenset({b"async", b"await", b"nonlocal"})
_OLD_NUMBER: Final = re.compile(rb"(?P<octal>0[0-7]+)(?P<long>[lL]?)$|(?P<number>\w+?)[lL]$")
_MESSAGES: Final = frozenset({"string", "concatenated_string", "binary_operator", "none", "tuple"})
_SECONDS: Final = 10.0  # for one file
_CHUNK: Final = 64 * 1024
_UNKNOWN_ESCAPE: Final = re.compile(
    rb"(?P<name>\\)(?:u(?![0-9A-Fa-f]{4})|U(?!00(?:0[0-9A-Fa-f]|10)[0-9A-Fa-f]{4})|N(?P<braces>\{[^}]*\})?)|\\.",
    re.DOTALL,
)
_KEYWORD: Final = re.compile(rb"\b(?:async(?!\s+(?:def|for|with)\b)|nonlocal|await(?=\s*[=,.):\]]))(?!\w)")
_INDENT: Final = re.compile(rb"[ \t]*")


def find_python2(source: Source) -> list[Finding]:
    """Find syntax that Python 3 does not have.

    Every finding has edits that make the place valid for Python 3; if they may change its meaning, it is not fixable.

    Raises:
        ParseError: it takes too long.
    """
    found: list[Finding] = []
    pending = [_root(source)]
    end = time.monotonic() + _SECONDS
    while pending:
        if time.monotonic() > end:  # computing a place takes longer the longer its line is
            raise ParseError("takes too long to be checked", deep=True)
        node = pending.pop()
        rule = _RULES.get(node.type)
        if rule is not None:
            found += rule(source, node)
        pending += node.children
    return sorted(found, key=lambda finding: (finding.line, finding.column))


@cache
def _parser() -> Parser:
    import tree_sitter
    import tree_sitter_python

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language()))


def _root(source: Source) -> Node:
    """Parse a text, with a time limit: there are texts whose parsing takes the square of their length.

    Raises:
        ParseError: it takes too long.
    """
    end = time.monotonic() + _SECONDS
    parser = _parser()
    try:
        tree = parser.parse(
            lambda offset, _: source.data[offset : offset + _CHUNK],
            progress_callback=lambda *_: time.monotonic() > end,
        )
    except ValueError as error:
        parser.reset()
        raise ParseError("takes too long to be checked", deep=True) from error
    return tree.root_node


def _finding(
    code: str, source: Source, node: Node, message: str, remedy: str, edits: tuple[Edit, ...], fixable: bool = True
) -> Finding:
    line, column = source.place(node.start_byte)
    last, _ = source.place(max(node.start_byte, node.end_byte - 1))
    return Finding(code, source.path, line, column, last, message, remedy, fixable, edits)


def _text(source: Source, node: Node) -> bytes:
    return source.data[node.start_byte : node.end_byte]


def _check_print(source: Source, node: Node) -> Iterator[Finding]:
    children = node.children
    keyword, rest = children[0], children[1:]
    edits = (
        [Edit(keyword.end_byte, rest[0].start_byte, "(")] if rest else [Edit(keyword.end_byte, keyword.end_byte, "()")]
    )
    end = "" if not rest or rest[-1].type != "," else "end=' '"
    if rest and rest[0].type == "chevron":
        stream = rest[0].children[-1]
        file = f"file={_text(source, stream).decode()}"
        named = ", ".join(filter(None, (end, file)))
        if len(rest) == 1:
            edits = [Edit(keyword.end_byte, node.end_byte, f"({named})")]
        else:
            following = rest[2] if len(rest) > 2 else None
            edits = [Edit(keyword.end_byte, following.start_byte if following else node.end_byte, "(")]
            edits.append(_close_arguments(rest, node, named))
    elif rest:
        edits.append(_close_arguments(rest, node, end))
    remedy = "write print(…)"
    yield _finding("BP101", source, node, "print is used as a statement", remedy, tuple(edits))


def _close_arguments(rest: list[Node], node: Node, named: str) -> Edit:
    """Return the edit that closes the parentheses of a print; a trailing comma is replaced by it."""
    if rest[-1].type == ",":
        return Edit(rest[-1].start_byte, rest[-1].end_byte, f", {named})" if named else ")")
    return Edit(node.end_byte, node.end_byte, f", {named})" if named else ")")


def _check_expression(source: Source, node: Node) -> Iterator[Finding]:
    """Find print and exec statements that look like operations on a name: `print -1`, `print (a), b`."""
    first = node
    while first.children:
        first = first.children[0]
    word = _text(source, first)
    if first.type == "identifier" and word == b"print" and not _is_call(node) and not _is_assigned(node):
        after = source.data[first.end_byte : node.end_byte]
        gap = len(after) - len(after.lstrip(b" \t"))
        edits = (Edit(first.end_byte, first.end_byte + gap, "("), Edit(node.end_byte, node.end_byte, ")"))
        yield _finding("BP101", source, node, "print is used as a statement", "write print(…)", edits)
    if word == b"exec":
        made = _rewrite_bare_exec(source, node, first)
        if made:
            yield _finding("BP105", source, node, "exec is used as a statement", "write exec(code, names)", made)


def _rewrite_bare_exec(source: Source, node: Node, keyword: Node) -> tuple[Edit, ...]:
    """Rewrite `exec(code) in names` and `exec make(code)`, which the parser takes for calls and comparisons."""
    top = node.children[0]
    compared = top.type == "comparison_operator" and len(top.children) == 3 and top.children[1].type == "in"
    after = source.data[keyword.end_byte : node.end_byte]
    called = after.lstrip(b" \t").startswith(b"(")
    if called and not compared:
        return ()
    code = top.children[0] if compared else top
    if called:
        return (
            Edit(code.end_byte - 1, top.children[2].start_byte, ", "),
            Edit(node.end_byte, node.end_byte, ")"),
        )
    gap = len(after) - len(after.lstrip(b" \t"))
    edits = [Edit(keyword.end_byte, keyword.end_byte + gap, "("), Edit(node.end_byte, node.end_byte, ")")]
    if compared:
        edits.append(Edit(code.end_byte, top.children[2].start_byte, ", "))
    return tuple(edits)


def _is_call(node: Node) -> bool:
    """Return whether a statement calls print as in Python 3, whatever it does with the result."""
    only = node.children[0]
    if len(node.children) > 1:
        return False
    while only.type in ("attribute", "subscript") or (only.type == "call" and only.children[0].type != "identifier"):
        if only.children[0].type == "identifier":
            return only.type == "attribute"
        only = only.children[0]
    return only.type in ("call", "conditional_expression", "boolean_operator")


def _is_assigned(node: Node) -> bool:
    return node.children[0].type in ("assignment", "augmented_assignment")


def _check_except(source: Source, node: Node) -> Iterator[Finding]:
    caught = [child for child in node.children if child.is_named and child.type not in ("block", "comment")]
    comma = next((child for child in node.children if child.type == ","), None)
    if comma is not None and len(caught) == 2 and caught[1].type not in ("as_pattern", "identifier"):
        edits = (Edit(comma.start_byte, caught[1].end_byte, f" as {placeholder(caught[1])}"),)
        remedy = "give the exception a name, and unpack its args in the first line of the handler"
        message = "the exception is unpacked where it is caught"
        yield _finding("BP102", source, comma, message, remedy, edits, fixable=False)
    elif comma is not None and len(caught) == 2 and caught[1].type != "as_pattern":
        edits = (Edit(comma.start_byte, caught[1].start_byte, " as "),)
        yield _finding(
            "BP102", source, comma, "a comma separates the exception from its name", "write except X as e", edits
        )


def _check_string(source: Source, node: Node) -> Iterator[Finding]:
    start, end = node.children[0], node.children[-1]
    mark = _text(source, start)
    if mark == b"`":
        both = (Edit(start.start_byte, start.end_byte, "repr("), Edit(end.start_byte, end.end_byte, ")"))
        edits = (*both, *_edits_within(source, start.end_byte, end.start_byte))
        yield _finding("BP103", source, node, "backticks are no longer valid", "write repr(…)", edits)
    elif mark[:1] in b"'\"":
        yield from _check_escapes(source, node)
    elif mark[:2].lower() == b"ur":
        edits = (Edit(start.start_byte, start.start_byte + 1, ""),)
        sure = b"\\u" not in _text(source, node).lower()  # which was an escape even in a raw string
        yield _finding("BP109", source, node, 'ur"" strings are no longer valid', 'write r"…"', edits, sure)


def _check_escapes(source: Source, node: Node) -> Iterator[Finding]:
    r"""Find `\U`, `\N` and `\u` that Python 3 takes for the start of a character, as in `'C:\Users'`."""
    text = _text(source, node)
    found = [match for match in _UNKNOWN_ESCAPE.finditer(text) if match["name"] and not _is_character(match)]
    if found:
        edits = tuple(
            Edit(node.start_byte + match.end("name"), node.start_byte + match.end("name"), "\\") for match in found
        )
        shown = found[0]["name"].decode() + text[found[0].end("name") : found[0].end("name") + 1].decode(
            errors="replace"
        )
        message = f"{shown} begins a Unicode character in Python 3"
        yield _finding("BP124", source, node, message, "double the backslash, or write r'…'", edits)


def _is_character(match: re.Match[bytes]) -> bool:
    r"""Return whether `\N{…}` names a character that there is."""
    try:
        return bool(match["braces"] and unicodedata.lookup(match["braces"][1:-1].decode()))
    except (KeyError, UnicodeDecodeError):
        return False


def _edits_within(source: Source, start: int, end: int) -> Iterator[Edit]:
    """Yield the edits of what stands between backticks, which the parser takes for a string."""
    for finding in find_python2(Source(source.path, source.data[start:end])):
        for edit in finding.edits:
            yield Edit(edit.start + start, edit.end + start, edit.text)


def _check_unequal(source: Source, node: Node) -> Iterator[Finding]:
    edits = (Edit(node.start_byte, node.end_byte, "!="),)
    yield _finding("BP104", source, node, "<> is no longer valid", "write !=", edits)


def _check_exec(source: Source, node: Node) -> Iterator[Finding]:
    keyword, code, *rest = node.children
    edits = [Edit(keyword.end_byte, code.start_byte, "(")]
    if rest and rest[0].type == "in":
        edits.append(Edit(code.end_byte, rest[1].start_byte, ", "))
    edits.append(Edit(node.end_byte, node.end_byte, ")"))
    yield _finding("BP105", source, node, "exec is used as a statement", "write exec(code, names)", tuple(edits))


def _check_number(source: Source, node: Node) -> Iterator[Finding]:
    text = _text(source, node)
    match = _OLD_NUMBER.match(text)
    if match is None or not text.strip(b"0"):  # 00 is still valid
        return
    octal = match["octal"]
    new = f"0o{octal[1:].decode()}" if octal else match["number"].decode()
    edits = (Edit(node.start_byte, node.end_byte, new),)
    yield _finding("BP106", source, node, f"{text.decode()} is not a valid number in Python 3", f"write {new}", edits)


def _check_raise(source: Source, node: Node) -> Iterator[Finding]:
    listed = next((child for child in node.children if child.type == "expression_list"), None)
    if listed is None or len(listed.children) < 3:
        return
    kind, comma, message, *rest = listed.children
    traced = f".with_traceback({_text(source, rest[1]).decode()})" if len(rest) > 1 else ""
    opening, closing = "(", ")"
    if message.type == "none":
        edits: tuple[Edit, ...] = (Edit(comma.start_byte, listed.end_byte, f"(){traced}"),)
    else:
        if message.type == "tuple":  # its items were the arguments
            opening = closing = ""
        edits = (
            Edit(comma.start_byte, message.start_byte, opening),
            Edit(message.end_byte, listed.end_byte, f"{closing}{traced}"),
        )
    # With a traceback, the message is often an exception itself, which is raised unchanged.
    sure = kind.type != "call" and (not traced or message.type in _MESSAGES)
    remedy = f"write raise {_text(source, kind).decode(errors='replace')}(message)"
    yield _finding("BP107", source, node, "a comma separates the exception from its message", remedy, edits, sure)


def _check_parameters(source: Source, node: Node) -> Iterator[Finding]:
    for child in node.children:
        pattern = child.children[0] if child.type == "default_parameter" else child
        if pattern.type == "tuple_pattern":
            edits = (Edit(pattern.start_byte, pattern.end_byte, placeholder(pattern)),)
            remedy = "take one parameter, and unpack it in the first line of the function"
            yield _finding("BP108", source, pattern, "a tuple is used as a parameter", remedy, edits, fixable=False)


def placeholder(node: Node) -> str:
    """Return the name that stands for a tuple where Python 3 only takes a name."""
    return f"_{node.start_byte}"


def _check_comprehension(source: Source, node: Node) -> Iterator[Finding]:
    """Find `[x for x in 1, 2]`."""
    at = next((index for index, child in enumerate(node.children) if child.type == "in"), None)
    values = node.children[at + 1 :] if at is not None else []
    if any(child.type == "," for child in values):
        first, last = values[0].start_byte, values[-1].end_byte
        edits = (Edit(first, first, "("), Edit(last, last, ")"))
        message = "a tuple in a comprehension needs parentheses"
        yield _finding("BP125", source, node, message, "write [… for x in (a, b)]", edits)


def _check_name(source: Source, node: Node) -> Iterator[Finding]:
    word = _text(source, node)
    if word in _NEW_KEYWORDS:
        edits = (Edit(node.end_byte, node.end_byte, "_"),)
        name = word.decode()
        yield _finding("BP111", source, node, f"{name} is now a keyword", f"rename it to {name}_", edits, fixable=False)


_RULES: Final[Mapping[str, Callable[[Source, Node], Iterator[Finding]]]] = {
    "print_statement": _check_print,
    "expression_statement": _check_expression,
    "except_clause": _check_except,
    "string": _check_string,
    "<>": _check_unequal,
    "exec_statement": _check_exec,
    "integer": _check_number,
    "raise_statement": _check_raise,
    "for_in_clause": _check_comprehension,
    "parameters": _check_parameters,
    "lambda_parameters": _check_parameters,
    "identifier": _check_name,
}


def rename_keywords(source: Source) -> list[Edit]:
    """Return edits that append `_` to each name that is a keyword now; none for `async def` and its like.

    The grammar takes some of them for keywords, so they are found as words outside of texts and comments.
    """
    words = list(_KEYWORD.finditer(source.data))
    if not words:
        return []
    spans = [
        (node.start_byte, node.end_byte) for node in _all_nodes(_root(source)) if node.type in ("string", "comment")
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
    pending = [_root(source)]
    while pending:
        node = pending.pop()
        if node.type == "string" and node.end_point[0] > node.start_point[0]:
            first, _ = source.place(node.start_byte)
            last, _ = source.place(node.end_byte)
            inside |= set(range(first + 1, last + 1))
        pending += node.children
    return inside
