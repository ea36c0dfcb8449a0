"""Values as text: the one way in which a value of a table is written for people and for formats of text.

| type | text |
| --- | --- |
| missing | none |
| boolean | `True`, `False`, as pandas and the classic web service write them |
| double | the shortest text that reads back as the same number; whole ones end in `.0` and so stay doubles |
| timestamp, date, time | ISO 8601, `2024-05-30T18:07:00`, a fraction only in a column that needs one; `Z` for UTC |
| a time beyond the year 9999 | the same with a sign, `+10000-01-01T00:00:00` |
| duration | ISO 8601, `P1DT2H3M4.5S` |
| interval | ISO 8601, `P1M2DT0.000000003S`: months, days, seconds |
| categorical | the labels |
| bytes | base64 |
| list, struct, map | JSON |

Whatever Arrow holds has a text, also where Python has no object for it: a year beyond 9999, a scale of a decimal
number that `Decimal` refuses, a time zone that this machine does not know.
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

from blobprep.tables.nesting import rebuilt

__all__ = ["Writer", "first_text", "row_texts", "text_writer"]

Writer = Callable[[Any], Any]

_TEXT: Final = pa.large_string()
_UNITS: Final = ("s", "ms", "us", "ns")
_PER_SECOND: Final = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_DAY: Final = 86400
_YEAR_0, _YEAR_1, _YEAR_10000 = -62_167_219_200, -62_135_596_800, 253_402_300_800
"""Seconds since 1970: Arrow itself writes every time from the year 0 up to the year 10000."""

_FOUR_DIGITS: Final = 9999
"""The last year that ISO 8601 writes without a sign."""

_MILLISECONDS: Final = pa.timestamp("ms")
_DIGITS: Final = {32: 9, 64: 18, 128: 38, 256: 76}


def text_writer(column: Any) -> Writer:
    """Return the function that writes the arrays of a column as text.

    Args:
        column: the whole column, which settles how many digits of a second all its texts get.

    Returns:
        A function from an array of the column's type to one of large strings, null where missing.
    """
    kind, is_ = column.type, pa.types
    if is_.is_dictionary(kind):
        inner = text_writer(column.cast(kind.value_type))
        return lambda array: inner(array.dictionary_decode())
    if is_.is_boolean(kind):
        return lambda array: pc.if_else(array, "True", "False").cast(_TEXT)
    if is_.is_floating(kind):
        return _doubles
    if is_.is_decimal(kind) and abs(kind.scale) > _DIGITS[kind.bit_width]:
        return _scaled
    if is_.is_timestamp(kind):
        return _timestamps(kind, _coarsest(column))
    if is_.is_time(kind):
        unit = _coarsest(column)
        shown = pa.time32(unit) if unit in ("s", "ms") else pa.time64(unit)
        return lambda array: array.cast(shown).cast(_TEXT)
    if is_.is_date(kind):
        return (
            _dates
            if _at_midnight(column)
            else lambda array: _timestamps(_MILLISECONDS, "ms")(array.cast(_MILLISECONDS))
        )
    if is_.is_duration(kind):
        return _durations
    if is_.is_interval(kind):
        return lambda array: _each(array.to_pylist(), _interval)
    if _is_bytes(kind):
        return lambda array: _each(array.to_pylist(), _base64)
    if is_.is_nested(kind):
        return lambda array: _each(rebuilt(array, _as_json).to_pylist(), _json)
    return lambda array: array.cast(_TEXT)


def first_text(column: Any) -> str:
    """Return the text of a column's first value that is not missing; empty where all are."""
    first = pc.index(column.is_valid(), True).as_py()
    if first < 0:
        return ""
    present = column.slice(first, 1)
    array = present.chunk(0) if isinstance(present, pa.ChunkedArray) else present
    return text_writer(column)(array)[0].as_py() or ""  # a label may be missing


