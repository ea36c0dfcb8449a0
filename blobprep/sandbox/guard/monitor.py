"""What a run uses, looked at again and again: memory, CPU time, threads, and what its folder holds.

Standard library only, and little of it: the guard runs this. What the kernel itself bounds (`guard`, `control_group`) a
script learns as an exception; what is beyond a limit here ends it. Where there is no controller, a script can use more
than it may between two looks: the nearer it is to a limit, the sooner comes the next, but looking never takes more than
a tenth of a processor. Without a `/proc` as Linux has it, only the folder is seen.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from blobprep.sandbox.control_group import Group
from blobprep.sandbox.guard.disk_usage import Holdings
from blobprep.sandbox.guard.process_usage import Usage, holds_too_many_locks, proportional, tree

__all__ = ["Watch"]

_SHORTEST, _LONGEST = 0.02, 0.1  # seconds between two looks
_FASTEST = {"memory": 8e9, "processes": 1e4, "cpu": os.cpu_count() or 1}  # what a script can use in a second
_SHARE = 10  # a look that takes long is followed by a pause so many times as long
_PAUSE = 1.0  # seconds at most: a script decides how long a look takes
_CROWDED = 0.9  # of the threads it may have, from which on a script that can start no other is at its limit
_IN_MEMORY = ("tmpfs", "ramfs")


class Watch:
    """Look at a child and all that it started.

    Args:
        pid: the child's.
        folder: the run's.
        limits: by name, as in `blobprep.sandbox.isolation.Limits`; what is not there is not limited.
        group: of the kernel's controller, which bounds memory and processes; None where they are counted here.

    Attributes:
        pause: seconds until the next look is due.
        looks_for: the limit that is being looked at; empty between two looks.
        moved: when that look got further, as the monotonic clock tells.
        crowded: whether it came near its limit of threads and processes.
    """

    def __init__(self, pid: int, folder: str, limits: Mapping[str, float], group: Group | None = None) -> None:
        self._pid, self._limits, self._group = pid, limits, group
        self._started: float | None = None
        self.looks_for, self.moved = "", time.monotonic()
        self._holdings = Holdings(folder, limits.get("disk"), limits.get("files"), self._move)
        self._is_in_memory = group is None and _file_system(folder) in _IN_MEMORY
        self.pause = self._due = _SHORTEST
        self.crowded = False

    def start_clock(self) -> None:
        """Count CPU time from now on: what was used before was no work of the script's."""
        self._started = self._seconds()

    def exceeded(self) -> str:
        """Return the first limit that is exceeded, in the word of its error; empty for none."""
        began = self._move()
        self.looks_for = self._first_of("memory", "processes", "cpu")
        pids = tree(self._pid) if self._group is None else self._group.pids()
        cause = self._group_limit() if self._group is not None else self._process_limit(pids)
        if not cause and "memory" in self._limits and holds_too_many_locks(pids):
            cause = "memory"
        self._move()
        self.looks_for = self._first_of("disk", "files")
        cause = cause or self._holdings.exceeded(pids)
        self.looks_for = ""
        soon = min(max(self._due, _SHORTEST), _LONGEST)
        self.pause = max(soon, min(_SHARE * (time.monotonic() - began), _PAUSE))
        return cause

    def has_lost_too_much(self) -> bool:
        """Tell whether the file system has lost more than the folder may hold, to whomever."""
        return self._holdings.has_lost_too_much()

    def exceeded_in_the_end(self) -> str:
        """Return as `exceeded` what processes that have ended used, and what they left in the folder."""
        return (self._group_limit() if self._group is not None else "") or self._holdings.exceeded_in_the_end()

    def _first_of(self, *names: str) -> str:
        return next((name for name in names if name in self._limits), "")

    def _move(self) -> float:
        self.moved = time.monotonic()
        return self.moved

    def _group_limit(self) -> str:
        assert self._group is not None
        self._note_tasks(self._group.tasks())
        if self._group.is_exhausted():
            return "memory"
        room = float("inf")
        if "cpu" in self._limits and self._started is not None:
            room = self._limits["cpu"] + self._started - self._seconds()
        self._due = room / _FASTEST["cpu"]
        return "cpu" if room < 0 else ""

    def _note_tasks(self, tasks: float) -> None:
        self.crowded = self.crowded or tasks > _CROWDED * self._limits.get("processes", float("inf"))

    def _seconds(self) -> float:
        seconds = None if self._group is None else self._group.seconds()
        return sum(Usage(pid).seconds for pid in tree(self._pid)) if seconds is None else seconds

    def _process_limit(self, pids: list[int]) -> str:
        used = [Usage(pid) for pid in pids]
        seconds = 0.0 if self._started is None else sum(each.seconds for each in used) - self._started
        kept = 0.0
        if "memory" in self._limits:
            kept = sum(each.kept() for each in used) + (self._holdings.size if self._is_in_memory else 0)
        values = {
            "memory": sum(each.memory for each in used) + kept,
            "processes": sum(each.threads for each in used),
            "cpu": seconds,
        }
        rooms = {name: self._limits[name] - value for name, value in values.items() if name in self._limits}
        self._due = min((room / _FASTEST[name] for name, room in rooms.items()), default=_LONGEST)
        self._note_tasks(values["processes"])
        if rooms.get("memory", 0) < 0 and sum(map(proportional, used)) + kept <= self._limits["memory"]:
            del rooms["memory"]
        return next((name for name, room in rooms.items() if room < 0), "")


def _file_system(folder: str) -> str:
    """Return the kind of file system that a folder is on, as far as it has no device; else empty."""
    device = os.stat(folder).st_dev
    if os.major(device):
        return ""
    try:
        with open("/proc/self/mountinfo") as file:
            mounts = (line.partition(" - ") for line in file)
            numbers = {before.split()[2]: after.split()[0] for before, _, after in mounts}
    except (OSError, IndexError):
        return ""
    return numbers.get(f"{os.major(device)}:{os.minor(device)}", "")
