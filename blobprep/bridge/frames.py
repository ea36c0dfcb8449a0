"""Data frames: their shape, their labels, their index, and their columns one after the other."""

from __future__ import absolute_import

import collections

import numpy as np
import pandas as pd

from .columns import read_column, write_column
from .stream import Broken
from .text import TEXT
from .value_reader import decode_values
from .values import encode_values

__all__ = ["read_frame", "write_frame"]

_MOST = 1 << 40
_LARGE = 2**64 - 1


def write_frame(stream, frame):
    """Write a data frame; it does not change."""
    rows, columns = frame.shape
    labels = frame.columns.tolist()
    levels = _levels(frame.index)
    told = {"rows": rows, "columns": columns, "levels": len(levels), "tuples": isinstance(frame.columns, pd.MultiIndex)}
    stream.write_json(told)
    stream.write_bytes(encode_values(labels + list(frame.columns.names) + list(frame.index.names)))
    stream.write_json({"names": len(frame.columns.names), "index": len(frame.index.names)})
    for level in levels:
        write_column(stream, level)
    for place in range(columns):
        write_column(stream, frame.iloc[:, place])


def read_frame(stream):
    """Read a data frame.

    Raises:
        Broken: what comes is not one.
        OverflowError: it has times that neither this pandas nor Python has.
    """
    told = stream.read_json()
    data = stream.read_bytes()
    names = stream.read_json()
    try:
        rows, columns, levels = (_count(told[name]) for name in ("rows", "columns", "levels"))
        named, indexed = _count(names["names"]), _count(names["index"])
        found = decode_values(data, columns + named + indexed)
        parts = [pd.Series(_as_it_is(read_column(stream, rows))) for _ in range(levels)]
        frame = _assemble(stream, rows, columns)
        labels = found[:columns]
        frame.columns = _column_index(labels, found[columns : columns + named], bool(told["tuples"]))
        return _with_index(frame, parts, found[columns + named :])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Broken("a frame cannot be read: %s: %s" % (type(error).__name__, error))


def _count(value):
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _MOST:
        raise Broken("a count is wrong")
    return value


def _levels(index):
    """Return the levels of an index as columns; none for the positions that every new frame has."""
    if isinstance(index, pd.MultiIndex):
        return [pd.Series(index.get_level_values(place)) for place in range(index.nlevels)]
    if _is_plain(index):
        return []
    return [pd.Series(index)]


def _is_plain(index):
    kind = getattr(index.dtype, "kind", "O")
    if kind != "i" or not isinstance(index.dtype, np.dtype):
        return False
    return bool((np.asarray(index.values) == np.arange(len(index))).all())


def _assemble(stream, rows, columns):
    """Read the columns into a frame. Its labels are numbers, since those it gets may come twice."""
    if not columns:
        return pd.DataFrame(index=np.arange(rows)).reset_index(drop=True)
    read = collections.OrderedDict((place, _as_it_is(read_column(stream, rows))) for place in range(columns))
    unsigned = [place for place, column in read.items() if _loses_its_type(column)]
    blocks = [pd.DataFrame(read.pop(place).reshape(-1, 1), columns=[place]) for place in unsigned]
    if not blocks:
        return pd.DataFrame(read)
    whole = [pd.DataFrame(read)] if read else []
    return pd.concat(whole + blocks, axis=1)[list(range(columns))]


def _as_it_is(column):
    """Keep a frame from looking for times among objects, and from making them something else."""
    is_plain = isinstance(column, np.ndarray) and column.dtype.kind == "O"
    return pd.Series(column, dtype=object) if is_plain else column


def _loses_its_type(column):
    """Tell whether an array becomes objects in a frame of this pandas: up to 0.19, large numbers without a sign do."""
    if not isinstance(column, np.ndarray) or column.dtype != np.uint64:
        return False
    made = pd.DataFrame({0: np.array([_LARGE], np.uint64)}).dtypes[0]
    return made.kind == "O"


def _column_index(labels, names, tuples):
    if tuples:
        return pd.MultiIndex.from_tuples(labels, names=names)
    texts = bool(labels) and all(isinstance(label, TEXT) for label in labels)
    if texts:
        made = pd.Index(labels)
    else:
        held = np.empty(len(labels), object)
        for place, label in enumerate(labels):
            held[place] = label
        made = pd.Index(held, dtype=object, tupleize_cols=False)
    made.name = names[0] if names else None
    return made


def _with_index(frame, parts, names):
    if len(parts) > 1:
        frame.index = pd.MultiIndex.from_arrays(parts, names=names)
    elif parts:
        is_plain = isinstance(parts[0].dtype, np.dtype) and parts[0].dtype.kind == "O"
        frame.index = pd.Index(parts[0], dtype=object) if is_plain else pd.Index(parts[0])
        frame.index.name = names[0] if names else None
    elif names:
        frame.index.name = names[0]
    return frame
