"""A part of a seekable stream, as a stream of its own."""

from __future__ import annotations

import io
from contextlib import nullcontext
from threading import Lock
from typing import Any, Final

__all__ = ["Window"]

_MOST_BUFFERED: Final = 4 * 1024 * 1024


class Window(io.IOBase):
    """A range of a stream that several windows share, in several threads.

    A request's body is read piece by piece, so that only a few MB of a large block are in memory at a time.
    """

    def __init__(self, wrapped: Any, start: int, length: int, lock: Lock | None) -> None:
        """Open `length` bytes of a stream.

        Args:
            wrapped: the stream; it is never closed here.
            start: where the window begins in it.
            length: of the window.
            lock: held while the stream is moved and read; None if no other window reads it.

        Raises:
            ValueError: the stream cannot be moved.
        """
        try:
            wrapped.seek(0, io.SEEK_CUR)
        except Exception as error:
            raise ValueError("Wrapped stream must support seek().") from error
        self._wrapped = wrapped
        self._start = start
        self._length = length
        self._lock = lock or nullcontext()
        self._position = 0
        self._buffer = b""
        self._buffer_start = 0

    def __len__(self) -> int:
        return self._length

    def readable(self) -> bool:
        """Return True: it can be read."""
        return True

    def seekable(self) -> bool:
        """Return True: it can be moved."""
        return True

    def tell(self) -> int:
        """Return the position within the window."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move within the window; beyond an end is at that end. From the end, `offset` counts backwards.

        Raises:
            ValueError: `whence` is not valid.
        """
        if whence == io.SEEK_SET:
            position = offset
        elif whence == io.SEEK_CUR:
            position = self._position + offset
        elif whence == io.SEEK_END:
            position = self._length - offset
        else:
            raise ValueError("Invalid argument for the 'whence' parameter.")
        self._position = min(max(position, 0), self._length)
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Read up to `size` bytes, fewer only at the end of the window or of the stream.

        Raises:
            ValueError: it is closed.
        """
        if self.closed:
            raise ValueError("Stream is closed.")
        left = self._length - self._position
        wanted = left if size < 0 else min(size, left)
        pieces = []
        while wanted > 0 and (piece := self._buffered(wanted)):
            pieces.append(piece)
            wanted -= len(piece)
            self._position += len(piece)
        return b"".join(pieces)

    def _buffered(self, wanted: int) -> bytes:
        """Return some of the bytes at the position; no bytes at the end of the stream."""
        at = self._position - self._buffer_start
        if not 0 <= at < len(self._buffer):
            self._fill()
            at = 0
        return self._buffer[at : at + wanted]

    def _fill(self) -> None:
        wanted = min(_MOST_BUFFERED, self._length - self._position)
        place = self._start + self._position
        with self._lock:
            self._wrapped.seek(place)
            if self._wrapped.tell() != place:
                # What would be read is not what belongs here.
                raise OSError("Stream failed to seek to the desired location.")
            self._buffer = self._wrapped.read(wanted)
        self._buffer_start = self._position

    def close(self) -> None:
        """Release the stream, which stays open."""
        self._buffer = b""
        self._wrapped = None
        super().close()


class _SubStream(Window):
    """A window under the old SDK's name, with its arguments' names."""

    def __init__(self, wrapped_stream: Any, stream_begin_index: int, length: int, lockObj: Lock | None) -> None:  # noqa: N803
        super().__init__(wrapped_stream, stream_begin_index, length, lockObj)
