"""A table as a text: what it is, some of its rows, the statistics of its columns. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from blobprep.protocol.profiles import TableProfile
from blobprep.report import numerals
from blobprep.report.text.cells import safe
from blobprep.report.text.ledger_text import ledger_lines
from blobprep.report.text.lines import Line, Paper, Span, wrap
from blobprep.report.text.rows import row_lines
from blobprep.report.text.statistics import statistics_lines

__all__ = ["ROWS", "size_text", "table_text", "titled_table"]

ROWS = 10
"""Rows that are shown unless a number is given."""


def titled_table(
    profile: TableProfile,
    title: str,
    paper: Paper,
    *,
    note: str = "",
    rows: int = ROWS,
    changes: Sequence[Mapping[str, Any]] = (),
) -> list[Line]:
    """Return a table as a text, below its name.

    Args:
        profile: of the table.
        title: its reference, or what else it is called.
        paper: how wide a line may be.
        note: stands beside the number of rows and columns, such as the format; may be empty.
        rows: that are shown, at most.
        changes: that reading it made, as a ledger has them.
    """
    dot = paper.choose(" · ", ", ")
    facts = dot.join(filter(None, (paper.sign(size_text(profile)), note)))
    lines = [(Span(safe(title), "title"),), *wrap(facts, paper), *table_text(profile, paper, rows=rows)]
    return [*lines, *ledger_lines(changes, paper)]


def size_text(profile: TableProfile) -> str:
    """Return how large a table is, in words."""
    memory = f", {numerals.size(profile.memory)} in memory" if profile.memory else ""
    return f"{numerals.plural(profile.rows, 'row')} × {numerals.plural(profile.width, 'column')}{memory}"


def table_text(profile: TableProfile, paper: Paper, *, rows: int = ROWS) -> list[Line]:
    """Return rows and statistics of a table, and what was left out."""
    lines: list[Line] = []
    for part in (row_lines(profile, paper, rows), statistics_lines(profile, paper)):
        if part:
            lines += [(), *part]
    if profile.notes:
        lines.append(())
    for note in profile.notes:
        lines += wrap(note, paper, style="dim")
    return lines
