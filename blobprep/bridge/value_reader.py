"""Single Python values from bytes, as `values` writes them; any other bytes are refused."""

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
from .text import PY2, decode_text
from .values import COMPLEX, DATE, DEEPEST, FLOAT, LENGTH, MOMENT, NUMBER, SPAN, TIME

__all__ = ["Opaque", "decode_values"]

_ORDERED = dict if sys.version_info >= (3, 6) else collections.OrderedDict  # of which a struct is made again


class Opaque(object):
    """An object of the other interpreter, of which only the type's name and the text are known."""

    def __init__(self, text):
        self._text = text

    def __str__(self):
        return self._text

    __repr__ = __str__


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
        return self.take(self.unpack(LENGTH)[0])

    def value(self, depth):
        """Return the next value."""
        if depth > DEEPEST + 2:
            raise ValueError("too deep")
        letter = self.take(1)
        simple = _SIMPLE.get(letter)
        return simple(self) if simple is not None else _NESTED[letter](self, depth + 1)


def _read_numpy(reader, depth):
    dtype = np.dtype(str(reader.value(depth)))
    return np.frombuffer(reader.sized(), dtype)[0]


def _read_array(reader, depth):
    dtype = np.dtype(str(reader.value(depth)))
    (count,) = reader.unpack(LENGTH)
    shape = [reader.unpack(NUMBER)[0] for _ in range(count)]
    size = dtype.itemsize
    for part in shape:
        size *= part
    return np.frombuffer(reader.take(size), dtype).reshape(shape).copy()


def _read_moment(reader, depth):
    made = datetime.datetime(*reader.unpack(MOMENT))
    zone = scalars.zone_of(reader.value(depth))
    return made if zone is None else made.replace(tzinfo=scalars.zone_of("UTC")).astimezone(zone)


def _read_clock(reader, depth):
    return datetime.time(*reader.unpack(TIME)).replace(tzinfo=scalars.zone_of(reader.value(depth)))


def _read_period(reader, depth):
    ordinal, name, text = reader.unpack(NUMBER)[0], str(reader.value(depth)), reader.value(depth)
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
    return [reader.value(depth) for _ in range(reader.unpack(LENGTH)[0])]


def _read_dict(reader, depth):
    items = _read_list(reader, depth)
    return _ORDERED(zip(items[::2], items[1::2]))


def _read_objects(reader, depth):
    items = _read_list(reader, depth)
    made = np.empty(len(items), object)
    made[:] = items
    return made


def _read_stamp(reader, depth):
    return scalars.stamp_of(reader.unpack(NUMBER)[0], str(reader.value(depth)), reader.value(depth))


_SIMPLE = {
    b"N": lambda reader: None,
    b"T": lambda reader: pd.NaT,
    b"A": lambda reader: float("nan") if scalars.NA is None else scalars.NA,
    b"t": lambda reader: True,
    b"f": lambda reader: False,
    b"i": lambda reader: reader.unpack(NUMBER)[0],
    b"I": lambda reader: int(reader.sized()),
    b"d": lambda reader: reader.unpack(FLOAT)[0],
    b"c": lambda reader: complex(*reader.unpack(COMPLEX)),
    b"s": lambda reader: decode_text(reader.sized()),
    b"b": lambda reader: reader.sized(),
    b"D": lambda reader: decimal.Decimal(reader.sized().decode("ascii")),
    b"y": lambda reader: datetime.date(*reader.unpack(DATE)),
    b"m": lambda reader: datetime.timedelta(*reader.unpack(SPAN)),
    b"U": lambda reader: uuid.UUID(bytes=reader.take(16)),
}
_NESTED = {
    b"w": _read_moment,
    b"h": _read_clock,
    b"S": _read_stamp,
    b"M": lambda reader, depth: scalars.span_of(reader.unpack(NUMBER)[0], str(reader.value(depth))),
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
