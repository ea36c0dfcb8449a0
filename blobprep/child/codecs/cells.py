"""Values as the cells of a text: one way of writing for every type of column.

| type | cell |
| --- | --- |
| missing | empty |
| boolean | `True`, `False`, as pandas and the classic web service write them |
| double | the shortest text that reads back as the same number; whole ones end in `.0` and so stay doubles |
| timestamp, date, time | ISO 8601, `2024-05-30T18:07:00`, a fraction only in a column that needs one; `Z` for UTC |
| duration | ISO 8601, `P1DT2H3M4.5S` |
| categorical | the labels |
| bytes | base64 |
| list, struct | JSON |
"""

from __future__ import annotations

import base64
import datetime
import json
from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.protocol import Translation

__all__ = ["renderer", "told", "unquoted"]

Renderer = Callable[[Any], Any]

_TEXT: Final = pa.large_string()
_UNITS: Final = ("s", "ms", "us", "ns")
_SHOWN: Final = 40
_PER_SECOND: Final = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def renderer(column: Any, delimiter: str) -> Renderer:
    """Return the function that writes the arrays of a column as cells.

    Args:
        column: the whole column, which settles how many digits of a second all its cells get.
        delimiter: cells that hold it are quoted.

    Returns:
        A function from an array of the column's type to one of large strings, null where missing.
    """
    write = _writer(column, column.type)

    def render(array: Any) -> Any:
        return _quoted(write(array), delimiter)

    return render


def unquoted(column: Any) -> Renderer:
    """Return the function that writes the arrays of a column as `renderer` has it, without any quotes."""
    return _writer(column, column.type)


def told(table: pa.Table, port: str) -> list[Translation]:
    """Return the ledger of writing a table as text: what has another look than its value."""
    ledger = []
    for label, column in zip(table.column_names, table.columns, strict=True):
        words, lossy = _wording(column)
        if words:
            detail = f"Written as {words}."
            count, example = len(column) - column.null_count, _first_cell(column)
            ledger.append(Translation(port, label, "text", detail, lossy, "--format parquet", count, example))
    if table.num_columns == 0 and table.num_rows:
        detail = f"Text without columns cannot hold its {table.num_rows} rows."
        ledger.append(Translation(port, "", "dropped", detail, True, "--format arrow"))
    return ledger


def _first_cell(column: Any) -> str:
    """Return the first value as it is written, cut short; empty where all are missing."""
    present = column.drop_null().slice(0, 1)
    if len(present) == 0:
        return ""
    cell: str = _writer(column, column.type)(present.chunk(0))[0].as_py()
    return cell[:_SHOWN]


def _wording(column: Any) -> tuple[str, bool]:
    kind, is_ = column.type, pa.types
    if is_.is_dictionary(kind):
        used = pc.count_distinct(column.cast(kind.value_type)).as_py() if len(column) else 0
        levels = max((len(chunk.dictionary) for chunk in column.chunks), default=0)
        return "labels; that they are categories is not in the text", bool(kind.ordered) or used < levels
    if is_.is_decimal(kind):
        return "digits; that they are decimal numbers is not in the text", False
    if is_.is_timestamp(kind) or is_.is_date(kind) or is_.is_time(kind):
        return "ISO 8601 text", False
    if is_.is_duration(kind):
        return "ISO 8601 durations", False
    if _is_bytes(kind):
        return "base64", False
    if is_.is_nested(kind):
        return "JSON", False
    return "", False


def _is_bytes(kind: Any) -> bool:
    is_ = pa.types
    return bool(is_.is_binary(kind) or is_.is_large_binary(kind) or is_.is_fixed_size_binary(kind))


def _writer(column: Any, kind: Any) -> Renderer:
    is_ = pa.types
    if is_.is_dictionary(kind):
        plain = column.cast(kind.value_type)
        inner = _writer(plain, kind.value_type)
        return lambda array: inner(array.dictionary_decode())
    if is_.is_boolean(kind):
        return lambda array: pc.if_else(array, "True", "False").cast(_TEXT)
    if is_.is_floating(kind):
        return _doubles
    if is_.is_timestamp(kind):
        return _timestamps(kind, _coarsest(column))
    if is_.is_time(kind):
        unit = _coarsest(column)
        shown = pa.time32(unit) if unit in ("s", "ms") else pa.time64(unit)
        return lambda array: array.cast(shown).cast(_TEXT)
    if is_.is_date64(kind):
        return lambda array: array.cast(pa.date32(), safe=False).cast(_TEXT)
    if is_.is_duration(kind):
        return _durations
    if _is_bytes(kind):
        return lambda array: _each(array, lambda value: base64.b64encode(value).decode("ascii"))
    if is_.is_nested(kind):
        return lambda array: _each(array, _json)
    return lambda array: array.cast(_TEXT)


