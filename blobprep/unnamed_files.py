"""Files without a name: nothing of them is left when the last process that has them open ends."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from typing import Final

from blobprep.errors import LimitError

__all__ = ["bounded_file", "disk_file", "free", "memory_file", "no_room", "read_bounded", "seal"]


def memory_file(name: str) -> int:
    """Open a file in memory; if the system has no such files, one on disk."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create(f"blobprep-{name}", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    return disk_file()


def disk_file() -> int:
    """Open a file on disk, in the folder for temporary files, for reading and writing."""
    folder = tempfile.gettempdir()
    if hasattr(os, "O_TMPFILE"):
        try:
            return os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError:  # not every file system supports it
            pass
    descriptor, path = tempfile.mkstemp(prefix="blobprep-", dir=folder)
    os.unlink(path)
    return descriptor


def bounded_file(name: str, size: int) -> int:
    """Open a memory file whose size cannot change, because no limit on a child counts the memory of such a file."""
    descriptor = memory_file(name)
    os.ftruncate(descriptor, size)
    seal(descriptor)
    return descriptor


def read_bounded(descriptor: int) -> bytes:
    """Return the text that was written to a bounded file, without the zeros that follow it."""
    size = os.fstat(descriptor).st_size
    try:
        size = os.lseek(descriptor, 0, os.SEEK_HOLE)  # most of the file was never written
    except (AttributeError, OSError):  # not every system reports holes
        pass
    return os.pread(descriptor, size, 0).rstrip(b"\0")


def seal(descriptor: int) -> None:
    """Fix the size of a file for every process that has it open; no effect if the system has no seals."""
    try:
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL)
    except (ImportError, AttributeError, OSError):  # the file is on disk, or the system has no seals
        pass


_PUNCH_HOLE: Final = 0x01 | 0x02  # FALLOC_FL_KEEP_SIZE and FALLOC_FL_PUNCH_HOLE of fallocate(2)


def free(descriptor: int, offset: int, length: int) -> None:
    """Give the room of a range of a file back; no effect if the system or the file system cannot."""
    import ctypes

    with suppress(AttributeError, OSError):  # not every system has the call
        fallocate = ctypes.CDLL(None).fallocate
        fallocate(descriptor, _PUNCH_HOLE, ctypes.c_longlong(offset), ctypes.c_longlong(length))


def no_room(printed: str, size: int, error: OSError) -> LimitError:
    """Return the error for bytes that memory or disk cannot hold."""
    return LimitError(
        f"there is no room for {printed}, {size} bytes: {os.strerror(error.errno or 0)}",
        remedy="set TMPDIR to a folder with room",
    )
