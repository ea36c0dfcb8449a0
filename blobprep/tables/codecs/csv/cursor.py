"""Bytes that are read by position, read in order."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Cursor", "RangeSource"]


class RangeSource(Protocol):
    """A source of bytes that is read by position."""

    def read_at(self, offset: int, length: int) -> bytes:
        """Read `length` bytes from `offset`, fewer only at the end."""
        ...


class Cursor:
    """A reader with a position of its own, because pyarrow reads ahead while other code may read the same source."""

    def __init__(self, source: RangeSource) -> None:
        self._source, self._position = source, 0

    def read(self, size: int = -1, /) -> bytes:
        """Read up to `size` bytes; return empty bytes at the end."""
        data = self._source.read_at(self._position, size)
        self._position += len(data)
        return data

    def seek(self, offset: int, /) -> int:
        """Move the position."""
        self._position = offset
        return offset
