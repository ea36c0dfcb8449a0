"""Who may run now: as many runs at a time as there are cores, and no more than there is memory for."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["Admission", "available_memory"]

_SMALLEST: Final = 256 * 1024**2  # bytes that a run is taken to need while nothing is known of it
_LOOK: Final = 0.1  # seconds between two looks at the memory
_GROUPS: Final = "/sys/fs/cgroup"
_FILES: Final = (  # of what a group of processes may use, and does; and what of that the kernel takes back when it must
    ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat", "total_inactive_file"),
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
                self._changed.notify_all()  # whoever is woken first may find no room, and another one may

    def _has_room(self) -> bool:
        return self._available() >= max(self._needed(), _SMALLEST)


def available_memory(groups: str = _GROUPS) -> float:
    """Return the bytes of memory that are left, on this machine and to its group of processes; infinite if unknown.

    Args:
        groups: where the kernel shows groups of processes.
    """
    left = [float("inf")]
    try:
        left.append(_size_in("/proc/meminfo", "MemAvailable") * 1024)
    except (OSError, ValueError):
        pass
    for limit, used, parts, cached in _FILES:
        try:
            with open(os.path.join(groups, limit)) as most, open(os.path.join(groups, used)) as now:
                size = int(most.read()) - int(now.read())
            # Files that were read or written are counted as used, though they only stay in case they are read again.
            left.append(size + _size_in(os.path.join(groups, parts), cached, 0))
        except (OSError, ValueError):  # there is no such group, or no limit ("max")
            continue
    return min(left)


def _size_in(path: str, name: str, otherwise: int | None = None) -> int:
    """Return a number of a file that has a name and a number in each line; raises ValueError if it is not there."""
    with open(path) as file:
        found = re.search(rf"^{name}:?[ \t]+(\d+)", file.read(), re.MULTILINE)
    if found is None and otherwise is None:
        raise ValueError(f"{path} does not say {name}")
    return int(found[1]) if found else otherwise or 0
