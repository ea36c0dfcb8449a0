"""The files that inputs arrive in: the parent creates and fills them, in any order, and the child reads them."""

from __future__ import annotations

import os
from typing import Final

from blobprep.unnamed_files import disk_file, free, memory_file, no_room, seal

__all__ = ["MEMORY_LIMIT", "InputSpool"]

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
            self.readable = _reopened(self.writable)
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

    def share(self) -> InputSpool:
        """Return another one over the same bytes, with descriptors of its own."""
        shared = object.__new__(InputSpool)
        shared.port, shared.size = self.port, self.size
        shared.writable = os.dup(self.writable)
        try:
            shared.readable = _reopened(self.writable)  # at an offset of its own
        except BaseException:
            os.close(shared.writable)
            raise
        return shared

    def __enter__(self) -> InputSpool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def seal(self) -> None:
        """Keep the size as it is, whoever opens the file."""
        seal(self.writable)

    def write(self, offset: int, data: bytes | memoryview) -> None:
        """Write a range."""
        view = memoryview(data)
        while view:
            written = os.pwrite(self.writable, view, offset)
            view, offset = view[written:], offset + written

    def read(self, offset: int, length: int) -> bytes:
        """Read a range back; short only at the end."""
        return os.pread(self.writable, length, offset)

    def read_into(self, offset: int, buffer: memoryview) -> int:
        """Fill a buffer from a range; return how many bytes were read, fewer than asked for only at the end."""
        return os.preadv(self.writable, [buffer], offset)

    def empty(self, offset: int, length: int) -> None:
        """Give the room of a range back to the system; what is read there afterwards is not what was written."""
        free(self.writable, offset, length)

    def close(self) -> None:
        """Close both descriptors; the system frees the bytes once the child has closed its own."""
        os.close(self.writable)
        os.close(self.readable)


def _reopened(descriptor: int) -> int:
    """Open the same file read-only."""
    for path in (f"/proc/self/fd/{descriptor}", f"/dev/fd/{descriptor}"):
        try:
            return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            continue
    return os.dup(descriptor)
