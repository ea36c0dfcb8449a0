"""Small functions of numpy and scipy that are gone."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from blobprep.classic.runtime.calls import Unreadable

__all__ = ["asscalar", "whole_counts"]

float_ = np.float64
cfloat = np.complex128
NINF: Final = -np.inf
PZERO: Final = 0.0
NZERO: Final = -0.0
round_ = np.round
trapz = np.trapezoid

sctypes: Final[dict[str, list[Any]]] = {
    "int": [np.int8, np.int16, np.int32, np.int64],
    "uint": [np.uint8, np.uint16, np.uint32, np.uint64],
    "float": [np.float16, np.float32, np.float64, np.longdouble],
    "complex": [np.complex64, np.complex128, np.clongdouble],
    "others": [bool, object, bytes, str, np.void],
}


class _ByType(dict[Any, Any]):
    """A table by type, which takes every name of a type."""

    def __init__(self, make: Callable[[np.dtype[Any]], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: Any) -> Any:
        return self._make(np.dtype(key))


cast: Final = _ByType(lambda kind: lambda values: np.asarray(values).astype(kind))
nbytes: Final = _ByType(lambda kind: kind.itemsize)


def asscalar(a: Any) -> Any:
    """Return the one value of an array."""
    return np.asarray(a).item()


def alen(a: Any) -> int:
    """Return the length of the first dimension; 1 for a number."""
    return len(a) if np.ndim(a) else 1


def in1d(ar1: Any, ar2: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    """Tell which values of an array are in another one."""
    return np.isin(np.ravel(ar1), ar2, assume_unique=assume_unique, invert=invert)


def find_common_type(array_types: Any, scalar_types: Any) -> Any:
    """Return the type that holds values of all given ones."""
    arrays, scalars = [np.dtype(kind) for kind in array_types], [np.dtype(kind) for kind in scalar_types]
    if not arrays or not scalars:
        return np.result_type(*(arrays or scalars))
    order = "bui fc mM SUV O".replace(" ", "")
    of_arrays, of_scalars = np.result_type(*arrays), np.result_type(*scalars)
    return of_scalars if order.index(of_scalars.kind) > order.index(of_arrays.kind) else of_arrays


def msort(a: Any) -> Any:
    """Sort along the first dimension."""
    return np.sort(a, axis=0)


def asfarray(a: Any, dtype: Any = np.float64) -> Any:
    """Return an array of floats."""
    kind = np.dtype(dtype)
    return np.asarray(a, dtype=kind if kind.kind in "fc" else np.float64)


def issubsctype(arg1: Any, arg2: Any) -> bool:
    """Tell whether a type is of a kind."""
    return bool(np.issubdtype(obj2sctype(arg1), obj2sctype(arg2)))


def obj2sctype(rep: Any, default: Any = None) -> Any:
    """Return the type of an object's values."""
    try:
        return np.dtype(rep).type if isinstance(rep, type | str | np.dtype) else np.asarray(rep).dtype.type
    except TypeError:
        return default


def issctype(rep: Any) -> bool:
    """Tell whether an object is a type of numpy's."""
    return isinstance(rep, np.dtype) or (isinstance(rep, type) and issubclass(rep, np.generic))


def sctype2char(sctype: Any) -> str:
    """Return the letter of a type."""
    return str(np.dtype(sctype).char)


def maximum_sctype(t: Any) -> Any:
    """Return the largest type of the same kind."""
    kind = np.dtype(t).kind
    group = {"i": "int", "u": "uint", "f": "float", "c": "complex"}.get(kind)
    return sctypes[group][-1] if group else np.dtype(t).type


def recfromtxt(fname: Any, **given: Any) -> Any:
    """Read a text file as records."""
    given.setdefault("dtype", None)
    found = np.genfromtxt(fname, **given)
    return found.view(np.recarray)


def recfromcsv(fname: Any, **given: Any) -> Any:
    """Read a file of values between commas as records, whose names are small."""
    given.setdefault("case_sensitive", "lower")
    given.setdefault("names", True)
    given.setdefault("delimiter", ",")
    return recfromtxt(fname, **given)


def random_integers(low: Any, high: Any = None, size: Any = None) -> Any:
    """Return random integers, up to the last number itself."""
    low, high = (1, low) if high is None else (low, high)
    return np.random.randint(low, high + 1, size=size)


def whole_counts(call: Callable[[Mapping[str, Any]], Any], *args: Any, **given: Any) -> Any:
    """Call with floats that count cut to integers."""
    names = ("num", "shape", "repeats", "reps", "indices_or_sections", "N", "M", "x")
    cut = {name: _whole(value) if name in names else value for name, value in given.items()}
    if all(cut[name] is given[name] for name in given):
        raise Unreadable
    return call(cut)


