"""Work over time, by worker. Pure.

The ends of the time are not known before the last record, which need not be the last in time. So stretches are of a
length that doubles whenever there are too many of them, and each begins at a multiple of its length.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import Final

from blobprep.report.batch_views import LaneView

__all__ = ["Timeline"]

_STRETCHES: Final = 256  # at most; at least half of them, once there is so much to tell apart
_FINEST: Final = 2.0**-6  # seconds
_WORKERS: Final = 1_000  # told apart while gathering
_LANES: Final = 24  # drawn, the last of them for the others together
_LONGEST: Final = 366 * 86400.0  # seconds of an item; what claims more has a wrong clock


class _Lane:
    """The work of one worker, by stretch."""

    def __init__(self) -> None:
        self.items, self.seconds = 0, 0.0
        self.busy: defaultdict[int, float] = defaultdict(float)
        self.failures: Counter[int] = Counter()

    def halve(self) -> None:
        """Make one stretch of each two."""
        busy, failures = self.busy, self.failures
        self.busy, self.failures = defaultdict(float), Counter()
        for place, seconds in busy.items():
            self.busy[place >> 1] += seconds
        for place, amount in failures.items():
            self.failures[place >> 1] += amount


class Timeline:
    """Seconds of work of each worker in stretches of time."""

    def __init__(self) -> None:
        self._width = _FINEST
        self._low, self._high = 0, -1
        self._lanes: defaultdict[str, _Lane] = defaultdict(_Lane)

    def add(self, worker: str, ended: float, seconds: float, *, failed: bool) -> None:
        """Count an item.

        Args:
            worker: that ran it.
            ended: when, as seconds since 1970.
            seconds: that it took.
            failed: whether it has no results.
        """
        if not 0 <= seconds <= _LONGEST or ended < _LONGEST:
            return
        started = ended - seconds
        self._reach(started, ended)
        known = worker in self._lanes or len(self._lanes) < _WORKERS
        lane = self._lanes[worker if known else ""]
        lane.items += 1
        lane.seconds += seconds
        first, last = self._place(started), self._place(ended)
        for place in range(first, last + 1):
            start = place * self._width
            lane.busy[place] += min(ended, start + self._width) - max(started, start)
        if failed:
            lane.failures[last] += 1

    def _place(self, moment: float) -> int:
        return math.floor(moment / self._width)

    def _reach(self, started: float, ended: float) -> None:
        """Make room for a time; stretches double until all of it fits."""
        while True:
            low, high = self._place(started), self._place(ended)
            if self._high >= self._low:
                low, high = min(low, self._low), max(high, self._high)
            if high - low < _STRETCHES:
                self._low, self._high = low, high
                return
            self._width *= 2
            self._low, self._high = self._low >> 1, self._high >> 1
            for lane in self._lanes.values():
                lane.halve()

    @property
    def ends(self) -> tuple[float, float]:
        """Return the time that is covered, as seconds since 1970."""
        return self._low * self._width, (self._high + 1) * self._width

    def lanes(self) -> tuple[LaneView, ...]:
        """Return the workers by name; where there are many, the less busy ones together."""
        ranked = sorted(self._lanes, key=lambda name: (name == "", -self._lanes[name].seconds, name))
        apart = ranked if len(ranked) <= _LANES and "" not in ranked else ranked[: _LANES - 1]
        views = [self._view(name or "unknown", [self._lanes[name]]) for name in sorted(apart)]
        rest = [self._lanes[name] for name in ranked[len(apart) :]]
        if rest:
            views.append(self._view(f"{len(rest):,} others", rest))
        return tuple(views)

    def _view(self, name: str, lanes: list[_Lane]) -> LaneView:
        whole = self._width * len(lanes)
        span = range(self._low, self._high + 1)
        busy = tuple(min(sum(lane.busy.get(place, 0.0) for lane in lanes) / whole, 1.0) for place in span)
        failures: Counter[int] = Counter()
        for lane in lanes:
            failures.update({place - self._low: amount for place, amount in lane.failures.items()})
        return LaneView(
            name, sum(lane.items for lane in lanes), sum(lane.seconds for lane in lanes), busy, dict(failures)
        )
