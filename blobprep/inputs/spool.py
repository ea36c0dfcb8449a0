"""Files that inputs arrive in: made by the parent, filled in any order, read by the child."""

from __future__ import annotations

import os
from typing import Final

from blobprep.errors import LimitError
from blobprep.sandbox.unnamed_files import disk_file, memory_file, seal

__all__ = ["MEMORY_LIMIT", "InputSpool", "disk_file", "memory_file", "no_room"]

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
            self.readable = _reopened(self.writable)
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
        seal(self.writable)

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


def _reopened(descriptor: int) -> int:
    """Open the same file read-only."""
    for path in (f"/proc/self/fd/{descriptor}", f"/dev/fd/{descriptor}"):
        try:
            return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            continue
    return os.dup(descriptor)
