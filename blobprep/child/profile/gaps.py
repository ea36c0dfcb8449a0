"""Where in a column values are missing."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

__all__ = ["missing_shape"]

_STRETCHES: Final = 50


def missing_shape(column: Any, missing: int) -> tuple[int, ...]:
    """Return how many values are missing in each of up to 50 equal stretches of rows.

    Args:
        column: the column; NaN is missing.
        missing: how many there are in all. Empty is returned where these are others than are found: a category may be
            missing from its list.
    """
    rows = len(column)
    edges = np.linspace(0, rows, min(_STRETCHES, rows) + 1).astype(np.int64)
    counts, start = np.zeros(len(edges) - 1, np.int64), 0
    for chunk in column.chunks:
        absent = np.flatnonzero(chunk.is_null(nan_is_null=True).to_numpy(zero_copy_only=False)) + start
        counts += np.diff(np.searchsorted(absent, edges))
        start += len(chunk)
    return tuple(counts.tolist()) if int(counts.sum()) == missing else ()
