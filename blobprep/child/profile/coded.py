"""Columns in some rows of a table as NumPy arrays, from which pairs of columns are drawn and compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from blobprep.child.profile.axes import axis_of
from blobprep.child.profile.categories import with_one_list
from blobprep.child.profile.rows import take
from blobprep.child.profile.words import cut
from blobprep.tables.cell_text import row_texts

__all__ = ["CodedColumn", "code"]

_CATEGORIES: Final = 50
"""A column with more different values has no categories, unless a few of them cover much of it."""

_FEW: Final = 20
_COVERED: Final = 0.5


@dataclass(frozen=True, slots=True)
class CodedColumn:
    """A column in some rows.

    Attributes:
        column: its position in the table.
        positions: on an axis, NaN where missing; None for a column of categories.
        codes: places in `labels`, −1 where missing or another value; None for a column with an axis.
        labels: of categories, the most frequent first.
        is_whole: whether the labels are all values that occur.
    """

    column: int
    positions: npt.NDArray[np.float64] | None = None
    codes: npt.NDArray[np.int64] | None = None
    labels: tuple[str, ...] = ()
    is_whole: bool = True


def code(column: Any, place: int, rows: npt.NDArray[np.int64]) -> CodedColumn | None:
    """Return a column in some rows; None where it has neither an axis nor a few categories, or one value only."""
    column = take(column, rows)
    axis = axis_of(column.type)
    if axis is not None:
        positions = np.full(len(column), np.nan)
        if column.null_count < len(column):
            present = column.is_valid().to_numpy() if column.null_count else slice(None)
            positions[present] = axis.positions(axis.numbers(column.drop_null() if column.null_count else column))
        positions[np.isinf(positions)] = np.nan
        return CodedColumn(place, positions)
    return _categories(column, place)


def _categories(column: Any, place: int) -> CodedColumn | None:
    type_, is_ = column.type, pa.types
    if is_.is_boolean(type_):
        column = pc.if_else(column, "True", "False")
    elif is_.is_dictionary(type_):
        column = with_one_list(column)
    elif not (is_.is_string(type_) or is_.is_large_string(type_)):
        return None
    encoded = column if is_.is_dictionary(type_) else column.dictionary_encode()
    encoded = encoded.combine_chunks()
    encoded = encoded.chunk(0) if isinstance(encoded, pa.ChunkedArray) else encoded
    labels = encoded.dictionary
    codes = encoded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    if labels.null_count:
        codes = np.where(labels.is_null().to_numpy(zero_copy_only=False)[codes], -1, codes)
    present = codes >= 0
    counts = np.bincount(codes[present], minlength=len(labels))
    different = int(np.count_nonzero(counts))
    order = np.argsort(-counts, kind="stable")[: min(different, _CATEGORIES)]
    if different > _CATEGORIES:
        order = order[:_FEW]
        if counts[order].sum() < _COVERED * counts.sum():
            return None
    if not different or (different > 2 and different == int(counts.sum())):
        return None  # all missing, or names of the rows
    renamed = np.full(len(labels) + 1, -1, np.int64)  # the last place is that of missing values
    renamed[order] = np.arange(len(order))
    texts = [text or "" for (text,) in row_texts(pa.table({"": labels.take(pa.array(order))}))]
    return CodedColumn(place, None, renamed[codes], tuple(map(cut, texts)), different <= _CATEGORIES)
