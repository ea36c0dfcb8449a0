"""Rules about statements of Python 2: print, exec, except and raise. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from blobprep.lint.findings import Edit, Finding
from blobprep.lint.python2_nodes import make_finding, placeholder, text_of
from blobprep.lint.source import Source

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["check_except", "check_exec", "check_expression", "check_print", "check_raise"]

_MESSAGES: Final = frozenset({"string", "concatenated_string", "binary_operator", "none", "tuple"})


def check_print(source: Source, node: Node) -> Iterator[Finding]:
    """Find print statements."""
    children = node.children
    keyword, rest = children[0], children[1:]
    edits = (
        [Edit(keyword.end_byte, rest[0].start_byte, "(")] if rest else [Edit(keyword.end_byte, keyword.end_byte, "()")]
    )
    end = "" if not rest or rest[-1].type != "," else "end=' '"
    if rest and rest[0].type == "chevron":
        stream = rest[0].children[-1]
        file = f"file={text_of(source, stream).decode()}"
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
    yield make_finding("BP101", source, node, "print is used as a statement", remedy, tuple(edits))


def _close_arguments(rest: list[Node], node: Node, named: str) -> Edit:
    """Return the edit that closes the parentheses of a print; a trailing comma is replaced by it."""
    if rest[-1].type == ",":
        return Edit(rest[-1].start_byte, rest[-1].end_byte, f", {named})" if named else ")")
    return Edit(node.end_byte, node.end_byte, f", {named})" if named else ")")


def check_expression(source: Source, node: Node) -> Iterator[Finding]:
    """Find print and exec statements that look like operations on a name: `print -1`, `print (a), b`."""
    first = node
    while first.children:
        first = first.children[0]
    word = text_of(source, first)
    if first.type == "identifier" and word == b"print" and not _is_call(node) and not _is_assigned(node):
        after = source.data[first.end_byte : node.end_byte]
        gap = len(after) - len(after.lstrip(b" \t"))
        edits = (Edit(first.end_byte, first.end_byte + gap, "("), Edit(node.end_byte, node.end_byte, ")"))
        yield make_finding("BP101", source, node, "print is used as a statement", "write print(…)", edits)
    if word == b"exec":
        made = _rewrite_bare_exec(source, node, first)
        if made:
            yield make_finding("BP105", source, node, "exec is used as a statement", "write exec(code, names)", made)


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


def check_except(source: Source, node: Node) -> Iterator[Finding]:
    """Find `except X, e`."""
    caught = [child for child in node.children if child.is_named and child.type not in ("block", "comment")]
    comma = next((child for child in node.children if child.type == ","), None)
    if comma is not None and len(caught) == 2 and caught[1].type not in ("as_pattern", "identifier"):
        edits = (Edit(comma.start_byte, caught[1].end_byte, f" as {placeholder(caught[1])}"),)
        remedy = "give the exception a name, and unpack its args in the first line of the handler"
        message = "the exception is unpacked where it is caught"
        yield make_finding("BP102", source, comma, message, remedy, edits, fixable=False)
    elif comma is not None and len(caught) == 2 and caught[1].type != "as_pattern":
        edits = (Edit(comma.start_byte, caught[1].start_byte, " as "),)
        yield make_finding(
            "BP102", source, comma, "a comma separates the exception from its name", "write except X as e", edits
        )


def check_exec(source: Source, node: Node) -> Iterator[Finding]:
    """Find exec statements."""
    keyword, code, *rest = node.children
    edits = [Edit(keyword.end_byte, code.start_byte, "(")]
    if rest and rest[0].type == "in":
        edits.append(Edit(code.end_byte, rest[1].start_byte, ", "))
    edits.append(Edit(node.end_byte, node.end_byte, ")"))
    yield make_finding("BP105", source, node, "exec is used as a statement", "write exec(code, names)", tuple(edits))


def check_raise(source: Source, node: Node) -> Iterator[Finding]:
    """Find `raise E, message`."""
    listed = next((child for child in node.children if child.type == "expression_list"), None)
    if listed is None or len(listed.children) < 3:
        return
    kind, comma, message, *rest = listed.children
    traced = f".with_traceback({text_of(source, rest[1]).decode()})" if len(rest) > 1 else ""
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
    remedy = f"write raise {text_of(source, kind).decode(errors='replace')}(message)"
    yield make_finding("BP107", source, node, "a comma separates the exception from its message", remedy, edits, sure)
