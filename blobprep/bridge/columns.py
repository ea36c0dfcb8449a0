"""One column: how it crosses to the other interpreter, and how it is made again there.

A column is a message that names its kind, and arrays. A kind that this version of pandas does not have becomes Python
objects, which every version holds; no value is ever rounded.
"""

from __future__ import absolute_import

import numpy as np
import pandas as pd

from . import scalars
from .arrays import (
    CHUNK,
    convert_times,
    kinds_of_missing,
    missing_number,
    read_texts,
    restore_missing,
    write_texts,
)
from .stream import Broken
from .text import PY2, TEXT
from .value_reader import decode_values
from .values import encode_values, has_plain_bytes

__all__ = ["read_column", "write_column"]

_EMPTY = TEXT()
_PLAIN = "biufcmM"
_MASKED = dict(
    [("boolean", "bool"), ("Float32", "float32"), ("Float64", "float64")]
    + [("%s%d" % (kind, size), ("%s%d" % (kind, size)).lower()) for kind in ("Int", "UInt") for size in (8, 16, 32, 64)]
)
_STRINGS = frozenset(["str", "string"])
_OF_OBJECTS = ("interval", "period")
_LEVELS = 1 << 7  # columns inside columns, at most: categories of categories do not exist


def write_column(stream, series):
    """Write a column, or an index as a series."""
    dtype = series.dtype
    name = str(dtype)
    if name == "category":
        _write_category(stream, series)
    elif name.startswith("Sparse") or type(series).__name__ == "SparseSeries":
        stream.write_json({"kind": "sparse"})
        write_column(stream, _to_dense(series))
    elif isinstance(dtype, np.dtype):
        _write_numpy(stream, series)
    elif getattr(dtype, "tz", None) is not None and name.startswith("datetime64"):
        _write_zoned(stream, series)
    elif name in _MASKED and scalars.NA is not None:  # before pandas 1 they are objects here
        _write_masked(stream, series, name)
    elif getattr(dtype, "name", "") in _STRINGS:
        _write_strings(stream, series)
    else:
        values = series.astype(object).values
        shape = next((kind for kind in _OF_OBJECTS if name.startswith(kind)), "object")
        _write_objects(stream, len(values), lambda first, last: values[first:last], shape)


def read_column(stream, rows, depth=0):
    """Read a column of so many rows, as an array or a series.

    Raises:
        Broken: what comes is not a column.
        OverflowError: it has times that neither this pandas nor Python has.
    """
    told = stream.read_json()
    if depth > _LEVELS:
        raise Broken("columns inside columns")
    try:
        return _KINDS[told["kind"]](stream, rows, told, depth)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise Broken("a column cannot be read: %s: %s" % (type(error).__name__, error))


def _to_dense(series):
    if hasattr(series, "to_dense"):
        return pd.Series(series.to_dense())
    return pd.Series(np.asarray(series.values.to_dense()))


def _write_numpy(stream, series):
    values = series.values
    if values.dtype.kind in _PLAIN:
        native = values.dtype.newbyteorder("<") if values.dtype.kind not in "b" else values.dtype
        stream.write_json({"kind": "numpy", "dtype": native.str})
        stream.write_array(values)
    else:
        objects = values.astype(object)
        _write_objects(stream, len(objects), lambda first, last: objects[first:last], "object")


def _read_numpy(stream, rows, told, _):
    dtype = np.dtype(str(told["dtype"]))
    if dtype.kind not in _PLAIN:
        raise Broken("an array of this type cannot be read")
    if dtype.kind in "mM":
        unit, step = np.datetime_data(dtype)
        if step != 1 or unit not in scalars.PER_SECOND:
            raise Broken("times of this unit cannot be read")
        return convert_times(stream.read_array(np.int64, rows), unit, dtype.kind)
    return stream.read_array(dtype, rows)


def _write_zoned(stream, series):
    values = np.asarray(series.dt.tz_convert("UTC").dt.tz_localize(None).values)
    unit = np.datetime_data(values.dtype)[0]
    stream.write_json({"kind": "zoned", "unit": unit, "zone": scalars.zone_name(series.dtype.tz)})
    stream.write_array(values.view(np.int64))


