"""Lines of a text, whose parts have styles, and tables of such parts. Pure.

Whoever shows them decides what a style looks like; a file or a pipe gets the text alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from blobprep.report.text.cells import cut, fill, safe, width

__all__ = ["GAP", "Line", "Paper", "Span", "Style", "fit", "grid", "heading", "plain", "wrap"]

Style = Literal["", "title", "heading", "dim", "good", "bad", "warn", "bar", "old", "new"]

GAP: Final = 2
"""Blanks between the columns of a table."""

_LEAST: Final = 8
"""Cells that a column keeps, however narrow the paper is."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a line.

    Attributes:
        text: safe to print, see `blobprep.report.text.cells.safe`.
        style: what it is; empty for plain text.
    """

    text: str
    style: Style = ""


Line = tuple[Span, ...]

_SIGNS: Final = {"≈": "~", "±": "+/-", "×": "x", "−": "-", "—": "-", "…": "...", "μ": "u", "∞": "inf"}


@dataclass(frozen=True, slots=True)
class Paper:
    """What a text is written on.

    Attributes:
        width: cells of a line; None for any number.
        in_ascii: whether it lacks block characters, arrows and the like.
    """

    width: int | None = None
    in_ascii: bool = False

    @property
    def mark(self) -> str:
        """Return what stands for what was cut."""
        return "..." if self.in_ascii else "…"

    def room(self, otherwise: int) -> int:
        """Return the width; `otherwise` where any number of cells fits."""
        return otherwise if self.width is None else self.width

    def choose(self, sign: str, instead: str) -> str:
        """Return a sign, or what stands for it in ASCII."""
        return instead if self.in_ascii else sign

    def sign(self, text: str) -> str:
        """Return a text of our own, such as a number, without signs that the paper lacks."""
        if not self.in_ascii or text.isascii():
            return text
        return "".join(_SIGNS.get(character, character) for character in unicodedata.normalize("NFKC", text))

    def cut(self, text: str, most: int) -> str:
        """Return a text that takes at most so many cells."""
        return cut(text, most, self.mark)


def plain(lines: Iterable[Line]) -> str:
    """Return lines as a text without styles or blanks at their ends."""
    return "".join("".join(span.text for span in line).rstrip(" ") + "\n" for line in lines)


def heading(text: str, note: str = "") -> list[Line]:
    """Return the lines that begin a section."""
    behind = (Span(f"  {note}", "dim"),) if note else ()
    return [(), (Span(text, "heading"), *behind)]


def grid(
    rows: Sequence[Sequence[Span]], paper: Paper, *, right: Collection[int] = (), indent: int = 0, most: int = 80
) -> list[Line]:
    """Lay out rows of cells in columns; the widest are cut where they do not fit.

    Args:
        rows: each with a cell for every column.
        paper: how wide a line may be.
        right: columns that are aligned to the right.
        indent: blanks before each line.
        most: cells of a column, however wide the paper is.
    """
    if not rows:
        return []
    natural = [min(most, max(width(row[place].text) for row in rows)) for place in range(len(rows[0]))]
    widths = natural if paper.width is None else fit(natural, paper.width - indent)
    return [tuple(_cells(row, widths, paper, right, indent)) for row in rows]


def _cells(
    row: Sequence[Span], widths: Sequence[int], paper: Paper, right: Collection[int], indent: int
) -> Iterator[Span]:
    last = len(row) - 1
    for place, (span, cells) in enumerate(zip(row, widths, strict=True)):
        # The blanks are a part of their own, or a style that underlines would reach them.
        before = indent if place == 0 else GAP
        shown = paper.cut(span.text, cells)
        blanks = cells - width(shown)
        is_right = place in right
        yield Span(" " * (before + (blanks if is_right else 0)))
        yield Span(shown if place < last else shown.rstrip(" "), span.style)
        if not is_right and place < last:
            yield Span(" " * blanks)


def fit(natural: Sequence[int], room: int) -> list[int]:
    """Return widths of columns that fit into so many cells with the gaps between them; the widest are cut first.

    >>> fit([5, 50, 30], 60)
    [5, 25, 25]
    """
    free = room - GAP * (len(natural) - 1)
    most = max(natural, default=0)
    while most > _LEAST and sum(min(cells, most) for cells in natural) > free:
        most -= 1
    return [min(cells, most) for cells in natural]


def wrap(text: str, paper: Paper, *, indent: int = 0, style: Style = "", first: Line = ()) -> list[Line]:
    """Break a sentence into lines between its words.

    Args:
        text: from anywhere.
        paper: how wide a line may be.
        indent: blanks before each line.
        style: of the text.
        first: stands in place of the blanks of the first line, and is as wide as they are or narrower.
    """
    room = max(20, paper.room(10**9) - indent)
    lines, current = [], ""
    for word in safe(text).split(" "):
        longer = f"{current} {word}" if current else word
        if current and width(longer) > room:
            lines.append(current)
            current = word
        else:
            current = longer
    lines.append(current)
    lead = Span(fill("", indent))
    taken = sum(width(span.text) for span in first)
    begun: Line = (*first, Span(" " * (indent - taken))) if first else (lead,)
    return [(*(begun if number == 0 else (lead,)), Span(line, style)) for number, line in enumerate(lines)]
