"""What a run uses, looked at from outside again and again: memory, CPU time, threads, and what its folder holds.

Standard library only, and little of it: the guard runs this. What the kernel itself bounds (`guard`) a script learns as
an exception; what is beyond a limit here ends it. Between two looks a script can use more than it may: the nearer it is
to a limit, the sooner comes the next, but looking never takes more than a tenth of a processor. Without a `/proc` as
Linux has it, only the folder is seen.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from blobprep.sandbox.holdings import Holdings

__all__ = ["Watch", "children_of"]

_SHORTEST, _LONGEST = 0.02, 0.1  # seconds between two looks
_FASTEST = {"memory": 8e9, "processes": 1e4, "cpu": os.cpu_count() or 1}  # what a script can use in a second
_SHARE = 10  # a look that takes long is followed by a pause so many times as long
_CROWDED = 0.9  # of the threads it may have, from which on a script that can start no other is at its limit
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Watch:
    """Look at a child and all that it started.

    Args:
        pid: the child's.
        folder: the run's.
        limits: by name, as in `blobprep.sandbox.levels.Limits`; what is not there is not limited.

    Attributes:
        pause: seconds until the next look is due.
        crowded: whether it came near its limit of threads and processes.
    """

    def __init__(self, pid: int, folder: str, limits: Mapping[str, float]) -> None:
        self._pid, self._limits = pid, limits
        self._started: float | None = None
        self._holdings = Holdings(folder, limits.get("disk"), limits.get("files"))
        self.pause = self._due = _SHORTEST
        self.crowded = False

    def start_clock(self) -> None:
        """Count CPU time from now on: what was used before was no work of the script's."""
        self._started = sum(each.seconds for each in map(_Usage, _tree(self._pid)))

    def exceeded(self) -> str:
        """Return the first limit that is exceeded, in the word of its error; empty for none."""
        began = time.monotonic()
        pids = _tree(self._pid)
        cause = self._process_limit(pids) or self._holdings.exceeded(pids)
        soon = min(max(self._due, _SHORTEST), _LONGEST)
        self.pause = max(soon, _SHARE * (time.monotonic() - began))
        return cause

    def exceeded_in_the_end(self) -> str:
        """Return as `exceeded` what the folder of processes that have ended holds."""
        return self._holdings.exceeded_in_the_end()

    def _process_limit(self, pids: list[int]) -> str:
        used = [_Usage(pid) for pid in pids]
        seconds = 0.0 if self._started is None else sum(each.seconds for each in used) - self._started
        values = {
            "memory": sum(each.memory for each in used),
            "processes": sum(each.threads for each in used),
            "cpu": seconds,
        }
        rooms = {name: self._limits[name] - value for name, value in values.items() if name in self._limits}
        self._due = min((room / _FASTEST[name] for name, room in rooms.items()), default=_LONGEST)
        if "processes" in rooms and values["processes"] > _CROWDED * self._limits["processes"]:
            self.crowded = True
        if rooms.get("memory", 0) < 0 and sum(map(_proportional, used)) <= self._limits["memory"]:
            del rooms["memory"]
        return next((name for name, room in rooms.items() if room < 0), "")


class _Usage:
    """What one process uses; nothing of one that has ended.

    Attributes:
        seconds: of CPU time, with those of the children it has waited for.
        threads: of it.
        memory: bytes resident, those it shares too.
    """

    def __init__(self, pid: int) -> None:
        self.pid, self.seconds, self.threads, self.memory = pid, 0.0, 0, 0
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                words = file.read().rpartition(b")")[2].split()  # a process may have any name in the parentheses
            self.seconds = sum(map(int, words[11:15])) / _TICKS
            self.threads, self.memory = int(words[17]), int(words[21]) * _PAGE
        except (OSError, IndexError):
            pass


def _proportional(usage: _Usage) -> int:
    """Return bytes of a process, each page divided among those that share it.

    The resident sets are cheap to add up, but forked processes share pages, which are then counted more than once; this
    takes the kernel longer, and is asked only where the sum is too much.
    """
    try:
        with open(f"/proc/{usage.pid}/smaps_rollup", "rb") as file:
            return sum(int(line.split()[1]) for line in file if line.startswith(b"Pss:")) * 1024
    except (OSError, IndexError):  # it has ended, or became another user's
        return usage.memory


def _tree(pid: int) -> list[int]:
    """Return a child, the orphans that fell to this process, and all that they started."""
    found = list(dict.fromkeys((pid, *children_of(os.getpid()))))
    for each in found:  # grows
        found += children_of(each)
    return found


def children_of(pid: int) -> list[int]:
    """Return the processes that a process started, whichever of its threads it was."""
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as file:
                found += map(int, file.read().split())
    except OSError:  # it has ended
        pass
    return found
