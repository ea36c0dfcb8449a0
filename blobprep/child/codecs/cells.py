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
import json
from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.child.codecs.casts import LEAST
from blobprep.child.codecs.nesting import rebuilt
from blobprep.protocol import Translation

__all__ = ["first_cell", "renderer", "told", "unquoted"]

Renderer = Callable[[Any], Any]

_TEXT: Final = pa.large_string()
_UNITS: Final = ("s", "ms", "us", "ns")
_SHOWN: Final = 40
_PER_SECOND: Final = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_YEARS: Final = (-62135596800, 253402300800)
"""Seconds from 1970 to the start of the year 1, and to that of the year 10000."""

_DATE: Final = len("2024-05-30")
_MIDNIGHTS: Final = 86_400_000
_LEAST_SECONDS: Final = "-P106751991167300DT15H30M8S"


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
            count, example = len(column) - column.null_count, first_cell(column)
            ledger.append(Translation(port, label, "text", detail, lossy, "--format parquet", count, example))
    if table.num_columns == 0 and table.num_rows:
        detail = f"Text without columns cannot hold its {table.num_rows} rows."
        ledger.append(Translation(port, "", "dropped", detail, True, "--format arrow"))
    return ledger


def first_cell(column: Any) -> str:
    """Return the first value as it is written, cut short; empty where all are missing."""
    position = pc.index(pc.is_valid(column), True).as_py()
    if position < 0:
        return ""
    cell = _writer(column, column.type)(column.slice(position, 1).chunk(0))[0].as_py()
    return (cell or "")[:_SHOWN]  # a label may be missing


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
        finest = _coarsest(column)
        return lambda array: _moments(array, finest)
    if is_.is_time(kind):
        unit = _coarsest(column)
        shown = pa.time32(unit) if unit in ("s", "ms") else pa.time64(unit)
        return lambda array: array.cast(shown).cast(_TEXT)
    if is_.is_date(kind):
        return _days if _at_midnight(column) else lambda array: _moments(array.cast(pa.timestamp("ms")), "ms")
    if is_.is_duration(kind):
        return _durations
    if _is_bytes(kind):
        return lambda array: _each(array, lambda value: base64.b64encode(value).decode("ascii"))
    if is_.is_nested(kind):
        return lambda array: _each(rebuilt(array, _as_json), _json)
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


def _moments(array: Any, unit: str) -> Any:
    """Return timestamps as ISO 8601 text: UTC where they have a zone, without one the wall clock.

    Args:
        array: of any years; those that four digits cannot say get a sign and as many digits as they need.
        unit: of the last digit; no value is between two of its steps.
    """
    kind = array.type
    # What a zone-aware column holds is UTC whatever its zone; without one no time-zone database is needed.
    bare = array.cast(pa.timestamp(kind.unit))
    cells = pc.replace_substring(bare.cast(pa.timestamp(unit)).cast(_TEXT), " ", "T")
    cells = _with_far_ones(cells, bare.cast(pa.int64()), _PER_SECOND[kind.unit], unit)
    parts = (cells, pa.scalar("Z", _TEXT), pa.scalar("", _TEXT))
    return pc.binary_join_element_wise(*parts) if kind.tz is not None else cells


def _days(array: Any) -> Any:
    days = array.cast(pa.int32()) if pa.types.is_date32(array.type) else pc.divide(array.cast(pa.int64()), _MIDNIGHTS)
    cells = (array if pa.types.is_date32(array.type) else array.cast(pa.timestamp("ms"))).cast(_TEXT)
    return _with_far_ones(pc.utf8_slice_codeunits(cells, 0, _DATE), days.cast(pa.int64()), 0, "")


def _at_midnight(column: Any) -> bool:
    if pa.types.is_date32(column.type):
        return True
    counts = column.cast(pa.int64())
    return pc.all(pc.equal(pc.multiply(pc.divide(counts, _MIDNIGHTS), _MIDNIGHTS), counts)).as_py() is not False


def _with_far_ones(cells: Any, counts: Any, per_second: int, unit: str) -> Any:
    """Put words of our own in the place of the times and dates of years that Arrow or four digits cannot say.

    Args:
        cells: as Arrow writes them.
        counts: of seconds from 1970, of parts of them, or of days where there are none a second.
        per_second: how many of these parts a second has.
        unit: of the last digit.
    """
    least, most = (_YEARS[0] * per_second, _YEARS[1] * per_second) if per_second else (-719162, 2932897)
    far = pc.or_(pc.less(counts, max(least, LEAST)), pc.greater_equal(counts, min(most, -LEAST - 1)))
    if pc.any(far).as_py() is not True:
        return cells
    words = [_far(count, per_second, unit) for count in counts.filter(far).to_pylist()]
    return pc.replace_with_mask(cells, pc.fill_null(far, False), pa.array(words, _TEXT))


def _far(count: int, per_second: int, unit: str) -> str:
    """Write a time, or a day where no parts a second are given, in the calendar that goes on for ever both ways."""
    day, rest = divmod(count, 86400 * per_second) if per_second else (count, 0)
    era, day = divmod(day + 719468, 146097)  # of 400 years, which begin with March
    year = (day - day // 1460 + day // 36524 - day // 146096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    year += 400 * era + (month >= 10)
    sign = "+" if year > 9999 else "-" if year < 0 else ""
    date = f"{sign}{abs(year):04}-{month + 3 if month < 10 else month - 9:02}-{day - (153 * month + 2) // 5 + 1:02}"
    if not per_second:
        return date
    seconds, parts = divmod(rest, per_second)
    digits = len(str(_PER_SECOND[unit])) - 1
    fraction = f".{parts * _PER_SECOND[unit] // per_second:0{digits}}" if digits else ""
    return f"{date}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{fraction}"


def _durations(array: Any) -> Any:
    per_second = _PER_SECOND[array.type.unit]
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
    words = pc.binary_join_element_wise(*cells, pa.scalar("S", _TEXT), pa.scalar("", _TEXT))
    if per_second > 1:
        return words
    # The least count of seconds has no opposite in 64 bits.
    return pc.if_else(pc.equal(total, pa.scalar(LEAST, pa.int64())), pa.scalar(_LEAST_SECONDS, _TEXT), words)


def _each(array: Any, write: Callable[[Any], str]) -> Any:
    return pa.array([None if value is None else write(value) for value in array.to_pylist()], _TEXT)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> str:
    return base64.b64encode(value).decode("ascii")


def _as_json(array: Any) -> Any:
    """Make text of what JSON has no kind for, as it is written in a column of its own; bytes can wait."""
    kind, is_ = array.type, pa.types
    if is_.is_temporal(kind) or is_.is_decimal(kind):
        return _writer(pa.chunked_array([array]), kind)(array)
    return array
