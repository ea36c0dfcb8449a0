"""Rows of a column: in blocks of a bounded size, or some that are chosen at random."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from blobprep.child.profile.clock import Clock
from blobprep.child.profile.sketches import scrambled

__all__ = ["blocks", "choose", "take"]

_ROWS: Final = 1 << 16
_BYTES: Final = 1 << 22
_SEED: Final = 0x5EED
"""The rows that are chosen depend on the number of rows alone, so that a table is profiled alike each time. Nothing is
taken from the random numbers of NumPy or Python, which may be a script's."""


def blocks(column: Any, clock: Clock) -> Iterator[Any]:
    """Yield a column's arrays in slices of at most 65,536 rows and about 4 MB; a row may be larger.

    Raises:
        TimeIsUp: before a block.
    """
    size = min(_ROWS, max(1, _BYTES * len(column) // max(1, column.nbytes)))
    for chunk in column.chunks:
        for start in range(0, len(chunk), size):
            clock.check()
            yield chunk if size >= len(chunk) else chunk.slice(start, size)


def choose(total: int, wanted: int) -> npt.NDArray[np.int64]:
    """Choose rows at random, one from each of `wanted` equal stretches; fewer where two stretches share one.

    >>> choose(3, 10).tolist(), len(choose(1000, 10))
    ([0, 1, 2], 10)
    """
    if total <= wanted:
        return np.arange(total, dtype=np.int64)
    places = np.arange(wanted, dtype=np.uint64)
    within = (scrambled(places + np.uint64(_SEED)) >> np.uint64(11)).astype(np.float64) / 2.0**53
    rows = ((places.astype(np.float64) + within) * (total / wanted)).astype(np.int64)
    return np.unique(np.minimum(rows, total - 1))


def take(column: Any, rows: npt.NDArray[np.int64]) -> Any:
    """Return a column of some rows, which increase; only their values are copied."""
    if len(rows) == len(column):
        return column
    parts, start = [], 0
    for chunk in column.chunks:
        first, last = np.searchsorted(rows, (start, start + len(chunk)))
        if first < last:
            parts.append(chunk.take(pa.array(rows[first:last] - start)))
        start += len(chunk)
    return pa.chunked_array(parts, column.type)
