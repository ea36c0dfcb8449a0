"""Reductions of frames that have text columns, which were left out then; and the argument `level`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import pandas as pd

from blobprep.classic.runtime.axes import axis_number
from blobprep.classic.runtime.calls import Unreadable

__all__ = ["aggregate_groups", "over_numbers", "pivot", "reduce_frame", "reduce_groups", "reduce_series"]

_Call = Callable[[Mapping[str, Any]], Any]
_OF_NUMBERS: Final = frozenset({"mean", "median", "std", "var", "sem", "skew", "kurt", "prod", "sum"})


def reduce_frame(call: _Call, self: pd.DataFrame, *, level: Any = None, **given: Any) -> Any:
    """Reduce the columns of numbers and truths alone, or the groups of a level."""
    name = call.args[0].__name__  # type: ignore[attr-defined]
    if level is not None:
        return _by_level(self, name, level, given)
    if given.pop("numeric_only", None) is False and name != "quantile":
        raise Unreadable
    numbers = self.select_dtypes(["number", "bool"])
    if numbers.shape[1] == self.shape[1]:
        return call(_without_none(given))
    return getattr(numbers, name)(**_without_none(given))


def reduce_series(call: _Call, self: pd.Series, *, level: Any = None, **given: Any) -> Any:
    """Reduce the groups of a level."""
    name = call.args[0].__name__  # type: ignore[attr-defined]
    if level is not None:
        return _by_level(self, name, level, given)
    given = _without_none(given)
    return call({name: value for name, value in given.items() if name != "numeric_only"})


def _by_level(owner: Any, name: str, level: Any, given: Mapping[str, Any]) -> Any:
    options = {key: value for key, value in given.items() if key in ("ddof",) and value is not None}
    if axis_number(given.get("axis")) == 1:
        return _by_level(owner.T, name, level, {**given, "axis": 0}).T
    if owner.ndim > 1 and name in _OF_NUMBERS:
        owner = owner.select_dtypes(["number", "bool"])
    return getattr(owner.groupby(level=level), name)(**options)


def _without_none(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in given.items() if value is not None or name not in ("axis", "skipna", "bool_only")
    }


def over_numbers(call: _Call, self: pd.DataFrame, **given: Any) -> Any:
    """Call a method on the columns of numbers and truths alone."""
    name = call.args[0].__name__  # type: ignore[attr-defined]
    numbers = self.select_dtypes(["number", "bool"])
    if numbers.shape[1] == self.shape[1]:
        raise Unreadable
    return getattr(numbers, name)(**given)


def reduce_groups(call: _Call, self: Any, **given: Any) -> Any:
    """Reduce the groups' columns of numbers and truths alone."""
    name = call.args[0].__name__  # type: ignore[attr-defined]
    axis = given.pop("axis", 0)
    if axis not in (0, "index", None) or self.ndim == 1:
        raise Unreadable
    given.pop("numeric_only", None)
    return getattr(of_numbers(self), name)(**given)


def of_numbers(groups: Any) -> Any:
    """Return the groups, of their columns of numbers and truths alone."""
    keys = set(getattr(groups, "exclusions", ()))
    chosen = groups.head(0) if hasattr(groups, "head") else groups.obj.head(0)
    shown = [label for label in chosen.columns if label not in keys]
    labels = [label for label in chosen.select_dtypes(["number", "bool"]).columns if label not in keys]
    if not labels or len(labels) == len(shown):
        raise Unreadable
    return groups[labels]


def aggregate_groups(call: _Call, self: Any, *, func: Any = None, arg: Any = None, **given: Any) -> Any:
    """Aggregate groups; a dict of dicts names the results, and functions of numbers leave out text columns."""
    func = arg if func is None else func
    if isinstance(func, dict) and any(isinstance(inner, dict) for inner in func.values()):
        return _named(self, func, given)
    if isinstance(func, dict) and self.ndim == 1:
        return pd.DataFrame({name: call({"func": inner, **given}) for name, inner in func.items()})
    if isinstance(func, dict) or self.ndim == 1:
        raise Unreadable
    return of_numbers(self).agg(func, **given)


def _named(groups: Any, func: Mapping[Any, Any], given: Mapping[str, Any]) -> Any:
    parts = {}
    for column, inner in func.items():
        names = inner if isinstance(inner, dict) else {column: inner}
        for name, function in names.items():
            parts[(column, name)] = groups[column].agg(function, **given)
    return pd.DataFrame(parts)


def pivot(call: _Call, *bound: Any, aggfunc: Any = "mean", **given: Any) -> Any:
    """Make a pivot table of the columns of numbers alone."""
    call_given = {**given, "aggfunc": aggfunc}
    try:
        return call(call_given)
    except TypeError:
        frame = bound[0] if bound else given.get("data")
        if not isinstance(frame, pd.DataFrame) or given.get("values") is not None:
            raise
        keys = [key for name in ("index", "columns") for key in _listed(given.get(name))]
        numbers = frame.select_dtypes(["number", "bool"]).columns
        return call({**call_given, "values": [label for label in numbers if label not in keys]})


def _listed(keys: Any) -> list[Any]:
    if keys is None:
        return []
    return list(keys) if isinstance(keys, list | tuple) else [keys]


def pivot_wide(call: _Call, self: pd.DataFrame, **given: Any) -> Any:
    """Make a wide frame of a long one."""
    return call({name: value for name, value in given.items() if value is not None})


def reduced_by_numpy(call: _Call, *_: Any, a: Any = None, axis: Any = None, **given: Any) -> Any:
    """Reduce the columns of numbers of a frame, each by itself."""
    if not isinstance(a, pd.DataFrame):
        raise Unreadable
    numbers = a.select_dtypes(["number", "bool"])
    name = call.args[0].__name__  # type: ignore[attr-defined]
    ddof = {"ddof": given.get("ddof", 0)} if name in ("std", "var") else {}
    if name == "median":
        raise Unreadable
    return getattr(numbers, name)(axis=0 if axis is None else axis, **ddof)
