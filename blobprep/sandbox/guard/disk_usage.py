"""What a run's folder holds: files, folders and bytes on disk. Uses only the standard library: the guard runs this.

A large folder is walked in slices, so that memory and CPU time are checked in between, and is walked again at once if
its file system fills up. Bytes are those on disk: holes in files and further hard links do not count; deleted files
that are still open do.
"""

from __future__ import annotations

import os
import signal
import stat
import time
from collections.abc import Callable, Iterable, Iterator

from blobprep.sandbox.guard.deleted_files import measure_deleted

__all__ = ["DiskUsage"]

_SLICE = 0.01  # seconds of walking at a time
_LAST = 5.0  # seconds of the last walk, after the child has ended
_REST = 0.2  # seconds between two walks, and longer after long ones
_SHARE = 10
_STOP = 0.5  # seconds to wait for processes to stop
_SELDOM = 1.0  # seconds between two searches for deleted files while the file system does not fill up
_NOTABLE = 64  # a file system that has filled up by a 64th of a limit is walked sooner
_BLOCK = 512
# Bytes and files on top of the limits: what is there from the start, the font list, and what a file system needs to
# hold files. So a single file that grows too large causes an exception in the script before the guard ends it.
_OURS = (1024**2, 16)
_LONGEST = 4000  # bytes of a path that a system call accepts
_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class DiskUsage:
    """The contents of a folder, checked against limits.

    Attributes:
        size: bytes that the last walk has found; it may be unfinished.

    Args:
        folder: its path.
        disk: bytes it may hold, None for no limit.
        files: files and folders it may hold, None for no limit.
        now: the clock.
    """

    def __init__(
        self, folder: str, disk: float | None, files: float | None, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._now = now
        self._folder = os.path.realpath(folder)
        self._disk = float("inf") if disk is None else disk + disk / _NOTABLE + _OURS[0]
        self._files = float("inf") if files is None else files + _OURS[1]
        self._limited = disk is not None or files is not None
        self._walk: Iterator[tuple[float, float]] | None = None
        self._unsure: list[str] = []
        self._missed: list[str] = []
        self._untouched = -1
        self._began = self._earliest = self._latest = self._next_thorough = 0.0
        self._thorough = False
        self._room = (0, 0)
        self.size = 0.0

    def check(self, pids: Iterable[int]) -> str:
        """Continue the walk for a while; return the exceeded limit, `disk` or `files`, empty if none is.

        Args:
            pids: processes that may hold deleted files.
        """
        if self._walk is None and not self._begin_walk(list(pids)):
            return ""
        assert self._walk is not None
        # If the file system has lost more than has been found, finish this walk before anything else.
        until = self._now() + (_SLICE if self._lost() <= self._disk + self.size else _LAST)
        found = 0.0
        for count, size in self._walk:
            found = size
            if cause := self._exceeded_limit(count, size):
                return cause
            if self._now() > until:
                self.size = max(self.size, found)
                return ""
        self._walk, self.size = None, found
        now = self._now()
        self._earliest, self._latest = 2 * now - self._began, now + max(_REST, _SHARE * (now - self._began))
        if self._thorough:
            self._next_thorough = now + _SELDOM
        if self._lost() <= self._disk + found:
            return ""
        # Only root can ask for the size of a file that is only mapped; what the file system has lost decides then.
        return "disk" if self._unsure else self._check_at_rest(pids) if self._missed else ""

    def has_lost_too_much(self) -> bool:
        """Return whether the file system has lost more space than the folder may hold, whatever the cause."""
        return self._walk is not None and self._lost() > self._disk + self.size

    def _check_at_rest(self, pids: Iterable[int]) -> str:
        """Walk the folder while all processes are stopped: parts of it that keep moving could escape a walk."""
        stopped = [pid for pid in pids if _send_signal(pid, signal.SIGSTOP)]
        try:
            until = time.monotonic() + _STOP
            while not all(map(_is_at_rest, stopped)) and time.monotonic() < until:
                time.sleep(0.002)
            return self.check_at_end()
        finally:
            for pid in stopped:
                _send_signal(pid, signal.SIGCONT)

    def _begin_walk(self, pids: list[int]) -> bool:
        """Begin a walk if one is due: after a while, or sooner if the file system has filled up."""
        now = self._now()
        if not self._limited or now < self._earliest:
            return False
        free = self._free()
        has_filled = any(
            before - after > limit / _NOTABLE
            for before, after, limit in zip(self._room, free, (self._disk, self._files), strict=True)
        )
        if not has_filled and now < self._latest:
            return False
        self._began, self._room = now, free
        self._untouched = free[0] if self._untouched < 0 else self._untouched
        self._thorough = has_filled or now >= self._next_thorough
        self._unsure.clear()
        self._missed.clear()
        self._walk = _measure_all(self._folder, pids if self._thorough else [], self._unsure, self._missed)
        return True

    def check_at_end(self) -> str:
        """Walk all of it, now that nothing changes it any more; return as `check` does.

        A tree of thousands of nested folders would take longer than it is worth, so the walk has a time limit: all of
        it is removed anyway.
        """
        until = self._now() + _LAST
        if self._limited:
            for count, size in _measure_folder(self._folder, []):
                if cause := self._exceeded_limit(count, size):
                    return cause
                if self._now() > until:
                    break
        return ""

    def _exceeded_limit(self, count: float, size: float) -> str:
        return "files" if count > self._files else "disk" if size > self._disk else ""

    def _lost(self) -> int:
        """Return the bytes that the file system has lost since the first check, whatever the cause."""
        return self._untouched - self._free()[0]

    def _free(self) -> tuple[int, int]:
        """Return how many bytes and files the file system has room for."""
        try:
            system = os.statvfs(self._folder)
        except OSError:  # the script removed the folder
            return 0, 0
        return system.f_bfree * system.f_frsize, system.f_ffree


def _measure_all(
    folder: str, pids: Iterable[int], unsure: list[str], missed: list[str]
) -> Iterator[tuple[float, float]]:
    """Walk a folder, then the deleted files that processes still hold; yield running totals."""
    count, size = 0, 0
    for count, size in _measure_folder(folder, missed):
        yield count, size
    for more, held in measure_deleted(folder, pids, unsure):
        yield count + more, size + held


def _measure_folder(folder: str, missed: list[str]) -> Iterator[tuple[int, int]]:
    """Walk a folder; yield the running totals of files and folders, and of bytes.

    Args:
        folder: its path.
        missed: receives the name of something that disappeared between being listed and being examined.
    """
    count, size = 0, 0
    linked: set[int] = set()
    pending = [folder]
    while pending:
        parent = pending.pop()
        try:
            descriptor = _open_folder(parent)
        except OSError:
            missed[:] = [parent]
            continue
        try:
            with os.scandir(descriptor) as entries:
                for entry in entries:
                    try:
                        status = entry.stat(follow_symlinks=False)
                    except OSError:  # removed in the meantime
                        missed[:] = [entry.name]
                        continue
                    count += 1
                    if stat.S_ISDIR(status.st_mode):
                        pending.append(f"{parent}/{entry.name}")
                    if status.st_ino not in linked:
                        size += status.st_blocks * _BLOCK
                    if status.st_nlink > 1 and stat.S_ISREG(status.st_mode):
                        linked.add(status.st_ino)
                    yield count, size
        except OSError:
            continue
        finally:
            os.close(descriptor)


def _open_folder(path: str) -> int:
    """Open a folder however long its path is, without following a link at its end."""
    above: int | None = None
    try:
        while len(os.fsencode(path)) > _LONGEST:
            cut = path.rindex("/", 0, _LONGEST // 4)  # characters have up to four bytes
            step = os.open(path[:cut], _FLAGS, dir_fd=above)
            if above is not None:
                os.close(above)
            above, path = step, path[cut + 1 :]
        try:
            return os.open(path, _FLAGS, dir_fd=above)
        except PermissionError:  # the script took its permissions away; its contents count all the same
            os.chmod(path, 0o700, dir_fd=above)
            return os.open(path, _FLAGS, dir_fd=above)
    finally:
        if above is not None:
            os.close(above)


def _send_signal(pid: int, number: int) -> bool:
    try:
        os.kill(pid, number)
    except OSError:  # it has ended
        return False
    return True


def _is_at_rest(pid: int) -> bool:
    """Return whether every thread of a process is stopped, has ended, or waits for a disk."""
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/stat", "rb") as file:
                if file.read().rpartition(b")")[2].split()[0] in b"RS":
                    return False
    except OSError:  # it has ended
        pass
    return True
