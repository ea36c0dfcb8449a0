"""Parquet datasets."""

from __future__ import annotations

from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet

from blobprep.child.codecs.failures import appearance, option, refused
from blobprep.child.codecs.kinds import accepted
from blobprep.child.codecs.labels import renames, unique_labels
from blobprep.child.codecs.parts import Source
from blobprep.child.codecs.sink import Sink
from blobprep.protocol import AskedDataset, AskedResults, Translation

__all__ = ["decode", "encode", "head"]

_GROUP_ROWS: Final = 1 << 20
_PAGE: Final = 64 << 10


def decode(source: Source, asked: AskedDataset) -> tuple[pa.Table, list[Translation]]:
    """Read a Parquet dataset once it is whole; see `blobprep.child.codecs.decode`."""
    _refuse_other_formats(source, asked)
    with pyarrow.parquet.ParquetFile(pa.BufferReader(pa.py_buffer(source.whole()))) as file:
        accepted(file.schema_arrow, asked)
        table = file.read()
    table = _counted(table, file.metadata.num_rows)
    table.validate(full=True)
    labels = unique_labels(table.column_names)
    return table.rename_columns(labels), renames(asked.port, table.column_names, labels)


def head(source: Source, asked: AskedDataset, rows: int) -> tuple[pa.Table, int | None]:
    """Read the footer and the pages of the first rows; see `blobprep.child.codecs.head`."""
    _refuse_other_formats(source, asked)
    # Buffered page by page, not in advance: a row group may be a gigabyte.
    file = pyarrow.parquet.ParquetFile(pa.PythonFile(source, mode="r"), buffer_size=_PAGE, pre_buffer=False)
    accepted(file.schema_arrow, asked)
    batches = []
    wanted = rows
    if wanted and file.metadata.num_columns:
        for batch in file.iter_batches(batch_size=rows, use_threads=False):
            batches.append(batch.slice(0, wanted))
            wanted -= batches[-1].num_rows
            if not wanted:
                break
    table = pa.Table.from_batches(batches, schema=file.schema_arrow)
    table.validate(full=True)
    return table.rename_columns(unique_labels(table.column_names)), file.metadata.num_rows


def encode(table: pa.Table, sink: BinaryIO, asked: AskedResults, port: str) -> list[Translation]:
    """Write a table as Parquet in row groups of about a million rows; see `blobprep.child.codecs.encode`."""
    ledger: list[Translation] = []
    if table.num_columns == 0 and table.num_rows:
        detail = f"Parquet without columns cannot hold its {table.num_rows} rows."
        ledger.append(Translation(port, "", "dropped", detail, True, "--format arrow"))
    for position, label in enumerate(table.column_names):
        column = table.column(position)
        kind = column.type
        if pa.types.is_dictionary(kind) and not _keeps(kind.value_type):
            detail = f"Parquet has no categories of {kind.value_type}; written as plain values."
            ledger.append(Translation(port, label, "cast", detail, bool(kind.ordered), "--format arrow"))
            table = table.set_column(position, label, column.cast(kind.value_type))
    codec: Any = asked.options["codec"]
    pyarrow.parquet.write_table(
        table,
        pa.PythonFile(Sink(sink), mode="w"),
        compression=codec,
        row_group_size=_GROUP_ROWS,
    )
    return ledger


def _refuse_other_formats(source: Source, asked: AskedDataset) -> None:
    start = source.read_at(0, 512)
    if start[:4] in (b"PAR1", b"PARE"):
        return
    words, name = appearance(start)
    remedy = option(asked, f"format={name}") if name else "check what wrote it"
    raise refused(asked, f"is {words or ('empty' if not start else 'something else')} and not parquet", remedy)


def _keeps(labels: Any) -> bool:
    return bool(pa.types.is_string(labels) or pa.types.is_large_string(labels))


def _counted(table: pa.Table, rows: int) -> pa.Table:
    if table.num_columns or not rows:
        return table
    return pa.table({"": pa.nulls(rows)}).select([])