def _whole(value: Any) -> Any:
    if isinstance(value, float | np.floating):
        return int(value)
    if isinstance(value, tuple | list) and any(isinstance(part, float) for part in value):
        return type(value)(int(part) for part in value)
    return value


ModeResult = namedtuple("ModeResult", ("mode", "count"))


def mode(call: Callable[[Mapping[str, Any]], Any], *, a: Any = None, axis: Any = 0, **given: Any) -> Any:
    """Return the most frequent value, with its count, of texts too; of several, the smallest."""
    values = np.asarray(a)
    if values.dtype.kind not in "OUS":
        return call({"a": a, "axis": axis, **given})
    found, counts = np.unique(values.ravel(), return_counts=True)
    best = int(np.argmax(counts))
    return ModeResult(np.array([found[best]], dtype=values.dtype), np.array([counts[best]]))


def chisqprob(chisq: Any, df: Any) -> Any:
    """Return the probability beyond a value of chi squared."""
    from scipy.stats import chi2

    return chi2.sf(chisq, df)


def nanstd(x: Any, axis: Any = 0, bias: bool = False) -> Any:
    """Return the standard deviation of the values that are there."""
    return np.nanstd(np.asarray(x), axis=axis, ddof=0 if bias else 1)


def binom_test(x: Any, n: Any = None, p: float = 0.5, alternative: str = "two-sided") -> Any:
    """Return the probability that a share differs by chance."""
    from scipy.stats import binomtest

    hits, total = (x, n) if n is not None else (x[0], x[0] + x[1])
    return binomtest(int(hits), int(total), p, alternative).pvalue


def itemfreq(a: Any) -> Any:
    """Return each value and how often it is there."""
    found, counts = np.unique(a, return_counts=True)
    return np.array([found, counts]).T


def threshold(a: Any, threshmin: Any = None, threshmax: Any = None, newval: Any = 0) -> Any:
    """Return the values, with those beyond limits replaced."""
    values = np.array(a, copy=True)
    outside = np.zeros(values.shape, dtype=bool)
    if threshmin is not None:
        outside |= values < threshmin
    if threshmax is not None:
        outside |= values > threshmax
    values[outside] = newval
    return values


def signaltonoise(a: Any, axis: Any = 0, ddof: int = 0) -> Any:
    """Return the mean over the standard deviation; 0 where that is 0."""
    values = np.asanyarray(a)
    mean, spread = values.mean(axis), values.std(axis=axis, ddof=ddof)
    return np.where(spread == 0, 0, mean / spread)


def ss(a: Any, axis: Any = 0) -> Any:
    """Return the sum of squares."""
    values = np.ravel(a) if axis is None else np.asarray(a)
    return np.sum(values * values, axis=0 if axis is None else axis)


def square_of_sums(a: Any, axis: Any = 0) -> Any:
    """Return the square of the sum."""
    values = np.ravel(a) if axis is None else np.asarray(a)
    total = np.sum(values, axis=0 if axis is None else axis)
    return total * total


HistogramResult = namedtuple("HistogramResult", ("count", "lowerlimit", "binsize", "extrapoints"))


def histogram(
    a: Any, numbins: int = 10, defaultlimits: Any = None, weights: Any = None, printextras: bool = False
) -> Any:
    """Count the values in bins of equal width."""
    values = np.ravel(a)
    if defaultlimits is None:
        low, high = (0, 1) if values.size == 0 else (values.min(), values.max())
        margin = 0.5 if low == high else (high - low) / (2.0 * (numbins - 1.0))
        defaultlimits = (low - margin, high + margin)
    counts, edges = np.histogram(values, bins=numbins, range=defaultlimits, weights=weights)
    extra = int(np.sum((values < defaultlimits[0]) | (values > defaultlimits[1])))
    return HistogramResult(counts.astype(float), defaultlimits[0], edges[1] - edges[0], extra)


def listed(call: Callable[[Mapping[str, Any]], Any], *, tup: Any, **given: Any) -> Any:
    """Join arrays that are iterated."""
    if isinstance(tup, list | tuple | np.ndarray):
        raise Unreadable
    return call({**given, "tup": list(tup)})


def ragged(call: Callable[[Mapping[str, Any]], Any], *args: Any, **given: Any) -> Any:
    """Return an array of objects, for rows of several lengths."""
    if given.get("dtype") is not None or not args or not isinstance(args[0], list | tuple):
        raise Unreadable
    rows = args[0]
    found = np.empty(len(rows), dtype=object)
    for at, row in enumerate(rows):
        found[at] = row
    return found
