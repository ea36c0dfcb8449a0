"""Two columns in a form in which equal values are equal, whatever their types: 1, 1.0 and "1" are one value.

| types | are compared as |
| --- | --- |
| the same | they are; NaN is missing, −0 is 0 |
| integers, doubles, booleans | numbers, exactly: an integer that no double holds equals none |
| a decimal and an integer or decimal | decimals, exactly |
| a decimal and a double | doubles |
| times, dates | instants; a time without a zone as one in UTC |
| durations; times of a day | in the finer unit |
| texts of any width, categories of texts | texts |
| a text and a number | texts: of the number its shortest, without `.0`; a text that is no number stays what it is |
| a text and a time | texts in ISO 8601, with `T` or a space, without zeros at the fraction's end, with a zone in UTC |
| nested values, other pairs | their texts |
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.child.profile.clock import Clock
from blobprep.tables.cell_text import text_writer

__all__ = ["comparable", "differences"]

_TEXT: Final = pa.large_string()
_STRETCH: Final = 1 << 14
_INTEGER: Final = r"^-?(0|[1-9][0-9]*)$"
_SHORT: Final = r"^-?(0|[1-9][0-9]{0,17})$"
_FRACTION: Final = r"^-?(0|[1-9][0-9]*)\.[0-9]+$"
_NUMBER: Final = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$"
_DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_TIME: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}"
_OFFSET: Final = (
    r"^(?P<time>.{19})(?P<fraction>\.[0-9]+)?(?P<sign>[+-])(?P<hours>[01][0-9]|2[0-3]):?(?P<minutes>[0-5][0-9])?$"
)
_UNITS: Final = ("s", "ms", "us", "ns")


def comparable(first: Any, second: Any, clock: Clock) -> tuple[Any, Any]:
    """Return two columns as columns of one type, where a value is equal to another exactly if it is the same.

    Args:
        first: a `pyarrow.ChunkedArray`; not changed.
        second: likewise.
        clock: the time there is.

    Raises:
        TimeIsUp: it took too long.
    """
    first, second = _plain(first), _plain(second)
    is_ = pa.types
    kinds = first.type, second.type
    if is_.is_null(kinds[0]) or is_.is_null(kinds[1]):
        kind = kinds[1] if is_.is_null(kinds[0]) else kinds[0]
        if not _has_no_equality(kind):
            return first.cast(kind), second.cast(kind)
    elif kinds[0] == kinds[1] and not _has_no_equality(kinds[0]):
        return first, second
    elif all(map(_is_number, kinds)):
        return _numbers(first, second)
    elif all(is_.is_timestamp(kind) or is_.is_date(kind) for kind in kinds):
        return _in_one_unit(_instants(first), _instants(second))
    elif all(map(is_.is_duration, kinds)):
        return _in_one_unit(first, second)
    elif all(map(is_.is_time, kinds)):
        return first.cast(pa.time64("ns")), second.cast(pa.time64("ns"))
    elif any(map(_is_text, kinds)) and not all(map(_is_text, kinds)):
        return _beside_text(first, kinds[1], clock), _beside_text(second, kinds[0], clock)
    return _texts(first, clock), _texts(second, clock)


def differences(first: Any, second: Any) -> Any | None:
    """Return second minus first as doubles, of times in seconds; None where that means nothing for the type.

    Args:
        first: an array.
        second: another one of its type, as `comparable` returns them.
    """
    kind, is_ = first.type, pa.types
    if is_.is_integer(kind):
        try:
            return pc.subtract_checked(second.cast(pa.int64()), first.cast(pa.int64())).cast(pa.float64(), safe=False)
        except pa.ArrowInvalid:
            pass
    elif is_.is_timestamp(kind) or is_.is_duration(kind):
        per_second = 1000 ** _UNITS.index(kind.unit)
        return pc.divide(differences(first.cast(pa.int64()), second.cast(pa.int64())), float(per_second))
    elif is_.is_date(kind):
        kind = pa.timestamp("ms")
        return differences(first.cast(kind), second.cast(kind))
    elif not (is_.is_floating(kind) or is_.is_decimal(kind)):
        return None
    return pc.subtract(second.cast(pa.float64(), safe=False), first.cast(pa.float64(), safe=False))


def _plain(column: Any) -> Any:
    """Return a column without the ways of holding it: categories as labels, NaN as missing, one width of texts."""
    kind, is_ = column.type, pa.types
    if isinstance(kind, pa.BaseExtensionType):
        column = pa.chunked_array([chunk.storage for chunk in column.chunks], kind.storage_type)
        return _plain(column)
    if is_.is_dictionary(kind):
        return _plain(column.cast(kind.value_type))
    if is_.is_run_end_encoded(kind):
        return _plain(pa.chunked_array([pc.run_end_decode(chunk) for chunk in column.chunks], kind.value_type))
    if _is_text(kind):
        return column.cast(_TEXT)
    if is_.is_binary(kind) or is_.is_binary_view(kind) or is_.is_fixed_size_binary(kind):
        return column.cast(pa.large_binary())
    if is_.is_floating(kind):
        column = column.cast(pa.float64())
        return pc.add(pc.if_else(pc.is_nan(column), None, column), 0.0)  # −0 + 0 is 0
    return column


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_number(kind: Any) -> bool:
    is_ = pa.types
    return bool(is_.is_integer(kind) or is_.is_floating(kind) or is_.is_boolean(kind) or is_.is_decimal(kind))


def _has_no_equality(kind: Any) -> bool:
    return bool(pa.types.is_nested(kind) or pa.types.is_interval(kind))


def _numbers(first: Any, second: Any) -> tuple[Any, Any]:
    is_ = pa.types
    columns = [column.cast(pa.int8()) if is_.is_boolean(column.type) else column for column in (first, second)]
    kinds = [column.type for column in columns]
    if any(map(is_.is_floating, kinds)):
        if any(map(is_.is_decimal, kinds)):
            return columns[0].cast(pa.float64()), columns[1].cast(pa.float64())
        try:
            return columns[0].cast(pa.float64()), columns[1].cast(pa.float64())  # refused where it is not exact
        except pa.ArrowInvalid:
            return _number_texts(columns[0]), _number_texts(columns[1])
    if not any(map(is_.is_decimal, kinds)):
        try:
            return columns[0].cast(pa.int64()), columns[1].cast(pa.int64())
        except pa.ArrowInvalid:
            return _number_texts(columns[0]), _number_texts(columns[1])
    scale = max([kind.scale for kind in kinds if is_.is_decimal(kind)] + [0])
    common = pa.decimal256(76, scale)
    try:
        return columns[0].cast(common), columns[1].cast(common)
    except pa.ArrowInvalid:
        return _number_texts(columns[0]), _number_texts(columns[1])


def _number_texts(column: Any) -> Any:
    """Return the shortest texts of numbers: whole ones without a fraction."""
    kind = column.type
    if pa.types.is_boolean(kind):
        return _number_texts(column.cast(pa.int8()))
    if pa.types.is_decimal(kind):
        return _without_zeros(column.cast(_TEXT))
    if not pa.types.is_floating(kind):
        return column.cast(_TEXT)
    is_whole = pc.equal(pc.floor(column), column)
    texts = column.cast(_TEXT)
    for kind, least, beyond in ((pa.int64(), -(2.0**63), 2.0**63), (pa.uint64(), 2.0**63, 2.0**64)):
        inside = pc.and_(is_whole, pc.and_(pc.greater_equal(column, least), pc.less(column, beyond)))
        texts = pc.if_else(inside, pc.if_else(inside, column, None).cast(kind).cast(_TEXT), texts)
    return texts


def _beside_text(column: Any, other: Any, clock: Clock) -> Any:
    """Return the texts of a column that is compared with one of another type, one of the two being text."""
    is_ = pa.types
    if not _is_text(column.type):
        texts = _number_texts(column) if _is_number(column.type) and not is_.is_boolean(column.type) else None
        return _trimmed(_texts(column, clock)) if texts is None else texts
    if is_.is_boolean(other):
        titled = pc.utf8_capitalize(column)
        return pc.if_else(pc.is_in(titled, pa.array(["True", "False"], _TEXT)), titled, column)
    if _is_number(other):
        return _number_like(column, other)
    if is_.is_timestamp(other):
        midnights = pc.binary_join_element_wise(column, pa.scalar("00:00:00", _TEXT), pa.scalar("T", _TEXT))
        spaced = pc.if_else(pc.match_substring_regex(column, _DAY), midnights, column)
        is_time = pc.match_substring_regex(spaced, _TIME)
        written = pc.if_else(is_time, pc.replace_substring(spaced, " ", "T", max_replacements=1), None)
        written = _trimmed(_in_utc(written) if other.tz else written)
        return pc.if_else(is_time, written, column)
    return column


def _in_utc(texts: Any) -> Any:
    """Return texts of times with those that have an offset in UTC, which a `Z` says; the others as they are."""
    found = pc.extract_regex(texts, _OFFSET)
    time, fraction, sign, hours, minutes = (
        pc.struct_field(found, name) for name in ("time", "fraction", "sign", "hours", "minutes")
    )
    local = pc.strptime(time, format="%Y-%m-%dT%H:%M:%S", unit="s", error_is_null=True)
    exists = pc.equal(_iso(local), time)  # there is no 30 February, which is read as a day in March
    minutes = pc.if_else(pc.equal(minutes, ""), "00", minutes).cast(pa.int64())
    apart = pc.add(pc.multiply(hours.cast(pa.int64()), 3600), pc.multiply(minutes, 60))
    moments = pc.add(local.cast(pa.int64()), pc.if_else(pc.equal(sign, "-"), apart, pc.negate(apart)))
    moved = pc.binary_join_element_wise(
        _iso(moments.cast(pa.timestamp("s"))), fraction, pa.scalar("Z", _TEXT), pa.scalar("", _TEXT)
    )
    return pc.if_else(pc.fill_null(exists, False), moved, texts)


def _iso(moments: Any) -> Any:
    return pc.replace_substring(moments.cast(_TEXT), " ", "T")


def _number_like(texts: Any, other: Any) -> Any:
    """Return texts where those of numbers are as `_number_texts` writes them, for a column of numbers beside them."""
    exact = pc.match_substring_regex(texts, _SHORT if pa.types.is_floating(other) else _INTEGER)
    if pa.types.is_decimal(other):
        exact = pc.or_(exact, pc.match_substring_regex(texts, _FRACTION))
        texts = pc.if_else(pc.match_substring_regex(texts, _FRACTION), _without_zeros(texts), texts)
    rest = pc.and_(pc.match_substring_regex(texts, _NUMBER), pc.invert(exact))
    read = _number_texts(_plain(pc.if_else(rest, texts, None).cast(pa.float64())))
    return pc.if_else(pc.equal(texts, "-0"), pa.scalar("0", _TEXT), pc.if_else(rest, read, texts))


def _without_zeros(texts: Any) -> Any:
    return pc.replace_substring_regex(pc.replace_substring_regex(texts, r"(\.[0-9]*?)0+$", r"\1"), r"\.$", "")


def _trimmed(texts: Any) -> Any:
    """Return texts of times without zeros at the end of the fraction of a second."""
    fraction = r"(:[0-9]{2})(\.[0-9]*?)0+(Z?)$"
    return pc.replace_substring_regex(pc.replace_substring_regex(texts, fraction, r"\1\2\3"), r"\.(Z?)$", r"\1")


def _instants(column: Any) -> Any:
    """Return times and dates as times in UTC without a zone."""
    kind = column.type
    if pa.types.is_date(kind):
        return column.cast(pa.timestamp("s" if pa.types.is_date32(kind) else "ms"))
    return column.cast(pa.timestamp(kind.unit))


def _in_one_unit(first: Any, second: Any) -> tuple[Any, Any]:
    """Return two columns of times, or of durations, in the finer of their units."""
    kinds = first.type, second.type
    finer = max(kinds, key=lambda kind: _UNITS.index(kind.unit))
    try:
        return first.cast(finer), second.cast(finer)
    except pa.ArrowInvalid:  # too far away to be counted in the finer unit
        return _counts(first, finer.unit), _counts(second, finer.unit)


def _counts(column: Any, unit: str) -> Any:
    finer = Decimal(1000 ** (_UNITS.index(unit) - _UNITS.index(column.type.unit)))
    wide = column.cast(pa.int64()).cast(pa.decimal128(19, 0))
    return pc.multiply(wide, pa.scalar(finer, pa.decimal128(10, 0))).cast(pa.decimal128(38, 0))


def _texts(column: Any, clock: Clock) -> Any:
    if _is_text(column.type):
        return column
    write = text_writer(column)
    chunks = []
    for chunk in column.chunks:
        for begin in range(0, len(chunk), _STRETCH):
            clock.check()
            chunks.append(write(chunk.slice(begin, _STRETCH)).cast(_TEXT))
    return pa.chunked_array(chunks, _TEXT)
