"""Histograms and box plots of sorted positions."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from blobprep.protocol.profiles import Bins, BoxPlot

__all__ = ["bins", "box_plot", "log_bins"]

Positions = npt.NDArray[np.float64]

_MOST: Final = 40
_LEAST: Final = 8
_OUTLIERS: Final = 40
_WHISKER: Final = 1.5
_SPAN: Final = 10.0
"""A histogram with growing edges is made of numbers of which the largest is so many times the smallest."""


def bins(positions: Positions, low: float, high: float, step: float, rows: int) -> Bins | None:
    """Count positions in intervals of one width.

    Args:
        positions: sorted.
        low: the least of all values, which may be below the first of `positions`.
        high: the largest of all.
        step: what lies between two neighboring values, as 1 between whole numbers; 0 where that can be anything.
            Intervals are whole steps wide and a value is in the middle of its step, so that none holds more values
            than its neighbor for its width alone.
        rows: they are from so many rows, chosen at random; 0 for all rows.
    """
    if not len(positions):
        return None
    wanted = _wanted(positions)
    if step:
        steps = round((high - low) / step) + 1
        width = step * max(1, math.ceil(steps / (_MOST if steps <= _MOST else wanted)))
        count = math.ceil(steps * step / width)
        edges = low - step / 2 + width * np.arange(count + 1)
    elif low == high:
        half = max(0.5, abs(low) * 1e-6)
        edges = np.array([low - half, low + half])
    else:
        shares = np.linspace(0.0, 1.0, wanted + 1)
        edges = low * (1 - shares) + high * shares
        edges[0], edges[-1] = low, high
    return _counted(positions, edges, rows)


def log_bins(positions: Positions, rows: int) -> Bins | None:
    """Count the positions above 0 in intervals whose edges grow by a factor; None where that shows nothing new."""
    positions = positions[np.searchsorted(positions, 0.0, side="right") :]
    if len(positions) < 2 or positions[-1] / max(positions[0], 5e-324) < _SPAN:
        return None
    edges = np.exp(np.linspace(math.log(positions[0]), math.log(positions[-1]), _wanted(positions) + 1))
    edges[0], edges[-1] = positions[0], positions[-1]
    return _counted(positions, edges, rows)


def box_plot(positions: Positions, *, values: bool) -> BoxPlot | None:
    """Return the box plot of sorted positions, with outliers where values may be copied: the outermost ones."""
    if not len(positions):
        return None
    first, median, third = _quartiles(positions)
    reach = _WHISKER * (third - first)
    start, end = np.searchsorted(positions, first - reach), np.searchsorted(positions, third + reach, side="right")
    inside = positions[start:end]
    low, high = (float(inside[0]), float(inside[-1])) if len(inside) else (first, third)
    outliers: tuple[float, ...] = ()
    if values and len(inside) < len(positions):
        below, above = np.unique(positions[:start]), np.unique(positions[end:])
        few = max(_OUTLIERS // 2, _OUTLIERS - min(len(below), len(above)))
        outliers = tuple(below[:few].tolist() + above[-few:].tolist())
    return BoxPlot(first, median, third, min(low, first), max(high, third), outliers)


def _quartiles(positions: Positions) -> tuple[float, float, float]:
    found = []
    for share in (0.25, 0.5, 0.75):
        place = (len(positions) - 1) * share
        below, above = float(positions[int(place)]), float(positions[math.ceil(place)])
        found.append(below if below == above else below * (1 - place % 1) + above * (place % 1))
    return found[0], found[1], found[2]


def _wanted(positions: Positions) -> int:
    """Return a number of intervals by the rule of Freedman and Diaconis, within bounds."""
    n = len(positions)
    apart = float(positions[(n - 1) * 3 // 4] - positions[(n - 1) // 4])
    span = float(positions[-1] - positions[0])
    width = 2 * apart / n ** (1 / 3)
    wanted = span / width if width and math.isfinite(span / width) else n**0.5
    return int(min(_MOST, max(_LEAST, wanted)))


def _counted(positions: Positions, edges: Any, rows: int) -> Bins | None:
    if not np.isfinite(edges).all() or not (np.diff(edges) > 0).all():
        return None  # too close to each other, or too far, for a double
    places = np.searchsorted(positions, edges)
    places[-1] = np.searchsorted(positions, edges[-1], side="right")
    return Bins(tuple(edges.tolist()), tuple(np.diff(places).tolist()), rows)
