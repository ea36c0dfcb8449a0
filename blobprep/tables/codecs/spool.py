"""Bytes that come in order only, made a file: what is read once is kept on disk and can be read again anywhere."""

from __future__ import annotations

import errno
import mmap
import os
import tempfile
from collections.abc import Iterator
from typing import Final

from blobprep.tables.streaming_input import Positioned

__all__ = ["SpooledFile"]

_RESERVE: Final = 1 << 30
_RESERVE_SHARE: Final = 20
_CHECK_EVERY: Final = 64 << 20


class SpooledFile(Positioned):
    """Hold what an iterator gives in an unlinked file; only as much is taken from it as is asked for.

    Some free room is always left on the disk: a file of a kilobyte can expand to one of a gigabyte.

    Args:
        pieces: not empty each; taken to its end for `whole`.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  closed with this
        self._held = 0
        self._looked = 0
        self._ended = False

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        super().close()

    def read_at(self, offset: int, length: int) -> bytes:
        """Read `length` bytes from `offset`, fewer at the end."""
        self._expand(offset + length)
        return os.pread(self._file.fileno(), max(0, min(length, self._held - offset)), offset)

    def whole(self) -> memoryview:
        """Return all bytes without copying them."""
        self._expand(None)
        if self._held == 0:
            return memoryview(b"")
        return memoryview(mmap.mmap(self._file.fileno(), self._held, prot=mmap.PROT_READ))

    def end(self) -> int:
        """Return how many bytes there are."""
        self._expand(None)
        return self._held

    def _expand(self, end: int | None) -> None:
        while not self._ended and (end is None or self._held < end):
            piece = next(self._pieces, None)
            if piece is None:
                self._ended = True
                return
            self._require_room()
            rest = memoryview(piece)
            while rest:
                rest = rest[os.pwrite(self._file.fileno(), rest, self._held + len(piece) - len(rest)) :]
            self._held += len(piece)

    def _require_room(self) -> None:
        if self._held - self._looked < _CHECK_EVERY:
            return
        self._looked = self._held
        disk = os.fstatvfs(self._file.fileno())
        free, all_of_it = disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize
        if free < min(_RESERVE, all_of_it // _RESERVE_SHARE):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
