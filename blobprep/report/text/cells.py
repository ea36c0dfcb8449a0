"""The width of texts on a terminal, and texts made to fit a place in a line. Pure.

A terminal is a grid: most characters take one cell of it, East Asian wide ones and emoji two, combining marks none. All
texts here have been escaped (`blobprep.printable`) or are about to be: nothing in them moves the cursor.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from blobprep.printable import escape_cell

__all__ = ["cut", "fill", "isolate", "safe", "width"]

_ISOLATE: Final = "\u2068"
_END: Final = "\u2069"
"""Keep the order of what stands between them from the rest of a line."""
_JOINER: Final = "\u200d"
_EMOJI: Final = "\ufe0f"
"""Asks for the picture of the character before it, which is wide."""
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})
_MODIFIERS: Final = range(0x1F3FB, 0x1F400)
"""Colors of skin, part of the emoji before them."""


@lru_cache(maxsize=4096)
def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def width(text: str) -> int:
    """Return how many cells a text takes.

    >>> width("naïve"), width("日本"), width("👩‍🔬"), width("❤️")
    (5, 4, 2, 2)
    """
    if text.isascii():
        return len(text)
    return sum(cells for _, cells in _measured(text))


def _measured(text: str) -> list[tuple[str, int]]:
    """Return characters and the cells each adds: what is joined to an emoji is part of its picture."""
    measured: list[tuple[str, int]] = []
    last = 0
    before = ""
    for character in text:
        cells = _cells(character)
        if (before == _JOINER and cells == 2 and last == 2) or (ord(character) in _MODIFIERS and last == 2):
            cells = 0
        elif character == _EMOJI and last == 1:
            cells, last = 1, 2
        if cells and character != _EMOJI:
            last = cells
        before = character
        measured.append((character, cells))
    return measured


def safe(text: str) -> str:
    """Return a text from anywhere as one that may stand in a line: escaped, and without a say in the line's order."""
    return isolate(escape_cell(text))


def isolate(text: str) -> str:
    """Return a text that keeps its own direction to itself, such as Arabic in a line of numbers.

    >>> isolate("abc"), len(isolate("שלום"))
    ('abc', 6)
    """
    if text.isascii() or not any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text):
        return text
    return f"{_ISOLATE}{text}{_END}"


def cut(text: str, most: int, mark: str = "…") -> str:
    """Return a text that takes at most so many cells; where something is left out, the mark stands at its end.

    >>> cut("statistics", 6), cut("日本語", 4), cut("short", 9)
    ('stati…', '日…', 'short')
    """
    if width(text) <= most:
        return text
    room = most - width(mark)
    if room < 0:
        return cut(text, most, "") if mark else ""
    kept, taken = [], 0
    for character, cells in _measured(text):
        if taken + cells > room:
            break
        kept.append(character)
        taken += cells
    shown = "".join(kept).rstrip(_JOINER)
    return f"{shown}{_END if _ISOLATE in shown and _END not in shown else ''}{mark}"


def fill(text: str, cells: int, *, right: bool = False) -> str:
    """Return a text with blanks behind it, or before it, so that it takes at least so many cells."""
    blanks = " " * (cells - width(text))
    return f"{blanks}{text}" if right else f"{text}{blanks}"
