"""Numbers as a person reads them. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

__all__ = [
    "DASH",
    "aligned",
    "approximate",
    "count",
    "duration",
    "instant",
    "length",
    "moment",
    "number",
    "plural",
    "position",
    "share",
    "size",
]

_WHOLE: Final = re.compile(r"[-−+]?\d+")
_SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_UNITS: Final = ("bytes", "kB", "MB", "GB", "TB", "PB")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DATES: Final = 5 * 86400  # seconds of an axis on which the day tells enough of a time
_LENGTH: Final = re.compile(r"(-?)P(\d{1,12})DT(\d{1,2})H(\d{1,2})M(\d{1,2}(?:\.\d{1,9})?)S", re.ASCII)
_DIGIT_WIDE: Final = "\u2007"
_POINT_WIDE: Final = "\u2008"
DASH: Final = "—"


def number(value: float | str | None) -> str:
    """Return a value of a table or a statistic, rounded: six digits, four of them behind the point at most.

    A text is taken for a number where it is one, else returned as it is.

    >>> number(3.14159265), number(31415.9265), number(0.000123456), number(2014), number(65536), number(-1e-9)
    ('3.1416', '31,415.9', '0.0001235', '2014', '65,536', '−1×10⁻⁹')
    """
    if value is None:
        return DASH
    if isinstance(value, str):
        if _WHOLE.fullmatch(value):
            return _grouped(value) if len(value) < 40 else value
        try:
            read = float(value)
        except ValueError:
            return value
        if math.isinf(read) and "n" not in value.lower():
            return value  # beyond what a double holds
        value = read
    if isinstance(value, int):
        return _grouped(str(value))
    return _decimal(value)


def aligned(texts: Sequence[str]) -> list[str]:
    """Return numbers that `number` made, with blanks as wide as digits behind them: their points are below each other.

    >>> aligned(["13", "1.25"])
    ['13\u2008\u2007\u2007', '1.25']
    """
    behind = [len(text) - text.rfind(".") if "." in text else 0 for text in texts]
    widest = max(behind, default=0)
    return [
        text
        if "×" in text
        else text
        + ("" if length else _POINT_WIDE * (widest > 0))
        + _DIGIT_WIDE * (widest - max(length, min(widest, 1)))
        for text, length in zip(texts, behind, strict=True)
    ]


def _grouped(digits: str) -> str:
    whole = digits.lstrip("+-−")
    sign = "−" if digits[:1] in "-−" else ""
    return sign + (whole if len(whole) < 5 or whole.startswith("0") else f"{int(whole):,}")


@lru_cache(2048)
def _decimal(value: float) -> str:
    """Round a number; an input and its result share many, and a page shows most of its numbers twice."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if exponent < -5 or exponent >= 15:
        digits, power = f"{value:.3e}".split("e")
        digits = digits.rstrip("0").rstrip(".")
        return f"{digits}×10{str(int(power)).translate(_SUPERSCRIPTS)}".replace("-", "−")
    behind = min(4, max(0, 5 - exponent)) if exponent >= 0 else 3 - exponent
    text = f"{abs(value):.{behind}f}"
    whole, _, rest = text.partition(".")
    rest = rest.rstrip("0")
    return ("−" if value < 0 else "") + _grouped(whole) + (f".{rest}" if rest else "")


def count(value: int | None) -> str:
    """Return a number of things.

    >>> count(1234)
    '1,234'
    """
    return DASH if value is None else f"{value:,}"


def plural(value: int, one: str, many: str = "") -> str:
    """Return a number of things with its noun.

    >>> plural(1, "row"), plural(2000, "row"), plural(2, "entry", "entries")
    ('1 row', '2,000 rows', '2 entries')
    """
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def approximate(value: int, error: float) -> str:
    """Return a number of things that was estimated, with its relative error.

    >>> approximate(12345, 0.01), approximate(12345, 0)
    ('≈ 12,300 ± 1 %', '12,345')
    """
    if not error:
        return count(value)
    digits = max(1, math.ceil(-math.log10(max(error, 1e-9))) + 1)
    rounded = round(value, digits - len(str(value))) if value else 0
    percent = f"{error * 100:.2g}" if error < 1 else f"{error * 100:.0f}"
    return f"≈ {rounded:,} ± {percent} %"


