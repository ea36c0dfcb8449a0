"""The blobs a dataset is read from: each a source of bytes, with what was asked of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import pyarrow as pa

from blobprep.protocol import AskedDataset, Translation
from blobprep.tables.streaming_input import InputFile

__all__ = ["BlobDecoder", "BlobSource", "DatasetDecoder", "DecodedTable", "Source", "blobs_of"]

DecodedTable = tuple[pa.Table, list[Translation]]


class Source(Protocol):
    """Give the bytes of one blob: an input that is arriving, a stretch of one, or what one holds inside.

    A binary file for reading besides, so that any library can be handed one.
    """

    def read(self, size: int = -1, /) -> bytes:
        """Read up to `size` bytes from the position; none at the end."""
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

    def whole(self) -> memoryview:
        """Return all bytes; waits until they are there."""
        ...


@dataclass(frozen=True, slots=True)
class BlobSource:
    """Hold one blob of a dataset.

    Attributes:
        source: its bytes, at their start.
        asked: of the dataset; its reference is the blob's own.
    """

    source: Source
    asked: AskedDataset


def blobs_of(source: InputFile, asked: AskedDataset) -> list[BlobSource]:
    """Return the blobs of a dataset in their order."""
    if not asked.parts:
        return [BlobSource(source, asked)]
    return [
        BlobSource(
            source.stretch(part.offset, part.size), replace(asked, reference=part.reference, size=part.size, parts=())
        )
        for part in asked.parts
    ]


BlobDecoder = Callable[[Source, AskedDataset], DecodedTable]
DatasetDecoder = Callable[[list[BlobSource]], DecodedTable]
