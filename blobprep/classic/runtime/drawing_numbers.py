"""Functions over numbers that matplotlib had."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

__all__ = ["entropy", "find", "frange", "movavg", "normpdf", "pnpoly", "points_inside_poly", "prctile"]


def normpdf(x: Any, *args: Any) -> Any:
    """Return the density of a normal distribution: its mean and its spread."""
    mean, spread = args
    return 1.0 / (np.sqrt(2 * np.pi) * spread) * np.exp(-0.5 * (1.0 / spread * (np.asarray(x) - mean)) ** 2)


def bivariate_normal(X: Any, Y: Any, sigmax: float = 1.0, sigmay: float = 1.0, mux: float = 0.0, muy: float = 0.0,
                     sigmaxy: float = 0.0) -> Any:  # fmt: skip
    """Return the density of a normal distribution of two variables."""
    across, up = np.asarray(X) - mux, np.asarray(Y) - muy
    rho = sigmaxy / (sigmax * sigmay)
    z = across**2 / sigmax**2 + up**2 / sigmay**2 - 2 * rho * across * up / (sigmax * sigmay)
    return np.exp(-z / (2 * (1 - rho**2))) / (2 * np.pi * sigmax * sigmay * np.sqrt(1 - rho**2))


def find(condition: Any) -> Any:
    """Return the positions where a condition holds."""
    return np.flatnonzero(np.ravel(condition))


def frange(xini: float, xfin: float | None = None, delta: float | None = None, **given: Any) -> Any:
    """Return the numbers from one to another, both included."""
    if xfin is None:
        xini, xfin = 0.0, xini
    count = given.get("npts")
    if count is None:
        delta = 1.0 if delta is None else delta
        last = 0 if given.get("closed", 1) else 1
        count = round((xfin - xini) / delta) + 1 - last
    else:
        delta = (xfin - xini) / (count - 1)
    return np.arange(count) * delta + xini


def movavg(x: Any, n: int) -> Any:
    """Return the mean of each `n` values that follow one another."""
    return np.convolve(x, np.ones(n) / n, mode="valid")


def entropy(y: Any, bins: Any) -> Any:
    """Return the entropy of values in bins."""
    counts, edges = np.histogram(y, bins)
    counts = counts.astype(float)
    shares = counts[counts > 0] / len(y)
    return -1.0 * np.sum(shares * np.log(shares)) + np.log(edges[1] - edges[0])


def prctile(x: Any, p: Any = (0.0, 25.0, 50.0, 75.0, 100.0)) -> Any:
    """Return percentiles."""
    return np.percentile(np.ravel(x), p)


def dist(x: Any, y: Any) -> Any:
    """Return the distance of two points."""
    return np.sqrt(np.sum((np.asarray(x) - np.asarray(y)) ** 2))


def rms_flat(a: Any) -> Any:
    """Return the root of the mean square."""
    return np.sqrt(np.mean(np.abs(a) ** 2))


class PCA:
    """Principal components of an array, scaled to the same spread."""

    def __init__(self, a: Any, standardize: bool = True) -> None:
        a = np.asarray(a, dtype=float)
        self.numrows, self.numcols = a.shape
        self.mu, self.sigma = a.mean(axis=0), a.std(axis=0)
        self.standardize = standardize
        self.a = self.center(a)
        _, s, self.Wt = np.linalg.svd(self.a, full_matrices=False)
        self.Y = np.dot(self.Wt, self.a.T).T
        self.s = s**2
        self.fracs = self.s / len(self.s) / np.sum(self.s / len(self.s))

    def center(self, x: Any) -> Any:
        """Return values less their mean, scaled if that was asked for."""
        return (np.asarray(x) - self.mu) / self.sigma if self.standardize else np.asarray(x) - self.mu

    def project(self, x: Any, minfrac: float = 0.0) -> Any:
        """Return the components of points."""
        shown = np.dot(self.Wt, self.center(x).T).T
        chosen = self.fracs >= minfrac
        return shown[:, chosen] if np.ndim(x) == 2 else shown[chosen]


def is_string_like(obj: Any) -> bool:
    """Tell whether an object is a text."""
    return isinstance(obj, str)


def is_numlike(obj: Any) -> bool:
    """Tell whether an object is a number."""
    return isinstance(obj, int | float | complex | np.number)


def iterable(obj: Any) -> bool:
    """Tell whether an object can be iterated."""
    return isinstance(obj, Iterable) or hasattr(obj, "__getitem__")


def epoch2num(e: Any) -> Any:
    """Return the days of seconds since 1970."""
    return np.asarray(e) / 86400.0


def num2epoch(d: Any) -> Any:
    """Return the seconds since 1970 of days."""
    return np.asarray(d) * 86400.0


def strpdate2num(fmt: str) -> Callable[[str], float]:
    """Return a function that reads dates of a form."""
    from datetime import datetime

    from matplotlib import dates

    to_number: Any = dates.date2num
    return lambda text: float(to_number(datetime.strptime(text, fmt)))


def points_inside_poly(points: Any, verts: Any) -> Any:
    """Tell which points are inside a polygon."""
    from matplotlib.path import Path

    return Path(verts).contains_points(points)


def pnpoly(x: float, y: float, verts: Any) -> bool:
    """Tell whether a point is inside a polygon."""
    from matplotlib.path import Path

    return bool(Path(verts).contains_point((x, y)))
