"""Values, frames and errors as JSON, the same whatever pandas says them with.

What a script can see is told: values with every digit, missing ones, types of columns, kinds and names of indexes.
What only the library sees is not: text is text, whether it is held as objects or as `str`; dates are dates, in
nanoseconds or in microseconds; an index without entries is empty, whatever entries it could have.
"""

from __future__ import absolute_import, division, print_function

import datetime
import decimal
import types

import numpy as np
import pandas as pd
from drawn import drawn

TEXT = (type(""), type(b"".decode("ascii")))
# The names that Python 2 had for what is one error now.
_ERRORS = {"IOError": "OSError", "EnvironmentError": "OSError"}
_ITERATORS = (types.GeneratorType, type(iter([])), type(iter(())), map, zip, range, filter)
_ITERATORS = tuple(kind for kind in _ITERATORS if isinstance(kind, type))

_EXTENSION = getattr(getattr(getattr(pd, "api", None), "extensions", None), "ExtensionDtype", np.dtype)


def outcome(error):
    """Tell an error by its type and the types above it; texts differ from version to version."""
    bases = [_ERRORS.get(kind.__name__, kind.__name__) for kind in type(error).__mro__]
    return {"error": [name for name in bases[: bases.index("Exception") + 1] if name != "StandardError"]}


def described(value, depth=0):
    """Return a value as what JSON can say."""
    if depth > 8:
        return {"object": type(value).__name__}
    if type(value).__name__ in ("SparseSeries", "SparseDataFrame"):
        return {"sparse": described(value.to_dense(), depth + 1)}
    for kinds, describe in _KINDS:
        if isinstance(value, kinds):
            return describe(value, depth + 1)
    if "matplotlib" in type(value).__module__:
        return drawn(value, lambda inner: described(inner, depth + 1))
    if hasattr(value, "toarray"):  # a matrix of scipy.sparse
        return {"sparse": described(value.toarray(), depth + 1)}
    if hasattr(value, "to_numpy"):  # an array of pandas' own
        return array(np.asarray(value, dtype=object if str(value.dtype) in ("str", "string") else None), depth + 1)
    return {"object": type(value).__name__}


