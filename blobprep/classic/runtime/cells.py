"""Single cells, rows and columns, reached in the ways of then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from blobprep.classic.runtime.axes import axis_number
from blobprep.classic.runtime.calls import Unreadable
from blobprep.classic.runtime.index_kinds import holds_floats, holds_integers
from blobprep.classic.runtime.key_positions import is_boolean_list, is_integer, is_list
from blobprep.classic.runtime.label_or_position import LabelOrPosition, NewLabel
from blobprep.classic.runtime.upcasting import set_by_label, set_by_position

__all__ = ["column_at", "get_frame_value", "get_series_value", "lookup", "row_at", "select_labels"]


def get_frame_value(self: pd.DataFrame, index: Any, col: Any, takeable: bool = False) -> Any:
    """Return one cell, by labels, or by positions if `takeable`; an array where the label is there twice."""
    found = self.iloc[index, col] if takeable else self[col].loc[index]
    return found.to_numpy(copy=True) if isinstance(found, pd.Series) else found


def get_series_value(self: pd.Series, label: Any, takeable: bool = False) -> Any:
    """Return one value, by its label, or by its position if `takeable`; an array where the label is there twice."""
    found = self.iloc[label] if takeable else self.loc[label]
    return found.to_numpy(copy=True) if isinstance(found, pd.Series) else found


def set_frame_value(self: pd.DataFrame, index: Any, col: Any, value: Any, takeable: bool = False) -> Any:
    """Set one cell and return the frame; a value is cut to the type of its column, and a new label added."""
    if takeable:
        set_by_position(self, (index, col), value)
    elif index in self.index and col in self.columns:
        at = self.columns.get_loc(col)
        set_by_position(self, (self.index.get_loc(index), at), _cut(value, self.dtypes.iloc[at]))
    else:
        if index not in self.index:
            _require_like(self.index, index)
        LabelOrPosition(self).add((index, col), [_place(self, index, 0), _place(self, col, 1)], value)
    return self


def set_series_value(self: pd.Series, label: Any, value: Any, takeable: bool = False) -> Any:
    """Set one value and return the series; a value is cut to its type, and a new label added."""
    if takeable:
        set_by_position(self, (label,), value)
    elif label in self.index:
        set_by_position(self, (self.index.get_loc(label),), _cut(value, self.dtype))
    else:
        set_by_label(self, (label,), value)
    return self


def _cut(value: Any, dtype: Any) -> Any:
    """Return a value as a column of numbers took it: a float is cut to an integer, and a text is an error."""
    if isinstance(dtype, np.dtype) and dtype.kind in "iufb" and not (value is None or value != value):
        return np.array([value]).astype(dtype)[0] if dtype.kind != "b" else bool(value)
    return value


def _place(owner: Any, label: Any, axis: int) -> Any:
    labels = owner.axes[axis]
    return labels.get_loc(label) if label in labels else NewLabel(label)


def _require_like(labels: pd.Index, label: Any) -> None:
    if isinstance(labels, pd.DatetimeIndex) and isinstance(label, int):
        raise TypeError("cannot insert a number into an index of dates")


def row_at(self: Any, i: Any, axis: int = 0) -> Any:
    """Return a row or value by its position."""
    return self.iloc[i] if axis == 0 else self.iloc[:, i]


def cell_at(self: pd.DataFrame, i: int, j: int) -> Any:
    """Return a cell by its positions."""
    return self.iat[i, j]


def column_at(self: pd.DataFrame, i: Any) -> Any:
    """Return a column by its position."""
    return self.iloc[:, i]


def select(call: Callable[[Mapping[str, Any]], Any], self: Any, *, crit: Any = None, axis: Any = 0, **_: Any) -> Any:
    """Return the rows or columns whose labels a function accepts."""
    if not callable(crit):
        raise Unreadable
    return select_labels(self, crit, axis)


def select_labels(self: Any, crit: Callable[[Any], Any], axis: Any = 0) -> Any:
    """Return the rows or columns whose labels a function accepts."""
    number = 0 if self.ndim == 1 else axis_number(axis)
    labels = self.axes[number]
    chosen = np.array([bool(crit(label)) for label in labels], dtype=bool)
    return self.loc[chosen] if number == 0 else self.loc[:, chosen]


def lookup(self: pd.DataFrame, row_labels: Any, col_labels: Any) -> Any:
    """Return the cells of pairs of labels."""
    if len(row_labels) != len(col_labels):
        raise ValueError("Row labels must have same size as column labels")
    rows, columns = self.index.get_indexer(row_labels), self.columns.get_indexer(col_labels)
    if (rows == -1).any():
        raise KeyError("One or more row labels was not found")
    if (columns == -1).any():
        raise KeyError("One or more column labels was not found")
    values = [self.iloc[:, int(column)].iloc[int(row)] for row, column in zip(rows, columns, strict=True)]
    types = {self.dtypes.iloc[int(column)] for column in columns}
    if all(isinstance(kind, np.dtype) and kind.kind in "iufb" for kind in types):
        return np.array(values)
    return np.array([*values, None], dtype=object)[:-1]


def get_item(call: Callable[[Mapping[str, Any]], Any], self: pd.DataFrame, *, key: Any) -> Any:
    """Return the rows of a time that is given as text."""
    if isinstance(key, str) and isinstance(self.index, pd.DatetimeIndex | pd.PeriodIndex):
        return self.loc[key]
    raise Unreadable


def get_value_of(call: Callable[[Mapping[str, Any]], Any], self: pd.Series, *, key: Any) -> Any:
    """Return a value by its position, or values of labels of which some are missing."""
    labels = self.index
    if is_integer(key) and not holds_integers(labels) and not holds_floats(labels):
        return self.iloc[key]
    if is_list(key) and not isinstance(key, tuple) and len(key):
        numbers = all(is_integer(part) for part in key)
        if numbers and not holds_integers(labels) and not holds_floats(labels):
            return self.iloc[list(key)]
        return _with_missing(self, key, 0)
    raise Unreadable


def get_labels(call: Callable[[Mapping[str, Any]], Any], self: Any, *, key: Any) -> Any:
    """Return the cells of labels of which some are missing."""
    owner = self.obj
    keys = key if isinstance(key, tuple) and owner.ndim > 1 else (key,)
    result = owner
    for axis, part in enumerate(keys):
        if is_list(part) and not is_boolean_list(part) and len(part):
            result = _with_missing(result, part, axis)
        elif not (isinstance(part, slice) and part == slice(None)):
            result = result.loc[part] if axis == 0 else result.loc[:, part]
            if result.ndim < owner.ndim and axis + 1 < len(keys):
                return result.loc[keys[axis + 1]]
    return result


def _with_missing(owner: Any, key: Any, axis: int) -> Any:
    """Take labels of which one at least is there; the others are NaN."""
    labels = owner.axes[axis]
    if isinstance(labels, pd.MultiIndex) or not any(part in labels for part in key):
        raise Unreadable
    indexer = LabelOrPosition(owner)
    return indexer[list(key)] if axis == 0 else indexer[:, list(key)]
