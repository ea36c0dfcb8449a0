"""The rows of a table that are shown; its columns are lines where they do not fit beside each other. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from blobprep.protocol.profiles import SampleRows, TableProfile
from blobprep.report import numerals
from blobprep.report.text.cells import safe, width
from blobprep.report.text.lines import GAP, Line, Paper, Span, grid
from blobprep.report.text.statistics import fold, folded, type_text

__all__ = ["row_lines"]

_CELL: Final = 32
"""Cells of a terminal that a value takes, at most."""
_WHOLE: Final = 200
"""The same where a line may be of any length."""


def row_lines(profile: TableProfile, paper: Paper, most: int) -> list[Line]:
    """Return rows of a table, below its labels and types.

    Args:
        profile: of the table, with the rows that may be shown.
        paper: how wide a line may be.
        most: rows, at most; where there are more, most are the first ones, and some the last.
    """
    sample, width_shown = profile.sample, profile.sample.columns
    if not width_shown or not sample.cells or most <= 0:
        return []
    places = _chosen(len(sample.cells), most)
    columns = [_spans(profile, sample, places, column, paper) for column in range(width_shown)]
    numbers = [Span(""), Span(""), *(Span(str(sample.numbers[place] + 1), "dim") for place in places)]
    cells = _WHOLE if paper.width is None else _CELL
    whole = sum(min(cells, max(width(span.text) for span in column)) + GAP for column in (numbers, *columns)) - GAP
    if paper.width is None or whole <= paper.width:
        rows = list(zip(numbers, *columns, strict=True))
        right = {
            0,
            *(
                1 + place
                for place in range(width_shown)
                if profile.columns[place : place + 1] and _is_right(profile, place)
            ),
        }
        lines = _with_gaps(grid(rows, paper, right=right, most=cells), sample, places, paper, headings=2)
    else:
        lines = _as_lines(columns, numbers, paper)
    return [*lines, *_told(profile, len(places))]


def _chosen(count: int, most: int) -> list[int]:
    """Return places of rows in the sample: the first ones, and where some are left out, a few of the last."""
    if count <= most:
        return list(range(count))
    last = most // 4
    return [*range(most - last), *range(count - last, count)]


def _spans(profile: TableProfile, sample: SampleRows, places: Sequence[int], column: int, paper: Paper) -> list[Span]:
    known = profile.columns[column] if column < len(profile.columns) else None
    label, kind = (known.name, type_text(known.type)) if known is not None else (f"column {column + 1}", "")
    most = _WHOLE if paper.width is None else _CELL
    cells = [_cell(sample.cells[place][column], most, paper) for place in places]
    return [Span(paper.cut(safe(label), most), "title"), Span(paper.cut(safe(kind), most), "dim"), *cells]


def _cell(text: str | None, most: int, paper: Paper) -> Span:
    if text is None:
        return Span(paper.choose("∅", "-"), "dim")
    return Span(paper.cut(safe(text[: 2 * most]), most))


def _is_right(profile: TableProfile, place: int) -> bool:
    return profile.columns[place].kind in ("numeric", "duration")


def _with_gaps(
    lines: list[Line], sample: SampleRows, places: Sequence[int], paper: Paper, *, headings: int
) -> list[Line]:
    """Return lines of rows with a mark where rows between them are left out."""
    marked = lines[:headings]
    before = -1
    for place, line in zip(places, lines[headings:], strict=True):
        number = sample.numbers[place]
        if number != before + 1:
            marked.append((Span(paper.choose("⋮", ":"), "dim"),))
        marked.append(line)
        before = number
    return marked


def _as_lines(columns: Sequence[Sequence[Span]], numbers: Sequence[Span], paper: Paper) -> list[Line]:
    """Return a line for each column: label, type, and as many rows as fit."""
    shown, end = fold(len(columns), paper)
    chosen = [_narrow(columns[place], paper) for place in (*shown, *end)]
    heading = [Span("column", "heading"), Span("type", "heading")]
    heading += [Span(f"row {number.text}", "heading") for number in numbers[2:]]
    fitting, taken = 0, -GAP
    for place, title in enumerate(heading):
        taken += GAP + max(width(title.text), *(width(column[place].text) for column in chosen))
        if place > 2 and taken > paper.room(80):
            break
        fitting += 1
    lines = grid([row[:fitting] for row in (heading, *chosen)], paper)
    if end:
        lines.insert(1 + len(shown), folded(end.start - shown.stop, paper))
    return lines


def _narrow(column: Sequence[Span], paper: Paper) -> list[Span]:
    label, kind, *cells = column
    return [
        Span(paper.cut(label.text, 24)),
        Span(paper.cut(kind.text, 14), kind.style),
        *(Span(paper.cut(cell.text, 16), cell.style) for cell in cells),
    ]


def _told(profile: TableProfile, shown: int) -> list[Line]:
    if shown >= profile.rows and profile.sample.columns >= profile.width:
        return []
    columns = (
        f", the first {profile.sample.columns:,} of {numerals.plural(profile.width, 'column')}"
        if profile.sample.columns < profile.width
        else ""
    )
    return [(Span(f"{shown:,} of {numerals.plural(profile.rows, 'row')}{columns}", "dim"),)]