def row_texts(table: Any) -> Iterator[tuple[str | None, ...]]:
    """Write a table for people, row by row: a text for each column, None where it is missing.

    Times of a zone are shown as its clocks show them, with their distance from UTC. Where Python, or this machine, does
    not know what the clocks show they are shown in UTC, which ends in `Z`.
    """
    columns = [
        [text for chunk in column.chunks for text in _shown(column)(chunk).to_pylist()] for column in table.columns
    ]
    yield from zip(*columns, strict=True)


def _shown(column: Any) -> Writer:
    kind = column.type
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return lambda array: _on_clocks(array, kind, _coarsest(column))
    return text_writer(column)


def _is_bytes(kind: Any) -> bool:
    is_ = pa.types
    return bool(is_.is_binary(kind) or is_.is_large_binary(kind) or is_.is_fixed_size_binary(kind))


def _each(values: list[Any], write: Callable[[Any], str]) -> Any:
    return pa.array([None if value is None else write(value) for value in values], _TEXT)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


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


def _scaled(array: Any) -> Any:
    """Write decimal numbers of a scale that Arrow and Python refuse to write: their digits with an exponent."""
    kind = array.type
    whole = getattr(pa, f"decimal{kind.bit_width}")(_DIGITS[kind.bit_width], 0)
    return _each(
        array.view(whole).to_pylist(), lambda value: str(Decimal(value.as_tuple()._replace(exponent=-kind.scale)))
    )


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


def _timestamps(kind: Any, unit: str) -> Writer:
    ending = "Z" if kind.tz is not None else ""

    def write(array: Any) -> Any:
        # What a zone-aware column holds is UTC whatever its zone; without one no time-zone database is needed.
        times = array.cast(pa.timestamp(kind.unit)).cast(pa.timestamp(unit))
        cells = pc.replace_substring(times.cast(_TEXT), " ", "T")
        cells = _with_far(cells, times.cast(pa.int64()), _PER_SECOND[unit], lambda count: _far_time(count, unit))
        parts = (cells, pa.scalar(ending, _TEXT), pa.scalar("", _TEXT))
        return pc.binary_join_element_wise(*parts) if ending else cells

    return write


def _at_midnight(column: Any) -> bool:
    """Tell whether dates are whole days; those that count milliseconds may not be, unless a dataset was read."""
    if pa.types.is_date32(column.type):
        return True
    counts, per_day = column.cast(pa.int64()), _DAY * 1000
    return pc.all(pc.equal(pc.multiply(pc.divide(counts, per_day), per_day), counts)).as_py() is not False


