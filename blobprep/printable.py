"""Texts that strangers wrote, as they may be printed. Pure.

What a script says, and what a dataset or an account holds, reaches terminals, logs and JSON documents. This is the one
place that decides how: nothing in it moves a cursor, hides or turns text around, or begins a line that only blobprep
may begin.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from typing import Any, Final

__all__ = ["escaped", "escaped_cell", "json_text", "quoted"]

_QUOTE: Final = "  | "
_CONTROL: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS: Final = "\u200c\u200d"  # format characters that Persian, Indic scripts and emoji are written with
_LOOKALIKES: Final = "\u00a0"  # pasted from a web page it looks like a blank, but Python does not take it for one
_KEPT: Final = 4096  # characters whose look-up is remembered: a stranger may use any number of them


def escaped(text: str) -> str:
    r"""Return a text as one line, in which whatever a terminal acts on or a reader is misled by is escaped.

    >>> escaped("a\x1b[2Jb\nc")
    'a\\x1b[2Jb\\nc'
    """
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_LINE)


def escaped_cell(text: str) -> str:
    r"""Return a text like `escaped`, for a place in a line: a tab would move what stands behind it.

    >>> escaped_cell("a\tb")
    'a\\tb'
    """
    return escaped(text).replace("\t", "\\t")


def quoted(text: str) -> str:
    r"""Return a text of one or several lines; each but the first is marked, so that it is not taken for blobprep's.

    >>> print(quoted("it failed:\nblobprep: all is well"))
    it failed:
      | blobprep: all is well
    """
    first, *others = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    return "\n".join([escaped(first), *(_QUOTE + escaped(line) for line in others)])


def json_text(value: Any, default: Callable[[Any], Any] | None = None) -> str:
    """Return a value as an indented JSON document that can be shown as it is.

    Args:
        value: to encode.
        default: makes something encodable of what JSON has no type for; a `TypeError` where None.
    """
    text = json.dumps(value, indent=2, ensure_ascii=False, default=default)
    return text.translate(_DOCUMENT)


def _is_harmless(character: str) -> bool:
    if character in _LOOKALIKES:
        return False
    return character == "\t" or unicodedata.category(character) not in _CONTROL or character in _JOINERS


class _Table(dict[int, str]):
    """Characters by their number as they are shown, found out when they are first met.

    Args:
        escape: of what is not harmless.
        known: what is shown otherwise.
    """

    def __init__(self, escape: Callable[[str], str], known: dict[int, str]) -> None:
        super().__init__(known)
        self._escape = escape

    def __missing__(self, number: int) -> str:
        character = chr(number)
        shown = character if _is_harmless(character) else self._escape(character)
        if len(self) < _KEPT:
            self[number] = shown
        return shown


_LINE: Final = _Table(lambda character: character.encode("unicode_escape").decode(), {})
_DOCUMENT: Final = _Table(lambda character: json.dumps(character)[1:-1], {ord("\n"): "\n"})
