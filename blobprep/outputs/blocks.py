"""Blocks of a stream on their way into a blob, in memory that is used again."""

from __future__ import annotations

import io
from collections.abc import Callable

from blobprep.stores import BLOCK_SIZE

__all__ = ["Block"]


class Block:
    """Up to a block of bytes, which are read into the same memory again and again.

    A result of a gigabyte is read into four blocks, not into 128 new ones and as many copies of them, of which each has
    to be zeroed by the system first.
    """

    def __init__(self) -> None:
        # Its bytes are handed out without a copy once they fill it. It makes one by itself if they are written to while
        # somebody still holds them.
        self._memory = io.BytesIO(bytes(BLOCK_SIZE))
        self._size = 0

    def fill(self, stream: io.RawIOBase, wanted: int, on_read: Callable[[memoryview], None] = lambda _: None) -> int:
        """Read bytes in place of those of before, and return their number.

        Args:
            stream: what is read.
            wanted: how many bytes, at most a block; there are fewer if it ends before.
            on_read: called with the bytes.
        """
        self._size = 0
        with self._memory.getbuffer() as memory:
            while self._size < wanted and (count := stream.readinto(memory[self._size : wanted])):
                self._size += count
            with memory[: self._size] as read:
                on_read(read)
        return self._size

    def content(self) -> bytes:
        """Return the bytes."""
        whole = self._memory.getvalue()
        return whole if self._size == len(whole) else whole[: self._size]