def _quoted(cells: Any, delimiter: str) -> Any:
    """Put quotes around the cells that need them; a batch where none does costs one look at its bytes."""
    data = cells.buffers()[2]
    bytes_ = data.to_pybytes() if data is not None else b""
    found = [mark for mark in (delimiter, '"', "\n", "\r") if mark.encode() in bytes_]
    empty = pc.equal(pc.binary_length(cells), 0)
    if not found and not pc.any(empty).as_py():
        return cells
    needs = empty
    for mark in found:
        needs = pc.or_(needs, pc.match_substring(cells, mark))
    doubled = pc.replace_substring(cells, '"', '""')
    quote, nothing = pa.scalar('"', _TEXT), pa.scalar("", _TEXT)
    return pc.if_else(needs, pc.binary_join_element_wise(quote, doubled, quote, nothing), cells)


def _doubles(array: Any) -> Any:
    cells = array.cast(_TEXT)
    if pa.types.is_float16(array.type):
        array = array.cast(pa.float32())
    # Written without a fraction below 1e15, and so would be read as integers.
    whole = pc.and_(pc.equal(pc.floor(array), array), pc.less(pc.abs(array), 1e15))
    if not pc.any(whole).as_py():
        return cells
    bare = pc.and_(whole, pc.invert(pc.match_substring_regex(cells, "[.e]")))
    marked = pc.binary_join_element_wise(cells, pa.scalar(".0", _TEXT), pa.scalar("", _TEXT))
    return pc.if_else(bare, marked, cells)


def _coarsest(column: Any) -> str:
    """Return the coarsest unit that holds every value of a column."""
    own: str = column.type.unit
    per_second = _PER_SECOND[own]
    counts = column.cast(pa.int32() if column.type.bit_width == 32 else pa.int64())
    for unit in _UNITS[: _UNITS.index(own)]:
        factor = per_second // _PER_SECOND[unit]
        multiple = pc.multiply(pc.divide(counts, factor), factor)
        if pc.all(pc.equal(multiple, counts)).as_py() is not False:
            return unit
    return own


def _timestamps(kind: Any, unit: str) -> Renderer:
    ending = "Z" if kind.tz is not None else ""

    def write(array: Any) -> Any:
        # What a zone-aware column holds is UTC whatever its zone; without one no time-zone database is needed.
        cells = array.cast(pa.timestamp(kind.unit)).cast(pa.timestamp(unit)).cast(_TEXT)
        cells = pc.replace_substring(cells, " ", "T")
        parts = (cells, pa.scalar(ending, _TEXT), pa.scalar("", _TEXT))
        return pc.binary_join_element_wise(*parts) if ending else cells

    return write


def _durations(array: Any) -> Any:
    per_second = _PER_SECOND[array.type.unit]
    # The least count has no opposite in 64 bits; nothing but a missing value of pandas' own is it.
    total = array.cast(pa.int64())
    sign = pc.if_else(pc.less(total, 0), pa.scalar("-", _TEXT), pa.scalar("", _TEXT))
    seconds = pc.abs(pc.divide(total, per_second))
    rest = pc.abs(pc.subtract(total, pc.multiply(pc.divide(total, per_second), per_second)))
    cells: list[Any] = [sign, pa.scalar("P", _TEXT)]
    for letter, length in (("DT", 86400), ("H", 3600), ("M", 60)):
        count = pc.divide(seconds, length)
        cells += [count.cast(_TEXT), pa.scalar(letter, _TEXT)]
        seconds = pc.subtract(seconds, pc.multiply(count, length))
    cells.append(seconds.cast(_TEXT))
    if per_second > 1 and pc.any(pc.greater(rest, 0)).as_py():
        digits = pc.utf8_lpad(rest.cast(_TEXT), len(str(per_second)) - 1, "0")
        fraction = pc.binary_join_element_wise(pa.scalar(".", _TEXT), pc.utf8_rtrim(digits, "0"), pa.scalar("", _TEXT))
        cells.append(pc.if_else(pc.greater(rest, 0), fraction, pa.scalar("", _TEXT)))
    return pc.binary_join_element_wise(*cells, pa.scalar("S", _TEXT), pa.scalar("", _TEXT))


def _each(array: Any, write: Callable[[Any], str]) -> Any:
    return pa.array([None if value is None else write(value) for value in array.to_pylist()], _TEXT)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)