def _read_zoned(stream, rows, told, _):
    zone = scalars.zone_of(told["zone"])
    values = convert_times(stream.read_array(np.int64, rows), str(told["unit"]), "M")
    if values.dtype == object:
        utc = scalars.zone_of("UTC")
        made = np.empty(rows, object)
        made[:] = [value if value is pd.NaT else value.replace(tzinfo=utc).astimezone(zone) for value in values]
        return made
    return pd.Series(values).dt.tz_localize("UTC").dt.tz_convert(zone)


def _write_masked(stream, series, name):
    gone = np.asarray(series.isna(), bool)
    values = series.array.to_numpy(dtype=_MASKED[name], na_value=0)
    stream.write_json({"kind": "masked", "name": name, "dtype": values.dtype.str})
    stream.write_array(values)
    stream.write_array(gone)


def _read_masked(stream, rows, told, _):
    name = str(told["name"])
    values = stream.read_array(np.dtype(str(told["dtype"])), rows)
    mask = stream.read_array(np.bool_, rows)
    if name not in _MASKED:
        raise Broken("a column of this type cannot be read")
    kind = {"b": "BooleanArray", "f": "FloatingArray"}.get(values.dtype.kind, "IntegerArray")
    kind = getattr(getattr(pd, "arrays", None), kind, None)
    if kind is not None:
        return pd.Series(kind(values, mask))
    made = values.astype(object)
    made[mask] = float("nan") if values.dtype.kind == "f" else None
    return values.astype(float) if values.dtype.kind == "f" and not mask.any() else made


def _write_category(stream, series):
    values = series.values
    stream.write_json({"kind": "category", "ordered": bool(values.ordered), "labels": len(values.categories)})
    write_column(stream, pd.Series(values.categories))
    stream.write_array(np.asarray(values.codes).astype(np.int64))


def _read_category(stream, rows, told, depth):
    count = told["labels"]
    if not isinstance(count, int) or not 0 <= count < 1 << 40:
        raise Broken("a count of labels is wrong")
    labels = read_column(stream, count, depth + 1)
    codes = stream.read_array(np.int64, rows)
    if len(codes) and not (int(codes.min()) >= -1 and int(codes.max()) < count):
        raise Broken("a label is missing")
    is_plain = isinstance(labels.dtype, np.dtype) and labels.dtype.kind == "O"
    categories = pd.Index(np.asarray(labels), dtype=object) if is_plain else pd.Index(labels)
    return pd.Series(pd.Categorical.from_codes(codes, categories, ordered=bool(told["ordered"])))


def _read_sparse(stream, rows, _, depth):
    dense = pd.Series(read_column(stream, rows, depth + 1))
    if hasattr(pd, "arrays") and hasattr(pd.arrays, "SparseArray"):
        return pd.Series(pd.arrays.SparseArray(dense))
    return dense


def _write_strings(stream, series):
    """Write a column of pandas' own type for text, of which all values are texts or missing in one way."""
    gone = np.asarray(series.isna(), bool)
    number = missing_number(series.dtype.na_value)
    stream.write_json({"kind": "text", "shape": "str", "missing": bool(gone.any())})
    missing = np.where(gone, number, 0).astype(np.uint8)
    if gone.any():
        stream.write_array(missing)
    part = lambda first, last: series.iloc[first:last].to_numpy(dtype=object)  # noqa: E731
    write_texts(stream, _texts(len(series), part, missing, False))


def _write_objects(stream, rows, part, shape):
    """Write a column of objects: as texts or flags where all that is there is one of these, else value by value.

    Args:
        stream: to the other end.
        rows: how many there are.
        part: returns an array of the objects from one position to another.
        shape: what the column is where it is made again.
    """
    kinds, missing = _survey(rows, part)
    text = not PY2 and kinds == {TEXT}
    if PY2 and kinds and kinds <= {TEXT, bytes}:
        text = bytes not in kinds or not any(map(has_plain_bytes, _chunks(rows, part)))
    if missing is not None and (text or kinds == {bool}):
        stream.write_json({"kind": "text" if text else "flags", "shape": shape, "missing": bool(missing.any())})
        if missing.any():
            stream.write_array(missing)
        if text:
            write_texts(stream, _texts(rows, part, missing, bytes in kinds))
        else:
            for chunk in _chunks(rows, part):
                stream.write_array(np.array([value is True for value in chunk], np.bool_))
        return
    stream.write_json({"kind": "objects", "shape": shape})
    as_bytes = any(map(has_plain_bytes, _chunks(rows, part)))
    for chunk in _chunks(rows, part):
        stream.write_bytes(encode_values(chunk, as_bytes))


