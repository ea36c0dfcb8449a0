"""Table values as text: the one place that decides how a value is written for people and in text formats.

| type | text |
| --- | --- |
| missing | null |
| boolean | `True`, `False`, as pandas and the classic web service write them |
| double | the shortest text that reads back as the same number; whole numbers end in `.0`, so they stay doubles |
| timestamp, date, time | ISO 8601, `2024-05-30T18:07:00`, with a fraction only in a column that needs it; `Z` for UTC |
| a time after the year 9999 | the same with a sign, `+10000-01-01T00:00:00` |
| duration | ISO 8601, `P1DT2H3M4.5S` |
| interval | ISO 8601, `P1M2DT0.000000003S`: months, days, seconds |
| categorical | the labels |
| bytes | base64 |
| list, struct, map | JSON |

Every value that Arrow can hold has a text, even if Python has no object for it: a year after 9999, a decimal scale that
`Decimal` rejects, a time zone that this machine does not know.
"""

from __future__ import annotations

import base64
import datetime
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.tables.nesting import rebuild

__all__ = ["Writer", "first_text", "row_texts", "text_writer"]

Writer = Callable[[Any], Any]

_TEXT: Final = pa.large_string()
_UNITS: Final = ("s", "ms", "us", "ns")
_PER_SECOND: Final = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_DAY: Final = 86400
_YEAR_0, _YEAR_1, _YEAR_10000 = -62_167_219_200, -62_135_596_800, 253_402_300_800
"""Seconds since 1970. Arrow writes times from the year 0 up to the year 10000; those outside are written here."""

_FOUR_DIGITS: Final = 9999
"""The last year that ISO 8601 writes without a sign."""

_MILLISECONDS: Final = pa.timestamp("ms")
_DIGITS: Final = {32: 9, 64: 18, 128: 38, 256: 76}


def text_writer(column: Any) -> Writer:
    """Return a function that converts arrays of a column to text.

    Args:
        column: the whole column; it decides how many digits of a second every text has.

    Returns:
        A function that takes an array of the column's type and returns one of large strings, null where missing.
    """
    kind, is_ = column.type, pa.types
    if is_.is_dictionary(kind):
        inner = text_writer(column.cast(kind.value_type))
        return lambda array: inner(array.dictionary_decode())
    if is_.is_boolean(kind):
        return lambda array: pc.if_else(array, "True", "False").cast(_TEXT)
    if is_.is_floating(kind):
        return _write_doubles
    if is_.is_decimal(kind) and abs(kind.scale) > _DIGITS[kind.bit_width]:
        return _write_scaled_decimals
    if is_.is_timestamp(kind):
        return _timestamp_writer(kind, _coarsest_unit(column))
    if is_.is_time(kind):
        unit = _coarsest_unit(column)
        shown = pa.time32(unit) if unit in ("s", "ms") else pa.time64(unit)
        return lambda array: array.cast(shown).cast(_TEXT)
    if is_.is_date(kind):
        return (
            _write_dates
            if _are_whole_days(column)
            else lambda array: _timestamp_writer(_MILLISECONDS, "ms")(array.cast(_MILLISECONDS))
        )
    if is_.is_duration(kind):
        return _write_durations
    if is_.is_interval(kind):
        return lambda array: _write_values(array.to_pylist(), _format_interval)
    if _is_bytes(kind):
        return lambda array: _write_values(array.to_pylist(), _encode_base64)
    if is_.is_nested(kind):
        return lambda array: _write_values(rebuild(array, _to_json_types).to_pylist(), _dump_json)
    return lambda array: array.cast(_TEXT)


def first_text(column: Any) -> str:
    """Return the text of a column's first value that is not missing; empty if all are missing."""
    first = pc.index(column.is_valid(), True).as_py()
    if first < 0:
        return ""
    present = column.slice(first, 1)
    array = present.chunk(0) if isinstance(present, pa.ChunkedArray) else present
    return text_writer(column)(array)[0].as_py() or ""  # a category's label may be missing


def row_texts(table: Any) -> Iterator[tuple[str | None, ...]]:
    """Yield a table's rows for people: one text per column, None where a value is missing.

    Times with a zone are written as local times with their offset from UTC. Where Python or this machine cannot compute
    the local time, they are written in UTC, which ends in `Z`.
    """
    columns = [
        [text for chunk in column.chunks for text in _display_writer(column)(chunk).to_pylist()]
        for column in table.columns
    ]
    yield from zip(*columns, strict=True)


