"""Send a stream's pieces, in parallel where that is wanted."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any, TypeVar

from blobprep.legacy.encryption import ContentCipher
from blobprep.legacy.transfers.chunks import Chunk, read_chunks
from blobprep.legacy.transfers.progress import Callback, Progress
from blobprep.legacy.transfers.threads import work_through
from blobprep.legacy.transfers.windows import Window
from blobprep.legacy.wire.failures import VALUE_SHOULD_BE_SEEKABLE_STREAM

__all__ = ["upload_chunks", "upload_windows"]

R = TypeVar("R")


def upload_chunks(
    stream: Any,
    send: Callable[[Chunk], R],
    *,
    size: int,
    total: int | None,
    connections: int,
    callback: Callback | None,
    cipher: ContentCipher | None = None,
) -> list[R]:
    """Send a stream in chunks that are held in memory; return what each was answered.

    Args:
        stream: to read from where it stands.
        send: sends one chunk.
        size: of a chunk.
        total: how much is sent; None and 0 mean all there is.
        connections: how many chunks are sent at once.
        callback: is told the progress, by sizes as they are sent.
        cipher: encrypts the chunks.
    """
    if connections > 1:
        stream.tell()  # what cannot say where it stands is refused, as ever
    progress = Progress(callback, total)

    def move(chunk: Chunk) -> R:
        answer = send(chunk)
        progress.add(len(chunk.data))
        return answer

    progress.tell()
    return work_through(read_chunks(stream, size, total, cipher), move, connections)


def upload_windows(
    stream: Any,
    send: Callable[[int, Window], R],
    *,
    size: int,
    total: int | None,
    connections: int,
    callback: Callback | None,
) -> list[R]:
    """Send a stream in windows that are read while they are sent; return what each was answered.

    Args:
        stream: to read from where it stands; it must be seekable.
        send: sends the window with this number.
        size: of a window.
        total: how much is sent; None means all there is.
        connections: how many windows are sent at once.
        callback: is told the progress.

    Raises:
        ValueError: the stream is not seekable.
    """
    progress = Progress(callback, total)

    def move(numbered: tuple[int, Window]) -> R:
        number, window = numbered
        with window:
            answer = send(number, window)
            progress.add(len(window))
        return answer

    progress.tell()
    return work_through(enumerate(_windows(stream, size, total)), move, connections)


def _windows(stream: Any, size: int, total: int | None) -> Iterator[Window]:
    try:
        start = stream.tell()
        if total is None:
            total = stream.seek(0, io.SEEK_END) - start
            stream.seek(start)
    except (AttributeError, io.UnsupportedOperation) as error:
        raise ValueError(VALUE_SHOULD_BE_SEEKABLE_STREAM.format("stream")) from error
    lock = Lock()
    for at in range(0, total, size):
        yield Window(stream, start + at, min(size, total - at), lock)
