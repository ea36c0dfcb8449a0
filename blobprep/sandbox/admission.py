"""Who may run now: as many runs at a time as there are cores, and no more than there is memory for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["Admission", "available_memory"]

_SMALLEST: Final = 256 * 1024**2  # bytes that a run is taken to need while nothing is known of it
_LOOK: Final = 0.1  # seconds between two looks at the memory
_GROUPS: Final = (  # of what a group of processes may use, and does
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)


class Admission:
    """A count of runs, with room for the next one or not.

    Args:
        most: runs at a time.
        needed: returns the bytes of memory that another run needs, as far as is known.
        available: returns the bytes that this machine has left.
    """

    def __init__(self, most: int, needed: Callable[[], int], available: Callable[[], float] | None = None) -> None:
        self._most, self._needed = most, needed
        self._available = available or available_memory
        self._running = 0
        self._changed = threading.Condition()

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Wait until another run may start. The only one always may: waiting would not help it."""
        with self._changed:
            while self._running >= self._most or (self._running and not self._has_room()):
                self._changed.wait(None if self._running >= self._most else _LOOK)
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify()

    def _has_room(self) -> bool:
        return self._available() >= max(self._needed(), _SMALLEST)


def available_memory() -> float:
    """Return the bytes of memory that are left, on this machine and to its group of processes; infinite if unknown."""
    left = [float("inf")]
    try:
        with open("/proc/meminfo") as file:
            sizes = dict(line.split(":", 1) for line in file)
        left.append(int(sizes["MemAvailable"].split()[0]) * 1024)
    except (OSError, KeyError, ValueError):
        pass
    for limit, used in _GROUPS:
        try:
            with open(limit) as most, open(used) as now:
                left.append(int(most.read()) - int(now.read()))
        except (OSError, ValueError):  # there is no such group, or no limit ("max")
            continue
    return min(left)
