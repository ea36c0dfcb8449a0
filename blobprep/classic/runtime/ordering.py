"""`sort`, `order` and similar methods.

Equal values had an order then, too: that of numpy's quicksort, which for fewer than 17 values keeps them as they were.
numpy still sorts objects by that algorithm, and numbers by others; so numbers are sorted as objects here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from blobprep.classic.runtime.upcasting import become

__all__ = ["order_index", "order_series", "sort_frame", "sort_index", "sort_level", "sort_series"]


def sort_frame(
    self: Any,
    columns: Any = None,
    axis: Any = 0,
    ascending: Any = True,
    inplace: bool = False,
    kind: str = "quicksort",
    na_position: str = "last",
) -> Any:
    """Sort by columns; by the index if none is given."""
    if columns is None:
        result = self.sort_index(axis=axis, ascending=ascending, na_position=na_position)
    else:
        by = list(columns) if isinstance(columns, list | np.ndarray | pd.Index) else columns
        by = list(by) if isinstance(by, tuple) and by not in self.columns else by
        by = by[0] if isinstance(by, list) and len(by) == 1 else by
        falling = ascending[0] if isinstance(ascending, list) and not isinstance(by, list) else ascending
        if isinstance(by, list) or axis not in (0, "index"):
            result = self.sort_values(by, axis=axis, ascending=falling, na_position=na_position)
        else:
            result = self.iloc[_order(self[by], bool(falling), kind, na_position)]
    return _placed(self, result, inplace)


def sort_series(
    self: pd.Series,
    axis: Any = 0,
    ascending: bool = True,
    kind: str = "quicksort",
    na_position: str = "last",
    inplace: bool = True,
) -> Any:
    """Sort the values, in place."""
    return _placed(self, self.iloc[_order(self, ascending, kind, na_position, of_series=True)], inplace)


def order_series(
    self: pd.Series,
    na_last: bool | None = None,
    ascending: bool = True,
    kind: str = "quicksort",
    na_position: str = "last",
    inplace: bool = False,
) -> Any:
    """Return the values in order."""
    return _placed(self, self.iloc[_order(self, ascending, kind, na_position, of_series=True)], inplace)


def order_index(self: Any, return_indexer: bool = False, ascending: bool = True) -> Any:
    """Return the labels in order."""
    return self.sort_values(return_indexer=return_indexer, ascending=ascending)


def sort_level(
    self: Any, level: Any = 0, axis: Any = 0, ascending: Any = True, inplace: bool = False, sort_remaining: bool = True
) -> Any:
    """Sort by a level of the index."""
    given = {"level": level, "ascending": ascending, "sort_remaining": sort_remaining}
    result = self.sort_index(**given) if self.ndim == 1 else self.sort_index(axis=axis, **given)
    return _placed(self, result, inplace)


def sort_index(call: Callable[[Mapping[str, Any]], Any], self: Any, *, by: Any = None, **given: Any) -> Any:
    """Sort by the index, or by columns if some are given."""
    if by is None:
        return call(given)
    given.pop("level", None)
    return self.sort_values(by, **given)


def _order(values: pd.Series, ascending: bool, kind: str, na_position: str, *, of_series: bool = False) -> Any:
    """Return the positions that sort a series; falling, equal values of a frame's column keep their order."""
    missing = values.isna().to_numpy()
    places = np.arange(len(values))
    present, absent = places[~missing], places[missing]
    items = _comparable(values)[~missing]
    if not ascending and not of_series:
        present, items = present[::-1], items[::-1]
    try:
        found = present[items.argsort(kind=kind)]
    except TypeError:
        found = present[sorted(range(len(items)), key=lambda at: _rank(items[at]))]
    if not ascending:
        found = found[::-1]
    return np.concatenate([absent, found] if na_position == "first" else [found, absent])


def _rank(value: Any) -> tuple[str, Any]:
    """Return what values of several kinds were ordered by: numbers first, then by the name of their kind."""
    is_number = isinstance(value, int | float | np.number)
    return ("", value) if is_number else (type(value).__name__, value)


def _comparable(values: pd.Series) -> Any:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.codes.to_numpy().astype(object)
    if values.dtype.kind in "mM":
        return values.to_numpy().view("i8").astype(object)
    return values.to_numpy(dtype=object)


def _placed(owner: Any, result: Any, inplace: bool) -> Any:
    if not inplace:
        return result
    become(owner, result)
    return None
