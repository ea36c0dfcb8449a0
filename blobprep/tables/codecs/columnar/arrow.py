"""Arrow datasets: the file format, which is also Feather version 2, and, for reading, the stream format."""

from __future__ import annotations

from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.ipc

from blobprep.protocol import AskedDataset, AskedResults, Translation
from blobprep.tables.codecs.columnar.dataset import to_dataset
from blobprep.tables.codecs.sink import Sink
from blobprep.tables.codecs.sources import Source
from blobprep.tables.codecs.types.allowlist import require_allowed_types

__all__ = ["decode", "encode", "head"]

_MAGIC: Final = b"ARROW1"
_BATCH_ROWS: Final = 1 << 20


def decode(source: Source, asked: AskedDataset) -> tuple[pa.Table, list[Translation]]:
    """Read an Arrow dataset once all of it is there, without copying it; see `blobprep.tables.codecs.decode`."""
    reader = _open(source, pa.py_buffer(source.map_all()))
    require_allowed_types(reader.schema, asked)
    table = reader.read_all()
    return to_dataset(table, asked, table.num_rows)


def head(source: Source, asked: AskedDataset, rows: int) -> tuple[pa.Table, int | None]:
    """Read the batches that hold the first rows; see `blobprep.tables.codecs.head`."""
    reader = _open(source, pa.PythonFile(source, mode="r"))
    require_allowed_types(reader.schema, asked)
    batches = []
    wanted = rows
    following = _iterate_batches(reader)
    total: int | None = 0
    for batch in following:
        total = None
        if batch.num_rows < 0:  # possible in a damaged batch without columns, and not validated
            raise pa.ArrowInvalid(f"a batch of {batch.num_rows} rows")
        batches.append(batch.slice(0, wanted))
        wanted -= batches[-1].num_rows
        if not wanted:
            break
    if wanted or total == 0:
        total = sum(batch.num_rows for batch in batches)
    elif getattr(reader, "num_record_batches", 0) == 1:
        total = batch.num_rows
    return to_dataset(pa.Table.from_batches(batches, schema=reader.schema), asked, total)[0], total


def encode(table: pa.Table, sink: BinaryIO, asked: AskedResults, port: str) -> list[Translation]:
    """Write a table as an Arrow file, which without `codec` can be mapped; see `blobprep.tables.codecs.encode`."""
    # The file format has one dictionary per column.
    table = table.unify_dictionaries()
    codec = None if asked.options["codec"] == "none" else asked.options["codec"]
    options = pyarrow.ipc.IpcWriteOptions(compression=codec)
    with pyarrow.ipc.new_file(pa.PythonFile(Sink(sink), mode="w"), table.schema, options=options) as writer:
        if table.num_rows:
            writer.write_table(table, max_chunksize=_BATCH_ROWS if table.num_columns else table.num_rows)
        else:  # without any batch, categories would not be written
            writer.write_batch(pa.RecordBatch.from_arrays(list(map(_single_array, table.columns)), schema=table.schema))
    return []


def _single_array(column: Any) -> Any:
    """Return a column without rows as one array, which keeps its categories."""
    return column.chunk(0) if column.num_chunks else column.combine_chunks()


def _open(source: Source, file: Any) -> Any:
    if source.read_at(0, len(_MAGIC)) == _MAGIC:
        return pyarrow.ipc.open_file(file)
    return pyarrow.ipc.open_stream(file)


def _iterate_batches(reader: Any) -> Any:
    count = getattr(reader, "num_record_batches", None)
    return iter(reader) if count is None else (reader.get_batch(index) for index in range(count))
