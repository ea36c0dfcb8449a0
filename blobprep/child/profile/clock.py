"""How much time is left."""

from __future__ import annotations

import time

__all__ = ["Clock", "TimeIsUp"]


class TimeIsUp(Exception):
    """No time is left for what was begun."""


class Clock:
    """A number of seconds that runs from now on.

    Args:
        seconds: None for any number.
    """

    def __init__(self, seconds: float | None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds

    def share(self, parts: int) -> Clock:
        """Return a clock that runs for an equal part of the seconds that are left."""
        return Clock(None if self._end is None else max(0.0, self._end - time.monotonic()) / max(1, parts))

    def has_run_out(self) -> bool:
        """Return whether no time is left."""
        return self._end is not None and time.monotonic() >= self._end

    def check(self) -> None:
        """Raise an error when no time is left.

        Raises:
            TimeIsUp: none is.
        """
        if self.has_run_out():
            raise TimeIsUp
