"""Files without a name: nothing of them is left when the last process that has them open ends."""

from __future__ import annotations

import os
import tempfile

__all__ = ["bounded_file", "disk_file", "memory_file", "read_bounded", "seal"]


def memory_file(name: str) -> int:
    """Open a file that lives in memory; on disk, unlinked, where the system has no such files."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create(f"blobprep-{name}", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    return disk_file()


def disk_file() -> int:
    """Open a file on disk, below the folder for temporary files."""
    folder = tempfile.gettempdir()
    if hasattr(os, "O_TMPFILE"):
        try:
            return os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError:  # not every file system can
            pass
    descriptor, path = tempfile.mkstemp(prefix="blobprep-", dir=folder)
    os.unlink(path)
    return descriptor


def bounded_file(name: str, size: int) -> int:
    """Open a memory file of a size that cannot change: no limit on a child counts the memory such a file takes."""
    descriptor = memory_file(name)
    os.ftruncate(descriptor, size)
    seal(descriptor)
    return descriptor


def read_bounded(descriptor: int) -> bytes:
    """Return the text that was written to a bounded file; the rest of it is zeros."""
    size = os.fstat(descriptor).st_size
    try:
        size = os.lseek(descriptor, 0, os.SEEK_HOLE)  # most of it was never written
    except (AttributeError, OSError):  # not every system knows holes
        pass
    return os.pread(descriptor, size, 0).rstrip(b"\0")


def seal(descriptor: int) -> None:
    """Keep a file's size as it is, whoever opens it; without effect where the system has no seals."""
    try:
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL)
    except (ImportError, AttributeError, OSError):  # it is on disk, or this system has no seals
        pass