def share(part: float, whole: float) -> str:
    """Return a part as a percentage of a whole, never 0 or 100 % of what is not.

    >>> share(1, 3), share(1, 100_000), share(0, 5), share(99_999, 100_000)
    ('33.3 %', '< 0.1 %', '0 %', '> 99.9 %')
    """
    if not whole:
        return DASH
    percent = 100 * part / whole
    if 0 < percent < 0.1:
        return "< 0.1 %"
    if 99.9 < percent < 100:
        return "> 99.9 %"
    return f"{percent:.1f}".removesuffix(".0") + " %"


def size(amount: int) -> str:
    """Return a number of bytes.

    >>> size(1), size(445), size(1_234_567)
    ('1 byte', '445 bytes', '1.23 MB')
    """
    if amount < 1000:
        return plural(amount, "byte")
    exponent = min((len(str(amount)) - 1) // 3, len(_UNITS) - 1)
    return f"{amount / 1000**exponent:.3g} {_UNITS[exponent]}" if amount < 1000**6 else f"{amount:.2e} bytes"


def duration(seconds: float) -> str:
    """Return a length of time.

    >>> duration(0.0123), duration(1.5), duration(75), duration(7384)
    ('12 ms', '1.5 s', '1 min 15 s', '2 h 3 min')
    """
    sign, seconds = ("−" if seconds < 0 else ""), abs(seconds)
    if seconds < 1:
        return f"{sign}{seconds * 1000:.0f} ms" if seconds >= 0.001 or not seconds else f"{sign}{seconds * 1e6:.3g} µs"
    if seconds < 60:
        return f"{sign}{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        return f"{sign}{hours // 24:,} d {hours % 24} h"
    return f"{sign}{hours} h {minutes} min" if hours else f"{sign}{minutes} min {rest} s"


def moment(text: str) -> str:
    """Return a time of a manifest as a person reads it.

    >>> moment("2026-11-30T18:16:04.244Z")
    '2026-11-30 18:16:04 UTC'
    """
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z", text)
    return f"{found[1]} {found[2]} UTC" if found else text


def instant(text: str) -> str:
    """Return a time of a table to the second; the fraction of one is for who looks closer.

    >>> instant("2019-03-01T14:20:05.123456789+01:00"), instant("2019-03-01T00:00:00"), instant("soon")
    ('2019-03-01 14:20:05+01:00', '2019-03-01', 'soon')
    """
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?([-+]\d\d:?\d\d|Z)?", text)
    if not found:
        return text
    date, time, rest, zone = found.groups()
    return date if time == "00:00:00" and not rest and not zone else f"{date} {time}{zone or ''}"


def length(text: str) -> str:
    """Return a length of time in a table as a person reads it.

    >>> length("-P1DT2H0M0S"), length("P0DT0H0M1.250S"), length("soon")
    ('−26 h 0 min', '1.25 s', 'soon')
    """
    found = _LENGTH.fullmatch(text)
    if not found:
        return text
    sign, days, hours, minutes, seconds = found.groups()
    whole = 86400 * int(days) + 3600 * int(hours) + 60 * int(minutes) + float(seconds)
    return duration(-whole if sign else whole)


def position(value: float, kind: str, span: float = 0.0) -> str:
    """Return a position on an axis.

    Args:
        value: the position.
        kind: of the axis: of a `time`, seconds since 1970; of an `instant`, those in UTC, which is said; of a `clock`,
            seconds since midnight; of a `duration`, seconds.
        span: length of the axis, which decides how much of a time is told.

    >>> position(86400, "time", 1e9), position(86400, "instant", 60), position(60, "clock"), position(1.5, "numeric")
    ('1970-01-02', '1970-01-02 00:00:00Z', '00:01:00', '1.5')
    """
    if kind == "duration":
        return duration(value)
    if kind not in ("time", "instant", "clock"):
        return number(value)
    try:
        when = _EPOCH + timedelta(seconds=value)
    except OverflowError:
        return number(value)
    if kind == "clock":
        return when.isoformat(" ")[11:19]
    return when.isoformat(" ")[:10] if span >= _DATES else when.isoformat(" ")[:19] + ("Z" if kind == "instant" else "")