def _display_writer(column: Any) -> Writer:
    kind = column.type
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return lambda array: _write_local_times(array, kind, _coarsest_unit(column))
    return text_writer(column)


def _is_bytes(kind: Any) -> bool:
    is_ = pa.types
    return bool(is_.is_binary(kind) or is_.is_large_binary(kind) or is_.is_fixed_size_binary(kind))


def _write_values(values: list[Any], write: Callable[[Any], str]) -> Any:
    return pa.array([None if value is None else write(value) for value in values], _TEXT)


def _encode_base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _write_doubles(array: Any) -> Any:
    cells = array.cast(_TEXT)
    if pa.types.is_float16(array.type):
        array = array.cast(pa.float32())
    # Arrow writes whole numbers below 1e15 without a fraction, so they would be read back as integers.
    whole = pc.and_(pc.equal(pc.floor(array), array), pc.less(pc.abs(array), 1e15))
    if not pc.any(whole).as_py():
        return cells
    bare = pc.and_(whole, pc.invert(pc.match_substring_regex(cells, "[.e]")))
    marked = pc.binary_join_element_wise(cells, pa.scalar(".0", _TEXT), pa.scalar("", _TEXT))
    return pc.if_else(bare, marked, cells)


def _write_scaled_decimals(array: Any) -> Any:
    """Write decimals whose scale Arrow and Python cannot write, as digits with an exponent."""
    kind = array.type
    whole = getattr(pa, f"decimal{kind.bit_width}")(_DIGITS[kind.bit_width], 0)
    return _write_values(
        array.view(whole).to_pylist(), lambda value: str(Decimal(value.as_tuple()._replace(exponent=-kind.scale)))
    )


def _coarsest_unit(column: Any) -> str:
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


def _timestamp_writer(kind: Any, unit: str) -> Writer:
    ending = "Z" if kind.tz is not None else ""

    def write(array: Any) -> Any:
        # A zone-aware column holds UTC, whatever its zone. Without the zone, the cast needs no time-zone database.
        times = array.cast(pa.timestamp(kind.unit)).cast(pa.timestamp(unit))
        cells = pc.replace_substring(times.cast(_TEXT), " ", "T")
        cells = _rewrite_far(
            cells, times.cast(pa.int64()), _PER_SECOND[unit], lambda count: _format_far_time(count, unit)
        )
        parts = (cells, pa.scalar(ending, _TEXT), pa.scalar("", _TEXT))
        return pc.binary_join_element_wise(*parts) if ending else cells

    return write


def _are_whole_days(column: Any) -> bool:
    """Tell whether dates are whole days; 64-bit dates count milliseconds and may not be."""
    if pa.types.is_date32(column.type):
        return True
    counts, per_day = column.cast(pa.int64()), _DAY * 1000
    return pc.all(pc.equal(pc.multiply(pc.divide(counts, per_day), per_day), counts)).as_py() is not False


