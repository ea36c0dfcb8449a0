"""Mean, deviation, skewness and kurtosis of numbers that come in blocks.

Each block is measured from its own mean, and two blocks are merged by what lies between their means. So a common large
offset costs no digits.

Source:
    Pébay, "Formulas for robust, one-pass parallel computation of covariances and arbitrary-order statistical moments",
    2008. Skewness and kurtosis are the sample's, as pandas computes them: Joanes and Gill, "Comparing measures of
    sample skewness and kurtosis", 1998, G1 and G2.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

__all__ = ["Moments"]

_SMALLEST: Final = 1e-150

_FAR: Final = 2.0**20
_FARTHEST: Final = 1e150
"""Between these a mean gets an offset; beyond, powers of the numbers are too large for a double in any case."""


class Moments:
    """The mean of numbers, and how they lie around it.

    Attributes:
        count: of numbers.
        offset: what the mean is measured from, an exact whole number.
        mean: above the offset.
        second, third, fourth: sums of powers of the distances from the mean.
    """

    def __init__(self) -> None:
        self.count, self.offset, self.mean = 0, 0, 0.0
        self.second = self.third = self.fourth = 0.0

    def add(self, numbers: npt.NDArray[np.float64], offset: int = 0) -> None:
        """Add numbers, each measured from an offset."""
        if not len(numbers):
            return
        block = Moments()
        middle = float(numbers.mean())
        if _FAR < abs(middle) < _FARTHEST:
            # A double near the mean has no room for the digits that the distances need.
            offset += int(middle)
            numbers = numbers - float(int(middle))
            middle = float(numbers.mean())
        block.count, block.offset = len(numbers), offset
        distances = numbers - middle
        rest = float(distances.sum()) / len(numbers)  # what rounding has left in the mean
        if rest and math.isfinite(rest):
            middle += rest
            distances = numbers - middle
        block.mean = middle
        squares = distances * distances
        block.second = float(squares.sum())
        # Not by `dot`: BLAS may start threads, in a process that is a script's.
        block.third = float((squares * distances).sum())
        block.fourth = float((squares * squares).sum())
        self.merge(block)

    def merge(self, other: Moments) -> None:
        """Add the numbers of another one."""
        if not self.count:
            self.count, self.offset, self.mean = other.count, other.offset, other.mean
            self.second, self.third, self.fourth = other.second, other.third, other.fourth
            return
        a, b, total = self.count, other.count, self.count + other.count
        apart = float(other.offset - self.offset) + (other.mean - self.mean)
        share = apart / total
        self.fourth += (
            other.fourth
            + apart * share * share * share * a * b * (a * a - a * b + b * b)
            + 6 * share * share * (a * a * other.second + b * b * self.second)
            + 4 * share * (a * other.third - b * self.third)
        )
        self.third += (
            other.third + apart * share * share * a * b * (a - b) + 3 * share * (a * other.second - b * self.second)
        )
        self.second += other.second + apart * share * a * b
        self.mean += share * b
        self.count = total

    @property
    def deviation(self) -> float | None:
        """Return the sample's standard deviation; None for fewer than two numbers."""
        return math.sqrt(self.second / (self.count - 1)) if self.count > 1 else None

    @property
    def skewness(self) -> float | None:
        """Return the sample's skewness; None where there is none."""
        n, spread = self.count, self._spread()
        if n < 3 or not spread:
            return None
        return _finite(math.sqrt(n * (n - 1)) / (n - 2) * (self.third / n) / spread**1.5)

    @property
    def kurtosis(self) -> float | None:
        """Return the sample's kurtosis, 0 for a normal distribution; None where there is none."""
        n, spread = self.count, self._spread()
        if n < 4 or not spread:
            return None
        excess = (self.fourth / n) / spread**2 - 3
        return _finite((n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excess + 6))

    def _spread(self) -> float:
        return self.second / self.count if self.count else 0.0

    def holds(self, *, constant: bool) -> bool:
        """Return whether no sum has become too large, or too small, for a double; that of a constant is 0."""
        sums = (self.mean, self.second, self.third, self.fourth)
        return all(map(math.isfinite, sums)) and (constant or self.second > self.count * _SMALLEST)


def _finite(value: Any) -> float | None:
    return float(value) if math.isfinite(value) else None
