"""Send a stream in pieces, in parallel where that is wanted."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

from blobprep.legacy.encryption import ContentCipher
from blobprep.legacy.transfers.chunks import Chunk, read_chunks
from blobprep.legacy.transfers.threads import Callback, Progress, work_through
from blobprep.legacy.transfers.windows import Window
from blobprep.legacy.wire.failures import VALUE_SHOULD_BE_SEEKABLE_STREAM

__all__ = ["Plan", "upload_chunks", "upload_windows"]

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Plan:
    """The way a stream is sent.

    Attributes:
        size: of a piece.
        total: size of what is sent; None means all there is.
        connections: how many pieces are sent at once.
        callback: called with the progress, in bytes as they are sent.
    """

    size: int
    total: int | None
    connections: int
    callback: Callback | None


def upload_chunks(stream: Any, send: Callable[[Chunk], R], plan: Plan, cipher: ContentCipher | None = None) -> list[R]:
    """Send a stream from its position, in chunks that are held in memory; return the answers.

    A `total` of 0 means all there is as well.
    """
    if plan.connections > 1:
        stream.tell()  # as in the old SDK, this refuses a stream that has no position
    progress = Progress(plan.callback, plan.total)

    def move(chunk: Chunk) -> R:
        answer = send(chunk)
        progress.add(len(chunk.data))
        return answer

    progress.tell()
    return work_through(read_chunks(stream, plan.size, plan.total, cipher), move, plan.connections)


def upload_windows(stream: Any, send: Callable[[int, Window], R], plan: Plan) -> list[R]:
    """Send a stream from its position, in numbered windows that are read while they are sent; return the answers.

    Raises:
        ValueError: the stream is not seekable.
    """
    progress = Progress(plan.callback, plan.total)

    def move(numbered: tuple[int, Window]) -> R:
        number, window = numbered
        with window:
            answer = send(number, window)
            progress.add(len(window))
        return answer

    progress.tell()
    return work_through(enumerate(_windows(stream, plan.size, plan.total)), move, plan.connections)


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