def _write_dates(array: Any) -> Any:
    if pa.types.is_date64(array.type):
        counts, per_day = array.cast(pa.int64()), _DAY * 1000
        days = pc.divide(counts, per_day)
        near = pc.if_else(_are_far(counts, 1000), 0, days).cast(pa.int32())
        return _rewrite_far(
            near.cast(pa.date32()).cast(_TEXT), counts, 1000, lambda count: _format_far_date(count // per_day)
        )
    days = array.cast(pa.int32()).cast(pa.int64())
    return _rewrite_far(array.cast(_TEXT), pc.multiply(days, _DAY), 1, lambda count: _format_far_date(count // _DAY))


def _are_far(counts: Any, per_second: int) -> Any:
    """Return a mask of the times, counted since 1970, that Arrow does not write itself."""
    return pc.or_(pc.less(counts, _YEAR_0 * per_second), pc.greater_equal(counts, _YEAR_10000 * per_second))


def _rewrite_far(cells: Any, counts: Any, per_second: int, write: Callable[[int], str]) -> Any:
    """Replace the texts of times that Arrow does not write itself; usually there are none."""
    if per_second == _PER_SECOND["ns"]:  # 64 bits of nanoseconds end in the year 2262
        return cells
    far = pc.fill_null(_are_far(counts, per_second), False)
    if not pc.any(far).as_py():
        return cells
    return pc.replace_with_mask(cells, far, _write_values(counts.filter(far).to_pylist(), write))


def _format_far_time(count: int, unit: str) -> str:
    days, rest = divmod(count, _DAY * _PER_SECOND[unit])
    seconds, part = divmod(rest, _PER_SECOND[unit])
    fraction = f".{part:0{len(str(_PER_SECOND[unit])) - 1}d}" if unit != "s" else ""
    return f"{_format_far_date(days)}T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"


def _format_far_date(days: int) -> str:
    """Format a day, counted since 1970, of any year, as if the Gregorian calendar had always been in use.

    The calendar repeats every 400 years (146,097 days), so the day is looked up in the years 2000 to 2399.
    """
    cycles, rest = divmod(days - 10_957, 146_097)  # 2000-01-01
    day = datetime.date(2000, 1, 1) + datetime.timedelta(days=rest)
    year = day.year + 400 * cycles
    sign = "-" if year < 0 else "+" if year > _FOUR_DIGITS else ""
    return f"{sign}{abs(year):04d}-{day.month:02d}-{day.day:02d}"


def _write_local_times(array: Any, kind: Any, unit: str) -> Any:
    cells = _timestamp_writer(kind, unit)(array)
    per_second = _PER_SECOND[kind.unit]
    try:
        local = pc.local_timestamp(array)
    except pa.ArrowInvalid:  # this machine does not know the zone
        return cells
    shown = _timestamp_writer(local.type, unit)(local).to_pylist()
    counts, clocks = (times.cast(pa.int64()).to_pylist() for times in (array, local))
    for at, (count, clock) in enumerate(zip(counts, clocks, strict=True)):
        offset = 0 if count is None else (clock - count) // per_second
        if offset == 0 or not _YEAR_1 <= clock // per_second < _YEAR_10000 or abs(offset) >= _DAY:
            shown[at] = cells[at].as_py()
        else:
            shown[at] += _format_offset(offset)
    return pa.array(shown, _TEXT)


def _format_offset(seconds: int) -> str:
    minutes, rest = divmod(abs(seconds), 60)
    return f"{'-' if seconds < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}" + (f":{rest:02d}" if rest else "")


def _write_durations(array: Any) -> Any:
    per_second = _PER_SECOND[array.type.unit]
    rest = array.cast(pa.int64())
    cells: list[Any] = [pc.if_else(pc.less(rest, 0), pa.scalar("-", _TEXT), pa.scalar("", _TEXT)), "P"]
    for letter, length in (("DT", _DAY), ("H", 3600), ("M", 60)):
        # Each part is made positive on its own, because the smallest 64-bit count has no positive counterpart.
        count = pc.divide(rest, length * per_second)
        cells += [pc.abs(count).cast(_TEXT), letter]
        rest = pc.subtract(rest, pc.multiply(count, length * per_second))
    cells.append(pc.abs(pc.divide(rest, per_second)).cast(_TEXT))
    rest = pc.abs(pc.subtract(rest, pc.multiply(pc.divide(rest, per_second), per_second)))
    if per_second > 1 and pc.any(pc.greater(rest, 0)).as_py():
        digits = pc.utf8_lpad(rest.cast(_TEXT), len(str(per_second)) - 1, "0")
        fraction = pc.binary_join_element_wise(pa.scalar(".", _TEXT), pc.utf8_rtrim(digits, "0"), pa.scalar("", _TEXT))
        cells.append(pc.if_else(pc.greater(rest, 0), fraction, pa.scalar("", _TEXT)))
    cells = [pa.scalar(cell, _TEXT) if isinstance(cell, str) else cell for cell in (*cells, "S", "")]
    return pc.binary_join_element_wise(*cells)


def _format_interval(value: Any) -> str:
    months, days, nanoseconds = value
    seconds = Decimal(nanoseconds).scaleb(-9).normalize()
    return f"P{months}M{days}DT{seconds:f}S"


def _dump_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _to_json_types(array: Any) -> Any:
    """Convert an array that is not nested to JSON's types: booleans and numbers stay, everything else becomes text."""
    kind, is_ = array.type, pa.types
    if is_.is_dictionary(kind):
        return rebuild(array.dictionary_decode(), _to_json_types)
    if is_.is_boolean(kind) or is_.is_integer(kind) or is_.is_floating(kind):
        return array
    return text_writer(array)(array)
