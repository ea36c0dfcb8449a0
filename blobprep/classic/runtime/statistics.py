"""Statistics and small functions over values that pandas no longer has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from pandas.tseries.frequencies import to_offset

from blobprep.classic.runtime.axes import axis_number
from blobprep.classic.runtime.calls import Unreadable
from blobprep.classic.runtime.frequencies import present

__all__ = ["describe", "mad", "match", "value_counts"]


def mad(self: Any, axis: Any = None, skipna: bool | None = None, level: Any = None) -> Any:
    """Return the mean absolute deviation; text columns are left out."""
    skipna = True if skipna is None else skipna
    if level is not None:
        return self.groupby(level=level).apply(lambda group: mad(group, axis=axis, skipna=skipna))
    if self.ndim == 1:
        return (self - self.mean(skipna=skipna)).abs().mean(skipna=skipna)
    numbers = self.select_dtypes(["number", "bool"])
    number = axis_number(axis)
    off = numbers.sub(numbers.mean(axis=number, skipna=skipna), axis=1 - number)
    return off.abs().mean(axis=number, skipna=skipna)


def group_mad(self: Any, *args: Any, **given: Any) -> Any:
    """Return the mean absolute deviation of each group."""
    keys = set(getattr(self, "exclusions", ()))
    parts = {}
    for label, group in self:
        parts[label[0] if isinstance(label, tuple) and len(label) == 1 else label] = mad(
            group.drop(columns=list(keys)) if group.ndim > 1 else group, *args, **given
        )
    found = pd.Series(parts) if all(np.ndim(part) == 0 for part in parts.values()) else pd.DataFrame(parts).T
    return found.rename_axis(self.keys if isinstance(self.keys, str) else None)


def compound(self: Any, axis: Any = None, skipna: bool | None = None, level: Any = None) -> Any:
    """Return the compounded percentage."""
    return (1 + self).prod(axis=axis or 0, skipna=skipna is not False) - 1


def clip_lower(self: Any, threshold: Any, axis: Any = None) -> Any:
    """Return the values, but none below a limit; missing values stay."""
    return self.clip(lower=threshold, axis=axis)


def clip_upper(self: Any, threshold: Any, axis: Any = None) -> Any:
    """Return the values, but none above a limit; missing values stay."""
    return self.clip(upper=threshold, axis=axis)


def combine_add(self: pd.DataFrame, other: Any) -> Any:
    """Return the sum; a value that only one of both has counts alone."""
    return self.add(other, fill_value=0.0)


def combine_multiply(self: pd.DataFrame, other: Any) -> Any:
    """Return the product; a value that only one of both has counts alone."""
    return self.mul(other, fill_value=1.0)


def tshift(self: Any, periods: int = 1, freq: Any = None, axis: Any = 0) -> Any:
    """Move the index by a frequency: by its own, if none is given."""
    freq = present(freq) or getattr(self.index, "freq", None) or getattr(self.index, "inferred_freq", None)
    if freq is None:
        raise ValueError("Freq was not given and was not set in the index")
    return self.shift(periods, freq=freq)


def slice_shift(self: Any, periods: int = 1, axis: Any = 0) -> Any:
    """Move the values, and leave out the rows that have none."""
    if periods == 0:
        return self
    values = self.iloc[:-periods] if periods > 0 else self.iloc[-periods:]
    return values.set_axis(self.index[periods:] if periods > 0 else self.index[:periods], axis=0)


def first_rows(self: Any, offset: Any) -> Any:
    """Return the rows of a first period."""
    if not isinstance(self.index, pd.DatetimeIndex):
        raise TypeError("'first' only supports a DatetimeIndex index")
    if not len(self):
        return self
    step = to_offset(present(offset))
    end = self.index[0] + step
    spans = isinstance(step, pd.offsets.Tick | pd.offsets.Day) or getattr(step, "weekday", 0) is None
    return self[self.index < end if spans and end in self.index else self.index <= end]


def last_rows(self: Any, offset: Any) -> Any:
    """Return the rows of a last period."""
    if not isinstance(self.index, pd.DatetimeIndex):
        raise TypeError("'last' only supports a DatetimeIndex index")
    return self if not len(self) else self[self.index > self.index[-1] - to_offset(present(offset))]


def group_fillna(self: Any, value: Any = None, method: Any = None, limit: Any = None, **_: Any) -> Any:
    """Fill the missing values of each group."""
    if method in ("ffill", "pad"):
        return self.ffill(limit=limit)
    if method in ("bfill", "backfill"):
        return self.bfill(limit=limit)
    owner = self.obj if self.ndim == 1 else self.obj.drop(columns=list(getattr(self, "exclusions", ())))
    return owner.fillna(value)


def group_dtypes(self: Any) -> Any:
    """Return the types of the columns of each group."""
    return self.apply(lambda group: group.dtypes)


def value_counts(
    values: Any,
    sort: bool = True,
    ascending: bool = False,
    normalize: bool = False,
    bins: Any = None,
    dropna: bool = True,
) -> Any:
    """Count how often each value is there."""
    given = {"sort": sort, "ascending": ascending, "normalize": normalize, "bins": bins, "dropna": dropna}
    counted = pd.Series(values).value_counts(**given)
    counted.name = getattr(values, "name", None)
    counted.index.name = None
    return counted


def match(to_match: Any, values: Any, na_sentinel: int = -1) -> Any:
    """Return the position of each value in a list of others."""
    found = pd.Index(values).get_indexer_for(list(to_match)) if pd.Index(values).is_unique else None
    if found is None:
        first = {value: at for at, value in reversed(list(enumerate(values)))}
        found = np.array([first.get(value, -1) for value in to_match])
    return np.where(found < 0, na_sentinel, found)


def groupby(obj: Any, by: Any, **given: Any) -> Any:
    """Group a frame or series."""
    return obj.groupby(by, **given)


def describe(
    call: Callable[[Mapping[str, Any]], Any],
    self: Any,
    *,
    percentile_width: Any = None,
    percentiles: Any = None,
    **given: Any,
) -> Any:
    """Describe, with the percentiles around the median that a width asks for."""
    if percentile_width is not None:
        half = percentile_width / 200.0
        percentiles = [0.5 - half, 0.5, 0.5 + half]
    if given.pop("datetime_is_numeric", None) is None and percentiles is None and not given:
        raise Unreadable
    return call({**given, "percentiles": percentiles})
