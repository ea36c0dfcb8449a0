"""What columns are made of: which values are missing and how, texts, and times in other units."""

from __future__ import absolute_import

import struct

import numpy as np
import pandas as pd

from . import scalars
from .stream import Broken
from .text import TEXT, decode_text, encode_text

__all__ = [
    "CHUNK",
    "MISSING",
    "convert_times",
    "kinds_of_missing",
    "missing_number",
    "read_texts",
    "restore_missing",
    "write_texts",
]

CHUNK = 1 << 16
"""Values that are converted to Python objects, or from them, at a time."""

_NONE, _NAN, _NAT, _NA = 1, 2, 3, 4
MISSING = {_NONE: None, _NAN: float("nan"), _NAT: pd.NaT, _NA: float("nan") if scalars.NA is None else scalars.NA}
"""The missing values by their numbers; 0 is for a value that is there."""

_NUL = TEXT("\0")
_SEPARATED, _COUNTED = 0, 1
_HEADER = struct.Struct("<BQ")
_LONGEST = 1 << 31
_REMEMBERED = 1 << 14  # different texts of a column that are kept, so that equal ones are one object
_LEAST = -(2**63)


def kinds_of_missing(values, missing):
    """Return the numbers of missing values as an array, None where a value is missing in another way.

    Args:
        values: an array of objects.
        missing: which of them are missing.
    """
    kinds = np.zeros(len(values), np.uint8)
    found = []
    for value in values[missing]:
        if value is None:
            found.append(_NONE)
        elif type(value) is float:
            found.append(_NAN)
        elif value is pd.NaT:
            found.append(_NAT)
        elif scalars.NA is not None and value is scalars.NA:
            found.append(_NA)
        else:
            return None
    kinds[missing] = found
    return kinds


def missing_number(value):
    """Return the number of a missing value of pandas' own types."""
    return _NA if scalars.NA is not None and value is scalars.NA else _NAN


def restore_missing(values, kinds):
    """Put missing values into an array of objects."""
    for number, value in MISSING.items():
        places = kinds == number
        if places.any():
            values[places] = value


def write_texts(stream, texts):
    """Write texts, none of which is missing, a chunk at a time.

    Args:
        stream: to the other end.
        texts: yields lists of texts.
    """
    for chunk in texts:
        joined = _NUL.join(chunk)
        # Splitting one long text is much faster than decoding many short ones; few texts have a NUL in them.
        if joined.count(_NUL) == len(chunk) - 1:
            data = encode_text(joined)
            stream.write(_HEADER.pack(_SEPARATED, len(data)) + data)
        else:
            parts = [encode_text(text) for text in chunk]
            lengths = np.array([len(part) for part in parts], np.int64)
            data = b"".join(parts)
            stream.write(_HEADER.pack(_COUNTED, len(data)) + data)
            stream.write_array(lengths)


def read_texts(stream, count):
    """Yield lists of texts, of `CHUNK` each but for the last.

    Raises:
        Broken: they are not as `write_texts` writes them.
    """
    known = {}
    for start in range(0, count, CHUNK):
        length = min(CHUNK, count - start)
        shape, size = _HEADER.unpack(stream.read(_HEADER.size))
        if size > _LONGEST:
            raise Broken("texts are too long")
        data = stream.read(size)
        if shape == _SEPARATED:
            chunk = decode_text(data).split(_NUL)
        else:
            ends = np.cumsum(stream.read_array(np.int64, length)).tolist()
            chunk = [decode_text(data[first:last]) for first, last in zip([0] + ends[:-1], ends)]
        if len(chunk) != length:
            raise Broken("texts are missing")
        if len(known) < _REMEMBERED:
            chunk = [known.setdefault(text, text) for text in chunk]
        yield chunk


def convert_times(numbers, unit, kind):
    """Return times of a unit as an array that this pandas can hold: in that unit, in nanoseconds, or as objects.

    Args:
        numbers: 64-bit integers, the least of which stands for a missing time.
        unit: of the numbers.
        kind: `M` for times, `m` for spans.

    Raises:
        OverflowError: neither this pandas nor Python has such times.
    """
    if scalars.HAS_UNITS or unit == "ns":
        return numbers.view("%s8[%s]" % (kind, unit))
    factor = scalars.PER_SECOND["ns"] // scalars.PER_SECOND[unit]
    gone = numbers == _LEAST
    here = numbers[~gone]
    if not len(here) or (int(here.min()) * factor > _LEAST and int(here.max()) * factor < -_LEAST):
        scaled = np.where(gone, _LEAST, numbers * np.int64(factor))
        return scaled.view("%s8[ns]" % kind)
    made = np.empty(len(numbers), object)
    convert = scalars.datetime_of if kind == "M" else scalars.span_of
    made[:] = [pd.NaT if number == _LEAST else convert(number, unit) for number in numbers.tolist()]
    return made
