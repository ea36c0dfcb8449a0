"""`.ix`: labels first, positions where the index is not of integers; read and written as pandas 0.20 did.

An axis of integers or floats has only labels. On any other axis an integer, a list of integers and a slice of integers
are positions, and everything else labels. A list of labels that are not all there is reindexed: what is missing is NaN.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from blobprep.classic.runtime.index_kinds import holds_floats, holds_integers
from blobprep.classic.runtime.key_positions import (
    is_boolean_list,
    is_integer,
    is_list,
    key_array,
    positions_of_list,
    positions_of_slice,
)
from blobprep.classic.runtime.upcasting import add_label, add_row, set_by_label, set_by_position

__all__ = ["LabelOrPosition", "NewLabel", "ix"]

_ALL: Final = slice(None)
_NO_LABEL: Final = object()


def ix(owner: Any) -> LabelOrPosition:
    """Return the indexer of a frame or series."""
    return LabelOrPosition(owner)


class NewLabel:
    """A label that is not there yet, which an assignment adds."""

    def __init__(self, label: Any) -> None:
        self.label = label


class LabelOrPosition:
    """The indexer `.ix` of a frame or series."""

    def __init__(self, owner: Any) -> None:
        self._owner = owner

    def __getitem__(self, key: Any) -> Any:
        """Return what a key selects: by rows, or by rows and columns."""
        key = _called(key, self._owner)
        if isinstance(key, tuple):
            return self._select_tuple(key)
        return _select(self._owner, key, 0)

    def __setitem__(self, key: Any, value: Any) -> None:
        """Set what a key selects; a label that is not there yet is added."""
        owner = self._owner
        key = _called(key, owner)
        index = owner.index
        if isinstance(index, pd.MultiIndex):
            try:
                place = index.get_loc(key)
            except (KeyError, TypeError, ValueError, IndexError):
                pass
            else:
                set_by_position(owner, (place,) if owner.ndim == 1 else (place, _ALL), value)
                return
        keys = key if isinstance(key, tuple) and len(key) <= owner.ndim else (key,)
        places = [_place(owner, part, axis) for axis, part in enumerate(keys)]
        places += [_ALL] * (owner.ndim - len(places))
        if any(isinstance(place, NewLabel) for place in places):
            self.add(keys, places, value)
        elif owner.ndim > 1 and _is_everything(places[0]) and is_integer(places[1]) and owner.columns.is_unique:
            owner[owner.columns[places[1]]] = value  # a whole column is replaced, and so is its type
        else:
            set_by_position(owner, tuple(places), value)

    def add(self, keys: tuple[Any, ...], places: list[Any], value: Any) -> None:
        """Set cells of labels of which some are not there yet."""
        owner = self._owner
        if owner.ndim > 1 and isinstance(places[0], NewLabel):
            if len(keys) == 1:
                add_row(owner, places[0].label, value)
                return
            add_label(owner, places[0].label)
            places[0] = owner.index.get_loc(places[0].label)
        if any(isinstance(place, NewLabel) for place in places):
            set_by_label(owner, tuple(_as_label(owner, place, axis) for axis, place in enumerate(places)), value)
        else:
            set_by_position(owner, tuple(places), value)

    def __call__(self, axis: int = 0) -> LabelOrPosition:
        """Return this indexer; `.ix(axis=0)` was another way to write it."""
        return self

    def __iter__(self) -> Any:
        raise NotImplementedError("ix is not iterable")

    def _select_tuple(self, key: tuple[Any, ...]) -> Any:
        owner = self._owner
        if isinstance(owner.index, pd.MultiIndex):
            found = _select_levels(owner, key)
            if found is not _NO_LABEL:
                return found
        elif (
            owner.ndim == len(key) > 1
            and key[0] in _labels(owner.index, key[0])
            and key[1] in _labels(owner.columns, key[1])
        ):
            return owner.loc[key]
        if len(key) > owner.ndim:
            if isinstance(owner.index, pd.MultiIndex):
                return owner.loc[key]
            raise pd.errors.IndexingError("Too many indexers")
        # What is one label comes first: rows, then columns. What is left of a frame is a series then.
        selected = owner
        axes = sorted(range(len(key)), key=lambda axis: is_list(key[axis]) or isinstance(key[axis], slice))
        for axis in axes:
            if not _is_everything(key[axis]):
                selected = _select(selected, key[axis], axis if selected.ndim > 1 else 0)
        return selected.copy() if selected is owner else selected


def _labels(labels: pd.Index, key: Any) -> Any:
    """Return labels that a key may be one of; none for a list or slice."""
    return () if isinstance(key, slice) or is_list(key) else labels


def _called(key: Any, owner: Any) -> Any:
    if isinstance(key, tuple):
        return tuple(part(owner) if callable(part) else part for part in key)
    return key(owner) if callable(key) else key


def _is_everything(key: Any) -> bool:
    return isinstance(key, slice) and key == _ALL


def _select_levels(owner: Any, key: tuple[Any, ...]) -> Any:
    """Select by the labels of several levels, where a key is that."""
    nested = any(isinstance(part, slice | list | np.ndarray | pd.Series) for part in key)
    if nested and (len(key) <= owner.ndim):
        return _NO_LABEL
    try:
        return owner.loc[key] if owner.ndim == 1 else owner.loc[key, :]
    except (KeyError, TypeError, IndexError, pd.errors.IndexingError):
        if len(key) <= owner.ndim:
            return _NO_LABEL
        raise


def _select(owner: Any, key: Any, axis: int) -> Any:
    labels = owner.axes[axis]
    if isinstance(key, slice):
        return _by_position(owner, positions_of_slice(labels, key), axis)
    if is_list(key) and not (isinstance(key, tuple) and isinstance(labels, pd.MultiIndex)):
        return _select_list(owner, key, axis)
    if is_integer(key):
        if isinstance(labels, pd.MultiIndex):
            return _select_of_levels(owner, key, axis)
        if not holds_floats(labels) and not holds_integers(labels):
            return _by_position(owner, int(key), axis)
    return _by_label(owner, key, axis)


def _select_of_levels(owner: Any, key: int, axis: int) -> Any:
    labels = owner.axes[axis]
    try:
        return _by_label(owner, key, axis)
    except (KeyError, TypeError):
        if axis == 0 and holds_integers(labels.levels[0]):
            raise
    return _by_position(owner, key, axis)


def _by_label(owner: Any, key: Any, axis: int) -> Any:
    if isinstance(key, float | np.floating) and holds_integers(owner.axes[axis]) and float(key).is_integer():
        key = int(key)
    if owner.ndim == 1:
        return owner.loc[key]
    return owner.loc[key, :] if axis == 0 and isinstance(owner.index, pd.MultiIndex) else _across(owner.loc, key, axis)


def _by_position(owner: Any, key: Any, axis: int) -> Any:
    return owner.iloc[key] if owner.ndim == 1 else _across(owner.iloc, key, axis)


def _across(indexer: Any, key: Any, axis: int) -> Any:
    return indexer[key] if axis == 0 else indexer[:, key]


def _select_list(owner: Any, key: Any, axis: int) -> Any:
    labels = owner.axes[axis]
    if is_boolean_list(key):
        return _by_position(owner, _true_positions(labels, key), axis)
    if getattr(key, "ndim", 1) > 1:
        raise ValueError("Cannot index with multidimensional key")
    positions = positions_of_list(labels, key)
    if positions is not None:
        return _by_position(owner, positions, axis)
    wanted = key_array(labels, key)
    found, _ = labels.get_indexer_non_unique(wanted)
    if (found >= 0).all():
        return _by_position(owner, found, axis)
    return _reindexed(owner, wanted, axis)


def _true_positions(labels: pd.Index, key: Any) -> Any:
    if isinstance(key, pd.Series) and not key.index.equals(labels):
        key = key.reindex(labels)
        if key.isna().any():
            raise pd.errors.IndexingError("Unalignable boolean Series key provided")
    truths = np.asarray(key, dtype=object)
    if len(truths) != len(labels):
        raise IndexError(f"Item wrong length {len(truths)} instead of {len(labels)}.")
    if pd.isna(truths).any():
        raise ValueError("cannot index with vector containing NA / NaN values")
    return np.flatnonzero(truths.astype(bool))


def _reindexed(owner: Any, wanted: pd.Index, axis: int) -> Any:
    """Take labels of which some are missing: those rows or columns are NaN."""
    labels = owner.axes[axis]
    if labels.is_unique:
        result = owner.reindex(wanted) if owner.ndim == 1 else owner.reindex(wanted, axis=axis)
        return _with_name(result, axis, labels.name)
    by_position = owner.set_axis(pd.RangeIndex(len(labels)), axis=axis)
    places: list[Any] = []
    new_labels: list[Any] = []
    for label in wanted:
        hits = np.flatnonzero(labels.get_indexer_for([label]) + 1) if label not in labels else None
        at = labels.get_indexer_for([label]) if hits is None else np.array([-1])
        places.extend(at)
        new_labels.extend([label] * len(at))
    taken = by_position.reindex(places) if owner.ndim == 1 else by_position.reindex(places, axis=axis)
    return _with_name(taken.set_axis(pd.Index(new_labels, tupleize_cols=False), axis=axis), axis, labels.name)


def _with_name(result: Any, axis: int, name: Any) -> Any:
    return result.rename_axis(name, axis=axis) if result.axes[axis].name != name else result


def _place(owner: Any, key: Any, axis: int) -> Any:
    """Return where an assignment goes along an axis: positions, or a label to add."""
    labels = owner.axes[axis]
    if isinstance(key, slice):
        return positions_of_slice(labels, key)
    if isinstance(key, range):
        key = list(key)
    if is_list(key) and not (isinstance(key, tuple) and isinstance(labels, pd.MultiIndex)):
        return _places_of_list(labels, key)
    if isinstance(key, float | np.floating) and holds_integers(labels) and float(key).is_integer():
        key = int(key)
    try:
        return labels.get_loc(key)
    except (KeyError, TypeError, ValueError, IndexError):
        pass
    if is_integer(key) and not holds_integers(labels):
        if key >= len(labels):
            raise ValueError("cannot set by positional indexing with enlargement")
        return int(key)
    return NewLabel(key)


def _places_of_list(labels: pd.Index, key: Any) -> Any:
    if is_boolean_list(key):
        return _true_positions(labels, key)
    positions = positions_of_list(labels, key)
    if positions is not None:
        return positions
    wanted = key_array(labels, key)
    found, missing = labels.get_indexer_non_unique(wanted)
    if len(missing):
        raise KeyError(f"{list(wanted[missing])} not in index")
    return found


def _as_label(owner: Any, place: Any, axis: int) -> Any:
    if isinstance(place, NewLabel):
        return place.label
    labels = owner.axes[axis]
    if isinstance(place, slice) and place == _ALL:
        return place
    return labels[place]
