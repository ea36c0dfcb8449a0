"""Rows chosen at random, from which pairs of columns are drawn: positions rounded to what a picture shows."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from blobprep.child.profile.coded import CodedColumn
from blobprep.protocol.profiles import DrawnColumn

__all__ = ["CELLS", "draw", "drawn_rows"]

_ROWS: Final = 1000
CELLS: Final = 60_000
"""Values of rows that are drawn, of all columns together."""

_LEAST: Final = 100
_DIGITS: Final = 4
"""Decimal digits of the columns' range: no picture has more than 10,000 pixels."""


def drawn_rows(columns: int) -> int:
    """Return how many rows are drawn of a table with so many columns.

    >>> drawn_rows(30), drawn_rows(200), drawn_rows(2000)
    (1000, 300, 100)
    """
    return min(_ROWS, max(_LEAST, CELLS // max(1, columns)))


def draw(coded: CodedColumn) -> DrawnColumn:
    """Return a column as it is drawn."""
    if coded.codes is not None:
        codes = coded.codes.tolist()
        return DrawnColumn(coded.column, tuple(None if at < 0 else at for at in codes), coded.labels)
    assert coded.positions is not None
    positions = coded.positions
    missing = np.isnan(positions)
    present = positions[~missing]
    values: list[Any] = []
    if len(present):
        values = _rounded(np.where(missing, present[0], positions)).tolist()
    for at in np.flatnonzero(missing) if values else ():
        values[at] = None
    return DrawnColumn(coded.column, tuple(values or [None] * len(positions)))


def _rounded(positions: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    """Round positions; whole ones become integers, which are shorter as JSON."""
    span = float(positions.max() - positions.min()) or float(abs(positions[0])) or 1.0
    if not math.isfinite(span) or span < 1e-250:
        return positions
    digits = _DIGITS - 1 - math.floor(math.log10(span))
    rounded = np.round(positions, digits) if digits < 300 else positions
    if digits <= 0 and np.abs(rounded).max() < 2.0**53:
        return rounded.astype(np.int64)
    return rounded if np.isfinite(rounded).all() else positions
