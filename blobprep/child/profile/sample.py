"""The rows that are shown: the first ones, and some from the middle and from the end."""

from __future__ import annotations

from typing import Any, Final

from blobprep.protocol.profiles import CELL_LIMIT, ROWS_LIMIT, SampleRows
from blobprep.tables.cell_text import row_texts

__all__ = ["sample_rows", "shown_rows"]

_APART: Final = 5
"""One in so many of the rows that are shown is from the middle, and one from the end."""


def shown_rows(total: int, wanted: int) -> list[range]:
    """Return stretches of the rows to show, in order: three fifths are the first rows, a fifth each middle and last.

    >>> shown_rows(1000, 10), shown_rows(7, 10)
    ([range(0, 6), range(499, 501), range(998, 1000)], [range(0, 7)])
    """
    wanted = min(wanted, ROWS_LIMIT)
    few = wanted // _APART
    if total <= wanted or not few:
        return [range(min(total, wanted))]
    first = wanted - 2 * few
    middle = min(max(first, (total - few) // 2), total - 2 * few)
    return [range(first), range(middle, middle + few), range(total - few, total)]


def sample_rows(table: Any, wanted: int) -> SampleRows:
    """Return rows of a table as texts."""
    stretches = shown_rows(table.num_rows, wanted)
    cells: list[tuple[str | None, ...]] = []
    lengths: list[tuple[int, int, int]] = []
    for rows in stretches:
        for row in row_texts(table.slice(rows.start, len(rows))):
            lengths += [
                (len(cells), at, len(cell))
                for at, cell in enumerate(row)
                if cell is not None and len(cell) > CELL_LIMIT
            ]
            cells.append(tuple(cell if cell is None else cell[:CELL_LIMIT] for cell in row))
    numbers = tuple(number for rows in stretches for number in rows) if table.num_columns else ()
    return SampleRows(numbers, table.num_columns, tuple(cells), tuple(lengths))
