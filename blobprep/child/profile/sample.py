"""The rows that are shown: the first ones, and some from the middle and from the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from blobprep.child.profile.cells import cells_of
from blobprep.protocol.profiles import ROWS_LIMIT, SampleRows

__all__ = ["sample_rows", "shown_rows"]

_APART: Final = 5
"""One in so many of the rows that are shown is from the middle, and one from the end."""


def shown_rows(total: int, wanted: int) -> list[range]:
    """Return stretches of the rows to show, in order: three fifths are the first rows, a fifth each middle and last.

    >>> shown_rows(1000, 10), shown_rows(7, 10)
    ([range(0, 6), range(499, 501), range(998, 1000)], [range(0, 7)])
    """
    wanted = max(0, min(wanted, ROWS_LIMIT))
    few = wanted // _APART
    if total <= wanted or not few:
        return [range(min(total, wanted))]
    first = wanted - 2 * few
    middle = min(max(first, (total - few) // 2), total - 2 * few)
    return [range(first), range(middle, middle + few), range(total - few, total)]


def sample_rows(columns: Sequence[Any], total: int, wanted: int) -> tuple[SampleRows, dict[int, str]]:
    """Return rows of a table as the texts of its cells.

    Args:
        columns: of the table, the first ones.
        total: rows of the table.
        wanted: rows, at most.

    Returns:
        The rows, and by column why its cells could not be written, where that is so.
    """
    stretches = [rows for rows in shown_rows(total, wanted) if len(rows)]
    written: list[list[str | None]] = []
    lengths: list[tuple[int, int, int]] = []
    failures: dict[int, str] = {}
    for place, column in enumerate(columns):
        cells: list[str | None] = []
        try:
            for rows in stretches:
                texts, cut = cells_of(column.slice(rows.start, len(rows)))
                lengths += [(len(cells) + at, place, length) for at, length in cut]
                cells += texts
        except Exception as error:  # one column's damage, or what Arrow cannot do with it
            failures[place] = f"Its cells cannot be shown: {type(error).__name__}."
            cells = [""] * sum(map(len, stretches))
            lengths = [row for row in lengths if row[1] != place]
        written.append(cells)
    numbers = tuple(number for rows in stretches for number in rows) if columns else ()
    return SampleRows(numbers, len(columns), tuple(zip(*written, strict=True)), tuple(sorted(lengths))), failures
