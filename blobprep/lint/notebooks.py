"""Rules about what notebooks and word processors leave in a script: lines for IPython, typographic characters.

Such lines are looked for only where Python fails to parse: a `%` may also begin the second line of an expression.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from blobprep.lint.findings import Edit, Finding
from blobprep.lint.source import Source
from blobprep.lint.walk import Context

__all__ = ["check_display", "check_get_ipython", "find_foreign_line", "find_foreign_spaces"]

_LINE: Final = re.compile(
    r"(?P<indent>[ \t]*)(?P<code>"
    r"%{1,2}(?P<magic>[A-Za-z_]\w*).*|!(?!=).+|\?{1,2}\w.*|[A-Za-z_][\w.]*\?{1,2}|[\w, ]+=[ \t]*[!%][A-Za-z_].*)"
)
_HARMLESS: Final = frozenset(
    {"matplotlib", "config", "load_ext", "reload_ext", "autoreload", "precision", "pprint", "who", "whos", "pwd", "tb"}
)
"""Magics that change how a notebook shows things, but not what a script computes."""
_OF_CELLS: Final = ("%%time", "%%capture", "%%prun")
_INSTALLING: Final = re.compile(r"[!%]\s*(?:\S*python\S*\s+-m\s+)?(?:pip3?|conda|mamba|apt(?:-get)?)\b")
_DOUBLE: Final = "\u201c\u201d\u201e\u201f\u00ab\u00bb"
_SINGLE: Final = "\u2018\u2019\u201a\u201b\u00b4"
_PLAIN: Final = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
    **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u202f\u3000", " "),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff", ""),
}
_SPACES: Final = "".join(letter for letter, plain in _PLAIN.items() if plain != "-")
_OUTSIDE: Final = re.compile(
    r"(?P<quote>\"{3}|'{3})(?:\\.|.)*?(?P=quote)|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"|#[^\n]*"
    rf"|(?P<space>[{_SPACES}])",
    re.DOTALL,
)


def find_foreign_spaces(source: Source) -> list[Finding]:
    """Find the spaces of web pages, and letters without width, in all lines at once; outside of texts and comments."""
    marks: dict[int, list[tuple[int, str]]] = {}
    position = offset = 0
    text = source.text
    for match in _OUTSIDE.finditer(text):
        if letter := match["space"]:
            offset += len(text[position : match.start()].encode())
            position = match.start()
            line, column = source.place(offset)
            marks.setdefault(line, []).append((column - 1, _PLAIN[letter]))
    return [_typographic_finding(source, line, source.line(line).decode(), found) for line, found in marks.items()]


def find_foreign_line(source: Source, number: int) -> Finding | None:
    """Find a notebook's line or typographic characters in a line that Python cannot parse; None if there are none.

    Args:
        source: the text.
        number: the line, from 1.
    """
    start, line = source.starts[number - 1], source.line(number).decode()
    if match := _LINE.fullmatch(line.rstrip()):
        code = match["code"]
        message = f"{_shorten(code)} is notebook syntax, not Python"
        begin = start + len(match["indent"].encode())
        edits = (Edit(begin, begin, "pass  # " if match["indent"] else "# "),)
        column = len(match["indent"]) + 1
        return Finding(
            "BP004", source.path, number, column, number, message, _explain(code), _is_harmless(match), edits
        )
    marks = list(_find_typographic(line))
    return _typographic_finding(source, number, line, marks) if marks else None


def _shorten(code: str) -> str:
    return repr(code if len(code) <= 40 else f"{code[:40]}\u2026")


def _is_harmless(match: re.Match[str]) -> bool:
    code = match["code"]
    return (match["magic"] or "") in _HARMLESS or code.startswith(("?", *_OF_CELLS)) or code.endswith("?")


def _explain(code: str) -> str:
    if _INSTALLING.match(code):
        return "remove it, and install the package in blobprep's environment or put it into the --bundle"
    return "remove it, or do the same in Python"


def _find_typographic(line: str) -> Iterator[tuple[int, str]]:
    """Yield the typographic characters outside strings, each with the plain one that replaces it."""
    closing = ""
    for index, letter in enumerate(line):
        if closing:
            if letter in closing:
                if letter not in "'\"":
                    yield index, '"' if letter in _DOUBLE else "'"
                closing = ""
        elif letter == "#":
            return
        elif letter in "'\"":
            closing = letter
        elif letter in _DOUBLE:
            yield index, '"'
            closing = f'{_DOUBLE}"'
        elif letter in _SINGLE:
            yield index, "'"
            closing = f"{_SINGLE}'"
        elif letter in _PLAIN:
            yield index, _PLAIN[letter]


def _typographic_finding(source: Source, number: int, line: str, marks: list[tuple[int, str]]) -> Finding:
    start, edits = source.starts[number - 1], []
    for index, plain in marks:
        begin = start + len(line[:index].encode())
        edits.append(Edit(begin, begin + len(line[index].encode()), plain))
    shown = ", ".join(dict.fromkeys(f"U+{ord(line[index]):04X}" for index, _ in marks))
    message = f"typographic characters ({shown}) are not valid in Python"
    remedy = "use straight quotes, plain hyphens and plain spaces"
    return Finding("BP005", source.path, number, marks[0][0] + 1, number, message, remedy, True, tuple(edits))


def check_get_ipython(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find `get_ipython()`, which exported notebooks call instead of their magics."""
    assert isinstance(node, ast.Call)
    if not isinstance(node.func, ast.Name) or node.func.id != "get_ipython" or context.scope.knows("get_ipython"):
        return
    method, call = context.parent, context.parents[-2] if len(context.parents) > 1 else None
    first = call.args[0] if isinstance(call, ast.Call) and call.args else None
    words = str(first.value).split() if isinstance(first, ast.Constant) else []
    magics = isinstance(method, ast.Attribute) and method.attr in ("run_line_magic", "magic")
    statement = context.parents[-3] if len(context.parents) > 2 else None
    edits: tuple[Edit, ...] = ()
    if magics and words and words[0].lstrip("%") in _HARMLESS and isinstance(statement, ast.Expr):
        edits = (Edit(context.start(statement), context.end(statement), "pass"),)
    message = "get_ipython() exists only in notebooks"
    yield context.finding("BP004", node, message, "remove it, or do the same in Python", edits)


def check_display(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find `display(…)`, a builtin of notebooks."""
    assert isinstance(node, ast.Call)
    if isinstance(node.func, ast.Name) and node.func.id == "display" and not context.scope.knows("display"):
        edits = (Edit(context.start(node.func), context.end(node.func), "print"),)
        yield context.finding("BP004", node, "display() exists only in notebooks", "write print(\u2026)", edits)
