"""Get a blob in ranges: the first gives its size and is often all; the rest follows, in parallel if wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from blobprep.legacy.models import Blob
from blobprep.legacy.transfers.threads import Callback, Progress, work_through
from blobprep.legacy.wire.failures import PARALLEL_NOT_SEEKABLE, AzureException, AzureHttpError, not_none
from blobprep.legacy.wire.reading import whole_size

__all__ = ["Download", "Writer"]

_RANGE_NOT_SATISFIABLE: Final = 416

Get = Callable[..., Blob]
"""Gets a range; takes `start_range`, `end_range` (the last byte) and `if_match`, or nothing for all of a blob."""


@dataclass
class Download:
    """One download of a blob, or of a range of it, into a stream.

    Attributes:
        get: gets one range.
        stream: takes the content, from its position on.
        start: of the range; None for all of the blob.
        end: the last byte of the range; None for the end of the blob.
        first_size: size of the first range.
        chunk_size: size of every other range.
        connections: how many of those are fetched at once; more than one needs a seekable stream.
        callback: called with the progress.
        if_match: the ETag that the blob must have; None for that of the first answer, so that all of the content is
            of one version.
    """

    get: Get
    stream: Any
    start: int | None
    end: int | None
    first_size: int
    chunk_size: int
    connections: int
    callback: Callback | None
    if_match: str | None

    def run(self) -> Blob:
        """Fetch everything; the blob that is returned has no content, since the stream has it.

        Raises:
            ValueError: the range has no start, or the stream is not seekable and needs to be.
            AzureException: a request failed, or its answer was too short.
        """
        if self.end is not None:
            not_none("start_range", self.start)
        if self.connections > 1:
            _must_seek(self.stream)
        blob, size = self._first()
        wanted = None if size is None else _wanted(self.start, self.end, size)
        if self.callback:
            self.callback(blob.properties.content_length, wanted)
        if blob.content is not None:
            self.stream.write(blob.content)
            blob.content = None
        if size is not None and wanted is not None and blob.properties.content_length != wanted:
            self._rest(blob, wanted, size)
            # The answer to the first of several requests describes only its own part.
            blob.properties.content_length = wanted
            blob.properties.content_range = f"bytes {self.start}-{self.end}/{size}"
            blob.properties.content_md5 = None  # type: ignore[attr-defined]  # as the old SDK set it
        return blob

    def _first(self) -> tuple[Blob, int | None]:
        """Return the first part and the size of the whole blob; None if the answer tells no size, as a test's may."""
        begin = self.start or 0
        try:
            blob = self.get(start_range=begin, end_range=self._first_end(), if_match=self.if_match)
        except AzureHttpError as error:
            # An empty blob has no range, but it has properties.
            if self.start is None and error.status_code == _RANGE_NOT_SATISFIABLE:
                return self.get(if_match=self.if_match), 0
            raise
        size = whole_size(blob.properties.content_range)
        if size is None:
            if blob.properties.content_length is None and self.start is None and self.end is None:
                return blob, None
            raise TypeError(f"The service does not take bytes {begin}-{self._first_end()} for a range.")
        _must_reach(blob, min(self._first_end(), size - 1))
        return blob, size

    def _first_end(self) -> int:
        """Return the last byte of the first request."""
        begin = self.start or 0
        if self.end is not None and self.end - begin < self.first_size:
            return self.end
        return begin + self.first_size - 1

    def _rest(self, blob: Blob, wanted: int, size: int) -> None:
        begin = self._first_end() + 1
        end = size if self.end is None else min(size, self.end + 1)
        progress = Progress(self.callback, wanted, done=self.first_size)
        write = Writer(self.stream, begin, is_shared=self.connections > 1)
        if self.if_match is None:
            self.if_match = blob.properties.etag

        def fetch(start: int) -> None:
            last = min(start + self.chunk_size, end) - 1
            part = self.get(start_range=start, end_range=last, if_match=self.if_match)
            _must_reach(part, last)
            self.if_match = part.properties.etag  # also if the caller demanded any ETag
            write(part.content, start)
            progress.add(last - start + 1)

        work_through(range(begin, end, self.chunk_size), fetch, self.connections)
        write.leave()


def _must_seek(stream: Any) -> None:
    if not stream.seekable():
        raise ValueError(PARALLEL_NOT_SEEKABLE)
    try:
        stream.seek(stream.tell())
    except (NotImplementedError, AttributeError) as error:
        raise ValueError(PARALLEL_NOT_SEEKABLE) from error


def _wanted(start: int | None, end: int | None, size: int) -> int:
    """Return the size of a download; as in the old SDK, it is too large for a range that goes beyond the end."""
    if start is None:
        return size
    return size - start if end is None else min(size, end - start + 1)


def _must_reach(part: Blob, last: int) -> None:
    """Refuse an answer that ends before the range that was asked for, since it would leave a gap."""
    content_range = part.properties.content_range
    if content_range is None or int(content_range.rpartition("-")[2].partition("/")[0]) < last:
        sent = content_range or "no range"
        raise AzureException(f"The service was asked for the bytes up to {last}, and sent {sent}.")


class Writer:
    """The stream that a blob's parts go into; one that is not shared gets them in order, and need not be seekable."""

    def __init__(self, stream: Any, begin: int, *, is_shared: bool) -> None:
        self._stream = stream
        self._begin = begin
        self._lock = Lock() if is_shared else None
        self._start = self._end = stream.tell() if is_shared else 0

    def __call__(self, content: bytes | str | None, start: int) -> None:
        """Write the part of the blob that begins at the byte `start`."""
        if self._lock is None:
            self._stream.write(content)
            return
        with self._lock:
            self._stream.seek(self._start + start - self._begin)
            self._stream.write(content)
            self._end = max(self._end, self._stream.tell())

    def leave(self) -> None:
        """Move the stream to the end of all that was written, whichever part came last."""
        if self._lock is not None:
            self._stream.seek(self._end)
