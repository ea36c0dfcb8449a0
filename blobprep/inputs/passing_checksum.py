"""Checksums of bytes that pass, and of those that lie in an input file."""

from __future__ import annotations

import hashlib
from typing import Final

from blobprep.inputs.spool import InputSpool

__all__ = ["PassingChecksum", "read_back"]

_AT_ONCE: Final = 256 * 1024  # bytes: what a processor's cache holds


def read_back(checksum: hashlib._Hash, spool: InputSpool, start: int, end: int) -> None:
    """Add a range of an input file to a checksum."""
    buffer = memoryview(bytearray(min(_AT_ONCE, end - start)))
    while start < end:
        count = spool.read_into(start, buffer[: end - start])
        checksum.update(buffer[:count])
        start += count


class PassingChecksum:
    """The SHA-256 of bytes that come piece by piece, if they come in order.

    Pieces that are not right come again from the start. From several threads at once they are not in order.

    Args:
        wanted: whether it is; else pieces just pass.
    """

    def __init__(self, *, wanted: bool = True) -> None:
        self._checksum = hashlib.sha256()
        self._end = 0
        self._is_in_order = wanted

    def add(self, piece: bytes | memoryview, at: int) -> None:
        """Take a piece and its place."""
        if at == 0 and self._end:
            self._checksum, self._end = hashlib.sha256(), 0
        if at != self._end:
            self._is_in_order = False
        if self._is_in_order:
            self._checksum.update(piece)
            self._end += len(piece)

    def of(self, size: int) -> str:
        """Return the checksum of so many bytes; empty if that is not known."""
        return self._checksum.hexdigest() if self._is_in_order and self._end == size else ""
