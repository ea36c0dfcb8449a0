"""The positions that a list or a slice given to `.ix` means, or that it is one of labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from blobprep.classic.runtime.index_kinds import holds_floats, holds_integers, inferred

__all__ = ["is_boolean_list", "is_integer", "is_list", "key_array", "positions_of_list", "positions_of_slice"]


def is_integer(value: Any) -> bool:
    """Tell whether a value is an integer, and not a truth."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool | np.bool_)


def is_list(key: Any) -> bool:
    """Tell whether a key is a list of some kind."""
    return pd.api.types.is_list_like(key) and not isinstance(key, str | bytes)


def is_boolean_list(key: Any) -> bool:
    """Tell whether a key is a list of truths, as those that a comparison returns."""
    if isinstance(key, pd.Series | pd.Index | np.ndarray):
        if key.dtype == object:
            values = np.asarray(key, dtype=object)
            return bool(len(values)) and all(isinstance(value, bool | np.bool_) for value in values)
        return bool(pd.api.types.is_bool_dtype(key.dtype))
    return isinstance(key, list) and bool(key) and all(isinstance(value, bool | np.bool_) for value in key)


def key_array(labels: pd.Index, key: Any) -> pd.Index:
    """Return the labels of a list, as an index of the same kind where that is possible."""
    if isinstance(key, pd.Index):
        return key
    values = list(key) if not isinstance(key, np.ndarray | pd.Series) else key
    if isinstance(labels, pd.MultiIndex):
        return pd.Index(values)
    found = pd.Index(values, tupleize_cols=False)
    if isinstance(labels, pd.DatetimeIndex) and not isinstance(found, pd.DatetimeIndex):
        return pd.DatetimeIndex(found)
    return found if len(found) else labels[:0]


def positions_of_list(labels: pd.Index, key: Any) -> Any:
    """Return the positions that a list means; None if it is one of labels."""
    values = np.asarray(
        key if isinstance(key, pd.Index | pd.Series | np.ndarray) else pd.Index(list(key), tupleize_cols=False)
    )
    if not np.issubdtype(values.dtype, np.integer) or not len(values):
        return None
    kind = inferred(labels)
    if kind == "mixed-integer":
        found = labels.get_indexer_for(pd.Index(values))
        if (found >= 0).all():
            return found
        raise IndexError("indices are out-of-bounds")
    if holds_integers(labels) or holds_floats(labels) or isinstance(labels, pd.PeriodIndex):
        return None
    if isinstance(labels, pd.MultiIndex) and holds_integers(labels.levels[0]):
        return None
    return np.where(values < 0, len(labels) + values, values)


def positions_of_slice(labels: pd.Index, key: slice) -> slice:
    """Return the slice of positions that a slice means; between labels, the last one is part of it."""
    bounds = (key.start, key.stop)
    numbers = all(bound is None or is_integer(bound) for bound in bounds)
    if all(bound is None for bound in bounds):
        return key
    if holds_floats(labels):
        return labels.slice_indexer(key.start, key.stop, key.step)
    positional = numbers and not holds_integers(labels)
    if positional and inferred(labels) == "mixed":
        positional = not all(bound is None or bound in labels for bound in bounds)
    if positional:
        return key
    try:
        return labels.slice_indexer(key.start, key.stop, key.step)
    except (KeyError, TypeError, ValueError):
        if numbers and not holds_integers(labels):
            return key
        raise
