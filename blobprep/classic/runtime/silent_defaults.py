"""Results that changed without an error: the order of an inner merge, types of parts of dates, patterns in texts."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd

from blobprep.classic.runtime.attributes import Undo, patch
from blobprep.classic.runtime.callers import outer_frame, script_frame
from blobprep.classic.runtime.defaults_of_then import aggregating
from blobprep.classic.runtime.targets import owner_of
from blobprep.classic.runtime.usage import USAGE

__all__ = ["install", "install_modes"]

_PARTS: Final = ("year", "month", "day", "hour", "minute", "second", "dayofweek", "weekday", "dayofyear", "quarter",
                 "days_in_month", "microsecond", "nanosecond", "daysinmonth")  # fmt: skip


def install(undo: Undo) -> None:
    """Make these functions of a script return what they did."""
    patch(pd, "merge", _merging(pd.merge, "pandas.merge"), undo)
    patch(pd.DataFrame, "merge", _merging(pd.DataFrame.merge, "pandas.DataFrame.merge"), undo)
    texts, _ = owner_of("pandas.Series.str.replace")
    patch(texts, "replace", _replacing(texts.replace), undo)
    for name in ("argmax", "argmin"):
        patch(pd.Series, name, _labelled(getattr(pd.Series, name), f"idx{name[3:]}"), undo)
    groups = pd.api.typing
    for kind in (pd.DataFrame, groups.DataFrameGroupBy, groups.SeriesGroupBy, groups.Resampler, groups.Rolling):
        for name in ("agg", "aggregate"):
            patch(kind, name, aggregating(getattr(kind, name), 1, "func"), undo)
    patch(pd, "pivot_table", aggregating(pd.pivot_table, 4, "aggfunc"), undo)
    patch(pd.DataFrame, "pivot_table", aggregating(pd.DataFrame.pivot_table, 4, "aggfunc"), undo)
    dates, _ = owner_of("pandas.Series.dt.year")
    for name in _PARTS:
        part = next((vars(kind)[name] for kind in dates.__mro__ if name in vars(kind)), None)
        if isinstance(part, property) and part.fget is not None:
            patch(dates, name, property(_long(part.fget), doc=part.__doc__), undo)


def install_modes(stats: types.ModuleType, undo: Undo) -> None:
    """Make `scipy.stats.mode` return arrays, for a script."""
    mode = stats.mode

    @functools.wraps(mode)
    def keeping(*args: Any, **given: Any) -> Any:
        frame = script_frame(outer_frame())
        if frame is not None and "keepdims" not in given:
            USAGE.note("scipy.stats.mode", "1.11", "what is counted keeps its dimensions", "as then", frame)
            given["keepdims"] = True
        return mode(*args, **given)

    patch(stats, "mode", keeping, undo)


def _merging(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    signature = inspect.signature(function)

    @functools.wraps(function)
    def merge(*args: Any, **given: Any) -> Any:
        result = function(*args, **given)
        frame = script_frame(outer_frame())
        if frame is None:
            return result
        asked = signature.bind(*args, **given)
        asked.apply_defaults()
        left = asked.arguments.get("left", args[0])
        keys = _keys(asked.arguments, left, asked.arguments["right"])
        if asked.arguments["how"] != "inner" or asked.arguments["sort"] or not keys:
            return result
        order = _order(left, result, keys)
        if (np.diff(order) == 1).all():
            return result
        USAGE.note(name, "2.2", "rows of an inner merge are grouped by key", "the order of then", frame)
        return result.iloc[order].reset_index(drop=True)

    return merge


def _keys(asked: dict[str, Any], left: Any, right: Any) -> list[Any]:
    """Return the columns that both frames are merged on; none where there are others."""
    if asked.get("left_on") is not None or asked.get("left_index") or asked.get("right_index"):
        return []
    on = asked.get("on")
    if on is None:
        return [label for label in left.columns if label in right.columns] if hasattr(right, "columns") else []
    return list(on) if isinstance(on, list | tuple) else [on]


def _order(left: Any, result: Any, keys: list[Any]) -> Any:
    """Return the order of a result's rows by their keys: by where the keys are first in the left frame."""
    of_left, of_result = np.zeros(len(left), dtype=np.int64), np.zeros(len(result), dtype=np.int64)
    for key in keys:
        values = pd.Index(left[key].dropna().unique())
        count = len(values) + 1
        of_left, of_result = _dense(
            of_left * count + _codes(values, left[key]), of_result * count + _codes(values, result[key])
        )
    return np.argsort(of_result, kind="stable")


def _codes(values: pd.Index, column: Any) -> Any:
    """Return where a column's values are in an index; what is missing comes last."""
    found = values.get_indexer(column)
    return np.where(found < 0, len(values), found)


def _dense(of_left: Any, of_result: Any) -> tuple[Any, Any]:
    """Number the codes of both anew, in the order of the left ones."""
    numbers, values = pd.factorize(of_left)
    return numbers, pd.Index(values).get_indexer(of_result)


def _replacing(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def replace(self: Any, pat: Any, repl: Any = None, *args: Any, **given: Any) -> Any:
        frame = script_frame(outer_frame())
        if frame is not None and isinstance(pat, str) and len(pat) > 1 and "regex" not in given and len(args) < 4:
            if set(pat) & set(".^$*+?{}[]\\|()"):
                USAGE.note("pandas.Series.str.replace", "2.0", "a text is a pattern", "as then", frame)
            given["regex"] = True
        return function(self, pat, repl, *args, **given)

    return replace


def _labelled(function: Callable[..., Any], instead: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def label(self: Any, *args: Any, **given: Any) -> Any:
        frame = script_frame(outer_frame())
        if frame is None:
            return function(self, *args, **given)
        USAGE.note(f"pandas.Series.{function.__name__}", "1.0", f"{instead}(): a label", "as then", frame)
        return getattr(self, instead)()

    return label


def _long(part: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(part)
    def read(self: Any) -> Any:
        found = part(self)
        if found.dtype == np.int32 and script_frame(outer_frame()) is not None:
            return found.astype(np.int64)
        return found

    return read
