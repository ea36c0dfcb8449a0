"""Tables and findings, as they are printed: plain lines, or laid out for a terminal."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from blobprep.cli.output import write
from blobprep.printable import escape_cell

if TYPE_CHECKING:
    from blobprep.cli.terminal import Terminal

__all__ = ["print_finding", "print_table"]

_BLOCK: Final = 4096
"""Rows that are written at once."""


def print_table(
    rows: Sequence[Sequence[str]],
    *,
    right: Collection[int] = (),
    headings: int = 0,
    terminal: Terminal | None = None,
) -> None:
    """Print rows of cells in aligned columns.

    Args:
        rows: of cells; nothing is printed where there are none.
        right: columns that are aligned to the right, from 0.
        headings: how many of the first rows are headings.
        terminal: where it is shown; None for plain lines, in which every cell is whole.
    """
    if not rows:
        return
    columns = [_escape_cells(column) for column in zip(*rows, strict=True)]
    if terminal is not None:
        for text in terminal.table(list(map(list, zip(*columns, strict=True))), right, headings):
            write(text)
        return
    widths = [max(map(len, column)) for column in columns]
    line = "  ".join(f"{{:{'>' if index in right else '<'}{width}}}" for index, width in enumerate(widths))
    for start in range(0, len(rows), _BLOCK):
        block = [column[start : start + _BLOCK] for column in columns]
        write("".join(f"{text.rstrip()}\n" for text in map(line.format, *block)))


def _escape_cells(cells: Sequence[str]) -> Sequence[str]:
    """Return cells escaped; a glance at all of them at once spares most columns the rest."""
    text = "".join(cells)
    return cells if text.isascii() and text.isprintable() else list(map(escape_cell, cells))


def print_finding(
    mark: str, lead: str, sentences: Sequence[str], remedy: str, *, indent: int, terminal: Terminal | None = None
) -> None:
    """Print a finding: on its first line what it is about and what was found, below it more, and at last the remedy.

    Args:
        mark: how bad it is, as it stands in `lead`.
        lead: the start of the first line, with the blanks behind it.
        sentences: the first goes on behind `lead`.
        remedy: what to do, on one line of its own; empty for none.
        indent: characters before every line but the first.
        terminal: where it is shown; None for plain lines.
    """
    lead, sentences = escape_cell(lead), [escape_cell(sentence) for sentence in sentences]
    text = terminal.finding(mark, lead, sentences, indent) if terminal is not None else ""
    if not text:
        blanks = " " * indent
        text = "".join(f"{blanks if number else lead}{sentence}\n" for number, sentence in enumerate(sentences))
    write(text)
    if remedy:
        write(f"{'':{indent}}{escape_cell(remedy)}\n")
