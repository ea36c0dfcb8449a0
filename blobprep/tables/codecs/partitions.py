"""Columns that only the names of blobs hold, added to the table that was read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.protocol import NO_VALUE, AskedDataset, Translation
from blobprep.tables.codecs.errors import dataset_error
from blobprep.tables.codecs.sources import BlobSource, DecodedTable

__all__ = ["add_partition_columns"]

_REMEDY: Final = "leave out --partition-columns, or remove the column from the blobs"
_CHUNK: Final = 1 << 20  # rows; all the text of a chunk must fit into 2 GiB
_WORDS: Final = {"int64": "whole numbers", "text": "text"}


def add_partition_columns(table: pa.Table, blobs: Sequence[BlobSource], asked: AskedDataset) -> DecodedTable:
    """Add the columns that a dataset is asked to have besides those in its blobs.

    A column that the table has already stays as it is, if it says the same in every row: Spark writes such tables.

    Args:
        table: the rows of all blobs, in order.
        blobs: that were read, each with the number of its rows.
        asked: names the columns.

    Returns:
        The table, and a ledger entry for each column.

    Raises:
        DatasetError: the table has such a column with other values.
    """
    ledger = []
    rows = [sum(blob.rows) for blob in blobs]
    for label, (kind, values) in asked.partition_columns.items():
        texts = _spread(values, rows)
        if label in table.column_names:
            _require_same(table.column(label), texts, label, asked, blobs, rows)
            detail = "The column is in the blobs and in their names, with the same values; it stays as it is."
            ledger.append(Translation(asked.port, label, "partition", detail))
            continue
        column = texts.cast(pa.int64()) if kind == "int64" else texts
        table = table.append_column(label, column)
        detail = f"The column was added from the names of the blobs, as {_WORDS[kind]}."
        ledger.append(Translation(asked.port, label, "partition", detail, count=len(column)))
    return table, ledger


def _spread(values: Sequence[str], rows: Sequence[int]) -> Any:
    """Return each value as many times as its blob has rows, as one column of text."""
    scalars = (pa.scalar(None if value == NO_VALUE else value, pa.string()) for value in values)
    chunks = (
        pa.repeat(scalar, min(_CHUNK, count - start))
        for scalar, count in zip(scalars, rows, strict=True)
        for start in range(0, count, _CHUNK)
    )
    return pa.chunked_array(chunks, pa.string())


def _require_same(
    column: Any, texts: Any, label: str, asked: AskedDataset, blobs: Sequence[BlobSource], rows: Sequence[int]
) -> None:
    """Refuse a column that says something else than the names of the blobs.

    Raises:
        DatasetError: names the first blob with another value, and both values.
    """
    try:
        own = column.cast(pa.string())
    except pa.ArrowException:
        own = pa.chunked_array([[str(value) for value in column.to_pylist()]], pa.string())
    missing = pc.and_(pc.is_null(own), pc.is_null(texts))
    same = pc.or_(pc.fill_null(pc.equal(own, texts), False), missing)
    row = pc.index(same, False).as_py()
    if row < 0:
        return
    start = 0
    for blob, count in zip(blobs, rows, strict=True):
        if row < start + count:
            raise dataset_error(
                blob.asked,
                f"has {own[row].as_py()!r} in column {label!r}, row {row - start + 1}, but its name says "
                f"{texts[row].as_py()!r}",
                _REMEDY,
            )
        start += count
