"""Streaming inputs: files that the child reads while the parent is still filling them.

The parent writes ranges in any order and reports each in a `filled` frame. A reader waits for the ranges it touches and
requests them with `need`, so that the start of a text or the footer of a Parquet file does not wait for the rest.

Threads: decoders call `read_at`, `map_all` and `map_range` from the thread that runs the operation, or from several if
they read several blobs at once. The thread of `child/channel.py` that reads the control socket calls `fill` and `fail`.
One condition per input guards its ranges; `need` is called while that condition is held, so it must not wait for a
`filled` frame. The file itself needs no lock, because a range is read only after it was reported and is never written
again.
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

__all__ = ["ArrivalFailed", "InputFile", "PositionalReader", "Slice"]


_AHEAD = _BEHIND = 64 << 20
"""Bytes that are asked for before they are read, and kept after that, when a file passes by."""
_STEP = 16 << 20


class ArrivalFailed(OSError):
    """The parent ended or gave up before the input was complete."""


class PositionalReader(io.RawIOBase):
    """A seekable, read-only file; subclasses provide `read_at` and `end`."""

    def __init__(self) -> None:
        super().__init__()
        self._position = 0

    @abstractmethod
    def read_at(self, offset: int, length: int) -> bytes:
        """Read `length` bytes from `offset`, fewer at the end; waits until they are there."""

    @abstractmethod
    def end(self) -> int:
        """Return the total number of bytes."""

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
        """Read up to `size` bytes from the position, or to the end if it is negative or None."""
        wanted = self.end() - self._position if size is None or size < 0 else size
        data = self.read_at(self._position, wanted)
        self._position += len(data)
        return data

    def readinto(self, buffer: Any, /) -> int:
        """Read bytes from the position into a buffer and return their number."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class InputFile(PositionalReader):
    """A seekable, read-only input that may still be arriving.

    Args:
        descriptor: the file that the parent fills.
        size: bytes of the complete file.
        need: called with the offset and length of a range that a reader waits for; None if the file is complete.
        release: called with the end of what is read no more for now; None where nothing is let go.
    """

    def __init__(
        self,
        descriptor: int,
        size: int,
        need: Callable[[int, int], None] | None = None,
        release: Callable[[int], None] | None = None,
    ) -> None:
        super().__init__()
        self.descriptor = descriptor
        self.length = size
        self._need, self._release = need, release
        self._asked = self._released = 0
        self._changed = threading.Condition()
        self._starts: list[int] = [] if need is not None else [0]
        self._ends: list[int] = [] if need is not None else [size]
        self._failed = False

    def fill(self, offset: int, end: int) -> None:
        """Note that the bytes from `offset` to `end` have arrived; called for the parent's `filled` frames."""
        with self._changed:
            index = bisect_right(self._starts, offset)
            self._starts.insert(index, offset)
            self._ends.insert(index, end)
            self._merge()
            self._changed.notify_all()

    def fail(self) -> None:
        """Wake all readers, because the rest will not arrive."""
        with self._changed:
            self._failed = True
            self._changed.notify_all()

    def pass_by(self, position: int) -> None:
        """Note that reading has come to a position and goes on from there.

        What follows is asked for, and what is far behind is let go: a file larger than the disk can be read once. What
        was let go is asked for again if it is read again.
        """
        with self._changed:
            if self._need is None or self._release is None or self._failed:
                return
            ahead = min(self.length, position + _AHEAD)
            if ahead - self._asked >= _STEP or ahead == self.length > self._asked:
                start = max(self._asked, position)
                self._asked = ahead
                self._need(start, ahead - start)
            behind = position - _BEHIND
            if behind - self._released >= _STEP:
                self._released = behind
                self._forget(behind)
                self._release(behind)

    def _forget(self, end: int) -> None:
        ranges = [(max(start, end), stop) for start, stop in zip(self._starts, self._ends, strict=True) if stop > end]
        self._starts, self._ends = [start for start, _ in ranges], [stop for _, stop in ranges]

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

    def wait(self, offset: int, length: int) -> None:
        """Wait until `length` bytes from `offset` have arrived, fewer at the end."""
        end = min(offset + length, self.length)
        with self._changed:
            if offset >= end or self._has(offset, end):
                return
            if self._need is not None and not self._failed:
                self._need(offset, end - offset)
            while not self._has(offset, end):
                if self._failed:
                    raise ArrivalFailed("the input ended before it was complete")
                self._changed.wait()

    def read_at(self, offset: int, length: int) -> bytes:
        """Read `length` bytes from `offset`, fewer at the end; waits until they are there."""
        end = min(offset + length, self.length)
        self.wait(offset, end - offset)
        pieces = []
        while offset < end:
            piece = os.pread(self.descriptor, end - offset, offset)
            if not piece:
                raise ArrivalFailed("the input is shorter than announced")
            pieces.append(piece)
            offset += len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def end(self) -> int:
        """Return the number of bytes of the complete file."""
        return self.length

    def map_all(self) -> memoryview:
        """Return all bytes without copying them; waits until the file is complete."""
        return self.map_range(0, self.length)

    def map_range(self, offset: int, length: int) -> memoryview:
        """Return `length` bytes from `offset` without copying them; waits until they have arrived."""
        self.wait(offset, length)
        return self.map_range_ahead(offset, length)

    def map_ahead(self) -> memoryview:
        """Return all bytes at once; a range of them may be read after `wait`."""
        return self.map_range_ahead(0, self.length)

    def map_range_ahead(self, offset: int, length: int) -> memoryview:
        """Return `length` bytes from `offset` at once; a range of them may be read after `wait`."""
        if length == 0:
            return memoryview(b"")
        start = offset - offset % mmap.ALLOCATIONGRANULARITY
        mapped = mmap.mmap(self.descriptor, offset + length - start, prot=mmap.PROT_READ, offset=start)
        return memoryview(mapped)[offset - start :]

    def slice(self, offset: int, length: int) -> Slice:
        """Return a part of the input as a file of its own."""
        return Slice(self, offset, length)


class Slice(PositionalReader):
    """A part of an input as a file of its own; made by `InputFile.slice`."""

    def __init__(self, whole: InputFile, offset: int, length: int) -> None:
        super().__init__()
        self._whole, self._offset, self._length = whole, offset, length

    def read_at(self, offset: int, length: int) -> bytes:
        """Read `length` bytes from `offset`, fewer at the end; waits until they are there."""
        return self._whole.read_at(self._offset + offset, max(0, min(length, self._length - offset)))

    def pass_by(self, position: int) -> None:
        """Note that reading has come to a position and goes on from there; see `InputFile.pass_by`."""
        self._whole.pass_by(self._offset + position)

    def map_all(self) -> memoryview:
        """Return all bytes without copying them; waits until they have arrived."""
        return self._whole.map_range(self._offset, self._length)

    def map_ahead(self) -> memoryview:
        """Return all bytes at once; a range of them may be read after `wait`."""
        return self._whole.map_range_ahead(self._offset, self._length)

    def wait(self, offset: int, length: int) -> None:
        """Wait until `length` bytes from `offset` have arrived, fewer at the end."""
        self._whole.wait(self._offset + offset, max(0, min(length, self._length - offset)))

    def end(self) -> int:
        """Return the number of bytes."""
        return self._length
