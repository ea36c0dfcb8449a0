"""Files that nobody sees before they are published whole, and the lock under which that happens."""

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

_PART: Final = f"{RESERVED}-part-"
_OLD: Final = 24 * 60 * 60
_DESCRIPTORS: Final = Path("/proc/self/fd")
_UNSUPPORTED: Final = {errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT}
_STEPS: Final = (1, 1_000, 1_000_000, 2_000_000_000)


@contextmanager
def lock_folder(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock of a folder, against every thread and process that also asks; it ends with its holder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def remove_stale(folder: Path) -> None:
    """Remove the parts that a crash left in a folder more than a day ago."""
    oldest = time.time() - _OLD
    for part in folder.glob(f"{_PART}*"):
        try:
            if part.lstat().st_mtime < oldest:
                part.unlink()
        except OSError:
            continue  # another process sweeps too, or it is not ours to remove; either way it stays invisible


class TempFile:
    """Hold a file without a name (Linux), or else with a reserved one.

    Args:
        folder: on the file system where it will be published.
        nameless: False to use a reserved name at once.
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
        # The last holder closes it: a thread still writing when another abandons never meets a reused descriptor.
        if getattr(self, "_descriptor", -1) >= 0:
            os.close(self._descriptor)

    def write(self, data: bytes, offset: int) -> None:
        """Write at an offset; any thread."""
        view = memoryview(data)
        while view:
            written = os.pwrite(self._descriptor, view, offset)
            view, offset = view[written:], offset + written

    def finish(self, size: int) -> None:
        """Cut it to its size, and bring it to the disk."""
        os.ftruncate(self._descriptor, size)
        getattr(os, "fdatasync", os.fsync)(self._descriptor)

    def stamp(self, latest: int) -> os.stat_result:
        """Give it a time of its own, and return what the file system says of it.

        Args:
            latest: the time of what it replaces, in ns; its own is later even where the clock or the file system is
                too coarse to tell them apart.
        """
        for step in _STEPS:
            moment = max(time.time_ns(), latest + step)
            os.utime(self._descriptor, ns=(moment, moment))
            stat = os.fstat(self._descriptor)
            if stat.st_mtime_ns > latest:
                break
        return stat

    def publish(self, target: Path, *, replacing: bool) -> None:
        """Give it its name, in one step.

        Raises:
            FileExistsError: something has the name already, and `replacing` is False.
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
        """Forget it and give its room back, whoever still holds it; harmless after `publish`, and twice."""
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
        # Python follows the link in /proc only when a folder's descriptor is given too.
        folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            source = _DESCRIPTORS / str(self._descriptor)
            os.link(source, target.name, dst_dir_fd=folder, follow_symlinks=True)
        finally:
            os.close(folder)

    def _reserved(self) -> Path:
        return self._folder / f"{_PART}{secrets.token_hex(8)}"
