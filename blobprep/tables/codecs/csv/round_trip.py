"""Values that do not survive being written as delimited text, because they read back as something else.

Delimited text has no types: the cells `""` and `?` are missing, and a column of texts that all look like numbers is
read as numbers. Columns are judged by the reader's own rules, with its default options.
"""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.formats import FORMATS, read_options
from blobprep.protocol import AskedDataset, Translation
from blobprep.tables.codecs.csv.infer import infer_type
from blobprep.tables.codecs.text.repairs import MARK
from blobprep.tables.redaction import tally

__all__ = ["round_trip_entries"]

_REMEDY: Final = "--format parquet"
_ROWS: Final = 1 << 16
_NAMES: Final = {pa.int64(): "integers", pa.float64(): "doubles", pa.bool_(): "booleans"}


def round_trip_entries(label: str, column: Any, port: str) -> list[Translation]:
    """Return an entry for each way in which a column, written as cells, reads back differently.

    Only text, bytes and doubles can read back differently; other columns cost nothing.
    """
    return [*_label_entries(label, port), *_cell_entries(label, column, port)]


def _label_entries(label: str, port: str) -> list[Translation]:
    if not label.startswith(MARK):
        return []
    detail = "A label that begins with a byte-order mark reads back without it."
    return [Translation(port, label, "rename", detail, True, _REMEDY)]


def _cell_entries(label: str, column: Any, port: str) -> list[Translation]:
    kind, is_ = column.type, pa.types
    if is_.is_dictionary(kind):
        return round_trip_entries(label, column.cast(kind.value_type), port)
    if _is_text(kind):
        return _text_entries(label, column, port)
    if is_.is_floating(kind):
        return _infinity_entries(label, column, port)
    if is_.is_binary(kind) or is_.is_large_binary(kind) or kind == pa.binary(0):
        return _absent_entries(label, column, pc.equal(pc.binary_length(column), 0), port)
    return []


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _text_entries(label: str, column: Any, port: str) -> list[Translation]:
    asked = AskedDataset(port, "", 0, "csv", read_options(FORMATS["csv"], {}))
    absent = pc.or_(pc.equal(pc.binary_length(column), 0), pc.equal(column, asked.options["missing"]))
    ledger = _absent_entries(label, column, absent, port)
    ledger += _mark_entries(label, column, port)
    cells = pc.if_else(absent, None, column) if ledger else column
    read, _ = infer_type(_split_chunks(cells), label, asked)
    count, example = tally(cells)
    if count and not pa.types.is_string(read.type):
        detail = f"All cells look like {_NAMES[read.type]}, so the column does not read back as text."
        ledger.append(Translation(port, label, "text", detail, True, _REMEDY, count, example))
    return ledger


def _absent_entries(label: str, column: Any, absent: Any, port: str) -> list[Translation]:
    count, example = tally(column, absent)
    if not count:
        return []
    detail = "Written as cells that read back as missing."
    return [Translation(port, label, "missing", detail, True, _REMEDY, count, example)]


def _mark_entries(label: str, column: Any, port: str) -> list[Translation]:
    """Return an entry for text whose first character reads back as a byte-order mark."""
    count, example = tally(column, pc.starts_with(column, MARK))
    detail = "Text that begins with a byte-order mark reads back without it."
    return [Translation(port, label, "text", detail, True, _REMEDY, count, example)] if count else []


def _infinity_entries(label: str, column: Any, port: str) -> list[Translation]:
    """Return an entry for a column without finite numbers, which reads back as text."""
    numbers = column.cast(pa.float32()) if pa.types.is_float16(column.type) else column
    if column.null_count == len(column) or pc.any(pc.is_finite(numbers)).as_py():
        return []
    count, example = tally(column)
    detail = "No cell is a finite number, so the column reads back as text."
    return [Translation(port, label, "text", detail, True, _REMEDY, count, example)]


def _split_chunks(column: Any) -> Any:
    """Return a column of text in chunks that fit the reader's type, which holds at most two gigabytes per chunk."""
    chunks = [
        chunk.slice(start, _ROWS).cast(pa.string()) for chunk in column.chunks for start in range(0, len(chunk), _ROWS)
    ]
    return pa.chunked_array(chunks, pa.string())
