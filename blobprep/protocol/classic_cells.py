"""How a web service of Studio (classic) spells a cell: .NET's texts, in the culture en-US. Pure.

A child spells the results of a request with it, and the service the samples in its documents.

Source:
    Responses in Microsoft's samples of clients, and .NET Framework's documentation of the format `R` and of the
    general formats of `DateTime` and `TimeSpan`.
"""

from __future__ import annotations

import math
import struct
from datetime import UTC, datetime, timedelta
from typing import Final

__all__ = ["CELLS", "spell_boolean", "spell_datetime", "spell_double", "spell_single", "spell_timespan"]

CELLS: Final = "cells"
"""The format of a table on its way from a service to a child, and back; see `blobprep.tables.codecs.cells`.

An input in it is whole from the start: no `filled` is sent for it."""

_LOWEST_EXPONENT: Final = -5  # below, .NET writes an exponent


def spell_boolean(value: bool) -> str:
    """Return `True` or `False`.

    >>> spell_boolean(True)
    'True'
    """
    return "True" if value else "False"


def spell_double(value: float) -> str:
    """Return the shortest of .NET's texts that reads back as the same number: 15 digits, else 17.

    >>> [spell_double(value) for value in (5.0, 0.1, 1 / 3, 1e15, 1e-5, 5e-324)]
    ['5', '0.1', '0.33333333333333331', '1E+15', '1E-05', '4.94065645841247E-324']
    """
    return _spell(value, 15, 17, value)


def spell_single(value: float) -> str:
    """Return the text of a number of 32 bits: 7 digits, else 9.

    >>> spell_single(0.10000000149011612)
    '0.1'
    """
    return _spell(value, 7, 9, _as_single(value))


def spell_datetime(value: datetime, nanoseconds: int = 0) -> str:
    """Return `5/30/2010 6:07:00 PM`; where there is a fraction of a second, with it.

    Args:
        value: in UTC where it has a zone.
        nanoseconds: those beyond its microseconds, 0 to 999.

    >>> spell_datetime(datetime(2010, 5, 30, 18, 7))
    '5/30/2010 6:07:00 PM'
    >>> spell_datetime(datetime(2010, 5, 30, 0, 7, 1, 250_000))
    '5/30/2010 12:07:01.25 AM'
    """
    if value.tzinfo is not None:
        value = value.astimezone(UTC)
    fraction = _fraction(value.microsecond * 1000 + nanoseconds)
    hour = value.hour % 12 or 12
    half = "PM" if value.hour >= 12 else "AM"
    return f"{value.month}/{value.day}/{value.year:04} {hour}:{value.minute:02}:{value.second:02}{fraction} {half}"


def spell_timespan(value: timedelta, nanoseconds: int = 0) -> str:
    """Return `1.02:03:04.5`: days only where there are any, and a sign before all of it.

    Args:
        value: the span.
        nanoseconds: those beyond its microseconds, of the same sign, -999 to 999.

    >>> spell_timespan(timedelta(days=1, hours=2, minutes=3, seconds=4, milliseconds=500))
    '1.02:03:04.5'
    >>> spell_timespan(-timedelta(seconds=90))
    '-00:01:30'
    """
    whole = (value.days * 86_400 + value.seconds) * 10**9 + value.microseconds * 1000 + nanoseconds
    seconds, rest = divmod(abs(whole), 10**9)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    sign, before = "-" * (whole < 0), f"{days}." if days else ""
    return f"{sign}{before}{hours:02}:{minutes:02}:{seconds:02}{_fraction(rest)}"


def _spell(value: float, few: int, many: int, same: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    digits = few if (float(f"{value:.{few - 1}e}") if few > 7 else _as_single(float(f"{value:.6e}"))) == same else many
    mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
    exponent = int(power)
    sign, figures = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
    figures = figures.replace(".", "").rstrip("0") or "0"
    if exponent < _LOWEST_EXPONENT + 1 or exponent >= digits:
        rest = f".{figures[1:]}" if len(figures) > 1 else ""
        return f"{sign}{figures[0]}{rest}E{'-' if exponent < 0 else '+'}{abs(exponent):02}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{figures}"
    whole = figures[: exponent + 1].ljust(exponent + 1, "0")
    rest = figures[exponent + 1 :]
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def _as_single(value: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def _fraction(nanoseconds: int) -> str:
    return f".{nanoseconds:09}".rstrip("0") if nanoseconds else ""
