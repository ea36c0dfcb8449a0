"""How strongly columns go together, in pairs.

| columns | strength |
| --- | --- |
| two with an axis | Pearson's correlation, −1 to 1, of the rows where neither is missing |
| two of categories | Cramér's V, 0 to 1 |
| one of each | the correlation ratio, 0 to 1 |

The last two are corrected for the number of categories: without that, many categories in few rows look like a strong
association where there is none.

Source:
    Bergsma, "A bias-correction for Cramér's V and Tschuprow's T", 2013; for the correlation ratio Kelley, "An unbiased
    correlation ratio measure", 1935.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from blobprep.child.profile.clock import Clock
from blobprep.child.profile.coded import CodedColumn
from blobprep.protocol.profiles import Associations

__all__ = ["COLUMNS", "ROWS", "associate"]

COLUMNS: Final = 40
"""Columns whose pairs are compared; the first ones that can be."""

ROWS: Final = 10_000
"""Rows they are compared in, at most, unless all are wanted."""

_DIGITS: Final = 4

Doubles = npt.NDArray[np.float64]


def associate(coded: Sequence[CodedColumn], rows: int, clock: Clock) -> Associations:
    """Compare columns in pairs.

    Args:
        coded: columns, in the same rows.
        rows: that these are, chosen at random; 0 for all.
        clock: checked before each column.

    Raises:
        TimeIsUp: before the end.
    """
    coded = coded[:COLUMNS]
    n = len(coded)
    strengths = np.full((n, n), np.nan)
    axes = [at for at, column in enumerate(coded) if column.positions is not None]
    if axes:
        known, centered = _centered([coded[at].positions for at in axes])
        strengths[np.ix_(axes, axes)] = _correlations(known, centered)
    for at, column in enumerate(coded):
        if column.codes is None:
            continue
        clock.check()
        if axes:
            ratios = _correlation_ratios(column, known, centered)
            strengths[at, axes] = strengths[axes, at] = ratios
        for other in range(at, n):
            if coded[other].codes is not None:
                strengths[at, other] = strengths[other, at] = _cramer(column, coded[other])
    values = tuple(None if math.isnan(value) else value for value in np.round(strengths, _DIGITS).ravel().tolist())
    return Associations(tuple(column.column for column in coded), values, rows)


def _centered(positions: Sequence[Any]) -> tuple[Doubles, Doubles]:
    """Return which positions are known, as 0 and 1, and the positions around 0 with a spread of 1, unknown ones 0."""
    whole = np.column_stack(positions)
    known = ~np.isnan(whole)
    counts = np.maximum(known.sum(axis=0), 1)
    whole[~known] = 0.0
    scale = np.abs(whole).max(axis=0)
    whole /= np.where(scale > 0, scale, 1.0)
    whole -= whole.sum(axis=0) / counts
    whole[~known] = 0.0
    spread = np.sqrt((whole * whole).sum(axis=0) / counts)
    whole /= np.where(spread > 1e-14, spread, np.inf)  # a constant stays 0
    return known.astype(np.float64), whole


def _products(one: Doubles, other: Doubles) -> Doubles:
    """Return the sums of products of all pairs of columns; not by BLAS, which may start threads."""
    products: Doubles = np.einsum("ij,ik->jk", one, other)
    return products


def _correlations(known: Doubles, centered: Doubles) -> Doubles:
    """Return Pearson's correlations of all pairs, each of the rows in which both are known."""
    count = _products(known, known)
    sums, squares = _products(centered, known), _products(centered * centered, known)
    with np.errstate(all="ignore"):
        spreads = squares - sums * sums / count
        together = _products(centered, centered) - sums * sums.T / count
        strengths = together / np.sqrt(spreads * spreads.T)
    usable = (count > 2) & (spreads > 1e-9) & (spreads.T > 1e-9)
    found: Doubles = np.where(usable, np.clip(strengths, -1.0, 1.0), np.nan)
    return found


def _correlation_ratios(column: CodedColumn, known: Doubles, centered: Doubles) -> Doubles:
    """Return how much of the spread of each column with an axis lies between categories."""
    assert column.codes is not None
    n = len(column.labels)
    count, sums = np.zeros((n, known.shape[1])), np.zeros((n, known.shape[1]))
    present = column.codes >= 0
    for start in range(0, len(present), ROWS):
        part = slice(start, start + ROWS)
        codes = column.codes[part][present[part]]
        groups = np.zeros((len(codes), n))
        groups[np.arange(len(codes)), codes] = 1.0
        count += _products(groups, known[part][present[part]])
        sums += _products(groups, centered[part][present[part]])
    known, centered = known[present], centered[present]
    total, squares = known.sum(axis=0), (centered * centered).sum(axis=0)
    with np.errstate(all="ignore"):
        between = np.where(count > 0, sums * sums / np.maximum(count, 1), 0.0).sum(axis=0)
        middle = sums.sum(axis=0) ** 2 / total
        whole = squares - middle
        used = (count > 0).sum(axis=0)
        ratio = 1 - (1 - (between - middle) / whole) * (total - 1) / (total - used)
    found: Doubles = np.where((used > 1) & (total > used) & (whole > 1e-9), np.sqrt(np.clip(ratio, 0.0, 1.0)), np.nan)
    return found


def _cramer(one: CodedColumn, other: CodedColumn) -> float:
    assert one.codes is not None
    assert other.codes is not None
    both = (one.codes >= 0) & (other.codes >= 0)
    width = len(other.labels)
    found = np.bincount(one.codes[both] * width + other.codes[both], minlength=len(one.labels) * width)
    counts = found.reshape(len(one.labels), width).astype(np.float64)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    (r, k), n = counts.shape, counts.sum()
    if r < 2 or k < 2 or n < 3:
        return math.nan
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / n
    square = float(((counts - expected) ** 2 / expected).sum()) / n
    corrected = max(0.0, square - (r - 1) * (k - 1) / (n - 1))
    least = min(r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)) - 1
    return min(1.0, math.sqrt(corrected / least)) if least > 0 else math.nan
