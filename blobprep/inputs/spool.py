"""The files that inputs arrive in: the parent creates and fills them, in any order, and the child reads them."""

from __future__ import annotations

import os
from typing import Final

from blobprep.unnamed_files import disk_file, no_room

__all__ = ["MEMORY_LIMIT", "InputSpool", "bounded_file", "memory_file", "read_bounded"]

MEMORY_LIMIT: Final = 32 * 1024 * 1024
"""The largest input that is held in a memory file, in bytes; larger ones are in an unlinked file on disk."""


class InputSpool:
    """The bytes of one input. The file has no name, so nothing is left when the process ends.

    Threads may call `write` and `read` at once: both name their offset. `close` must come after the last of them, or
    they would use descriptors that have been closed and reused.

    Args:
        port: the name of its port.
        size: its size in bytes when it is complete.
        growing: the size is not known yet; call `seal` once it is.

    Attributes:
        writable: the descriptor that the parent fills.
        readable: the descriptor that the child gets; it can neither be written to nor reopened for writing.
    """

    def __init__(self, port: str, size: int, *, growing: bool = False) -> None:
        self.port = port
        self.size = size
        self.writable = memory_file(port) if size <= MEMORY_LIMIT else disk_file()
        try:
            os.ftruncate(self.writable, size)
            self.readable = _reopen(self.writable)
            # A descriptor can be reopened by its number (/proc/self/fd); then these permissions decide.
            os.fchmod(self.writable, 0o400)
            if not growing:
                self.seal()
        except BaseException:
            os.close(self.writable)
            raise

    @classmethod
    def holding(cls, port: str, data: bytes | memoryview) -> InputSpool:
        """Return an input that is complete from the start.

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
        """Fix the size, for every holder of the file."""
        _seal(self.writable)

    def write(self, offset: int, data: bytes | memoryview) -> None:
        """Write a range."""
        view = memoryview(data)
        while view:
            written = os.pwrite(self.writable, view, offset)
            view, offset = view[written:], offset + written

    def read(self, offset: int, length: int) -> bytes:
        """Read a range back; short only at the end."""
        return os.pread(self.writable, length, offset)

    def close(self) -> None:
        """Close both descriptors; the system frees the bytes once the child has closed its own."""
        os.close(self.writable)
        os.close(self.readable)


def memory_file(name: str) -> int:
    """Open a file in memory, without a name; if the system has none, an unlinked file on disk."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create(f"blobprep-{name}", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    return disk_file()


def bounded_file(name: str, size: int) -> int:
    """Open a memory file whose size cannot change, because no limit on a child counts the memory of such a file."""
    descriptor = memory_file(name)
    os.ftruncate(descriptor, size)
    _seal(descriptor)
    return descriptor


def read_bounded(descriptor: int) -> bytes:
    """Return the text that was written to a bounded file, without the zeros that follow it."""
    size = os.fstat(descriptor).st_size
    try:
        size = os.lseek(descriptor, 0, os.SEEK_HOLE)  # most of the file was never written
    except (AttributeError, OSError):  # not every system reports holes
        pass
    return os.pread(descriptor, size, 0).rstrip(b"\0")


def _seal(descriptor: int) -> None:
    try:
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL)
    except (ImportError, AttributeError, OSError):  # the file is on disk, or the system has no seals
        pass


def _reopen(descriptor: int) -> int:
    """Open the same file again, read-only."""
    for path in (f"/proc/self/fd/{descriptor}", f"/dev/fd/{descriptor}"):
        try:
            return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            continue
    return os.dup(descriptor)
