"""The cells of a web service's tables: how Studio (classic) spelled values, and the texts that are read as one. Pure.

Every cell of a response is a text. Numbers are as .NET's round-trip format writes them: 15 digits, and 17 where those
are too few. Times are those of the culture en-US.

Source:
    Microsoft, "How to consume a Machine Learning Studio (classic) web service"; .NET's documentation of the format "R".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Final

__all__ = [
    "CELLS",
    "CLASSIC_TYPES",
    "format_boolean",
    "format_double",
    "format_duration",
    "format_single",
    "format_time",
    "parse_boolean",
    "parse_double",
    "parse_duration",
    "parse_integer",
    "parse_time",
]

CELLS: Final = "cells"
"""The format of a table on its way from a web service to a child, and back; see `blobprep.tables.codecs.cells`."""

CLASSIC_TYPES: Final = (
    *("String", "Double", "Single", "Decimal", "Boolean", "DateTime", "DateTimeOffset", "TimeSpan"),
    *("SByte", "Int16", "Int32", "Int64", "Byte", "UInt16", "UInt32", "UInt64"),
)
"""The names of types in `ColumnTypes`; a column of any other type has texts."""

_DAY: Final = 86_400_000_000  # microseconds
_EN_US: Final = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})(?:\s+(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?\s*([AP]M)?)?(?:\s*([+-]\d\d):(\d\d))?",
    re.IGNORECASE,
)
_SPAN: Final = re.compile(r"(-)?(?:(\d+)\.)?(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?|(-)?(\d+)")
_ISO_SPAN: Final = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,7}))?S)?)?")
_WORDS: Final[Mapping[str, bool]] = {"true": True, "false": False, "1": True, "0": False}
_SPECIAL: Final[Mapping[str, float]] = {
    "nan": float("nan"),
    "inf": float("inf"),
    "infinity": float("inf"),
    "-inf": float("-inf"),
    "-infinity": float("-inf"),
    "∞": float("inf"),
    "-∞": float("-inf"),
}


def format_double(value: float) -> str:
    """Spell a double.

    >>> format_double(0.1), format_double(1 / 3), format_double(1e15), format_double(2.0)
    ('0.1', '0.33333333333333331', '1E+15', '2')
    """
    text = f"{value:.15g}"
    if float(text) != value:
        text = f"{value:.17g}"
    return _finish(text)


def format_single(value: float) -> str:
    """Spell a number of 32 bits, given as the double of the same value.

    >>> format_single(0.10000000149011612)
    '0.1'
    """
    import struct

    text = f"{value:.7g}"
    if value == value and abs(value) != float("inf") and struct.unpack("f", struct.pack("f", float(text)))[0] != value:
        text = f"{value:.9g}"
    return _finish(text)


def _finish(text: str) -> str:
    if text.isascii() and text.lstrip("-").isalpha():
        return {"inf": "Infinity", "-inf": "-Infinity"}.get(text, "NaN")
    return text.replace("e", "E")


def format_boolean(value: bool) -> str:
    """Spell a boolean: `True` or `False`."""
    return "True" if value else "False"


def format_time(value: dt.datetime, nanoseconds: int = 0) -> str:
    """Spell a time; a fraction of a second only where there is one, which .NET leaves out and reads all the same.

    Args:
        value: with its offset from UTC, if it has one.
        nanoseconds: that it has besides, below 1000.

    >>> format_time(dt.datetime(2010, 5, 30, 18, 7))
    '5/30/2010 6:07:00 PM'
    """
    fraction = f"{value.microsecond:06}{nanoseconds:03}".rstrip("0")
    text = (
        f"{value.month}/{value.day}/{value.year:04} {value.hour % 12 or 12}:{value.minute:02}:{value.second:02}"
        f"{'.' if fraction else ''}{fraction} {'AM' if value.hour < 12 else 'PM'}"
    )
    offset = value.utcoffset()
    if offset is None:
        return text
    minutes = round(offset.total_seconds() / 60)
    return f"{text} {'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def format_duration(microseconds: int, nanoseconds: int = 0) -> str:
    """Spell a span of time as .NET's constant format.

    >>> format_duration(86_400_000_000 + 3_723_500_000)
    '1.01:02:03.5'
    """
    total = microseconds * 1000 + nanoseconds
    rest, part = divmod(abs(total), 10**9)
    days, rest = divmod(rest, 86_400)
    fraction = f"{part:09}".rstrip("0")
    return (
        f"{'-' if total < 0 else ''}{f'{days}.' if days else ''}{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
        f"{'.' if fraction else ''}{fraction}"
    )


def parse_double(text: str) -> float:
    """Read a double; `NaN` and `Infinity` in any case.

    Raises:
        ValueError: it is none.
    """
    special = _SPECIAL.get(text.strip().lower())
    if special is not None:
        return special
    if "_" in text:
        raise ValueError(f"not a number: {text[:40]!r}")
    return float(text)


def parse_integer(text: str) -> int:
    """Read an integer; also one that is written with a fraction of zeros, as `3.0`.

    Raises:
        ValueError: it is none.
    """
    if "_" in text:
        raise ValueError(f"not a whole number: {text[:40]!r}")
    try:
        return int(text)
    except ValueError:
        number = float(text)
        if not number.is_integer() or abs(number) > 2**53:
            raise
        return int(number)


def parse_boolean(text: str) -> bool:
    """Read a boolean: `True` or `False` in any case, 1 or 0.

    Raises:
        ValueError: it is none.
    """
    value = _WORDS.get(text.strip().lower())
    if value is None:
        raise ValueError(f"not a boolean: {text[:40]!r}")
    return value


def parse_time(text: str) -> dt.datetime:
    """Read a time as en-US or ISO 8601 writes it, with its offset from UTC if there is one.

    Raises:
        ValueError: it is none.
    """
    found = _EN_US.fullmatch(text.strip())
    if found is None:
        return dt.datetime.fromisoformat(text.strip())
    month, day, year, hour, minute, second, fraction, half, zone, zone_minutes = found.groups()
    hours = int(hour or 0)
    if half:
        if not 1 <= hours <= 12:
            raise ValueError(f"not a time: {text[:40]!r}")
        hours = hours % 12 + (12 if half.upper() == "PM" else 0)
    offset = None
    if zone:
        minutes = int(zone[1:]) * 60 + int(zone_minutes)
        offset = dt.timezone(dt.timedelta(minutes=-minutes if zone[0] == "-" else minutes))
    microsecond = int((fraction or "").ljust(6, "0")[:6])
    return dt.datetime(int(year), int(month), int(day), hours, int(minute or 0), int(second or 0), microsecond, offset)


def parse_duration(text: str) -> int:
    """Read a span of time as .NET or ISO 8601 writes it; return microseconds.

    Raises:
        ValueError: it is none.
    """
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        return _parse_iso_duration(text)
    minus, days, hours, minutes, seconds, fraction, day_minus, whole_days = found.groups()
    if whole_days:
        return (-1 if day_minus else 1) * int(whole_days) * _DAY
    total = ((int(days or 0) * 24 + int(hours)) * 60 + int(minutes)) * 60 + int(seconds or 0)
    total = total * 10**6 + int((fraction or "").ljust(6, "0")[:6])
    return -total if minus else total


def _parse_iso_duration(text: str) -> int:
    found = _ISO_SPAN.fullmatch(text.strip())
    if found is None or not any(found.groups()[1:]):
        raise ValueError(f"not a span of time: {text[:40]!r}")
    minus, days, hours, minutes, seconds, fraction = found.groups()
    total = ((int(days or 0) * 24 + int(hours or 0)) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    total = total * 10**6 + int((fraction or "").ljust(6, "0")[:6])
    return -total if minus else total
