"""Files that inputs arrive in: made by the parent, filled in any order, read by the child."""

from __future__ import annotations

import os
import tempfile
from typing import Final

from blobprep.errors import LimitError

__all__ = ["MEMORY_LIMIT", "InputSpool", "bounded_file", "disk_file", "memory_file", "no_room", "read_bounded"]

MEMORY_LIMIT: Final = 32 * 1024 * 1024
"""Bytes up to which an input is held in a memory file; larger ones are in an unlinked file on disk."""


class InputSpool:
    """Hold the bytes of one input; nothing of it has a name, so nothing is left when the process ends.

    Args:
        port: its name.
        size: bytes when it is whole.
        growing: the size is not known yet; `seal` it once it is.

    Attributes:
        writable: descriptor the parent fills.
        readable: descriptor the child gets; it cannot be written to, and opened again for writing neither.
    """

    def __init__(self, port: str, size: int, *, growing: bool = False) -> None:
        self.port = port
        self.size = size
        self.writable = memory_file(port) if size <= MEMORY_LIMIT else disk_file()
        try:
            os.ftruncate(self.writable, size)
            self.readable = _reopen(self.writable)
            # A descriptor can be opened again by its number, and then what counts are these permissions.
            os.fchmod(self.writable, 0o400)
            if not growing:
                self.seal()
        except BaseException:
            os.close(self.writable)
            raise

    @classmethod
    def holding(cls, port: str, data: bytes | memoryview) -> InputSpool:
        """Make an input that is whole from the start.

        Raises:
            LimitError: there is no room for it.
        """
        size = len(memoryview(data).cast("B"))
        try:
            held = cls(port, size)
            try:
                held.write(0, data)
            except BaseException:
                held.close()
                raise
        except OSError as error:
            raise no_room(port, size, error) from error
        return held

    def __enter__(self) -> InputSpool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def seal(self) -> None:
        """Keep the size as it is, whoever opens the file."""
        _seal(self.writable)

    def write(self, offset: int, data: bytes | memoryview) -> None:
        """Fill a range."""
        view = memoryview(data)
        while view:
            written = os.pwrite(self.writable, view, offset)
            view, offset = view[written:], offset + written

    def read(self, offset: int, length: int) -> bytes:
        """Read a range back; short only at the end."""
        return os.pread(self.writable, length, offset)

    def close(self) -> None:
        """Give the bytes back to the system once the child has closed them too."""
        os.close(self.writable)
        os.close(self.readable)


def no_room(printed: str, size: int, error: OSError) -> LimitError:
    """Return the error for an input that memory or disk cannot hold."""
    return LimitError(
        f"there is no room for {printed}, {size} bytes: {os.strerror(error.errno or 0)}",
        remedy="set TMPDIR to a folder with room",
    )


def memory_file(name: str) -> int:
    """Open a file that lives in memory and has no name; on disk, unlinked, where the system has no such thing."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create(f"blobprep-{name}", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    return disk_file()


def bounded_file(name: str, size: int) -> int:
    """Open a memory file of a size that cannot change: no limit on a child counts the memory such a file takes."""
    descriptor = memory_file(name)
    os.ftruncate(descriptor, size)
    _seal(descriptor)
    return descriptor


def read_bounded(descriptor: int) -> bytes:
    """Return the text that was written to a bounded file; the rest of it is zeros."""
    size = os.fstat(descriptor).st_size
    try:
        size = os.lseek(descriptor, 0, os.SEEK_HOLE)  # most of it was never written
    except (AttributeError, OSError):  # not every system knows holes
        pass
    return os.pread(descriptor, size, 0).rstrip(b"\0")


def disk_file() -> int:
    """Open a file on disk that has no name."""
    folder = tempfile.gettempdir()
    if hasattr(os, "O_TMPFILE"):
        try:
            return os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError:  # not every file system can
            pass
    descriptor, path = tempfile.mkstemp(prefix="blobprep-", dir=folder)
    os.unlink(path)
    return descriptor


def _seal(descriptor: int) -> None:
    try:
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL)
    except (ImportError, AttributeError, OSError):  # it is on disk, or this system has no seals
        pass


def _reopen(descriptor: int) -> int:
    """Open the same file read-only."""
    for path in (f"/proc/self/fd/{descriptor}", f"/dev/fd/{descriptor}"):
        try:
            return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            continue
    return os.dup(descriptor)
