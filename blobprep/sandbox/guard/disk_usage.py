"""What a run's folder holds: files and folders, and bytes on the disk. Standard library only: the guard runs this.

A large folder is walked in slices, so that the guard is never deaf for long, and walked again at once where its file
system fills up. Bytes are those on the disk: a hole in a file counts for nothing and a second name neither; what was
deleted and is still open counts.
"""

from __future__ import annotations

import os
import signal
import stat
import time
from collections.abc import Callable, Iterable, Iterator

from blobprep.sandbox.guard.deleted_files import deleted

__all__ = ["Holdings"]

_SLICE = 0.01  # seconds of walking at a time
_LAST = 5.0  # seconds of the last walk, when it has ended
_REST = 0.2  # seconds between two walks, and longer after long ones
_SHARE = 10
_STOP = 0.5  # seconds that processes may take to stop
_SELDOM = 1.0  # seconds between two looks at deleted files where the file system does not fill
_NOTABLE = 64  # the part of a limit by which a file system must have filled to be looked at sooner
_BLOCK = 512
# What is there already, lists of fonts, and what a file system needs to hold files: a single file that grows too large
# is an exception in the script before it is the end of it.
_OURS = (1024**2, 16)
_LONGEST = 4000  # bytes of a path that a system call takes
_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Holdings:
    """Hold a folder against its limits.

    Attributes:
        size: bytes of it that the last look, which may not have seen all, has found.

    Args:
        folder: its path.
        disk: bytes it may hold, None for any.
        files: files and folders it may hold, None for any.
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

    def exceeded(self, pids: Iterable[int]) -> str:
        """Look on for a while; return the limit that is exceeded, `disk` or `files`, empty for none.

        Args:
            pids: processes that may have deleted files open.
        """
        if self._walk is None and not self._set_out(list(pids)):
            return ""
        assert self._walk is not None
        # Where the file system has lost more than can be accounted for, all is looked at before anything else.
        until = self._now() + (_SLICE if self._lost() <= self._disk + self.size else _LAST)
        found = 0.0
        for count, size in self._walk:
            found = size
            if cause := self._beyond(count, size):
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
        # Only root can ask how large a file is that is held by a map alone. The file system knows what it lost.
        return "disk" if self._unsure else self._exceeded_at_rest(pids) if self._missed else ""

    def has_lost_too_much(self) -> bool:
        """Tell whether the file system has lost more, to whomever, than the folder may hold."""
        return self._walk is not None and self._lost() > self._disk + self.size

    def _exceeded_at_rest(self, pids: Iterable[int]) -> str:
        """Look at all of it while nothing moves: a folder that is moved all the time is never where it was seen."""
        stopped = [pid for pid in pids if _signaled(pid, signal.SIGSTOP)]
        try:
            until = time.monotonic() + _STOP
            while not all(map(_is_at_rest, stopped)) and time.monotonic() < until:
                time.sleep(0.002)
            return self.exceeded_in_the_end()
        finally:
            for pid in stopped:
                _signaled(pid, signal.SIGCONT)

    def _set_out(self, pids: list[int]) -> bool:
        """Begin a walk if one is due: after a while, or sooner where the file system has filled."""
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
        self._walk = _all(self._folder, pids if self._thorough else [], self._unsure, self._missed)
        return True

    def exceeded_in_the_end(self) -> str:
        """Look at all of it, now that nobody changes it any more; return as `exceeded`.

        A tree of thousands of folders in each other takes longer than it is worth: all of it is removed anyway.
        """
        until = self._now() + _LAST
        if self._limited:
            for count, size in _totals(self._folder, []):
                if cause := self._beyond(count, size):
                    return cause
                if self._now() > until:
                    break
        return ""

    def _beyond(self, count: float, size: float) -> str:
        return "files" if count > self._files else "disk" if size > self._disk else ""

    def _lost(self) -> int:
        """Return the bytes that the file system has lost since the first look, to whomever."""
        return self._untouched - self._free()[0]

    def _free(self) -> tuple[int, int]:
        """Return the bytes and the files that the file system has room for."""
        try:
            system = os.statvfs(self._folder)
        except OSError:  # the script removed the folder
            return 0, 0
        return system.f_bfree * system.f_frsize, system.f_ffree


def _all(folder: str, pids: Iterable[int], unsure: list[str], missed: list[str]) -> Iterator[tuple[float, float]]:
    """Walk a folder, then what processes hold of what was deleted there; yield as `_totals`."""
    count, size = 0, 0
    for count, size in _totals(folder, missed):
        yield count, size
    for more, held in deleted(folder, pids, unsure):
        yield count + more, size + held


def _totals(folder: str, missed: list[str]) -> Iterator[tuple[int, int]]:
    """Walk a folder; yield how many files and folders, and how many bytes, were found so far.

    Args:
        folder: its path.
        missed: takes the name of something that was there and is not any more when it is looked into.
    """
    count, size = 0, 0
    linked: set[int] = set()
    pending = [folder]
    while pending:
        parent = pending.pop()
        try:
            descriptor = _opened(parent)
        except OSError:
            missed[:] = [parent]
            continue
        try:
            with os.scandir(descriptor) as entries:
                for entry in entries:
                    try:
                        status = entry.stat(follow_symlinks=False)
                    except OSError:  # gone meanwhile
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


def _opened(path: str) -> int:
    """Open a folder, following no link at its end, however long its path is."""
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
        except PermissionError:  # its owner closed it; what is in there counts all the same
            os.chmod(path, 0o700, dir_fd=above)
            return os.open(path, _FLAGS, dir_fd=above)
    finally:
        if above is not None:
            os.close(above)


def _signaled(pid: int, number: int) -> bool:
    try:
        os.kill(pid, number)
    except OSError:  # it has ended
        return False
    return True


def _is_at_rest(pid: int) -> bool:
    """Tell whether no thread of a process runs, or could, but those that wait for a disk."""
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/stat", "rb") as file:
                if file.read().rpartition(b")")[2].split()[0] in b"RS":
                    return False
    except OSError:  # it has ended
        pass
    return True
