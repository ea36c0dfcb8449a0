"""A cell of a request to a value of its column's type. Pure.

Clients send numbers as texts, and truth values as texts or numbers; .NET's and ISO's spellings of times are both read.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from blobprep.protocol.classic_cells import spell_boolean, spell_double, spell_timespan
from blobprep.service.definitions import Cell, Column

__all__ = ["TYPES", "CellError", "read_cell"]


class CellError(ValueError):
    """A cell that is no value of its column's type; the text says why and shows nothing of it."""


_INTEGERS: Final[Mapping[str, tuple[int, int]]] = {
    "Byte": (0, 2**8 - 1),
    "SByte": (-(2**7), 2**7 - 1),
    "Int16": (-(2**15), 2**15 - 1),
    "UInt16": (0, 2**16 - 1),
    "Int32": (-(2**31), 2**31 - 1),
    "UInt32": (0, 2**32 - 1),
    "Int64": (-(2**63), 2**63 - 1),
    "UInt64": (0, 2**64 - 1),
}
_NUMERAL: Final = re.compile(r"[+-]?(\d{1,400}\.?\d{0,400}|\.\d{1,400})([eE][+-]?\d{1,5})?")
_EXACT: Final = 2**53  # every whole number up to here is a float
_DIGITS: Final = 20  # of the largest integer
_WORDS: Final = {"nan": math.nan, "infinity": math.inf, "-infinity": -math.inf, "inf": math.inf, "-inf": -math.inf}
_TRUTH: Final = {"true": True, "false": False, "1": True, "0": False}
_SPAN: Final = re.compile(r"(-?)(?:(\d{1,8})\.)?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?")
_ENGLISH: Final = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:\s*([AaPp])[Mm])?)?"
    r"(?:\s*([+-]\d{2}:\d{2}))?"
)
_ISO: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?\s*(Z|z|[+-]\d{2}:?\d{2})?)?"
)
_MILLISECONDS: Final = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")


def read_cell(cell: object, column: Column) -> Cell:
    """Return the value of a cell.

    Args:
        cell: as JSON had it.
        column: it is in; with an empty type any cell is taken as it is.

    Returns:
        None for a missing one: `null`, not a number in a column that holds numbers, and an empty text in a column of
        any other type than `String`. A `DateTime` is a text in ISO 8601 without a zone, in UTC where it had one.

    Raises:
        CellError: the cell is not of that type.
    """
    if isinstance(cell, (list, dict)):
        raise CellError("a list or an object is no cell")
    value = _READERS.get(column.type, _any)(cell, column.type) if cell is not None else None
    if value is None and not column.nullable:
        raise CellError("no value may be missing here")
    if column.categories and value is not None and str(value) not in column.categories:
        raise CellError("it is none of the values that this column may have")
    return value


def _any(cell: Any, kind: str) -> Cell:
    if isinstance(cell, float) and math.isnan(cell):
        return None
    return cell  # type: ignore[no-any-return]  # JSON has no other scalars


def _text(cell: Any, kind: str) -> Cell:
    match cell:
        case bool():
            return spell_boolean(cell)
        case int():
            return str(cell)
        case float():
            return None if math.isnan(cell) else spell_double(cell)
        case _:
            return str(cell)


def _number(cell: Any, kind: str) -> Cell:
    if isinstance(cell, bool):
        raise CellError(f"true or false is no {kind}")
    if isinstance(cell, str):
        text = cell.strip()
        if not text:
            return None
        if text.lower() in _WORDS:
            cell = _WORDS[text.lower()]
        elif not _NUMERAL.fullmatch(text):
            raise CellError(f"the text is no {kind}")
        elif _is_whole(text):
            cell = int(text) or float(text)  # a zero keeps its sign
        else:
            cell = _finite(float(text), kind)
    value = _of_integer(cell, kind) if isinstance(cell, int) else float(cell)
    if kind == "Single" and math.isfinite(value):
        try:
            struct.pack("<f", value)
        except OverflowError:
            raise CellError(f"the number is too large for {kind}") from None
    return None if math.isnan(value) else value


def _is_whole(text: str) -> bool:
    return text.lstrip("+-").isdigit()


def _finite(value: float, kind: str) -> float:
    if math.isinf(value):
        raise CellError(f"the number is too large for {kind}")
    return value


def _of_integer(number: int, kind: str) -> float:
    """Return a whole number as the nearest float, unless digits would be lost.

    One that is spelled as JavaScript and .NET spell a large float, by its first digits and zeros, loses none.
    """
    try:
        value = float(number)
    except OverflowError:
        raise CellError(f"the number is too large for {kind}") from None
    if abs(number) > _EXACT and int(value) != number and Decimal(repr(value)) != number:
        raise CellError(f"the number has more digits than a {kind} holds; have the column declared as Int64 or String")
    return value