def _chunks(rows, part):
    for first in range(0, rows, CHUNK):
        yield part(first, min(first + CHUNK, rows))


def _survey(rows, part):
    """Return the types of the values that are there, and how the others are missing, None where that has no number."""
    kinds, missing = set(), []
    for chunk in _chunks(rows, part):
        gone = np.asarray(pd.isnull(chunk), bool)
        kinds.update(map(type, chunk[~gone]))
        if missing is not None:
            numbers = kinds_of_missing(chunk, gone)
            missing = None if numbers is None else missing + [numbers]
    if missing is None:
        return kinds, None
    return kinds, np.concatenate(missing) if missing else np.zeros(0, np.uint8)


def _texts(rows, part, missing, decoded):
    first = 0
    for chunk in _chunks(rows, part):
        gone = missing[first : first + len(chunk)] > 0
        first += len(chunk)
        texts = chunk.tolist()
        if decoded or gone.any():
            texts = [_EMPTY if lost else _as_text(value) for value, lost in zip(texts, gone.tolist())]
        yield texts


def _as_text(value):
    return value.decode("utf-8") if type(value) is bytes else value


def _missing(stream, rows, told):
    return stream.read_array(np.uint8, rows) if told["missing"] else None


def _read_text(stream, rows, told, _):
    missing = _missing(stream, rows, told)
    if scalars.HAS_STRINGS:
        return _read_strings(stream, rows, missing)
    made, first = np.empty(rows, object), 0
    for chunk in read_texts(stream, rows):
        made[first : first + len(chunk)] = chunk
        first += len(chunk)
    if missing is not None:
        restore_missing(made, missing)
    return made


def _read_strings(stream, rows, missing):
    """Read texts into a column of pandas' own type for them, which takes a fraction of the memory."""
    parts, first = [], 0
    for chunk in read_texts(stream, rows):
        texts = chunk
        if missing is not None:
            gone = missing[first : first + len(texts)].tolist()
            texts = [None if lost else text for text, lost in zip(texts, gone)]
        first += len(texts)
        parts.append(pd.Series(texts, dtype=object if _has_halves(texts) else "str"))
    if not parts:
        return pd.Series([], dtype="str")
    if any(part.dtype == object for part in parts):
        parts = [part.astype(object) for part in parts]
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def _has_halves(texts):
    """Tell whether texts have halves of characters, which pandas' own type cannot hold."""
    try:
        _EMPTY.join(text for text in texts if text is not None).encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _read_flags(stream, rows, told, _):
    missing = _missing(stream, rows, told)
    made = np.empty(rows, object)
    for first in range(0, rows, CHUNK):
        length = min(CHUNK, rows - first)
        made[first : first + length] = stream.read_array(np.bool_, length).tolist()
    if missing is not None:
        restore_missing(made, missing)
    return made


def _read_objects(stream, rows, told, _):
    made = np.empty(rows, object)
    for first in range(0, rows, CHUNK):
        length = min(CHUNK, rows - first)
        for place, value in enumerate(decode_values(stream.read_bytes(), length), first):
            made[place] = value
    if told["shape"] in _OF_OBJECTS and rows:
        return pd.Series(pd.Index(made))  # which finds out that all are intervals, or periods
    return made


_KINDS = {
    "numpy": _read_numpy,
    "zoned": _read_zoned,
    "masked": _read_masked,
    "category": _read_category,
    "sparse": _read_sparse,
    "text": _read_text,
    "flags": _read_flags,
    "objects": _read_objects,
}
