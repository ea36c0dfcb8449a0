"""Tables as ARFF: every column an attribute that holds all its digits.

| Arrow type | attribute | reads back as |
| --- | --- | --- |
| integers | INTEGER | 64-bit integers |
| floats, decimals | NUMERIC | doubles |
| boolean | `{False,True}` | categories |
| dictionary | its labels, in their order | categories |
| text | STRING | text |
| timestamp in whole milliseconds, of a year to 9999 | DATE with a pattern that has all digits | milliseconds |
| any other | STRING, looking as in CSV | text |
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
from blobprep.tables.codecs.arff.tokens import MISSING, quoted, quoted_all
from blobprep.tables.codecs.sink import Sink

__all__ = ["encode"]

_BATCH: Final = 8 << 20
_BATCH_ROWS: Final = 1 << 16
_TEXT: Final = pa.large_string()
_PER_SECOND: Final = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_YEARS: Final = (-62135596800, 253402300799)
"""Seconds since 1970 of the first and the last second that four digits of a year can say."""


@dataclass(frozen=True, slots=True)
class _Written:
    """Say how a column is written: its declared type, and how its arrays become words; and what the ledger is told."""

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
    columns = [_written(column) for column in table.columns]
    whole.write(f"@RELATION {quoted(asked.options['relation'])}\n\n".encode())
    for label, written in zip(table.column_names, columns, strict=True):
        whole.write(f"@ATTRIBUTE {quoted(label)} {written.declared}\n".encode())
    whole.write(b"\n@DATA\n")
    per_row = max(1, table.nbytes // max(1, table.num_rows))
    if columns:
        for batch in table.to_batches(max_chunksize=max(1, min(_BATCH_ROWS, _BATCH // per_row))):
            words = [written.words(array) for written, array in zip(columns, batch.columns, strict=True)]
            whole.write(_rows(words))
    return _told(table, columns, port)


def _rows(words: list[Any]) -> memoryview:
    rows = pc.binary_join_element_wise(*words, pa.scalar(",", _TEXT), null_handling="replace", null_replacement=MISSING)
    ended = pc.binary_join_element_wise(rows, pa.scalar("\n", _TEXT), pa.scalar("", _TEXT))
    listed = pa.LargeListArray.from_arrays(pa.array([0, len(ended)], pa.int64()), ended)
    data = pc.binary_join(listed, pa.scalar("", _TEXT)).buffers()[2]
    return memoryview(data if data is not None else b"")


def _told(table: pa.Table, columns: list[_Written], port: str) -> list[Translation]:
    ledger = []
    for label, column, written in zip(table.column_names, table.columns, columns, strict=True):
        if written.detail:
            count = len(column) - column.null_count if written.count is None else written.count
            ledger.append(
                Translation(
                    *(port, label, written.kind, written.detail, written.lossy),
                    remedy="--format parquet",
                    count=count,
                    example=_example(column, written),
                )
            )
    if not columns:
        detail = f"ARFF without attributes cannot hold its {table.num_rows} rows."
        ledger.append(Translation(port, "", "dropped", detail, bool(table.num_rows), "--format arrow"))
    return ledger


def _example(column: Any, written: _Written) -> str:
    position = pc.index(pc.is_valid(column), True).as_py()
    if position < 0:
        return ""
    return (written.words(column.slice(position, 1).combine_chunks())[0].as_py() or "")[:EXAMPLE_LIMIT]


def _written(column: Any) -> _Written:
    kind, is_ = column.type, pa.types
    if is_.is_dictionary(kind):
        return _nominal(column)
    text = text_writer(column)
    if is_.is_boolean(kind):
        return _Written("{False,True}", text, "text", "Written as the labels False and True.")
    if is_.is_integer(kind):
        detail = "" if kind == pa.int64() else f"Written as INTEGER; that it was {kind} is not in the file."
        return _Written("INTEGER", text, "type", detail)
    if is_.is_floating(kind):
        return _floating(column, text)
    if is_.is_decimal(kind):
        detail = f"Written as NUMERIC with all digits; that it was {kind} is not in the file."
        return _Written("NUMERIC", text, "type", detail)
    if is_.is_string(kind) or is_.is_large_string(kind):
        return _Written("STRING", lambda array: quoted_all(text(array)))
    if is_.is_timestamp(kind) and _fits_date(column):
        return _date(column)
    detail = "Written as a STRING without a value." if is_.is_null(kind) else "Written as a STRING, as CSV has it."
    return _Written("STRING", lambda array: quoted_all(text(array)), "text", detail)


def _floating(column: Any, text: Callable[[Any], Any]) -> _Written:
    def words(array: Any) -> Any:
        cells = text(array)
        # Java's word for it; Python's `inf` is none to Weka.
        spelled = pc.replace_substring(cells, "inf", "Infinity")
        return pc.if_else(pc.equal(spelled, "nan"), pa.scalar(None, _TEXT), spelled)

    values = column.cast(pa.float32()) if pa.types.is_float16(column.type) else column
    nans = pc.sum(pc.is_nan(values)).as_py() or 0
    if nans:
        return _Written("NUMERIC", words, "missing", "NaN was written as missing.", True, nans)
    detail = "" if column.type == pa.float64() else f"Written as NUMERIC; that it was {column.type} is not in the file."
    return _Written("NUMERIC", words, "type", detail)


def _nominal(column: Any) -> _Written:
    kind = column.type
    dictionary = column.chunk(0).dictionary if column.num_chunks else pa.array([], kind.value_type)
    labels = text_writer(pa.chunked_array([dictionary]))
    declared = dict.fromkeys(quoted_all(labels(dictionary).drop_null()).to_pylist())

    def words(array: Any) -> Any:
        return quoted_all(labels(array.dictionary)).take(array.indices)

    as_text = pa.types.is_string(kind.value_type) or pa.types.is_large_string(kind.value_type)
    details = []
    if kind.ordered:
        details.append("The labels keep their order; that it counts is not in the file.")
    if not as_text:
        details.append(f"The labels were {kind.value_type} and are text.")
    return _Written("{" + ",".join(declared) + "}", words, "text", " ".join(details), bool(kind.ordered))


def _counts(column: Any) -> Any:
    return column.cast(pa.timestamp(column.type.unit)).cast(pa.int64())


def _multiple(column: Any, per_second: int) -> bool:
    """Tell whether no value has finer digits than these parts of a second."""
    factor = _PER_SECOND[column.type.unit] // per_second
    if factor <= 1:
        return True
    counts = _counts(column)
    return pc.all(pc.equal(pc.multiply(pc.divide(counts, factor), factor), counts)).as_py() is not False


def _fits_date(column: Any) -> bool:
    if column.null_count == len(column):
        return True
    least, most = pc.min_max(_counts(column)).as_py().values()
    per_second = _PER_SECOND[column.type.unit]
    first, last = _YEARS
    return first <= least // per_second and most // per_second <= last and _multiple(column, 1000)


def _date(column: Any) -> _Written:
    kind = column.type
    unit = "s" if _multiple(column, 1) else "ms"
    pattern = DEFAULT + (".SSS" if unit == "ms" else "") + ("Z" if kind.tz else "")
    ending = "+0000" if kind.tz else ""

    def words(array: Any) -> Any:
        # What a zone-aware column holds is UTC whatever its zone.
        cells = array.cast(pa.timestamp(kind.unit)).cast(pa.timestamp(unit)).cast(_TEXT)
        parts = (pc.replace_substring(cells, " ", "T"), pa.scalar(ending, _TEXT), pa.scalar("", _TEXT))
        return pc.binary_join_element_wise(*parts)

    if kind.tz not in (None, "UTC"):
        detail = f"Written as DATE in UTC; that it was {kind} is not in the file."
        return _Written(f'DATE "{pattern}"', words, "zone", detail, True)
    detail = "" if kind.unit == "ms" else f"Written as DATE in milliseconds; that it was {kind} is not in the file."
    return _Written(f'DATE "{pattern}"', words, "type", detail)
