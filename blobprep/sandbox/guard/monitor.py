"""What a run uses, checked against its limits: memory, CPU time, threads, and the contents of its folder.

What the kernel itself limits (`guard.main`, `control_group`) reaches a script as an exception; exceeding a limit here
ends it. Without a controller, a script can exceed a limit between two checks: the closer it is to a limit, the sooner
the next check comes, but checking never takes more than a tenth of a processor. Without Linux's `/proc`, only the
folder is checked.

Uses only the standard library, and little of it: the guard runs this.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from blobprep.sandbox.control_group import Group
from blobprep.sandbox.guard.disk_usage import DiskUsage
from blobprep.sandbox.guard.process_usage import Usage, holds_too_many_locks, process_tree, proportional_memory

__all__ = ["Monitor"]

_SHORTEST, _LONGEST = 0.02, 0.1  # seconds between two checks
_FASTEST = {"memory": 8e9, "processes": 1e4, "cpu": os.cpu_count() or 1}  # the most that a script can use per second
_SHARE = 10  # a pause is this many times as long as the check before it, so that checking takes a tenth of the time
_PAUSE = 1.0  # seconds at most, since a script can influence how long a check takes
_CROWDED = 0.9  # share of the allowed threads above which a failure to start another is put down to the limit
_IN_MEMORY = ("tmpfs", "ramfs")


class Monitor:
    """The use of resources by a child and all processes that it started.

    Args:
        pid: the child's.
        folder: the run's.
        limits: by name, as in `blobprep.limits.Limits`; what is missing is not limited.
        group: the control group that limits memory and processes; None if they are counted here.

    Attributes:
        pause: seconds until the next check is due.
        looks_for: the limit that is being checked; empty between two checks.
        moved: when that check last made progress, by the monotonic clock.
        crowded: whether the child came close to its limit of threads and processes.
    """

    # `check` runs in the lookout thread, everything else in the guard's main thread; `start_clock` writes `_started`
    # with a single assignment, and `check_at_end` is called after the lookout was closed.

    def __init__(self, pid: int, folder: str, limits: Mapping[str, float], group: Group | None = None) -> None:
        self._pid, self._limits, self._group = pid, limits, group
        self._started: float | None = None
        self.looks_for, self.moved = "", time.monotonic()
        self._disk_usage = DiskUsage(folder, limits.get("disk"), limits.get("files"), self._move)
        self._is_in_memory = group is None and _file_system(folder) in _IN_MEMORY
        self.pause = self._due = _SHORTEST
        self.crowded = False

    def start_clock(self) -> None:
        """Count CPU time from now on: what was used before was not the script's work."""
        self._started = self._seconds()

    def check(self) -> str:
        """Return the name of the first limit that is exceeded, empty if none is."""
        began = self._move()
        self.looks_for = self._first_of("memory", "processes", "cpu")
        pids = process_tree(self._pid) if self._group is None else self._group.pids()
        cause = self._group_limit() if self._group is not None else self._process_limit(pids)
        if not cause and "memory" in self._limits and holds_too_many_locks(pids):
            cause = "memory"
        self._move()
        self.looks_for = self._first_of("disk", "files")
        cause = cause or self._disk_usage.check(pids)
        self.looks_for = ""
        soon = min(max(self._due, _SHORTEST), _LONGEST)
        self.pause = max(soon, min(_SHARE * (time.monotonic() - began), _PAUSE))
        return cause

    def has_lost_too_much(self) -> bool:
        """Return whether the file system has lost more space than the folder may hold, whatever the cause."""
        return self._disk_usage.has_lost_too_much()

    def check_at_end(self) -> str:
        """Check, once all processes have ended, what they used and left in the folder; return as `check` does."""
        return (self._group_limit() if self._group is not None else "") or self._disk_usage.check_at_end()

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
        return sum(Usage(pid).seconds for pid in process_tree(self._pid)) if seconds is None else seconds

    def _process_limit(self, pids: list[int]) -> str:
        used = [Usage(pid) for pid in pids]
        seconds = 0.0 if self._started is None else sum(usage.seconds for usage in used) - self._started
        kernel_memory = 0.0
        if "memory" in self._limits:
            kernel_memory = sum(usage.kernel_memory() for usage in used) + (
                self._disk_usage.size if self._is_in_memory else 0
            )
        values = {
            "memory": sum(usage.memory for usage in used) + kernel_memory,
            "processes": sum(usage.threads for usage in used),
            "cpu": seconds,
        }
        rooms = {name: self._limits[name] - value for name, value in values.items() if name in self._limits}
        self._due = min((room / _FASTEST[name] for name, room in rooms.items()), default=_LONGEST)
        self._note_tasks(values["processes"])
        if rooms.get("memory", 0) < 0 and sum(map(proportional_memory, used)) + kernel_memory <= self._limits["memory"]:
            del rooms["memory"]
        return next((name for name, room in rooms.items() if room < 0), "")


def _file_system(folder: str) -> str:
    """Return the type of the file system that holds a folder; empty if that has a device, or is not known."""
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
