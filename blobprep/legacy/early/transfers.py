"""Whole blobs to and from files, streams, bytes and text, as `BlobService` moved them.

What is large goes in pieces; each piece that fails is tried again, `max_retries` times with `retry_wait` seconds
between.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from threading import Lock
from typing import IO, Any, Final, TypeVar

from azure.common import AzureHttpError

from blobprep.legacy.methods import Arguments
from blobprep.legacy.transfers.progress import Callback, Progress
from blobprep.legacy.transfers.threads import work_through
from blobprep.legacy.transfers.uploading import Plan, upload_chunks

__all__ = ["IN_PIECES", "Pieces"]

IN_PIECES: Final = "progress_callback=None, max_connections=1, max_retries=5, retry_wait=1.0"
"""Parameters of what moves a whole blob."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pieces:
    """How a blob is moved in pieces.

    Attributes:
        size: of a piece.
        connections: how many are moved at once; more than one need a seekable stream.
        retries: how often each is tried again.
        wait: seconds between attempts.
        callback: told how many bytes are moved, of how many.
    """

    size: int
    connections: int
    retries: int
    wait: float
    callback: Callback | None

    @classmethod
    def of(cls, asked: Arguments, size: int) -> Pieces:
        """Take the parameters `IN_PIECES` out of what a method was given."""
        callback = asked.pop("progress_callback")
        return cls(size, asked.pop("max_connections"), asked.pop("max_retries"), asked.pop("retry_wait"), callback)

    def tell(self, moved: int, total: int) -> None:
        """Tell how far it is, where there are no pieces."""
        if self.callback:
            self.callback(moved, total)

    def send(self, stream: Any, total: int | None, put: Callable[[int, bytes], T]) -> list[T]:
        """Send a stream from where it stands; `put` sends the piece that begins at an offset."""
        plan = Plan(self.size, total, self.connections, self.callback)
        return upload_chunks(stream, lambda chunk: self._tried(lambda: put(*chunk)), plan)

    def fetch(self, stream: IO[bytes], total: int, get: Callable[[int], bytes]) -> None:
        """Write a blob to a stream; `get` fetches the piece that begins at an offset."""
        shared = self.connections > 1
        begin = stream.tell() if shared else 0
        progress, lock = Progress(self.callback, total), Lock() if shared else nullcontext()
        progress.tell()

        def move(offset: int) -> None:
            content = self._tried(lambda: get(offset))
            with lock:
                if shared:
                    stream.seek(begin + offset)
                stream.write(content)
            progress.add(len(content))

        work_through(range(0, total, self.size), move, self.connections)

    def _tried(self, attempt: Callable[[], T]) -> T:
        for _ in range(self.retries):
            try:
                return attempt()
            except AzureHttpError:
                time.sleep(self.wait)
        return attempt()
