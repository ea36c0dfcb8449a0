"""`items.jsonl` and `items.parquet`: all records of a batch, once its items have ended."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import islice
from typing import IO, Final, cast

from blobprep.batches.plan.divisions import DIVISIONS_NAME
from blobprep.batches.record.earlier import LINES_NAME, list_segments
from blobprep.batches.record.journal import LINES_TYPE
from blobprep.batches.record.table import record_schema, record_table
from blobprep.batches.records import ItemRecord
from blobprep.errors import BlobNotFound, BlobprepError, ContainerNotFound
from blobprep.outputs.blob_write import output_errors
from blobprep.stores import BLOCK_SIZE
from blobprep.stores.cancellation import thread_pool
from blobprep.stores.location import BlobLocation

__all__ = ["TABLE_NAME", "delete_segments", "delete_whole", "write_lines", "write_table"]

TABLE_NAME: Final = "items.parquet"
_THREADS: Final = 16
_GROUP: Final = 5_000  # records of a row group, which is held in memory


def write_lines(prefix: BlobLocation, lines: Iterable[bytes], name: str = LINES_NAME) -> None:
    """Write `items.jsonl`, or other lines of JSON.

    Args:
        prefix: of the record.
        lines: the records, in the order of their keys.
        name: of the blob.

    Raises:
        OutputError, AccessError, StoreUnavailable: it could not be written.
    """
    _write(prefix.child(name), LINES_TYPE, lambda write: [write(line) for line in lines])


def write_table(prefix: BlobLocation, records: Iterable[ItemRecord]) -> None:
    """Write `items.parquet`, a row for each record; nested values are lists and structs.

    Args:
        prefix: of the record.
        records: in the order of their keys.

    Raises:
        OutputError, AccessError, StoreUnavailable: it could not be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema, rows = record_schema(), iter(records)

    def produce(write: Callable[[bytes], object]) -> None:
        with pq.ParquetWriter(pa.PythonFile(cast(IO[bytes], _Sink(write)), "w"), schema) as file:
            while group := list(islice(rows, _GROUP)):
                file.write_table(record_table(group))

    _write(prefix.child(TABLE_NAME), "application/vnd.apache.parquet", produce)


def delete_segments(prefix: BlobLocation, below: int) -> None:
    """Delete the segments with lower numbers; one that cannot be deleted stays, since it no longer counts."""

    def delete(segment: BlobLocation) -> None:
        with suppress(BlobprepError):
            segment.store.delete(segment.container, segment.blob)

    # A batch of a day has thousands of them.
    with suppress(BlobprepError), thread_pool(_THREADS, "blobprep-delete") as pool:
        list(pool.map(delete, [segment.location for number, segment in list_segments(prefix) if number < below]))


def delete_whole(prefix: BlobLocation) -> None:
    """Delete the lines, the table, divisions and all segments: a batch that begins anew knows nothing of them."""
    for name in (LINES_NAME, TABLE_NAME, DIVISIONS_NAME):
        target = prefix.child(name)
        with suppress(BlobNotFound, ContainerNotFound), output_errors(target, others=False):
            target.store.delete(target.container, target.blob)
    delete_segments(prefix, sys.maxsize)


def _write(target: BlobLocation, content_type: str, produce: Callable[[Callable[[bytes], object]], object]) -> None:
    """Write a blob of any size as its bytes are made, in one step as readers see it."""
    with output_errors(target):
        upload = target.store.upload(target.container, target.blob)
        try:
            blocks = _Blocks(upload.put)
            produce(blocks.write)
            upload.commit(blocks.finish(), content_type=content_type)
        finally:
            upload.abandon()


class _Blocks:
    """Bytes cut into blocks."""

    def __init__(self, put: Callable[[int, bytes], object]) -> None:
        self._put, self._count, self._held = put, 0, bytearray()

    def write(self, data: bytes) -> int:
        """Take bytes, and stage the blocks that they fill."""
        self._held += data
        while len(self._held) >= BLOCK_SIZE:
            self._stage(BLOCK_SIZE)
        return len(data)

    def finish(self) -> int:
        """Stage what is left and return the number of blocks."""
        if self._held:
            self._stage(len(self._held))
        return self._count

    def _stage(self, size: int) -> None:
        self._put(self._count, bytes(self._held[:size]))
        self._count += 1
        del self._held[:size]


class _Sink:
    """A file to write to, as pyarrow wants it."""

    closed = False

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self.write = write

    def flush(self) -> None:
        """Do nothing: blocks are staged as they are full."""

    def close(self) -> None:
        """Do nothing: the blob is committed once all is written."""