def _integer(cell: Any, kind: str) -> Cell:
    if isinstance(cell, bool):
        raise CellError(f"true or false is no {kind}")
    if isinstance(cell, str):
        text = cell.strip()
        if not text or text.lower() == "nan":
            return None
        if not _NUMERAL.fullmatch(text):
            raise CellError(f"the text is no {kind}")
        cell = int(text) if _is_whole(text) else _whole_of(Decimal(text), kind)
    if isinstance(cell, float):
        if math.isnan(cell):
            return None
        if math.isinf(cell) or cell != int(cell):
            raise CellError(f"the number is no {kind}")
        if abs(cell) > _EXACT:  # what was written may have been another number
            raise CellError(
                "the number has a point or an exponent and may have lost digits; send it without, or as text"
            )
        cell = int(cell)
    low, high = _INTEGERS[kind]
    if not low <= cell <= high:
        raise CellError(f"the number is out of the range of {kind}")
    return int(cell)


def _whole_of(number: Decimal, kind: str) -> int:
    """Return a number that is spelled with a point or an exponent, if it is whole."""
    if abs(number.adjusted()) > _DIGITS or number != number.to_integral_value():
        raise CellError(f"the number is no {kind}")
    return int(number)


def _truth(cell: Any, kind: str) -> Cell:
    if isinstance(cell, float) and math.isnan(cell):
        return None
    text = ("1" if cell == 1 else "0" if cell == 0 else "?") if isinstance(cell, (int, float)) else cell.strip()
    if not text:
        return None
    if text.lower() not in _TRUTH:
        raise CellError("it is neither true nor false")
    return _TRUTH[text.lower()]


def _time(cell: Any, kind: str) -> Cell:
    if isinstance(cell, float) and math.isnan(cell):
        return None
    if not isinstance(cell, str):
        raise CellError("a number is no DateTime; use 2010-05-30T18:07:00")
    text = cell.strip()
    if not text:
        return None
    try:
        if found := _ISO.fullmatch(text):
            return _iso(*found.groups())
        if found := _ENGLISH.fullmatch(text):
            return _english(*found.groups())
        if found := _MILLISECONDS.fullmatch(text):
            moment = datetime(1970, 1, 1) + timedelta(milliseconds=int(found[1]))
            return moment.isoformat()
    except (ValueError, OverflowError):
        pass
    raise CellError("the text is no DateTime; use 2010-05-30T18:07:00 or 5/30/2010 6:07:00 PM")


def _iso(day: str, clock: str | None, fraction: str | None, zone: str | None) -> str:
    moment = datetime.fromisoformat(f"{day}T{clock or '00:00'}{zone or ''}")
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return _with_fraction(moment, fraction)


def _english(*groups: str | None) -> str:
    month, day, year, hours, minutes, seconds = (int(text or 0) for text in groups[:6])
    half = (groups[7] or "").lower()
    if half:
        if not 1 <= hours <= 12:
            raise ValueError(hours)
        hours = hours % 12 + 12 * (half == "p")
    return _iso(f"{year:04}-{month:02}-{day:02}", f"{hours:02}:{minutes:02}:{seconds:02}", groups[6], groups[8])


def _with_fraction(moment: datetime, fraction: str | None) -> str:
    digits = (fraction or "").rstrip("0")
    return f"{moment:%Y-%m-%dT%H:%M:%S}".rjust(19, "0") + (f".{digits}" if digits else "")


def _span(cell: Any, kind: str) -> Cell:
    if isinstance(cell, float) and math.isnan(cell):
        return None
    if not isinstance(cell, str):
        raise CellError("a number is no TimeSpan; use 1.02:03:04")
    if not cell.strip():
        return None
    found = _SPAN.fullmatch(cell.strip())
    if found is None:
        raise CellError("the text is no TimeSpan; use 1.02:03:04")
    sign, days, hours, minutes, seconds, fraction = found.groups()
    if int(hours) > 23 or int(minutes) > 59 or int(seconds or 0) > 59:
        raise CellError("the text is no TimeSpan; use 1.02:03:04")
    nanoseconds = int((fraction or "0").ljust(9, "0"))
    span = timedelta(days=int(days or 0), hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
    factor = -1 if sign else 1
    return spell_timespan(factor * span, factor * nanoseconds)


_READERS: Final[Mapping[str, Callable[[Any, str], Cell]]] = {
    "String": _text,
    "Double": _number,
    "Single": _number,
    "Boolean": _truth,
    "DateTime": _time,
    "TimeSpan": _span,
    **dict.fromkeys(_INTEGERS, _integer),
}

TYPES: Final = tuple(_READERS)
"""The types that a column may have."""
