"""The encoder of JSON results: for each batch of rows, cells are written by column and then joined to rows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.errors import DatasetError
from blobprep.protocol import AskedResults, Translation
from blobprep.tables.cell_text import text_writer
from blobprep.tables.codecs.csv.cells import ledger_entries
from blobprep.tables.codecs.sink import Sink

__all__ = ["encode_document", "encode_lines"]

_MOST_BARE: Final = 1 << 24  # rows without columns, which a damaged file may claim any number of
_BATCH_ROWS: Final = 1 << 16
_BATCH: Final = 8 << 20
_TEXT: Final = pa.large_string()
_SPECIAL: Final = re.compile(rb'["\\\x00-\x1f]')
_NO_JSON: Final = '["\\\\\\x00-\\x1f]'


def encode_document(table: pa.Table, sink: BinaryIO, asked: AskedResults, port: str) -> list[Translation]:
    """Write an array with one object per row; see `blobprep.tables.codecs.encode`."""
    return _write(table, Sink(sink), port, b"[\n", b",\n", b"\n]\n")


def encode_lines(table: pa.Table, sink: BinaryIO, asked: AskedResults, port: str) -> list[Translation]:
    """Write one object per line, one line per row; see `blobprep.tables.codecs.encode`."""
    return _write(table, Sink(sink), port, b"", b"\n", b"\n")


def _write(table: pa.Table, whole: Sink, port: str, start: bytes, between: bytes, end: bytes) -> list[Translation]:
    if not table.num_columns and table.num_rows > _MOST_BARE:
        raise DatasetError(
            f"JSON would hold {table.num_rows} rows without columns as so many empty objects", remedy="--format arrow"
        )
    renderers = [_renderer(column) for column in table.columns]
    keys = [json.dumps(label, ensure_ascii=False) for label in table.column_names]
    whole.write(start)
    written = False
    per_row = max(1, table.nbytes // max(1, table.num_rows))
    for batch in table.to_reader(max_chunksize=max(1, min(_BATCH_ROWS, _BATCH // per_row))):
        if batch.num_rows == 0:
            continue
        if written:
            whole.write(between)
        cells = [render(array) for render, array in zip(renderers, batch.columns, strict=True)]
        whole.write(_join_rows(keys, cells, batch.num_rows, between.decode()))
        written = True
    if written or start:
        whole.write(end)
    ledger = [*ledger_entries(table, port), *_report_numbers(table, port)]
    if table.num_columns and not table.num_rows:
        detail = f"JSON without rows cannot hold columns: {', '.join(map(repr, table.column_names[:20]))}."
        ledger.append(Translation(port, "", "dropped", detail, True, "--format parquet", table.num_columns))
    return ledger


def _join_rows(keys: list[str], cells: list[Any], rows: int, between: str) -> Any:
    pieces: list[Any] = [pa.scalar("{", _TEXT)]
    for position, (key, column) in enumerate(zip(keys, cells, strict=True)):
        pieces += [pa.scalar(f"{',' if position else ''}{key}:", _TEXT), column]
    objects = pc.binary_join_element_wise(*pieces, pa.scalar("}", _TEXT), pa.scalar("", _TEXT))
    if not cells:
        objects = pa.array(["{}"] * rows, _TEXT)
    listed = pa.LargeListArray.from_arrays(pa.array([0, rows], pa.int64()), objects)
    return pc.binary_join(listed, pa.scalar(between, _TEXT))[0].as_buffer()


def _renderer(column: Any) -> Callable[[Any], Any]:
    write, kind = text_writer(column), column.type
    if pa.types.is_boolean(kind):
        return lambda array: _fill_nulls(pc.if_else(array, "true", "false").cast(_TEXT))
    if pa.types.is_floating(kind):
        return lambda array: _fill_nulls(_write_finite(array, write))
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_nested(kind):
        return lambda array: _fill_nulls(write(array))
    return lambda array: _fill_nulls(_quote(write(array)))


def _fill_nulls(cells: Any) -> Any:
    return pc.fill_null(cells, "null")


def _write_finite(array: Any, write: Callable[[Any], Any]) -> Any:
    """Write infinities as text, because JSON has no number for them, and NaN as missing."""
    cells = write(array)
    wide = array.cast(pa.float64())
    if pc.all(pc.is_finite(wide)).as_py() is not False:
        return cells
    cells = pc.if_else(pc.is_inf(wide), _quote(cells), cells)
    return pc.if_else(pc.is_nan(wide), pa.scalar(None, _TEXT), cells)


def _quote(cells: Any) -> Any:
    """Put texts in quotes; a batch without characters to escape costs only one search of its bytes."""
    quote = pa.scalar('"', _TEXT)
    data = cells.buffers()[2]
    if data is not None and _SPECIAL.search(memoryview(data)):
        special = pc.match_substring_regex(cells, _NO_JSON)
        escaped = [json.dumps(text, ensure_ascii=False)[1:-1] for text in cells.filter(special).to_pylist()]
        cells = pc.replace_with_mask(cells, pc.fill_null(special, False), pa.array(escaped, _TEXT))
    return pc.binary_join_element_wise(quote, cells, quote, pa.scalar("", _TEXT))


def _report_numbers(table: pa.Table, port: str) -> list[Translation]:
    ledger = []
    for label, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_decimal(column.type):
            detail = "Written as numbers; the file does not say that they are decimals."
            count = len(column) - column.null_count
            ledger.append(Translation(port, label, "text", detail, False, "--format parquet", count))
        elif pa.types.is_floating(column.type):
            wide = column.cast(pa.float64())
            infinite, not_numbers = (pc.sum(test(wide)).as_py() or 0 for test in (pc.is_inf, pc.is_nan))
            if infinite:
                detail = "Infinities are written as text, because JSON has no number for them."
                ledger.append(Translation(port, label, "text", detail, True, "--format parquet", infinite))
            if not_numbers:
                detail = "NaN (not a number) is written as null, which means missing."
                ledger.append(Translation(port, label, "missing", detail, True, "--format parquet", not_numbers))
    return ledger
