"""The last step of reading Parquet and Arrow: a table is checked and made a dataset."""

from __future__ import annotations

import pyarrow as pa

from blobprep.protocol import AskedDataset
from blobprep.tables.codecs.columnar.pandas_index import apply_pandas_index
from blobprep.tables.codecs.labels import rename_entries, unique_labels
from blobprep.tables.codecs.sources import DecodedTable
from blobprep.tables.codecs.types.storage import replace_odd_types

__all__ = ["to_dataset"]


def to_dataset(table: pa.Table, asked: AskedDataset, rows: int | None, before: int = 0) -> DecodedTable:
    """Check a table, and convert it to the types and labels that a dataset may have.

    Args:
        table: the whole dataset or some of its rows, as read, with allowed types.
        asked: the dataset.
        rows: the number of rows in the whole dataset; None if not known.
        before: how many of them are before those of the table.

    Raises:
        pyarrow.ArrowInvalid: the table is damaged.
    """
    table.validate(full=True)
    table, converted = replace_odd_types(table, asked)
    table, moved = apply_pandas_index(table, asked, rows, before)
    labels = unique_labels(table.column_names)
    return table.rename_columns(labels), [*converted, *moved, *rename_entries(asked.port, table.column_names, labels)]
