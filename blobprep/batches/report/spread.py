"""How times and sizes are distributed, counted in intervals that grow by a factor. Pure.

A thousand intervals or so cover all that can be: exact sums and ends, shares and medians within an interval's width.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import Final

from blobprep.protocol.profiles import Bins
from blobprep.report.batch_views import SpreadView

__all__ = ["Pairs", "Spread"]

_STEPS: Final = 24  # intervals of a doubling: each is 3 % wide
_LEAST: Final = 1e-6
_MOST: Final = 1e18
_DRAWN: Final = 40  # bars of a histogram
_HEAVY: Final = 0.01
_PER_DECADE: Final = 5


class Spread:
    """Counts and sums of values that are not negative."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self._sums: defaultdict[int, float] = defaultdict(float)
        self._smallest, self._largest, self._total = math.inf, 0.0, 0.0

    def add(self, value: float) -> None:
        """Count a value."""
        place = math.floor(math.log2(_bounded(value)) * _STEPS)
        self._counts[place] += 1
        self._sums[place] += value
        self._total += value
        self._smallest, self._largest = min(self._smallest, value), max(self._largest, value)

    def view(self) -> SpreadView:
        """Return what was counted."""
        count = self._counts.total()
        if not count:
            return SpreadView()
        return SpreadView(
            count, self._total, self._smallest, self._largest, self._median(count), self._heavy(count), self._bins()
        )

    def _median(self, count: int) -> float:
        left = (count + 1) // 2
        for place in sorted(self._counts):
            left -= self._counts[place]
            if left <= 0:
                middle = self._sums[place] / self._counts[place]
                return min(max(middle, self._smallest), self._largest)
        return self._largest

    def _heavy(self, count: int) -> float:
        """Return the share of the largest 1 % in the total; of the interval that is cut, items count as its mean."""
        if not self._total:
            return 0.0
        left = wanted = max(1, math.ceil(count * _HEAVY))
        if wanted == 1:
            return self._largest / self._total
        held = 0.0
        for place in sorted(self._counts, reverse=True):
            taken = min(left, self._counts[place])
            held += self._sums[place] * taken / self._counts[place]
            left -= taken
            if not left:
                break
        return min(held / self._total, 1.0)

    def _bins(self) -> Bins:
        first, last = min(self._counts), max(self._counts)
        wide = max(1, math.ceil((last - first + 1) / _DRAWN))
        counts = [0] * math.ceil((last - first + 1) / wide)
        for place, amount in self._counts.items():
            counts[(place - first) // wide] += amount
        edges = tuple(2 ** ((first + place * wide) / _STEPS) for place in range(len(counts) + 1))
        return Bins(edges, tuple(counts))


class Pairs:
    """Numbers of items by their bytes and seconds, in fifths of a decade."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[int, int]] = Counter()

    def add(self, size: int, seconds: float) -> None:
        """Count an item."""
        self.counts[_decade(max(size, 1)), _decade(max(seconds, 0.001))] += 1


def _decade(value: float) -> int:
    return math.floor(math.log10(_bounded(value)) * _PER_DECADE + 1e-9)


def _bounded(value: float) -> float:
    return min(max(value, _LEAST), _MOST)
