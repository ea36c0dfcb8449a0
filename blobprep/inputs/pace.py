"""How many ranges are requested at once: as many as still make the whole faster. Pure but for its clock."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Final

__all__ = ["MOST", "Pace"]

MOST: Final = 16
"""The largest number of workers; each has a connection of its own."""

_GAIN: Final = 1.1
_WINDOW: Final = 4 * 1024 * 1024


class Pace:
    """A count of workers that doubles for as long as that moves a tenth more bytes in a second at least.

    On a line whose answers take long to begin, or whose connections are each held to a rate, more of them move more; on
    one that is full, or where the processor is what limits, they only get in each other's way. Its methods are called
    under its owner's lock.

    Args:
        workers: the number of workers to begin with.
        clock: returns seconds.
    """

    def __init__(self, workers: int, clock: Callable[[], float] = monotonic) -> None:
        self._workers, self._clock = workers, clock
        self._best = 0.0
        self._since = clock()
        self._ranges = self._bytes = 0
        self._is_settled = False

    def count_more(self, length: int, waiting: int) -> int:
        """Record a range that has arrived, and return how many workers to add now.

        Args:
            length: its bytes.
            waiting: the number of ranges that no worker has taken yet.
        """
        self._ranges, self._bytes = self._ranges + 1, self._bytes + length
        if self._is_settled or self._ranges < self._workers or self._bytes < _WINDOW:
            return 0
        now = self._clock()
        rate = self._bytes / max(now - self._since, 1e-6)
        self._since, self._ranges, self._bytes = now, 0, 0
        self._is_settled = rate < self._best * _GAIN
        added = 0 if self._is_settled else min(self._workers, MOST - self._workers, waiting)
        self._best, self._workers = rate, self._workers + added
        return added
