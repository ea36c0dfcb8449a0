"""The blobs of a dataset: each a source of bytes with its options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import pyarrow as pa

from blobprep.protocol import AskedDataset, Translation
from blobprep.tables.streaming_input import InputFile

__all__ = ["BlobDecoder", "BlobSource", "DatasetDecoder", "DecodedTable", "Source", "blobs_of"]

DecodedTable = tuple[pa.Table, list[Translation]]


class Source(Protocol):
    """The bytes of one blob: an input that is arriving, a slice of one, or the decompressed content of one.

    It is also a binary file for reading, so it can be passed to any library.
    """

    def read(self, size: int = -1, /) -> bytes:
        """Read up to `size` bytes from the position; returns empty bytes at the end."""
        ...

    def readinto(self, buffer: Any, /) -> int | None:
        """Fill a buffer from the position and return how many bytes it got."""
        ...

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Move the position."""
        ...

    def tell(self) -> int:
        """Return the position."""
        ...

    def read_at(self, offset: int, length: int) -> bytes:
        """Read `length` bytes from `offset`, fewer only at the end; the position stays."""
        ...

    def map_all(self) -> memoryview:
        """Return all bytes, once they are there."""
        ...

    def map_ahead(self) -> memoryview:
        """Return all bytes at once; a range of them may be read after `wait`."""
        ...

    def wait(self, offset: int, length: int) -> None:
        """Wait until a range is there; a range beyond the end is cut."""
        ...

    def end(self) -> int:
        """Return the number of bytes."""
        ...


@dataclass(frozen=True, slots=True)
class BlobSource:
    """One blob of a dataset.

    Attributes:
        source: its bytes, positioned at the start.
        asked: the options of the dataset, with the reference of this blob.
        rows: gets the number of its rows, once its codec has read it.
    """

    source: Source
    asked: AskedDataset
    rows: list[int] = field(default_factory=list)


def blobs_of(source: InputFile, asked: AskedDataset) -> list[BlobSource]:
    """Return the blobs of a dataset, in order."""
    if not asked.parts:
        return [BlobSource(source, asked)]
    return [
        BlobSource(
            source.slice(part.offset, part.size),
            replace(asked, reference=part.reference, size=part.size, parts=(), partition_columns={}),
        )
        for part in asked.parts
    ]


BlobDecoder = Callable[[Source, AskedDataset], DecodedTable]
DatasetDecoder = Callable[[list[BlobSource]], DecodedTable]
