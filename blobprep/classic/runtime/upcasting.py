"""Assignments whose value does not fit the type of a column: the column becomes of a type that holds both, as then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from blobprep.classic.runtime.calls import Unreadable

__all__ = ["add_label", "add_row", "common_type", "set_by_label", "set_by_position"]


def set_by_position(owner: Any, places: tuple[Any, ...], value: Any) -> None:
    """Set cells by position; labels of a value are aligned, as in an assignment by labels."""
    value = _aligned(owner, places, value)
    places = tuple(_plain(place) for place in places)
    try:
        owner.iloc[places if owner.ndim > 1 else places[0]] = value
    except (TypeError, ValueError):
        if not make_room(owner, places, value):
            raise
        owner.iloc[places if owner.ndim > 1 else places[0]] = value


def set_by_label(owner: Any, keys: tuple[Any, ...], value: Any) -> None:
    """Set cells by labels, of which some are new."""
    key = keys if owner.ndim > 1 else keys[0]
    try:
        owner.loc[key] = value
    except (TypeError, ValueError):
        columns = [at for at, label in enumerate(owner.columns) if _selects(keys[1], label)] if owner.ndim > 1 else []
        if not _widen(owner, columns, value):
            raise
        owner.loc[key] = value


def add_label(owner: Any, label: Any) -> None:
    """Add a row to a frame, whose cells are missing.

    Raises:
        ValueError: a label of the frame is there twice.
    """
    if not owner.index.is_unique:
        raise ValueError("cannot reindex from a duplicate axis")
    become(owner, owner.reindex(owner.index.insert(len(owner.index), label)))


def add_row(owner: Any, label: Any, value: Any) -> None:
    """Add a row of values to a frame; each column takes the type that holds its value."""
    from blobprep.classic.runtime.rows_appended import append_frame

    if not len(owner.columns):
        raise ValueError("cannot set a frame with no defined columns")
    if isinstance(value, pd.Series):
        row = value.reindex(owner.columns).rename(label)
    elif pd.api.types.is_list_like(value) and not isinstance(value, dict):
        if len(value) != len(owner.columns):
            raise ValueError("cannot set a row with mismatched columns")
        row = pd.Series(list(value), index=owner.columns, name=label, dtype=object)
    else:
        row = pd.Series(value, index=owner.columns, name=label)
    become(owner, append_frame(owner, row))


def make_room(owner: Any, places: tuple[Any, ...], value: Any) -> bool:
    """Give the columns that are assigned to a type that holds the value; tell whether one changed."""
    if owner.ndim == 1:
        return _widen(owner, [], value)
    chosen = np.atleast_1d(np.arange(owner.shape[1])[places[1] if len(places) > 1 else slice(None)])
    return _widen(owner, list(chosen), value)


def common_type(dtype: Any, value: Any) -> Any:
    """Return the type of a column that gets a value then: its own if that holds it, a wider number, or objects."""
    values = np.asarray(value, dtype=object).ravel() if not np.isscalar(value) or value is None else [value]
    numbers = [item for item in values if isinstance(item, int | float | np.number) and not isinstance(item, bool)]
    missing = [
        item for item in values if item is None or item is pd.NaT or (isinstance(item, float) and np.isnan(item))
    ]
    if isinstance(dtype, np.dtype) and dtype.kind in "iuf" and len(numbers) + len(missing) >= len(values):
        return np.result_type(dtype, np.float64)
    return np.dtype(object)


def _widen(owner: Any, columns: list[Any], value: Any) -> bool:
    if owner.ndim == 1:
        wanted = common_type(owner.dtype, value)
        if wanted == owner.dtype:
            return False
        become(owner, owner.astype(wanted))
        return True
    changed = False
    for number, at in enumerate(columns):
        column = owner.iloc[:, at]
        wanted = common_type(column.dtype, _part(value, number, len(columns)))
        if wanted != column.dtype:
            owner.isetitem(at, column.astype(wanted))
            changed = True
    return changed


def become(owner: Any, other: Any) -> None:
    """Make a series or frame hold what another one holds, in place."""
    owner._update_inplace(other)


def _part(value: Any, number: int, count: int) -> Any:
    """Return the part of a value that goes into one of the columns."""
    if isinstance(value, pd.DataFrame):
        return value.iloc[:, number] if number < value.shape[1] else value
    if count > 1 and pd.api.types.is_list_like(value) and np.ndim(value) == 1 and len(value) == count:
        return list(value)[number]
    if count > 1 and np.ndim(value) == 2 and np.shape(value)[1] == count:
        return np.asarray(value, dtype=object)[:, number]
    return value


def _aligned(owner: Any, places: tuple[Any, ...], value: Any) -> Any:
    """Return a value whose labels are those that are assigned to, as an array."""
    if not isinstance(value, pd.Series | pd.DataFrame):
        return value
    rows = owner.index[_plain(places[0])]
    columns = owner.columns[_plain(places[1])] if owner.ndim > 1 else None
    if isinstance(value, pd.DataFrame):
        if not isinstance(rows, pd.Index) or not isinstance(columns, pd.Index):
            return value
        return value.reindex(index=rows, columns=columns).to_numpy()
    if not isinstance(rows, pd.Index):
        return (
            value if columns is None else value.reindex(columns).to_numpy() if isinstance(columns, pd.Index) else value
        )
    if rows.equals(value.index) or not value.index.is_unique:
        found = value.to_numpy()
    else:
        found = value.reindex(rows).to_numpy()
    if isinstance(columns, pd.Index):
        return np.repeat(found[:, None], len(columns), axis=1) if len(columns) != 1 else found[:, None]
    return found


def _plain(place: Any) -> Any:
    return np.asarray(place) if isinstance(place, pd.Index | pd.Series) else place


def _selects(key: Any, label: Any) -> bool:
    if isinstance(key, slice):
        return True
    if pd.api.types.is_list_like(key) and not isinstance(key, tuple):
        return label in list(key)
    return bool(key == label)


def set_item(call: Callable[[Mapping[str, Any]], Any], self: Any, *, key: Any, value: Any) -> None:
    """Set cells whose columns do not hold the value: they take a type that does."""
    owner = getattr(self, "obj", self)
    if isinstance(self, pd.Series):
        changed = _widen(owner, [], value)
    else:
        keys = key if isinstance(key, tuple) and owner.ndim > 1 else (key,)
        by_position = isinstance(self, type(owner.iloc) | type(owner.iat))
        chosen = keys[1] if len(keys) > 1 else slice(None)
        if owner.ndim == 1:
            changed = _widen(owner, [], value)
        else:
            places = np.arange(owner.shape[1])
            columns = places[chosen] if by_position else [at for at in places if _selects(chosen, owner.columns[at])]
            changed = _widen(owner, list(np.atleast_1d(columns)), value)
    if not changed:
        raise Unreadable
    call({"key": key, "value": value})
