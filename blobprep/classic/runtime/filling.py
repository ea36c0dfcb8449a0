"""Missing values filled, replaced and interpolated by the arguments of then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from blobprep.classic.runtime.axes import axis_number
from blobprep.classic.runtime.calls import Unreadable
from blobprep.classic.runtime.upcasting import become, common_type

__all__ = ["align", "fillna", "interpolate", "pct_change", "replace", "update", "without_duplicates"]

_Call = Callable[[Mapping[str, Any]], Any]
_FORWARD = ("ffill", "pad")
_BACKWARD = ("bfill", "backfill")


def fillna(call: _Call, self: Any, *, value: Any = None, method: Any = None, axis: Any = None, inplace: bool = False,
           limit: Any = None) -> Any:  # fmt: skip
    """Fill missing values: from the row before or after, or with a value that the column's type may not hold."""
    if method is not None and value is not None:
        raise ValueError("cannot specify both a fill method and value")
    if method in _FORWARD or method in _BACKWARD:
        owner = self.T if axis_number(axis) == 1 and self.ndim > 1 else self
        filled = owner.ffill(limit=limit) if method in _FORWARD else owner.bfill(limit=limit)
        return _placed(self, filled.T if owner is not self else filled, inplace)
    if method is not None:
        raise Unreadable
    if value is None:
        raise Unreadable
    try:
        return call({"value": value, "axis": axis, "inplace": inplace, "limit": limit})
    except TypeError:
        return _placed(self, _filled(self, value, limit), inplace)


def _filled(owner: Any, value: Any, limit: Any) -> Any:
    """Fill columns whose type does not hold the value; they become of a type that does."""
    if owner.ndim == 1:
        if not owner.isna().any():
            return owner.copy()
        return owner.astype(common_type(owner.dtype, value)).fillna(value, limit=limit)
    result = owner.copy()
    for at, label in enumerate(owner.columns):
        part = value.get(label) if isinstance(value, dict | pd.Series) else value
        if part is not None:
            column = owner.iloc[:, at]
            try:
                result.isetitem(at, column.fillna(part, limit=limit))
            except TypeError:
                result.isetitem(at, _filled(column, part, limit))
    return result


def replace(call: _Call, self: Any, *, to_replace: Any = None, value: Any = None, inplace: bool = False,
            limit: Any = None,
            regex: Any = False, method: Any = "pad", axis: Any = None, **given: Any) -> Any:  # fmt: skip
    """Replace values; without a new value, by the one in the row before."""
    if value is None and not isinstance(to_replace, dict) and not (regex and to_replace is None):
        found = self.isin(to_replace if isinstance(to_replace, list | tuple) else [to_replace])
        hidden = self.mask(found)
        filled = hidden.bfill() if method in _BACKWARD else hidden.ffill()
        return _placed(self, filled.where(found, self), inplace)
    return call({"to_replace": to_replace, "value": value, "inplace": inplace, "regex": regex, **given})


def interpolate(call: _Call, self: Any, *, axis: Any = 0, inplace: bool = False, **given: Any) -> Any:
    """Interpolate; columns of text stay as they are."""
    given = {name: value for name, value in given.items() if value is not None}
    if self.ndim == 1:
        return call({**given, "inplace": inplace})
    if axis_number(axis) == 1:
        return _placed(self, self.T.astype(float).interpolate(**given).T, inplace)
    result = self.copy()
    for at in range(self.shape[1]):
        column = self.iloc[:, at]
        if pd.api.types.is_numeric_dtype(column.dtype) and column.dtype != bool:
            result.isetitem(at, column.interpolate(**given))
    return _placed(self, result, inplace)


def without_duplicates(call: _Call, self: Any, *, take_last: Any = None, **given: Any) -> Any:
    """Leave out rows that are there twice."""
    if take_last is not None:
        given["keep"] = "last" if take_last else "first"
    return call(given)


def align(call: _Call, self: Any, *, method: Any = None, limit: Any = None, **given: Any) -> Any:
    """Give two frames the same labels, and fill what is missing."""
    left, right = call(given)
    if method is None:
        return left, right
    return tuple(part.ffill(limit=limit) if method in _FORWARD else part.bfill(limit=limit) for part in (left, right))


def pct_change(call: _Call, self: Any, *, fill_method: Any = "pad", limit: Any = None, **given: Any) -> Any:
    """Return the change to the row before; missing values are filled first."""
    if fill_method is None:
        return call({**given, "fill_method": None})
    filled = self.ffill(limit=limit) if fill_method in _FORWARD else self.bfill(limit=limit)
    return filled.pct_change(fill_method=None, **given)


def update(call: _Call, self: Any, *, raise_conflict: bool = False, **given: Any) -> Any:
    """Take over the values of another frame."""
    return call({**given, "errors": "raise" if raise_conflict else "ignore"})


def _placed(owner: Any, result: Any, inplace: bool) -> Any:
    if not inplace:
        return result
    become(owner, result)
    return None


def dropna(call: _Call, self: Any, *, axis: Any = 0, how: Any = "any", thresh: Any = None, inplace: bool = False,
           **given: Any) -> Any:  # fmt: skip
    """Leave out rows or columns with missing values."""
    options = {**given, "thresh": thresh} if thresh is not None else {**given, "how": how}
    if self.ndim == 1:
        return _placed(self, self.dropna(), inplace)
    result = self
    for one in axis if isinstance(axis, list | tuple) else [axis]:
        result = result.dropna(axis=one, **options)
    return _placed(self, result, inplace)
