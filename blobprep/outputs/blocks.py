"""Blocks of a stream on their way into a blob, in memory that is used again."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final

from blobprep.stores import BLOCK_SIZE

__all__ = ["Block"]


_FIRST: Final = 64 * 1024  # bytes, which most results do not fill
_GROWTH: Final = 4  # times: what is grown has to be zeroed, and a whole block takes as long as a small run's requests


class Block:
    """Up to a block of bytes, which are read into the same memory again and again.

    A result of a gigabyte is read into four blocks, not into 128 new ones and as many copies of them, of which each has
    to be zeroed by the system first. A small one is read into little memory.
    """

    def __init__(self) -> None:
        # Its bytes are handed out without a copy once they fill it. It makes one by itself if they are written to while
        # somebody still holds them.
        self._memory = io.BytesIO()
        self._size = 0

    def fill(self, stream: io.RawIOBase, wanted: int, on_read: Callable[[memoryview], None] = lambda _: None) -> int:
        """Read bytes in place of those of before, and return their number.

        Args:
            stream: what is read.
            wanted: how many bytes, at most a block; there are fewer if it ends before.
            on_read: called with the bytes.
        """
        self._size = 0
        self._grow(min(wanted, _FIRST))
        self._read(stream, min(wanted, self._room))
        while self._size == self._room < wanted:
            self._grow(min(self._room * _GROWTH, BLOCK_SIZE))
            self._read(stream, min(wanted, self._room))
        with self._memory.getbuffer() as memory, memory[: self._size] as read:
            on_read(read)
        return self._size

    def content(self) -> bytes:
        """Return the bytes."""
        whole = self._memory.getvalue()
        return whole if self._size == len(whole) else whole[: self._size]

    @property
    def _room(self) -> int:
        return self._memory.getbuffer().nbytes

    def _grow(self, size: int) -> None:
        if self._room < size:
            self._memory.seek(size - 1)
            self._memory.write(b"\0")

    def _read(self, stream: io.RawIOBase, wanted: int) -> None:
        with self._memory.getbuffer() as memory:
            while self._size < wanted and (count := stream.readinto(memory[self._size : wanted])):
                self._size += count
