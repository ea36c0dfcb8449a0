"""Single Python values as bytes: the cells of a column of objects, labels, what names a frame has.

A value is one letter and what follows from it. Python 2 has one type for text and bytes: what is valid UTF-8 crosses as
text. An object of any other kind crosses as its type's name and its `str()`, which is all that a result keeps of it.
"""

from __future__ import absolute_import

import collections
import datetime
import decimal
import struct
import sys
import uuid

import numpy as np
import pandas as pd

from . import scalars
from .stream import Broken
from .text import PY2, TEXT

__all__ = ["Opaque", "decode_values", "encode_values", "has_plain_bytes"]

_INTEGERS = (int, type(2**70))  # Python 2 has a second type for large ones
_DEEPEST = 200
_ORDERED = dict if sys.version_info >= (3, 6) else collections.OrderedDict  # of which a struct is made again
_SURROGATES = "strict" if PY2 else "surrogatepass"  # Python 2 passes them always

_NUMBER, _FLOAT, _LENGTH = struct.Struct("<q"), struct.Struct("<d"), struct.Struct("<I")
_COMPLEX, _DATE = struct.Struct("<dd"), struct.Struct("<HBB")
_TIME, _MOMENT, _SPAN = struct.Struct("<BBBI"), struct.Struct("<HBBBBBI"), struct.Struct("<iii")


class Opaque(object):
    """An object of the other interpreter, of which only the type's name and the text are known."""

    def __init__(self, text):
        self._text = text

    def __str__(self):
        return self._text

    __repr__ = __str__


def encode_text(text):
    """Return text as bytes, also with halves of characters in it."""
    return text.encode("utf-8", _SURROGATES)


def decode_text(data):
    """Return text from bytes."""
    return data.decode("utf-8", _SURROGATES)


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


def decode_values(data, count):
    """Return so many values from bytes.

    Raises:
        Broken: they are not such bytes.
    """
    reader = _Reader(data)
    try:
        return [reader.value(0) for _ in range(count)]
    except (struct.error, KeyError, IndexError, ValueError, TypeError, ArithmeticError, RuntimeError) as error:
        raise Broken("values cannot be read: %s" % type(error).__name__)


def _sized(letter, data):
    return letter + _LENGTH.pack(len(data)) + data


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
        return b"i" + _NUMBER.pack(value)
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
    return b"w" + _MOMENT.pack(*fields) + (b"N" if offset is None else _zone(zone))


def _clock(value):
    return b"h" + _TIME.pack(value.hour, value.minute, value.second, value.microsecond) + _zone(value.tzinfo)


def _stamp(value):
    number, unit, zone = scalars.stamp_parts(value)
    name = b"N" if zone is None else (_integer(zone) if isinstance(zone, int) else _text(TEXT(zone)))
    return b"S" + _NUMBER.pack(number) + _text(TEXT(unit)) + name


def _span(value):
    number, unit = scalars.span_parts(value)
    return b"M" + _NUMBER.pack(number) + _text(TEXT(unit))


def _numpy(value):
    data = value.tobytes()
    return b"g" + _text(TEXT(value.dtype.str)) + _LENGTH.pack(len(data)) + data


def _period(value):
    return b"P" + _NUMBER.pack(value.ordinal) + _text(TEXT(value.freqstr)) + _text(TEXT(value))


def _opaque(value):
    text = str(value)
    if PY2:
        text = text.decode("utf-8", "replace")
    return b"O" + _text(TEXT(type(value).__name__)) + _text(text)


