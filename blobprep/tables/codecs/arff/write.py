"""The encoder of ARFF results: every column becomes an attribute that keeps all digits.

| Arrow type | attribute | reads back as |
| --- | --- | --- |
| integers | INTEGER | 64-bit integers |
| floats, decimals | NUMERIC | doubles |
| boolean | `{False,True}` | categories |
| dictionary | its labels, in their order | categories |
| text | STRING | text |
| timestamp in whole milliseconds, up to the year 9999 | DATE with a pattern that has all digits | milliseconds |
| any other | STRING, with the same text as in CSV | text |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.protocol import EXAMPLE_LIMIT, AskedResults, Translation
from blobprep.tables.cell_text import text_writer
from blobprep.tables.codecs.arff.date_patterns import DEFAULT
from blobprep.tables.codecs.arff.tokens import MISSING, quote, quote_all
from blobprep.tables.codecs.sink import Sink

__all__ = ["encode"]

_BATCH: Final = 8 << 20
_BATCH_ROWS: Final = 1 << 16
_TEXT: Final = pa.large_string()
_PER_SECOND: Final = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_YEARS: Final = (-62135596800, 253402300799)
"""Seconds since 1970 of the first and the last second that a four-digit year can express."""


@dataclass(frozen=True, slots=True)
class _ColumnWriter:
    """How a column is written: its declared type, a function from arrays to words, and its ledger entry."""

    declared: str
    words: Callable[[Any], Any]
    kind: str = ""
    detail: str = ""
    lossy: bool = False
    count: int | None = None


def encode(table: pa.Table, sink: BinaryIO, asked: AskedResults, port: str) -> list[Translation]:
    """Write a table as ARFF, a batch of rows at a time; see `blobprep.tables.codecs.encode`."""
    table = table.unify_dictionaries()
    whole = Sink(sink)
    columns = [_choose_writer(column) for column in table.columns]
    whole.write(f"@RELATION {quote(asked.options['relation'])}\n\n".encode())
    for label, writer in zip(table.column_names, columns, strict=True):
        whole.write(f"@ATTRIBUTE {quote(label)} {writer.declared}\n".encode())
    whole.write(b"\n@DATA\n")
    per_row = max(1, table.nbytes // max(1, table.num_rows))
    if columns:
        for batch in table.to_batches(max_chunksize=max(1, min(_BATCH_ROWS, _BATCH // per_row))):
            words = [writer.words(array) for writer, array in zip(columns, batch.columns, strict=True)]
            whole.write(_join_rows(words))
    return _report(table, columns, port)


def _join_rows(words: list[Any]) -> memoryview:
    rows = pc.binary_join_element_wise(*words, pa.scalar(",", _TEXT), null_handling="replace", null_replacement=MISSING)
    ended = pc.binary_join_element_wise(rows, pa.scalar("\n", _TEXT), pa.scalar("", _TEXT))
    listed = pa.LargeListArray.from_arrays(pa.array([0, len(ended)], pa.int64()), ended)
    data = pc.binary_join(listed, pa.scalar("", _TEXT)).buffers()[2]
    return memoryview(data if data is not None else b"")


def _report(table: pa.Table, columns: list[_ColumnWriter], port: str) -> list[Translation]:
    ledger = []
    for label, column, writer in zip(table.column_names, table.columns, columns, strict=True):
        if writer.detail:
            count = len(column) - column.null_count if writer.count is None else writer.count
            ledger.append(
                Translation(
                    *(port, label, writer.kind, writer.detail, writer.lossy),
                    remedy="--format parquet",
                    count=count,
                    example=_example(column, writer),
                )
            )
    if not columns:
        detail = f"ARFF without attributes cannot hold the {table.num_rows} rows."
        ledger.append(Translation(port, "", "dropped", detail, bool(table.num_rows), "--format arrow"))
    return ledger


def _example(column: Any, writer: _ColumnWriter) -> str:
    position = pc.index(pc.is_valid(column), True).as_py()
    if position < 0:
        return ""
    return (writer.words(column.slice(position, 1).combine_chunks())[0].as_py() or "")[:EXAMPLE_LIMIT]


def _choose_writer(column: Any) -> _ColumnWriter:
    kind, is_ = column.type, pa.types
    if is_.is_dictionary(kind):
        return _write_labels(column)
    text = text_writer(column)
    if is_.is_boolean(kind):
        return _ColumnWriter("{False,True}", text, "text", "Written as the labels False and True.")
    if is_.is_integer(kind):
        detail = "" if kind == pa.int64() else f"Written as INTEGER; the file does not say that it was {kind}."
        return _ColumnWriter("INTEGER", text, "type", detail)
    if is_.is_floating(kind):
        return _write_floats(column, text)
    if is_.is_decimal(kind):
        detail = f"Written as NUMERIC with all digits; the file does not say that it was {kind}."
        return _ColumnWriter("NUMERIC", text, "type", detail)
    if is_.is_string(kind) or is_.is_large_string(kind):
        return _ColumnWriter("STRING", lambda array: quote_all(text(array)))
    if is_.is_timestamp(kind) and _fits_date(column):
        return _write_dates(column)
    detail = (
        "Written as a STRING without values."
        if is_.is_null(kind)
        else "Written as a STRING, with the same text as in CSV."
    )
    return _ColumnWriter("STRING", lambda array: quote_all(text(array)), "text", detail)


def _write_floats(column: Any, text: Callable[[Any], Any]) -> _ColumnWriter:
    def words(array: Any) -> Any:
        cells = text(array)
        # Weka knows Java's spelling, not Python's `inf`.
        spelled = pc.replace_substring(cells, "inf", "Infinity")
        return pc.if_else(pc.equal(spelled, "nan"), pa.scalar(None, _TEXT), spelled)

    values = column.cast(pa.float32()) if pa.types.is_float16(column.type) else column
    nans = pc.sum(pc.is_nan(values)).as_py() or 0
    if nans:
        return _ColumnWriter("NUMERIC", words, "missing", "NaN was written as missing.", True, nans)
    detail = (
        "" if column.type == pa.float64() else f"Written as NUMERIC; the file does not say that it was {column.type}."
    )
    return _ColumnWriter("NUMERIC", words, "type", detail)


def _write_labels(column: Any) -> _ColumnWriter:
    kind = column.type
    dictionary = column.chunk(0).dictionary if column.num_chunks else pa.array([], kind.value_type)
    labels = text_writer(pa.chunked_array([dictionary]))
    declared = dict.fromkeys(quote_all(labels(dictionary).drop_null()).to_pylist())

    def words(array: Any) -> Any:
        return quote_all(labels(array.dictionary)).take(array.indices)

    as_text = pa.types.is_string(kind.value_type) or pa.types.is_large_string(kind.value_type)
    details = []
    if kind.ordered:
        details.append("The labels keep their order; the file does not say that it matters.")
    if not as_text:
        details.append(f"The labels were {kind.value_type} and became text.")
    return _ColumnWriter("{" + ",".join(declared) + "}", words, "text", " ".join(details), bool(kind.ordered))


def _count_units(column: Any) -> Any:
    return column.cast(pa.timestamp(column.type.unit)).cast(pa.int64())


def _is_multiple(column: Any, per_second: int) -> bool:
    """Tell whether all values are whole multiples of this part of a second."""
    factor = _PER_SECOND[column.type.unit] // per_second
    if factor <= 1:
        return True
    counts = _count_units(column)
    return pc.all(pc.equal(pc.multiply(pc.divide(counts, factor), factor), counts)).as_py() is not False


def _fits_date(column: Any) -> bool:
    if column.null_count == len(column):
        return True
    least, most = pc.min_max(_count_units(column)).as_py().values()
    per_second = _PER_SECOND[column.type.unit]
    first, last = _YEARS
    return first <= least // per_second and most // per_second <= last and _is_multiple(column, 1000)


def _write_dates(column: Any) -> _ColumnWriter:
    kind = column.type
    unit = "s" if _is_multiple(column, 1) else "ms"
    pattern = DEFAULT + (".SSS" if unit == "ms" else "") + ("Z" if kind.tz else "")
    ending = "+0000" if kind.tz else ""

    def words(array: Any) -> Any:
        # A zone-aware column holds UTC, whatever its zone.
        cells = array.cast(pa.timestamp(kind.unit)).cast(pa.timestamp(unit)).cast(_TEXT)
        parts = (pc.replace_substring(cells, " ", "T"), pa.scalar(ending, _TEXT), pa.scalar("", _TEXT))
        return pc.binary_join_element_wise(*parts)

    if kind.tz not in (None, "UTC"):
        detail = f"Written as DATE in UTC; the file does not say that it was {kind}."
        return _ColumnWriter(f'DATE "{pattern}"', words, "zone", detail, True)
    detail = "" if kind.unit == "ms" else f"Written as DATE in milliseconds; the file does not say that it was {kind}."
    return _ColumnWriter(f'DATE "{pattern}"', words, "type", detail)
