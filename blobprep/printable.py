"""Untrusted text, made safe to print. Pure.

Output of scripts, and names and values from datasets and accounts, reach terminals, logs and JSON documents. Only this
module decides how they are shown: no text moves a cursor, hides or reverses other text, or imitates a line of blobprep.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from math import isfinite
from types import NoneType
from typing import Any, Final

__all__ = ["escape", "escape_cell", "json_text", "quote_lines"]

_QUOTE: Final = "  | "
_CONTROL: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS: Final = "\u200c\u200d"  # format characters that Persian, Indic scripts and emoji are written with
_LOOKALIKES: Final = "\u00a0"  # pasted from a web page it looks like a blank, but Python does not accept it as one
_KEPT: Final = 4096  # the number of characters to remember: untrusted text may use any number of them


def escape(text: str) -> str:
    r"""Return a text as one line, with every character escaped that controls a terminal or misleads a reader.

    >>> escape("a\x1b[2Jb\nc")
    'a\\x1b[2Jb\\nc'
    """
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_LINE)


def escape_cell(text: str) -> str:
    r"""Return a text like `escape`, for a place in a line: a tab would move what follows it.

    >>> escape_cell("a\tb")
    'a\\tb'
    """
    return escape(text).replace("\t", "\\t")


def quote_lines(text: str) -> str:
    r"""Return a text with every line escaped, and each but the first marked, so that none passes for blobprep's own.

    >>> print(quote_lines("it failed:\nblobprep: all is well"))
    it failed:
      | blobprep: all is well
    """
    first, *others = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    return "\n".join([escape(first), *(_QUOTE + escape(line) for line in others)])


def json_text(value: Any, default: Callable[[Any], Any] | None = None) -> str:
    """Return a value as an indented JSON document that is safe to print.

    Args:
        value: the value to encode; records (of dataclasses) are objects with their fields.
        default: converts a value without a JSON type; None raises `TypeError` for such a value.
    """
    parts: list[str] = []
    _add_json(value, "\n", parts, default)
    text = "".join(parts)
    return text if text.isascii() and _DELETE not in text else text.translate(_DOCUMENT)


def _add_json(value: Any, line: str, parts: list[str], default: Callable[[Any], Any] | None) -> None:
    """Add the text of `json.dumps(value, indent=2, ensure_ascii=False)`, in a third of its time.

    Python's own encoder indents in generators inside each other, and only what is not indented is encoded in C.

    Args:
        value: what to encode.
        line: a line's end and the indentation of what follows.
        parts: gets the text.
        default: as `json_text` takes it.
    """
    kind: Any = type(value)
    if encode := _PLAIN.get(kind):
        parts.append(encode(value))
    elif names := _names_of(kind):
        _add_pairs(names, [getattr(value, name) for name in names], line, parts, default)
    elif value and kind is dict and {*map(type, value)} == _TEXT:
        _add_pairs(value, value.values(), line, parts, default)
    elif isinstance(value, Mapping) and kind is not dict:
        _add_json(dict(value), line, parts, default)
    elif value and (kind is list or kind is tuple):
        inner, opening = line + "  ", "["
        for item in value:
            parts.append(opening + inner)
            _add_json(item, inner, parts, default)
            opening = ","
        parts.append(line + "]")
    elif not value and kind in _EMPTY:
        parts.append(_EMPTY[kind])
    else:  # whatever else there may be
        parts.append(json.dumps(value, indent=2, ensure_ascii=False, default=default).replace("\n", line))


def _add_pairs(
    names: Iterable[str],
    values: Iterable[Any],
    line: str,
    parts: list[str],
    default: Callable[[Any], Any] | None,
) -> None:
    """Add the text of an object; as `_add_json`."""
    inner, opening = line + "  ", "{"
    for name, value in zip(names, values, strict=True):
        if encode := _PLAIN.get(type(value)):
            parts.append(f"{opening}{inner}{_json_string(name)}: {encode(value)}")
        else:
            parts.append(f"{opening}{inner}{_json_string(name)}: ")
            _add_json(value, inner, parts, default)
        opening = ","
    parts.append(line + "}")


@cache
def _names_of(kind: type) -> tuple[str, ...]:
    """Return the names of the fields of a class of records; none for any other class."""
    return tuple(getattr(kind, "__dataclass_fields__", ()))


def _is_harmless(character: str) -> bool:
    if character in _LOOKALIKES:
        return False
    return character == "\t" or unicodedata.category(character) not in _CONTROL or character in _JOINERS


class _Table(dict[int, str]):
    """The printed form of each character by its number, computed when it is first needed.

    Args:
        escape_one: escapes a character that is not harmless.
        known: printed forms that are given.
    """

    def __init__(self, escape_one: Callable[[str], str], known: dict[int, str]) -> None:
        super().__init__(known)
        self._escape = escape_one

    def __missing__(self, number: int) -> str:
        character = chr(number)
        printed = character if _is_harmless(character) else self._escape(character)
        if len(self) < _KEPT:
            self[number] = printed
        return printed


_json_string: Final = json.encoder.encode_basestring
_PLAIN: Final[Mapping[type, Callable[[Any], str]]] = {
    str: _json_string,
    int: int.__repr__,
    bool: lambda value: "true" if value else "false",
    NoneType: lambda value: "null",
    float: lambda value: float.__repr__(value) if isfinite(value) else json.dumps(value),
}
"""What encodes values of the types that most are of: a call of `json.dumps` makes an encoder, which takes longer."""
_TEXT: Final = {str}
_EMPTY: Final[Mapping[type, str]] = {dict: "{}", list: "[]", tuple: "[]"}
_DELETE: Final = "\x7f"  # all that JSON leaves as it is of the ASCII characters that act on a terminal
_LINE: Final = _Table(lambda character: character.encode("unicode_escape").decode(), {})
_DOCUMENT: Final = _Table(lambda character: json.dumps(character)[1:-1], {ord("\n"): "\n"})