def text(value):
    """Return a text of Python 2 or 3."""
    if not isinstance(value, bytes):
        return TEXT[1](value)
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def number(value, _depth=0):
    """Return a number with its digits; JSON has no words for those that are none."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (float, np.floating)):
        value = float(value)
        return value if np.isfinite(value) else {"float": repr(value)}
    return int(value)


def index(labels, depth=0):
    """Return an index: its kind, labels and names."""
    told = {"labels": [described(label, depth) for label in labels], "kind": _index_kind(labels)}
    names = [described(name, depth) for name in labels.names]
    if any(name is not None for name in names):
        told["names"] = names
    return told


def series(values, depth=0):
    """Return a series: type, values, index and name."""
    dtype, told = _column(values, depth)
    return {"series": told, "dtype": dtype, "index": index(values.index, depth), "name": described(values.name, depth)}


def frame(values, depth=0):
    """Return a frame: columns with their types and values, and the index."""
    columns = [_column(values.iloc[:, place], depth) for place in range(values.shape[1])]
    return {
        "frame": [told for _, told in columns],
        "dtypes": [dtype for dtype, _ in columns],
        "columns": index(values.columns, depth),
        "index": index(values.index, depth),
    }


def array(values, depth=0):
    """Return an array: type, shape and values."""
    values_type = "matrix" if isinstance(values, np.matrix) else "array"
    flat = np.asarray(values).ravel()
    dtype = _dtype(flat, flat.dtype)
    told = [_entry(value, dtype, depth) for value in (flat if flat.dtype.kind in "mM" else flat.tolist())]
    return {values_type: told, "dtype": dtype, "shape": list(values.shape)}


def _column(values, depth):
    if type(values).__name__ == "SparseSeries":
        dtype, told = _column(values.to_dense(), depth)
        return "sparse " + dtype, told
    if str(values.dtype).startswith("Sparse"):
        dtype, told = _column(values.sparse.to_dense(), depth)
        return "sparse " + dtype, told
    if str(values.dtype) == "category":
        categories = [described(category, depth) for category in values.cat.categories]
        return {"categories": categories, "ordered": bool(values.cat.ordered)}, [described(v, depth) for v in values]
    dtype = _dtype(values, values.dtype)
    return dtype, [_entry(value, dtype, depth) for value in values]


def _dtype(values, dtype):
    name = str(dtype)
    if name.startswith("datetime64"):
        return "datetime" + (" " + str(dtype.tz) if getattr(dtype, "tz", None) is not None else "")
    if name.startswith("timedelta64"):
        return "timedelta"
    if name in ("str", "string") or name[:2] in ("<U", "|S"):
        return "text"
    if name == "object":
        texts = [value for value in values if not _is_missing(value)]
        return "text" if all(isinstance(value, TEXT) for value in texts) else "object"
    return name


def _entry(value, dtype, depth):
    # How a missing text is missing, NaN or None, is told by no column of texts today.
    return None if dtype == "text" and _is_missing(value) else described(value, depth)


def _is_missing(value):
    return value is None or value is pd.NaT or (isinstance(value, float) and value != value)


def _index_kind(labels):
    if not len(labels):
        return "empty"
    if isinstance(labels, pd.MultiIndex):
        return "levels"
    for kind in ("DatetimeIndex", "TimedeltaIndex", "PeriodIndex", "CategoricalIndex", "IntervalIndex"):
        if isinstance(labels, getattr(pd, kind, ())):
            return kind
    dtype = _dtype(labels, labels.dtype)
    return "object" if dtype == "bool" else dtype.rstrip("0123456789")


def _time(value, _depth):
    return {"time": pd.Timestamp(value).isoformat()}


def _dict(value, depth):
    pairs = [[described(key, depth), described(one, depth)] for key, one in value.items()]
    return {"dict": sorted(pairs, key=repr)}


def _sorted(value, depth):
    return {"set": sorted((described(one, depth) for one in value), key=repr)}


def _panel(value, depth):
    return {"panel": [[described(item, depth), frame(value[item], depth)] for item in value.items]}


# The first that fits; a bool is an int, a datetime is a date, to numpy a span of time is an integer.
_KINDS = [
    (type(None), lambda value, depth: None),
    (np.timedelta64, lambda value, depth: {"span": int(value.astype("timedelta64[us]").astype("int64"))}),
    (type(pd.NaT), lambda value, depth: {"time": None}),
    ((bool, np.bool_, float, np.floating, int, np.integer), number),
    (type(2**70), number),
    (TEXT, lambda value, depth: text(value)),
    (bytes, lambda value, depth: {"bytes": text(value)}),
    ((datetime.datetime, np.datetime64), _time),
    (datetime.date, lambda value, depth: {"date": value.isoformat()}),
    (datetime.time, lambda value, depth: {"clock": value.isoformat()}),
    (datetime.timedelta, lambda value, depth: {"span": int(pd.Timedelta(value).total_seconds() * 10**6)}),
    (complex, lambda value, depth: {"complex": repr(complex(value))}),
    (decimal.Decimal, lambda value, depth: {"decimal": str(value)}),
    (pd.Period, lambda value, depth: {"period": text(str(value))}),
    (getattr(pd, "Interval", ()), lambda value, depth: {"interval": text(str(value))}),
    (pd.Index, lambda value, depth: {"Index": index(value, depth)}),
    (pd.Series, series),
    (pd.DataFrame, frame),
    (getattr(pd, "Panel", ()), _panel),
    (pd.Categorical, lambda value, depth: {"categorical": series(pd.Series(value), depth)}),
    (np.ndarray, array),
    ((np.dtype, _EXTENSION), lambda value, depth: {"type": _dtype([], value)}),
    (type, lambda value, depth: {"type": value.__name__}),
    (tuple, lambda value, depth: {"tuple": [described(one, depth) for one in value]}),
    (list, lambda value, depth: [described(one, depth) for one in value]),
    (_ITERATORS, lambda value, depth: [described(one, depth) for one in value]),
    (dict, _dict),
    ((set, frozenset), _sorted),
    (slice, lambda value, depth: {"slice": [described(one, depth) for one in (value.start, value.stop, value.step)]}),
]
