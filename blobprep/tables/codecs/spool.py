"""A file made of bytes that arrive in order: they are kept on disk, so that they can be read at any position."""

from __future__ import annotations

import errno
import mmap
import os
import tempfile
from collections.abc import Iterator
from typing import Final

from blobprep.tables.streaming_input import PositionalReader

__all__ = ["SpooledFile"]

_RESERVE: Final = 1 << 30
_RESERVE_SHARE: Final = 20
_CHECK_EVERY: Final = 64 << 20


class SpooledFile(PositionalReader):
    """The bytes of an iterator in an unlinked file; the iterator is read only as far as needed.

    Some space on the disk is always left free: a file of a kilobyte can expand to a gigabyte.

    Args:
        pieces: yields bytes that are never empty; `map_all` and `end` read it to its end.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  closed with this
        self._held = 0
        self._checked = 0
        self._ended = False

    def close(self) -> None:
        """Close the file, which deletes it."""
        self._file.close()
        super().close()

    def read_at(self, offset: int, length: int) -> bytes:
        """Read `length` bytes from `offset`, fewer at the end."""
        self._expand(offset + length)
        return os.pread(self._file.fileno(), max(0, min(length, self._held - offset)), offset)

    def map_all(self) -> memoryview:
        """Return all bytes without copying them."""
        self._expand(None)
        if self._held == 0:
            return memoryview(b"")
        return memoryview(mmap.mmap(self._file.fileno(), self._held, prot=mmap.PROT_READ))

    def map_ahead(self) -> memoryview:
        """Return all bytes; the iterator is read to its end."""
        return self.map_all()

    def wait(self, offset: int, length: int) -> None:
        """Read the iterator as far as the end of a range."""
        self._expand(offset + length)

    def end(self) -> int:
        """Return the number of bytes."""
        self._expand(None)
        return self._held

    def _expand(self, end: int | None) -> None:
        while not self._ended and (end is None or self._held < end):
            piece = next(self._pieces, None)
            if piece is None:
                self._ended = True
                return
            self._require_space()
            rest = memoryview(piece)
            while rest:
                rest = rest[os.pwrite(self._file.fileno(), rest, self._held + len(piece) - len(rest)) :]
            self._held += len(piece)

    def _require_space(self) -> None:
        if self._held - self._checked < _CHECK_EVERY:
            return
        self._checked = self._held
        disk = os.fstatvfs(self._file.fileno())
        free, total = disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize
        if free < min(_RESERVE, total // _RESERVE_SHARE):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
