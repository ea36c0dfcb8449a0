"""Writing tables as CSV and TSV, quoted where RFC 4180 needs it, one batch of rows at a time."""

from __future__ import annotations

from itertools import chain
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.formats import delimiter_named
from blobprep.protocol import AskedResults, Translation
from blobprep.tables.codecs.csv.cells import cell_writer, ledger_entries
from blobprep.tables.codecs.csv.round_trip import round_trip_entries
from blobprep.tables.codecs.sink import Sink
from blobprep.tables.codecs.text.repairs import nul_byte_entries

__all__ = ["encode"]

_BATCH: Final = 8 << 20
_BATCH_ROWS: Final = 1 << 16


def encode(table: pa.Table, sink: BinaryIO, asked: AskedResults, port: str) -> list[Translation]:
    """Write a table as text, one batch of rows at a time; see `blobprep.tables.codecs.encode`."""
    delimiter = delimiter_named(asked.options["delimiter"])
    target = Sink(sink)
    columns = table.columns
    writers = [cell_writer(column, delimiter) for column in columns]
    if asked.options["header"] == "true":
        target.write(_header_line(table.column_names, delimiter))
    per_row = max(1, table.nbytes // max(1, table.num_rows))
    if columns:
        for batch in table.to_batches(max_chunksize=max(1, min(_BATCH_ROWS, _BATCH // per_row))):
            cells = [write(array) for write, array in zip(writers, batch.columns, strict=True)]
            target.write(_join_cells(cells, delimiter))
            target.write(b"\n")
    differences = (
        round_trip_entries(label, column, port) for label, column in zip(table.column_names, table.columns, strict=True)
    )
    return [*ledger_entries(table, port), *nul_byte_entries(table, port), *chain.from_iterable(differences)]


def _header_line(labels: list[str], delimiter: str) -> bytes:
    special = ('"', "\r", "\n", "\ufeff", delimiter)
    quoted = [
        '"' + label.replace('"', '""') + '"' if not label or any(character in label for character in special) else label
        for label in labels
    ]
    return (delimiter.join(quoted) + "\n").encode()


def _join_cells(cells: list[Any], delimiter: str) -> memoryview:
    if len(cells) == 1:  # an empty line would not be a row
        rows = pc.fill_null(cells[0], '""')
    else:
        rows = pc.binary_join_element_wise(
            *cells, pa.scalar(delimiter, pa.large_string()), null_handling="replace", null_replacement=""
        )
    rows_as_list = pa.LargeListArray.from_arrays(pa.array([0, len(rows)], pa.int64()), rows)
    joined = pc.binary_join(rows_as_list, pa.scalar("\n", pa.large_string()))
    return memoryview(joined.buffers()[2])[: len(joined.buffers()[2])]
