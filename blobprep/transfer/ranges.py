"""A blob read in ranges, several at a time, all of one state of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from blobprep.errors import ConditionNotMet
from blobprep.stores import BLOCK_SIZE, BlobProperties, Write
from blobprep.stores.cancellation import thread_pool
from blobprep.stores.location import BlobLocation, blob_changed

__all__ = ["STREAMS", "Range", "ranges_of", "read_in_order", "read_range", "read_range_into"]

STREAMS: Final = 6
"""The number of ranges that are read ahead; with `BLOCK_SIZE` each, this bounds memory."""


@dataclass(frozen=True, slots=True)
class Range:
    """A part of a blob: block `index`, `length` bytes from `offset`."""

    index: int
    offset: int
    length: int


def ranges_of(size: int) -> Iterator[Range]:
    """Yield the ranges of a blob: `BLOCK_SIZE` bytes each, the last one fewer; none for an empty blob."""
    for index, offset in enumerate(range(0, size, BLOCK_SIZE)):
        yield Range(index, offset, min(BLOCK_SIZE, size - offset))


def read_range(location: BlobLocation, etag: str, part: Range) -> bytes:
    """Read one range of a blob in the state that has this ETag.

    Raises:
        BlobChanged: the blob is no longer in that state.
    """
    with _in_state(location, etag):
        data = location.read(offset=part.offset, length=part.length, if_match=etag)
    if len(data) != part.length:
        raise blob_changed(location, etag)
    return data


def read_range_into(write: Write, location: BlobLocation, etag: str, part: Range) -> None:
    """Pass one range of a blob to `write` piece by piece; raises as `read_range`."""
    with _in_state(location, etag):
        count = location.read_into(write, offset=part.offset, length=part.length, if_match=etag)
    if count != part.length:
        raise blob_changed(location, etag)


@contextmanager
def _in_state(location: BlobLocation, etag: str) -> Iterator[None]:
    try:
        yield
    except ConditionNotMet as error:
        raise blob_changed(location, etag) from error


def read_in_order(location: BlobLocation, properties: BlobProperties) -> Iterator[bytes]:
    """Yield a blob from start to end, reading up to `STREAMS` ranges ahead; raises as `read_range`."""
    waiting = ranges_of(properties.size)
    reading: deque[Future[bytes]] = deque()
    with thread_pool(STREAMS, "blobprep-read") as pool:
        while True:
            while len(reading) < STREAMS and (part := next(waiting, None)) is not None:
                reading.append(pool.submit(read_range, location, properties.etag, part))
            if not reading:
                return
            yield reading.popleft().result()
