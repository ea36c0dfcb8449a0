"""Files that stay invisible until they are published in one step, and the lock that this happens under.

The threads that stage the blocks of one upload share one `TempFile`: `os.pwrite` at separate offsets needs no lock.
Only the owner calls `finish`, `stamp`, `publish` and `discard`. No method closes the descriptor: it is closed when the
last thread lets go of the object, so that a thread still writing never meets a reused descriptor number.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from blobprep.stores.folder.names import RESERVED

__all__ = ["TempFile", "lock_folder", "remove_stale"]

_PREFIX: Final = f"{RESERVED}-part-"
_OLD: Final = 24 * 60 * 60
_DESCRIPTORS: Final = Path("/proc/self/fd")
_UNSUPPORTED: Final = {errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT}
_STEPS: Final = (1, 1_000, 1_000_000, 2_000_000_000)


@contextmanager
def lock_folder(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock of a folder inside the `with` block.

    The lock belongs to a descriptor of its own, so it excludes threads of this process as well as other processes, and
    the kernel releases it if the process dies.

    Args:
        folder: the folder.
        shared: whether others may hold the lock too, as readers do.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def remove_stale(folder: Path) -> None:
    """Remove the files that a crash left in a folder more than a day ago."""
    oldest = time.time() - _OLD
    for path in folder.glob(f"{_PREFIX}*"):
        try:
            if path.lstat().st_mtime < oldest:
                path.unlink()
        except OSError:
            continue  # another process removed it first, or we may not; either way it stays invisible


class TempFile:
    """A file without a name (on Linux), or else with a reserved one.

    Args:
        folder: a folder on the file system where the file will be published.
        nameless: False to use a reserved name from the start.
    """

    def __init__(self, folder: Path, *, nameless: bool = True) -> None:
        self._folder = folder
        self._path: Path | None = None
        self._is_published = False
        self._descriptor = self._open_nameless() if nameless else -1
        if self._descriptor < 0:
            self._path = self._reserved()
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._descriptor = os.open(self._path, flags, 0o666)

    def __del__(self) -> None:
        # The last holder closes it; see the module's docstring.
        if getattr(self, "_descriptor", -1) >= 0:
            os.close(self._descriptor)

    def write(self, data: bytes | memoryview, offset: int) -> None:
        """Write at an offset; safe from any thread."""
        view = memoryview(data)
        while view:
            written = os.pwrite(self._descriptor, view, offset)
            view, offset = view[written:], offset + written

    def finish(self, size: int) -> None:
        """Cut the file to its size, and flush it to the disk."""
        os.ftruncate(self._descriptor, size)
        getattr(os, "fdatasync", os.fsync)(self._descriptor)

    def stamp(self, latest: int) -> os.stat_result:
        """Set the file's modification time, and return its status.

        Args:
            latest: the modification time of the file it replaces, in ns; the new one is later even if the clock or the
                file system is too coarse to tell them apart.
        """
        for step in _STEPS:
            moment = max(time.time_ns(), latest + step)
            os.utime(self._descriptor, ns=(moment, moment))
            stat = os.fstat(self._descriptor)
            if stat.st_mtime_ns > latest:
                break
        return stat

    def publish(self, target: Path, *, replacing: bool) -> None:
        """Give the file its name in one step.

        Raises:
            FileExistsError: the name is taken, and `replacing` is False.
        """
        if self._path is None and not replacing:
            self._link(target)
        else:
            if self._path is None:
                self._path = self._reserved()
                self._link(self._path)
            elif not replacing and os.path.lexists(target):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
            self._path.replace(target)
            self._path = None
        self._is_published = True

    def discard(self) -> None:
        """Free the file's room, even if a thread still holds it; has no effect after `publish` or a second time."""
        path, self._path = self._path, None
        if not self._is_published:
            os.ftruncate(self._descriptor, 0)
        if path is not None:
            path.unlink(missing_ok=True)

    def _open_nameless(self) -> int:
        flag = getattr(os, "O_TMPFILE", None)
        if flag is None or not _DESCRIPTORS.is_dir():
            return -1
        try:
            return os.open(self._folder, flag | os.O_RDWR | os.O_CLOEXEC, 0o666)
        except OSError as error:
            if error.errno in _UNSUPPORTED:
                return -1
            raise

    def _link(self, target: Path) -> None:
        # Python follows the link in /proc only if a folder's descriptor is given too.
        folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            source = _DESCRIPTORS / str(self._descriptor)
            os.link(source, target.name, dst_dir_fd=folder, follow_symlinks=True)
        finally:
            os.close(folder)

    def _reserved(self) -> Path:
        return self._folder / f"{_PREFIX}{secrets.token_hex(8)}"
