"""The columns of a table that Parquet stores with a dictionary: those whose values repeat.

A dictionary of values that hardly repeat makes a file larger, and takes most of the time of writing the column. So a
sample of each column decides. A wrong guess costs bytes or time, and changes no value.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.random import default_rng

__all__ = ["find_repeating"]

_PAIRS: Final = 512  # of neighbors in a sample
_LEAST: Final = 64  # values that tell something
_EXPECTED: Final = 0.5  # rows with the same value, for each row


def find_repeating(table: pa.Table, group_rows: int) -> list[str] | bool:
    """Return what pyarrow's writer takes as `use_dictionary`: the labels of the columns whose values repeat.

    Args:
        table: with unique labels.
        group_rows: rows of a row group, each of which has dictionaries of its own.

    Returns:
        The labels; True, for all columns, if one is nested: the writer knows its parts by other names.
    """
    if any(map(pa.types.is_nested, table.schema.types)):
        return True
    rows = min(table.num_rows, group_rows)
    return [
        label
        for label, column in zip(table.column_names, table.columns, strict=True)
        if not _can_be_counted(column.type) or _repeats(column, rows)
    ]


def _can_be_counted(kind: Any) -> bool:
    is_ = pa.types
    numbers = is_.is_integer(kind) or is_.is_float32(kind) or is_.is_float64(kind)
    times = is_.is_timestamp(kind) or is_.is_date(kind) or is_.is_time(kind) or is_.is_duration(kind)
    return bool(numbers or times or is_.is_string(kind) or is_.is_large_string(kind))


def _repeats(column: Any, rows: int) -> bool:
    """Tell whether other rows of a row group are likely to have the value of a row, judging by a sample."""
    chunk = max(column.chunks, key=len, default=pa.nulls(0, column.type))
    sample = chunk.take(_sampled_rows(len(chunk))).drop_null()
    count = len(sample)
    if count < _LEAST:
        return True
    repeated = count - len(sample.unique())
    return 2 * repeated * rows >= _EXPECTED * count * count  # so many of the pairs in the sample are equal


@lru_cache(maxsize=16)
def _sampled_rows(rows: int) -> Any:
    """Return rows from everywhere, each with its neighbor: equal values may be side by side or far apart."""
    if rows <= 4 * _PAIRS:
        return pa.array(np.arange(rows))
    part = rows // _PAIRS
    firsts = np.arange(_PAIRS) * part + default_rng(0).integers(part - 1, size=_PAIRS)
    return pa.array(np.stack([firsts, firsts + 1], axis=1).ravel())
