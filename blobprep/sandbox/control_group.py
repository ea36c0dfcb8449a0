"""The control group of a run: the kernel limits its memory, processes and threads, and counts its CPU time.

The kernel charges a group for everything that it keeps for the processes in it: private and shared memory, even if it
is not mapped, page tables, full sockets and pipes, and cached pages of files, which it takes back when needed. Inputs
are charged to the parent, which creates them. Where no group can be made, `blobprep.sandbox.guard.monitor` counts.

Uses only the standard library, and little of it: the guard runs this. Source: see `blobprep.sandbox.controllers`.
"""

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import Mapping
from contextlib import suppress

from blobprep.sandbox.controllers import NoController, Place, find_place, make_room, read, write
from blobprep.sandbox.guard.process_usage import children_of

__all__ = ["Group", "enclose"]

_RUN = re.compile(r"blobprep-[0-9a-f]{16}\Z")
_ROOM = (16 * 1024**2, 64)  # bytes, and a 64th of the limit: what the kernel itself needs for that many pages
_REMOVAL = 1.0  # seconds until a group whose processes have ended can be removed, at most
_NEARLY = 0.9
_TIMES = {1: ("cpuacct.usage", "", 1e9), 2: ("cpu.stat", "usage_usec", 1e6)}


def enclose(pid: int, name: str, limits: Mapping[str, float]) -> Group | None:
    """Put a child and what it has started into a new group; None if there is no controller, or nothing to limit.

    Args:
        pid: the child's; this process, a child of the caller, has started it.
        name: the run's.
        limits: by name; `memory`, `processes` and `cpu` are used.
    """
    if not {"memory", "processes", "cpu"} & limits.keys():
        return None
    try:
        place = find_place(caller=os.getppid())
        if place.crowded:
            place = make_room(place)
        _sweep(place)
        group = Group(place, name, limits)
        try:
            group.take(pid)
        except OSError:
            group.remove()
            return None
    except (NoController, OSError):
        return None
    return group


class Group:
    """The control group of a run, locked so that other guards see that its own guard is alive.

    Args:
        place: where to make it.
        name: the run's.
        limits: by name; those that are missing are not set.

    Raises:
        OSError: it cannot be made.
    """

    def __init__(self, place: Place, name: str, limits: Mapping[str, float]) -> None:
        self.place = place
        self._folders = {controller: os.path.join(folder, name) for controller, folder in place.folders.items()}
        self._locks: list[int] = []
        try:
            for folder in dict.fromkeys(self._folders.values()):
                os.mkdir(folder)
                self._locks.append(os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
                fcntl.flock(self._locks[-1], fcntl.LOCK_SH)
            self._limit(limits)
        except BaseException:
            self.remove()
            raise

    def take(self, pid: int) -> None:
        """Move a process and everything it has started into the group; later children are in it from the start.

        Raises:
            OSError: the kernel does not allow the move.
        """
        for folder in dict.fromkeys(self._folders.values()):
            write(f"{folder}/cgroup.procs", str(pid))
        for child in children_of(pid):
            with suppress(ProcessLookupError):
                self.take(child)

    def pids(self) -> list[int]:
        """Return the processes in the group."""
        return [int(word) for word in read(f"{self._folders['memory']}/cgroup.procs").split()]

    def is_exhausted(self) -> bool:
        """Return whether the kernel killed a process because the group had used up its memory."""
        folder = self._folders["memory"]
        if self.place.version == 1:
            events = _read_numbers(f"{folder}/memory.oom_control")
            most, limit = (_read_number(f"{folder}/memory.{name}_in_bytes") for name in ("max_usage", "limit"))
            return (
                events.get("oom_kill", 0) > 0 and most > _NEARLY * limit
            )  # otherwise the whole machine was out of memory
        events = _read_numbers(f"{folder}/memory.events")
        return events.get("oom_kill", 0) > 0 and events.get("oom", 0) > 0

    def tasks(self) -> float:
        """Return the number of threads in the group; infinite if one was refused because there were too many."""
        folder = self._folders["pids"]
        refused = _read_numbers(f"{folder}/pids.events").get("max", 0)
        return float("inf") if refused else _read_number(f"{folder}/pids.current")

    def seconds(self) -> float | None:
        """Return the CPU time of all processes that are or were in the group; None if the kernel does not report it."""
        file, name, unit = _TIMES[self.place.version]
        folder = self._folders.get("cpuacct")
        if folder is None:
            return None
        path = f"{folder}/{file}"
        return (_read_numbers(path).get(name, 0) if name else _read_number(path)) / unit

    def kill(self) -> None:
        """Kill every process in the group, if the kernel can do that in one step."""
        with suppress(OSError):
            write(f"{self._folders['memory']}/cgroup.kill", "1")

    def remove(self) -> None:
        """Remove the group, once its processes have ended."""
        until = time.monotonic() + _REMOVAL
        for folder in dict.fromkeys(self._folders.values()):
            while not _remove_folder(folder) and time.monotonic() < until:
                time.sleep(0.005)
        while self._locks:
            os.close(self._locks.pop())

    def _limit(self, limits: Mapping[str, float]) -> None:
        memory, pids = self._folders["memory"], self._folders["pids"]
        if "memory" in limits:
            size = str(int(limits["memory"] + _ROOM[0] + limits["memory"] / _ROOM[1]))
            files = {1: ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes"), 2: ("memory.max", "")}
            first, second = files[self.place.version]
            write(f"{memory}/{first}", size)
            with suppress(OSError):  # the kernel may not account for swap
                write(f"{memory}/{second or 'memory.swap.max'}", size if second else "0")
            with suppress(OSError):  # since Linux 4.19; version 1 does not have it
                write(f"{memory}/memory.oom.group", "1")
        if "processes" in limits:
            write(f"{pids}/pids.max", str(int(limits["processes"])))


def _sweep(place: Place) -> None:
    """Remove the groups of runs whose guards were killed: they are empty and not locked."""
    for folder in dict.fromkeys(place.folders.values()):
        for name in os.listdir(folder):
            if not _RUN.match(name):
                continue
            try:
                descriptor = os.open(f"{folder}/{name}", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            except OSError:
                continue
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.rmdir(f"{folder}/{name}")
            except OSError:
                pass
            finally:
                os.close(descriptor)


def _remove_folder(folder: str) -> bool:
    try:
        os.rmdir(folder)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _read_numbers(path: str) -> dict[str, int]:
    rows = (line.split() for line in read(path).splitlines())
    return {words[0]: int(words[1]) for words in rows if len(words) == 2 and words[1].isdigit()}


def _read_number(path: str) -> int:
    text = read(path).strip()
    return int(text) if text.isdigit() else 0