_EXACT = {
    type(None): lambda value: b"N",
    bool: lambda value: b"t" if value else b"f",
    float: lambda value: b"d" + _FLOAT.pack(value),
    complex: lambda value: b"c" + _COMPLEX.pack(value.real, value.imag),
    TEXT: _text,
    datetime.date: lambda value: b"y" + _DATE.pack(value.year, value.month, value.day),
    datetime.datetime: _moment,
    datetime.time: _clock,
    datetime.timedelta: lambda value: b"m" + _SPAN.pack(value.days, value.seconds, value.microseconds),
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
    elif isinstance(value, (list, tuple, dict, np.ndarray)) and depth < _DEEPEST:
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
        return b"d" + _FLOAT.pack(float(value))
    return _opaque(value)


def _encode_nested(value, parts, as_bytes, depth):
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "biufcmM":
            plain = np.ascontiguousarray(value)
            parts.append(b"a" + _text(TEXT(plain.dtype.str)) + _LENGTH.pack(value.ndim))
            parts.extend(_NUMBER.pack(size) for size in value.shape)
            parts.append(plain.tobytes())
            return
        letter, items = b"r", value.ravel().tolist()
    elif isinstance(value, dict):
        letter, items = b"e", [part for pair in value.items() for part in pair]
    else:
        letter, items = (b"u" if isinstance(value, tuple) else b"l"), value
    parts.append(letter + _LENGTH.pack(len(items)))
    for item in items:
        _encode(item, parts, as_bytes, depth)


class _Reader(object):
    """Values from bytes."""

    def __init__(self, data):
        self._data = memoryview(data)
        self._at = 0

    def take(self, length):
        """Return the next bytes."""
        data = self._data[self._at : self._at + length].tobytes()
        if len(data) < length:
            raise IndexError("there are no more bytes")
        self._at += length
        return data

    def unpack(self, shape):
        """Return the next numbers."""
        return shape.unpack(self.take(shape.size))

    def sized(self):
        """Return the next bytes after their length."""
        return self.take(self.unpack(_LENGTH)[0])

    def value(self, depth):
        """Return the next value."""
        if depth > _DEEPEST + 2:
            raise ValueError("too deep")
        letter = self.take(1)
        simple = _SIMPLE.get(letter)
        return simple(self) if simple is not None else _NESTED[letter](self, depth + 1)


def _read_numpy(reader, depth):
    dtype = np.dtype(str(reader.value(depth)))
    return np.frombuffer(reader.sized(), dtype)[0]


def _read_array(reader, depth):
    dtype = np.dtype(str(reader.value(depth)))
    (count,) = reader.unpack(_LENGTH)
    shape = [reader.unpack(_NUMBER)[0] for _ in range(count)]
    size = dtype.itemsize
    for part in shape:
        size *= part
    return np.frombuffer(reader.take(size), dtype).reshape(shape).copy()


def _read_moment(reader, depth):
    made = datetime.datetime(*reader.unpack(_MOMENT))
    zone = scalars.zone_of(reader.value(depth))
    return made if zone is None else made.replace(tzinfo=scalars.zone_of("UTC")).astimezone(zone)


def _read_clock(reader, depth):
    return datetime.time(*reader.unpack(_TIME)).replace(tzinfo=scalars.zone_of(reader.value(depth)))


def _read_period(reader, depth):
    ordinal, name, text = reader.unpack(_NUMBER)[0], str(reader.value(depth)), reader.value(depth)
    try:
        return pd.Period(ordinal=ordinal, freq=name)
    except (ValueError, TypeError, KeyError, AttributeError):  # versions name frequencies differently
        return _make_opaque("Period", text)


def _read_interval(reader, depth):
    closed, left, right = reader.value(depth), reader.value(depth), reader.value(depth)
    if hasattr(pd, "Interval"):
        return pd.Interval(left, right, str(closed))
    return _make_opaque("Interval", "%s, %s" % (left, right))


def _make_opaque(name, text):
    kind = type(str(name) if name.isidentifier() else "object", (Opaque,), {}) if not PY2 else Opaque
    return kind(text)


def _read_list(reader, depth):
    return [reader.value(depth) for _ in range(reader.unpack(_LENGTH)[0])]


def _read_dict(reader, depth):
    items = _read_list(reader, depth)
    return _ORDERED(zip(items[::2], items[1::2]))


def _read_objects(reader, depth):
    items = _read_list(reader, depth)
    made = np.empty(len(items), object)
    made[:] = items
    return made


def _read_stamp(reader, depth):
    return scalars.stamp_of(reader.unpack(_NUMBER)[0], str(reader.value(depth)), reader.value(depth))


_SIMPLE = {
    b"N": lambda reader: None,
    b"T": lambda reader: pd.NaT,
    b"A": lambda reader: float("nan") if scalars.NA is None else scalars.NA,
    b"t": lambda reader: True,
    b"f": lambda reader: False,
    b"i": lambda reader: reader.unpack(_NUMBER)[0],
    b"I": lambda reader: int(reader.sized()),
    b"d": lambda reader: reader.unpack(_FLOAT)[0],
    b"c": lambda reader: complex(*reader.unpack(_COMPLEX)),
    b"s": lambda reader: decode_text(reader.sized()),
    b"b": lambda reader: reader.sized(),
    b"D": lambda reader: decimal.Decimal(reader.sized().decode("ascii")),
    b"y": lambda reader: datetime.date(*reader.unpack(_DATE)),
    b"m": lambda reader: datetime.timedelta(*reader.unpack(_SPAN)),
    b"U": lambda reader: uuid.UUID(bytes=reader.take(16)),
}
_NESTED = {
    b"w": _read_moment,
    b"h": _read_clock,
    b"S": _read_stamp,
    b"M": lambda reader, depth: scalars.span_of(reader.unpack(_NUMBER)[0], str(reader.value(depth))),
    b"g": _read_numpy,
    b"a": _read_array,
    b"P": _read_period,
    b"V": _read_interval,
    b"O": lambda reader, depth: _make_opaque(reader.value(depth), reader.value(depth)),
    b"l": _read_list,
    b"u": lambda reader, depth: tuple(_read_list(reader, depth)),
    b"e": _read_dict,
    b"r": _read_objects,
}
