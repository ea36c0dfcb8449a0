"""Assignments to a column that set the frame, as then: `frame["a"][0] = 1`, `column = frame["a"]; column[0] = 1`.

A column was the same object each time it was reached, and what was written to it was seen in its frame. Today it is a
copy. So a column that a script reaches for remembers its frame, and is put back into it once it is written. It stays
the same object as long as the frame has it.

In a script that may be of today only the statements count that reach for a column and write to it at once: today they
do nothing, and pandas warns of each.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

import numpy as np
import pandas as pd

from blobprep.classic.runtime.attributes import Undo, patch
from blobprep.classic.runtime.callers import outer_frame, script_frame
from blobprep.classic.runtime.usage import USAGE

__all__ = ["Places", "install"]

Places = frozenset[tuple[str, int]]
"""Lines of files."""

_FROM: Final = "classic frame"
_COLUMNS: Final = "classic columns"
_WIDENED: Final = "classic widened"
_HOW: Final = "what is written to a column is seen in its frame"
_IN_PLACE: Final = ("fillna", "replace", "where", "mask", "clip", "ffill", "bfill", "interpolate", "sort_values",
                    "sort_index", "drop_duplicates", "dropna")  # fmt: skip
_OPERATORS: Final = ("__iadd__", "__isub__", "__imul__", "__itruediv__", "__ifloordiv__", "__imod__", "__ipow__",
                     "__iand__", "__ior__", "__ixor__")  # fmt: skip


class _Scope:
    """Where columns remember their frame: in these places, or everywhere."""

    places: Places | None = None

    @classmethod
    def has(cls, frame: FrameType | None) -> bool:
        if frame is None:
            return False
        return cls.places is None or (frame.f_code.co_filename, frame.f_lineno) in cls.places


def install(undo: Undo, places: Places | None = None) -> None:
    """Make columns that a script reaches for remember their frame.

    Args:
        undo: takes what takes it back.
        places: where; None for everywhere.
    """
    _Scope.places = places
    patch(pd.DataFrame, "__getitem__", _reaching(pd.DataFrame.__getitem__), undo)
    attributes = pd.DataFrame.__getattr__
    owner = next(kind for kind in pd.DataFrame.__mro__ if "__getattr__" in vars(kind))
    patch(owner, "__getattr__", _reaching(attributes), undo)
    patch(pd.Series, "__setitem__", _writing(pd.Series.__setitem__), undo)
    patch(pd.Series, "update", _writing(pd.Series.update), undo)
    for name in _OPERATORS:
        if hasattr(pd.Series, name):
            patch(pd.Series, name, _writing(getattr(pd.Series, name)), undo)
    for name in _IN_PLACE:
        patch(pd.Series, name, _writing(getattr(pd.Series, name), only_in_place=True), undo)
    frame = pd.DataFrame([0])
    for kind in (type(frame.loc), type(frame.iloc), type(frame.at), type(frame.iat)):
        patch(kind, "__setitem__", _writing(kind.__setitem__, of_indexer=True), undo)


def _reaching(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def reach(self: Any, key: Any) -> Any:
        found = function(self, key)
        if type(found) is not pd.Series or not isinstance(self, pd.DataFrame) or not isinstance(key, str | int):
            return found
        if not _Scope.has(script_frame(outer_frame())) or not self.columns.is_unique or key not in self.columns:
            return found
        return _remembered(self, key, found)

    return reach


def _remembered(frame: pd.DataFrame, label: Any, column: pd.Series) -> pd.Series:
    known = vars(frame).get(_COLUMNS)
    if known is None:
        known = weakref.WeakValueDictionary()
        object.__setattr__(frame, _COLUMNS, known)
    before = known.get(label)
    if before is not None and before.index.equals(frame.index) and _same_memory(before, column):
        return before  # type: ignore[no-any-return]
    object.__setattr__(column, _FROM, (weakref.ref(frame), label))
    known[label] = column
    return column


def _is_held(origin: Callable[[], Any], label: Any, column: pd.Series) -> bool:
    """Tell whether a frame still has the column that was reached."""
    frame = origin()
    if frame is None or label not in frame.columns:
        return False
    return _same_memory(column, frame.iloc[:, frame.columns.get_loc(label)])


def _same_memory(one: pd.Series, other: pd.Series) -> bool:
    first, second = one.array, other.array
    if hasattr(first, "to_numpy") and isinstance(one.dtype, np.dtype) and one.dtype == other.dtype:
        return bool(np.shares_memory(one.to_numpy(), other.to_numpy()))
    return type(first) is type(second) and len(first) == len(second) and bool(one.equals(other))


def _writing(
    function: Callable[..., Any], *, only_in_place: bool = False, of_indexer: bool = False
) -> Callable[..., Any]:
    @functools.wraps(function)
    def write(self: Any, *args: Any, **given: Any) -> Any:
        column = self.obj if of_indexer else self
        origin = vars(column).get(_FROM) if type(column) is pd.Series else None
        widened = vars(column).pop(_WIDENED, False) if origin is not None else False
        if origin is not None and not widened and not _is_held(origin[0], origin[1], column):
            origin = None
        try:
            answer = function(self, *args, **given)
        except (TypeError, ValueError):
            if origin is not None:  # it may be written again, once it has a type that holds the value
                vars(column)[_WIDENED] = True
            raise
        if origin is None or (only_in_place and answer is not None and not given.get("inplace")):
            return answer
        frame, label = origin[0](), origin[1]
        script = script_frame(outer_frame())
        if (
            frame is None
            or script is None
            or not _Scope.has(script)
            or label not in frame.columns
            or len(frame) != len(column)
        ):
            return answer
        if vars(frame).get(_COLUMNS, {}).get(label) is column:
            frame.isetitem(frame.columns.get_loc(label), column)
            USAGE.note(f"pandas.DataFrame[…].{function.__name__}", "3.0", _HOW, "the frame is set, as then", script)
        return answer

    return write
