"""The rows that a comparison shows, as many as there is room for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from blobprep.child.comparison.pairing import Pairs
from blobprep.child.comparison.schema import ColumnPair
from blobprep.protocol import encode_part
from blobprep.protocol.comparisons import CHANGES_LIMIT, ChangedCell, ChangedRow, SingleRow
from blobprep.tables.cell_text import row_texts

__all__ = ["fitting", "show_changed", "show_single"]

_Row = TypeVar("_Row")
_CELL: Final = 400
"""Characters of a cell's text that are shown: enough to see a change, in few enough bytes for many of them."""

_BEFORE: Final = 60
"""Of these, characters before the first one that changed."""

_COLUMNS: Final = 50
"""Columns of a row that only one table has."""


def fitting(rows: Iterable[_Row], room: int) -> Iterator[_Row]:
    """Yield the first rows, or columns, that fit into so many bytes as JSON."""
    for row in rows:
        room -= len(encode_part(row)) + 1
        if room < 0:
            return
        yield row


def show_changed(
    tables: tuple[Any, Any],
    columns: Sequence[ColumnPair],
    key: Sequence[ColumnPair],
    pairs: Pairs,
    places: Mapping[int, Sequence[int]],
    most: int,
) -> Iterator[ChangedRow]:
    """Yield the first rows that changed.

    Args:
        tables: the first and the second.
        columns: of both.
        key: of these, those that rows are paired by.
        pairs: rows that belong together.
        places: by place in `columns`, the first pairs that changed there: at least `most` of them, if there are.
        most: rows to show.
    """
    # Among the first pairs that changed anywhere, those that changed in one column are among the first of that column.
    chosen = sorted(set().union(*places.values()))[:most]
    inside = {place: set(changed) for place, changed in places.items()}
    for pair in chosen:
        first, second = int(pairs.first[pair]), int(pairs.second[pair])
        where = [place for place in sorted(inside) if pair in inside[place]]
        cells = [
            _changed_cell(
                place, _cell(tables[0], columns[place].first, first), _cell(tables[1], columns[place].second, second)
            )
            for place in where[:CHANGES_LIMIT]
        ]
        labels = tuple(_cut(_cell(tables[0], column.first, first)) for column in key)
        yield ChangedRow(first, second, labels, tuple(cells), len(where))


def show_single(table: Any, numbers: npt.NDArray[Any], most: int) -> Iterator[SingleRow]:
    """Yield the first of the rows that only this table has."""
    for number in islice(numbers.tolist(), most):
        width = min(table.num_columns, _COLUMNS)
        yield SingleRow(number, tuple(_cut(_cell(table, column, number)) for column in range(width)))


def _cell(table: Any, column: int | None, row: int) -> str | None:
    """Return the text of a cell; a large value is not copied but for its text."""
    assert column is not None
    cell = table.column(column).slice(row, 1)
    if pa.types.is_floating(cell.type) and pc.any(pc.is_nan(cell)).as_py():
        return None
    ((text,),) = row_texts(pa.Table.from_arrays([cell], [""]))
    return text


def _changed_cell(place: int, before: str | None, after: str | None) -> ChangedCell:
    """Return a changed cell; of long texts the part where they begin to differ."""
    if before is None or after is None or max(len(before), len(after)) <= _CELL:
        return ChangedCell(place, _cut(before), _cut(after))
    same = next(
        (at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )
    begin = max(0, same - _BEFORE)
    return ChangedCell(place, _cut(before, begin), _cut(after, begin))


def _cut(text: str | None, begin: int = 0) -> str | None:
    if text is None:
        return None
    cut = text[begin : begin + _CELL]
    return ("…" if begin else "") + cut + ("…" if len(text) > begin + _CELL else "")
