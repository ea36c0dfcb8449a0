"""Inputs as they arrive: files that the parent fills while the child already reads.

The parent writes ranges in any order and says which are there (`filled`). A reader waits for the ranges it touches and
asks for those first (`need`), so the start of a text, or the footer of a Parquet file, does not wait for the rest.
"""

from __future__ import annotations

import io
import mmap
import os
import threading
from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Callable
from typing import Any

__all__ = ["ArrivalFailed", "InputFile", "Positioned", "Slice"]


class ArrivalFailed(OSError):
    """Say that the parent went away or gave up before the input was whole."""


class Positioned(io.RawIOBase):
    """Read bytes by position, over `read_at` and `end`; seekable, read-only."""

    def __init__(self) -> None:
        super().__init__()
        self._position = 0

    @abstractmethod
    def read_at(self, offset: int, length: int) -> bytes:
        """Read `length` bytes from `offset`, fewer at the end; waits until they are there."""

    @abstractmethod
    def end(self) -> int:
        """Return how many bytes there are in all."""

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move the position, in bytes."""
        if whence != os.SEEK_SET:
            offset += self._position if whence == os.SEEK_CUR else self.end()
        self._position = max(0, offset)
        return self._position

    def read(self, size: int | None = -1) -> bytes:
        """Read up to `size` bytes from the position, to the end where negative or None."""
        wanted = self.end() - self._position if size is None or size < 0 else size
        data = self.read_at(self._position, wanted)
        self._position += len(data)
        return data

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer from the position and return how many bytes it got."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class InputFile(Positioned):
    """Read an input while it arrives; seekable, read-only.

    Args:
        descriptor: of the file the parent fills.
        size: bytes of the file when it is whole.
        need: called with offset and length of a range that is waited for; None when the file is whole already.
    """

    def __init__(self, descriptor: int, size: int, need: Callable[[int, int], None] | None = None) -> None:
        super().__init__()
        self.descriptor = descriptor
        self.length = size
        self._need = need
        self._changed = threading.Condition()
        self._starts: list[int] = [] if need is not None else [0]
        self._ends: list[int] = [] if need is not None else [size]
        self._failed = False

    def fill(self, offset: int, end: int) -> None:
        """Note that the bytes from `offset` to `end` are there; called for the parent's `filled` frames."""
        with self._changed:
            index = bisect_right(self._starts, offset)
            self._starts.insert(index, offset)
            self._ends.insert(index, end)
            self._merge()
            self._changed.notify_all()

    def fail(self) -> None:
        """Wake all readers: the rest will never come."""
        with self._changed:
            self._failed = True
            self._changed.notify_all()

    def _merge(self) -> None:
        starts, ends = [self._starts[0]], [self._ends[0]]
        for start, end in zip(self._starts[1:], self._ends[1:], strict=True):
            if start <= ends[-1]:
                ends[-1] = max(ends[-1], end)
            else:
                starts.append(start)
                ends.append(end)
        self._starts, self._ends = starts, ends

    def _has(self, offset: int, end: int) -> bool:
        index = bisect_right(self._starts, offset) - 1
        return index >= 0 and end <= self._ends[index]

    def _wait(self, offset: int, end: int) -> None:
        with self._changed:
            if offset >= end or self._has(offset, end):
                return
            if self._need is not None and not self._failed:
                self._need(offset, end - offset)
            while not self._has(offset, end):
                if self._failed:
                    raise ArrivalFailed("the input ended before it was whole")
                self._changed.wait()

    def read_at(self, offset: int, length: int) -> bytes:
        """Read `length` bytes from `offset`, fewer at the end; waits until they are there."""
        end = min(offset + length, self.length)
        self._wait(offset, end)
        pieces = []
        while offset < end:
            piece = os.pread(self.descriptor, end - offset, offset)
            if not piece:
                raise ArrivalFailed("the input is shorter than announced")
            pieces.append(piece)
            offset += len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def end(self) -> int:
        """Return how many bytes there are when the file is whole."""
        return self.length

    def whole(self) -> memoryview:
        """Return all bytes without copying them; waits until the file is whole."""
        return self.mapped(0, self.length)

    def mapped(self, offset: int, length: int) -> memoryview:
        """Return bytes without copying them; waits until they are there."""
        self._wait(offset, offset + length)
        if length == 0:
            return memoryview(b"")
        start = offset - offset % mmap.ALLOCATIONGRANULARITY
        mapped = mmap.mmap(self.descriptor, offset + length - start, prot=mmap.PROT_READ, offset=start)
        return memoryview(mapped)[offset - start :]

    def stretch(self, offset: int, length: int) -> Slice:
        """Return a part of the input as a file of its own."""
        return Slice(self, offset, length)


class Slice(Positioned):
    """Read a stretch of an input as a file of its own; made by `InputFile.stretch`."""

    def __init__(self, whole: InputFile, offset: int, length: int) -> None:
        super().__init__()
        self._whole, self._offset, self._length = whole, offset, length

    def read_at(self, offset: int, length: int) -> bytes:
        """Read `length` bytes from `offset`, fewer at the end; waits until they are there."""
        return self._whole.read_at(self._offset + offset, max(0, min(length, self._length - offset)))

    def whole(self) -> memoryview:
        """Return all bytes without copying them; waits until they are there."""
        return self._whole.mapped(self._offset, self._length)

    def end(self) -> int:
        """Return how many bytes it has."""
        return self._length