def _dates(array: Any) -> Any:
    if pa.types.is_date64(array.type):
        counts, per_day = array.cast(pa.int64()), _DAY * 1000
        days = pc.divide(counts, per_day)
        near = pc.if_else(_far(counts, 1000), 0, days).cast(pa.int32())
        return _with_far(near.cast(pa.date32()).cast(_TEXT), counts, 1000, lambda count: _far_date(count // per_day))
    days = array.cast(pa.int32()).cast(pa.int64())
    return _with_far(array.cast(_TEXT), pc.multiply(days, _DAY), 1, lambda count: _far_date(count // _DAY))


def _far(counts: Any, per_second: int) -> Any:
    """Tell which times, counted since 1970, Arrow does not write itself."""
    return pc.or_(pc.less(counts, _YEAR_0 * per_second), pc.greater_equal(counts, _YEAR_10000 * per_second))


def _with_far(cells: Any, counts: Any, per_second: int, write: Callable[[int], str]) -> Any:
    """Write those of the times anew that Arrow does not; mostly there are none."""
    if per_second == _PER_SECOND["ns"]:  # 64 bits of them end in the year 2262
        return cells
    far = pc.fill_null(_far(counts, per_second), False)
    if not pc.any(far).as_py():
        return cells
    return pc.replace_with_mask(cells, far, _each(counts.filter(far).to_pylist(), write))


def _far_time(count: int, unit: str) -> str:
    days, rest = divmod(count, _DAY * _PER_SECOND[unit])
    seconds, part = divmod(rest, _PER_SECOND[unit])
    fraction = f".{part:0{len(str(_PER_SECOND[unit])) - 1}d}" if unit != "s" else ""
    return f"{_far_date(days)}T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"


def _far_date(days: int) -> str:
    """Write a day, counted since 1970, of any year of the Gregorian calendar as if it had always been in use.

    The calendar repeats every 400 years, which have 146,097 days; so the day is looked up in the years 2000 to 2399.
    """
    cycles, rest = divmod(days - 10_957, 146_097)  # 2000-01-01
    day = datetime.date(2000, 1, 1) + datetime.timedelta(days=rest)
    year = day.year + 400 * cycles
    sign = "-" if year < 0 else "+" if year > _FOUR_DIGITS else ""
    return f"{sign}{abs(year):04d}-{day.month:02d}-{day.day:02d}"


def _on_clocks(array: Any, kind: Any, unit: str) -> Any:
    cells = _timestamps(kind, unit)(array)
    per_second = _PER_SECOND[kind.unit]
    try:
        local = pc.local_timestamp(array)
    except pa.ArrowInvalid:  # of a zone that this machine does not know
        return cells
    shown = _timestamps(local.type, unit)(local).to_pylist()
    counts, clocks = (each.cast(pa.int64()).to_pylist() for each in (array, local))
    for at, (count, clock) in enumerate(zip(counts, clocks, strict=True)):
        distance = 0 if count is None else (clock - count) // per_second
        if distance == 0 or not _YEAR_1 <= clock // per_second < _YEAR_10000 or abs(distance) >= _DAY:
            shown[at] = cells[at].as_py()
        else:
            shown[at] += _distance(distance)
    return pa.array(shown, _TEXT)


def _distance(seconds: int) -> str:
    minutes, rest = divmod(abs(seconds), 60)
    return f"{'-' if seconds < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}" + (f":{rest:02d}" if rest else "")


def _durations(array: Any) -> Any:
    per_second = _PER_SECOND[array.type.unit]
    rest = array.cast(pa.int64())
    cells: list[Any] = [pc.if_else(pc.less(rest, 0), pa.scalar("-", _TEXT), pa.scalar("", _TEXT)), "P"]
    for letter, length in (("DT", _DAY), ("H", 3600), ("M", 60)):
        # Each part is made positive by itself: the least count has no opposite in 64 bits.
        count = pc.divide(rest, length * per_second)
        cells += [pc.abs(count).cast(_TEXT), letter]
        rest = pc.subtract(rest, pc.multiply(count, length * per_second))
    cells.append(pc.abs(pc.divide(rest, per_second)).cast(_TEXT))
    rest = pc.abs(pc.subtract(rest, pc.multiply(pc.divide(rest, per_second), per_second)))
    if per_second > 1 and pc.any(pc.greater(rest, 0)).as_py():
        digits = pc.utf8_lpad(rest.cast(_TEXT), len(str(per_second)) - 1, "0")
        fraction = pc.binary_join_element_wise(pa.scalar(".", _TEXT), pc.utf8_rtrim(digits, "0"), pa.scalar("", _TEXT))
        cells.append(pc.if_else(pc.greater(rest, 0), fraction, pa.scalar("", _TEXT)))
    cells = [pa.scalar(each, _TEXT) if isinstance(each, str) else each for each in (*cells, "S", "")]
    return pc.binary_join_element_wise(*cells)


def _interval(value: Any) -> str:
    months, days, nanoseconds = value
    seconds = Decimal(nanoseconds).scaleb(-9).normalize()
    return f"P{months}M{days}DT{seconds:f}S"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _as_json(array: Any) -> Any:
    """Return a plain array as JSON has it: truth values and numbers, and the text of everything else."""
    kind, is_ = array.type, pa.types
    if is_.is_dictionary(kind):
        return rebuilt(array.dictionary_decode(), _as_json)
    if is_.is_boolean(kind) or is_.is_integer(kind) or is_.is_floating(kind):
        return array
    return text_writer(array)(array)
