"""A table to the cells of a response, in the classic spelling."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, BinaryIO, Final

import pyarrow as pa

from blobprep.errors import DatasetError
from blobprep.protocol import AskedResults, Translation
from blobprep.protocol.classic_cells import (
    spell_boolean,
    spell_datetime,
    spell_double,
    spell_single,
    spell_timespan,
)
from blobprep.tables.cell_text import text_writer

__all__ = ["encode"]

_EPOCH: Final = dt.datetime(1970, 1, 1)
_PER_MICROSECOND: Final = 1000
_FACTORS: Final = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}


def encode(table: pa.Table, sink: BinaryIO, asked: AskedResults, port: str) -> list[Translation]:
    """Write the table of a response.

    Raises:
        DatasetError: it has more bytes than the answer may have.
    """
    types, columns = [], []
    for column in table.columns:
        kind, cells = _cells(column)
        types.append(kind)
        columns.append(cells)
    document = {"names": table.column_names, "types": types, "columns": columns, "rows": table.num_rows}
    data = json.dumps(document, ensure_ascii=True, separators=(",", ":")).encode()
    most = os.fstat(sink.fileno()).st_size
    if len(data) > most:
        raise DatasetError(
            f"{port} has {len(data)} bytes as JSON, and an answer may have {most}",
            remedy="return fewer rows or columns, or have the script called as a batch",
        )
    view = memoryview(data)
    while view:
        view = view[sink.write(view) :]
    sink.flush()
    return []


def _cells(column: Any) -> tuple[str, list[str | None]]:
    """Return the classic type of a column, and its cells."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _cells(column.cast(kind.value_type))
    row = _plain().get(kind)
    if row is not None:
        name, spell = row
        if spell is None:
            return name, column.to_pylist()
        return name, [None if value is None else spell(value) for value in column.to_pylist()]
    if pa.types.is_timestamp(kind):
        return _times(column)
    if pa.types.is_duration(kind):
        factor = _FACTORS[kind.unit]
        counts = column.cast(pa.int64()).to_pylist()
        return "TimeSpan", [None if count is None else _span(count * factor) for count in counts]
    writer = text_writer(column)
    texts = [text for chunk in column.chunks for text in writer(chunk).to_pylist()]
    return ("Double" if pa.types.is_decimal(kind) else "String"), texts  # with all of their digits


def _span(nanoseconds: int) -> str:
    sign = -1 if nanoseconds < 0 else 1
    microseconds, rest = divmod(abs(nanoseconds), _PER_MICROSECOND)
    return spell_timespan(dt.timedelta(microseconds=sign * microseconds), sign * rest)


def _times(column: Any) -> tuple[str, list[str | None]]:
    """Spell times, in UTC where they have a zone; where one is in a year that Python does not have, all as texts."""
    factor = _FACTORS[column.type.unit]
    try:
        counts = column.cast(pa.int64()).to_pylist()
        return "DateTime", [None if count is None else _time(count * factor) for count in counts]
    except OverflowError:
        writer = text_writer(column)
        return "String", [text for chunk in column.chunks for text in writer(chunk).to_pylist()]


def _time(nanoseconds: int) -> str:
    moment = _EPOCH + dt.timedelta(microseconds=nanoseconds // _PER_MICROSECOND)
    return spell_datetime(moment, nanoseconds % _PER_MICROSECOND)


def _date(value: dt.date) -> str:
    return spell_datetime(dt.datetime(value.year, value.month, value.day))


@cache
def _plain() -> Mapping[Any, tuple[str, Callable[[Any], str] | None]]:
    """Return the classic name of an Arrow type, and how a value of it is spelled; None where it is a text already."""
    return {
        pa.string(): ("String", None),
        pa.large_string(): ("String", None),
        pa.null(): ("String", None),
        pa.bool_(): ("Boolean", spell_boolean),
        pa.float64(): ("Double", spell_double),
        pa.float32(): ("Single", spell_single),
        pa.int8(): ("SByte", str),
        pa.int16(): ("Int16", str),
        pa.int32(): ("Int32", str),
        pa.int64(): ("Int64", str),
        pa.uint8(): ("Byte", str),
        pa.uint16(): ("UInt16", str),
        pa.uint32(): ("UInt32", str),
        pa.uint64(): ("UInt64", str),
        pa.date32(): ("DateTime", _date),
    }
