"""Tables and findings on a terminal, by rich; loaded only where there is one.

They stand where the plain lines have them, so that what the documents show is what a terminal shows. What a terminal
adds: headings and marks stand out, long cells are cut and long sentences wrapped to its width. A remedy is never
wrapped: it may hold a command to copy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final, TextIO

from rich.cells import cell_len
from rich.console import Console, JustifyMethod, OverflowMethod, RenderableType
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from blobprep.report.text.lines import Line

__all__ = ["Terminal", "fit_columns"]

_GAP: Final = 2
_LEAST: Final = 12
"""Characters that a cut column keeps; if there is no room for so many of each column, a table is shown in parts."""
_BATCH: Final = 500
"""Rows that are laid out at once, so that a long listing begins to show while the rest is laid out."""
_READABLE: Final = 30
"""Characters that a line must have room for beside a finding's mark and place, or its sentences are not wrapped."""
_LOOKS: Final = {
    "title": "bold",
    "heading": "bold cyan",
    "dim": "dim",
    "good": "bold green",
    "bad": "bold red",
    "warn": "yellow",
    "bar": "cyan",
    "old": "magenta",
    "new": "cyan",
}
"""The styles of a line's parts, see `blobprep.report.text.lines.Style`."""
_STYLES: Final = {"✓": "green", "!": "yellow", "✗": "red", "–": "dim"}


class Terminal:
    """A terminal, whose width and colors are asked for as they are needed.

    All texts it is given are escaped, and none is read as rich's markup.

    Args:
        console: rich's own view of it.
    """

    def __init__(self, console: Console) -> None:
        self.console = console

    @classmethod
    def of(cls, stream: TextIO) -> Terminal | None:
        """Return the terminal behind a stream; None where it only shows plain text (TERM=dumb)."""
        console = Console(file=stream, markup=False, emoji=False, highlight=False)
        return cls(console) if console.is_terminal and not console.is_dumb_terminal else None

    def table(self, rows: Sequence[Sequence[str]], right: Collection[int], headings: int) -> Iterator[str]:
        """Lay out a table, a batch of rows at a time.

        Args:
            rows: of cells, the headings first.
            right: columns that are aligned to the right, from 0.
            headings: how many rows are headings.
        """
        natural = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
        parts = fit_columns(natural, self.console.width)
        overflow: OverflowMethod = "crop" if self.console.options.ascii_only else "ellipsis"
        for number, widths in enumerate(parts):
            if number:
                yield "\n"
            for start in range(0, len(rows), _BATCH):
                laid_out = Table(box=None, show_header=False, pad_edge=False, padding=(0, _GAP, 0, 0))
                for index, width in widths.items():
                    justify: JustifyMethod = "right" if index in right else "left"
                    laid_out.add_column(width=width, no_wrap=True, overflow=overflow, justify=justify)
                for place, row in enumerate(rows[start : start + _BATCH], start):
                    style = "" if place >= headings else "dim" if place else "bold"
                    # A span, and not the style of the row or text, which would reach the blanks behind it.
                    laid_out.add_row(*(Text.assemble((row[index], style)) for index in widths))
                yield self._rendered(laid_out)

    def finding(self, mark: str, lead: str, sentences: Sequence[str], indent: int) -> str:
        """Lay out a finding: a mark, what it is about, and sentences that are wrapped beside these.

        Args:
            mark: a sign of `_STYLES`.
            lead: the start of the first line, with the mark in it.
            sentences: the lines beside it, before they are wrapped.
            indent: characters before the sentences.

        Returns:
            Lines; empty if the terminal is too narrow for them.
        """
        if self.console.width - indent < _READABLE:
            return ""
        laid_out = Table.grid(padding=0)
        laid_out.add_column(width=indent, no_wrap=True)
        laid_out.add_column(overflow="fold")
        first = Text(lead)
        if (at := lead.find(mark)) >= 0:
            first.stylize(_STYLES.get(mark, ""), at, at + len(mark))
        for number, sentence in enumerate(sentences):
            laid_out.add_row("" if number else first, Text(sentence))
        return self._rendered(laid_out)

    @property
    def width(self) -> int:
        """Return the characters of a line."""
        return self.console.width

    @property
    def in_ascii(self) -> bool:
        """Return whether it lacks block characters."""
        return self.console.options.ascii_only

    def lines(self, lines: Iterable[Line]) -> Iterator[str]:
        """Lay out lines that fit already, a batch at a time; what is wider is left as it is."""
        rest = iter(lines)
        while batch := list(islice(rest, _BATCH)):
            with self.console.capture() as capture:
                for line in batch:
                    text = Text.assemble(*((span.text, _LOOKS.get(span.style, "")) for span in line))
                    self.console.print(text, soft_wrap=True)
            yield "".join(f"{line.rstrip(' ')}\n" for line in capture.get().split("\n")[:-1])

    def _rendered(self, renderable: RenderableType) -> str:
        with self.console.capture() as capture:
            self.console.print(renderable)
        return "".join(f"{line.rstrip(' ')}\n" for line in capture.get().splitlines())


def fit_columns(natural: Sequence[int], room: int) -> list[dict[int, int]]:
    """Give columns widths that fit a terminal.

    The widest are cut first. Where that would leave too little of them, the columns are shown in several parts, below
    each other.

    Args:
        natural: characters each column needs to be shown whole.
        room: characters of a line.

    Returns:
        Of each part, the widths of its columns by their numbers.

    >>> fit_columns([5, 50, 30], 60)
    [{0: 5, 1: 25, 2: 25}]
    >>> fit_columns([20, 20, 20], 30)
    [{0: 14, 1: 14}, {2: 20}]
    """
    parts: list[dict[int, int]] = []
    part: list[int] = []
    for index, width in enumerate(natural):
        taken = sum(min(natural[other], _LEAST) + _GAP for other in part)
        if part and taken + min(width, _LEAST) > room:
            parts.append(_cut(natural, part, room))
            part = []
        part.append(index)
    return [*parts, _cut(natural, part, room)]


def _cut(natural: Sequence[int], part: Sequence[int], room: int) -> dict[int, int]:
    free = room - _GAP * (len(part) - 1)
    most = max(1, min(free, max(natural[index] for index in part)))
    while most > 1 and sum(min(natural[index], most) for index in part) > free:
        most -= 1
    return {index: min(natural[index], most) for index in part}
