"""Single Python values as bytes: the cells of a column of objects, labels, what names a frame has.

A value is one letter and what follows from it. Python 2 has one type for text and bytes: what is valid UTF-8 crosses as
text. An object of any other kind crosses as its type's name and its `str()`, which is all that a result keeps of it.
`value_reader` makes them again.
"""

from __future__ import absolute_import

import datetime
import decimal
import struct
import uuid

import numpy as np
import pandas as pd

from . import scalars
from .text import PY2, TEXT, encode_text

__all__ = [
    "COMPLEX",
    "DATE",
    "DEEPEST",
    "FLOAT",
    "LENGTH",
    "MOMENT",
    "NUMBER",
    "SPAN",
    "TIME",
    "encode_values",
    "has_plain_bytes",
]

DEEPEST = 200
"""Levels of lists in lists; what is deeper crosses as its text."""

NUMBER, FLOAT, LENGTH = struct.Struct("<q"), struct.Struct("<d"), struct.Struct("<I")
COMPLEX, DATE = struct.Struct("<dd"), struct.Struct("<HBB")
TIME, MOMENT, SPAN = struct.Struct("<BBBI"), struct.Struct("<HBBBBBI"), struct.Struct("<iii")

_INTEGERS = (int, type(2**70))  # Python 2 has a second type for large ones


def has_plain_bytes(values):
    """Tell whether one of Python 2's `str` among values is not text."""
    if not PY2:
        return False
    for value in values:
        if type(value) is bytes:
            try:
                value.decode("utf-8")
            except UnicodeDecodeError:
                return True
    return False


def encode_values(values, as_bytes=False):
    """Return values as bytes.

    Args:
        values: of any type.
        as_bytes: whether Python 2's `str` are bytes, because not all of them are text.
    """
    parts = []
    for value in values:
        _encode(value, parts, as_bytes, 0)
    return b"".join(parts)


def _sized(letter, data):
    return letter + LENGTH.pack(len(data)) + data


def _text(value):
    return _sized(b"s", encode_text(value))


def _bytes(value, as_bytes=True):
    if PY2 and not as_bytes:
        try:
            return _text(value.decode("utf-8"))
        except UnicodeDecodeError:
            pass
    return _sized(b"b", value)


def _integer(value):
    if -(2**63) <= value < 2**63:
        return b"i" + NUMBER.pack(value)
    return _sized(b"I", str(value).rstrip("L").encode("ascii"))


def _zone(zone):
    name = scalars.zone_name(zone)
    if name is None:
        return b"N"
    return _integer(name) if isinstance(name, int) else _text(TEXT(name))


def _moment(value):
    zone, offset = value.tzinfo, value.utcoffset()
    if offset is not None:  # in UTC, where no moment comes twice
        value = value.replace(tzinfo=None) - offset
    fields = (value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond)
    return b"w" + MOMENT.pack(*fields) + (b"N" if offset is None else _zone(zone))


def _clock(value):
    return b"h" + TIME.pack(value.hour, value.minute, value.second, value.microsecond) + _zone(value.tzinfo)


def _stamp(value):
    number, unit, zone = scalars.stamp_parts(value)
    name = b"N" if zone is None else (_integer(zone) if isinstance(zone, int) else _text(TEXT(zone)))
    return b"S" + NUMBER.pack(number) + _text(TEXT(unit)) + name


def _span(value):
    number, unit = scalars.span_parts(value)
    return b"M" + NUMBER.pack(number) + _text(TEXT(unit))


def _numpy(value):
    data = value.tobytes()
    return b"g" + _text(TEXT(value.dtype.str)) + LENGTH.pack(len(data)) + data


def _period(value):
    return b"P" + NUMBER.pack(value.ordinal) + _text(TEXT(value.freqstr)) + _text(TEXT(value))


def _opaque(value):
    text = str(value)
    if PY2:
        text = text.decode("utf-8", "replace")
    return b"O" + _text(TEXT(type(value).__name__)) + _text(text)


_EXACT = {
    type(None): lambda value: b"N",
    bool: lambda value: b"t" if value else b"f",
    float: lambda value: b"d" + FLOAT.pack(value),
    complex: lambda value: b"c" + COMPLEX.pack(value.real, value.imag),
    TEXT: _text,
    datetime.date: lambda value: b"y" + DATE.pack(value.year, value.month, value.day),
    datetime.datetime: _moment,
    datetime.time: _clock,
    datetime.timedelta: lambda value: b"m" + SPAN.pack(value.days, value.seconds, value.microseconds),
    decimal.Decimal: lambda value: _sized(b"D", str(value).encode("ascii")),
    uuid.UUID: lambda value: b"U" + value.bytes,
    pd.Timestamp: _stamp,
    pd.Timedelta: _span,
    pd.Period: _period,
    type(pd.NaT): lambda value: b"T",
}
_EXACT.update((kind, _integer) for kind in _INTEGERS)
if scalars.NA is not None:
    _EXACT[type(scalars.NA)] = lambda value: b"A"

# Subclasses, such as a script's own, cross as what they are first of all; the order is that of `blobprep`'s own rules.
_BASES = tuple(
    (kind, _EXACT[kind])
    for kind in (pd.Timestamp, pd.Timedelta, datetime.timedelta, datetime.datetime, datetime.date, datetime.time)
) + ((decimal.Decimal, _EXACT[decimal.Decimal]), (TEXT, lambda value: _text(TEXT(value))))


def _encode(value, parts, as_bytes, depth):
    kind = type(value)
    encode = _EXACT.get(kind)
    if encode is not None:
        parts.append(encode(value))
    elif isinstance(value, np.generic) and value.dtype.kind in "biufcmM":
        parts.append(_numpy(value))
    elif isinstance(value, (bytes, bytearray)):
        parts.append(_bytes(bytes(value), as_bytes or kind is bytearray))
    elif isinstance(value, (list, tuple, dict, np.ndarray)) and depth < DEEPEST:
        _encode_nested(value, parts, as_bytes, depth + 1)
    elif kind.__name__ == "Interval" and hasattr(value, "closed"):
        parts.append(b"V" + _text(TEXT(value.closed)))
        _encode(value.left, parts, as_bytes, depth + 1)
        _encode(value.right, parts, as_bytes, depth + 1)
    else:
        for base, encode in _BASES:
            if isinstance(value, base):
                parts.append(encode(value))
                return
        parts.append(_encode_other(value))


def _encode_other(value):
    """Encode what is a number by inheritance, or an object of which only the text crosses."""
    for base in _INTEGERS:
        if isinstance(value, base):
            return _integer(base(value))
    if isinstance(value, float):
        return b"d" + FLOAT.pack(float(value))
    return _opaque(value)


def _encode_nested(value, parts, as_bytes, depth):
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "biufcmM":
            plain = np.ascontiguousarray(value)
            parts.append(b"a" + _text(TEXT(plain.dtype.str)) + LENGTH.pack(value.ndim))
            parts.extend(NUMBER.pack(size) for size in value.shape)
            parts.append(plain.tobytes())
            return
        letter, items = b"r", value.ravel().tolist()
    elif isinstance(value, dict):
        letter, items = b"e", [part for pair in value.items() for part in pair]
    else:
        letter, items = (b"u" if isinstance(value, tuple) else b"l"), value
    parts.append(letter + LENGTH.pack(len(items)))
    for item in items:
        _encode(item, parts, as_bytes, depth)
