"""Groups of rows and of time by the arguments of then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from blobprep.classic.runtime.axes import axis_number
from blobprep.classic.runtime.calls import Unreadable
from blobprep.classic.runtime.frequencies import present
from blobprep.classic.runtime.reductions import of_numbers

__all__ = ["groupby", "resample"]

_Call = Callable[[Mapping[str, Any]], Any]


def groupby(call: _Call, self: Any, *, axis: Any = 0, **given: Any) -> Any:
    """Group rows; along the columns, the rows of the transposed frame."""
    given = {name: value for name, value in given.items() if value is not None or name in ("by", "level")}
    if axis_number(axis) == 0:
        return call(given)
    return _Transposed(self.T.groupby(**given))


class _Transposed:
    """Groups of columns: each method works on the transposed frame, and a frame that it returns is transposed back."""

    def __init__(self, groups: Any) -> None:
        self._groups = groups

    def __iter__(self) -> Any:
        return ((label, part.T) for label, part in self._groups)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._groups, name)
        if not callable(found):
            return found

        def method(*args: Any, **given: Any) -> Any:
            if name == "apply":
                args = (lambda part, *more: args_given[0](part.T, *more), *args[1:])
            result = found(*args, **given)
            return result.T if isinstance(result, pd.DataFrame) else result

        args_given: tuple[Any, ...] = ()

        def called(*args: Any, **given: Any) -> Any:
            nonlocal args_given
            args_given = args
            return method(*args, **given)

        return called


def resample(call: _Call, self: Any, *, rule: Any = None, how: Any = None, axis: Any = 0, fill_method: Any = None,
             limit: Any = None, loffset: Any = None, base: int = 0, kind: Any = None, **given: Any) -> Any:  # fmt: skip
    """Resample; `how` is called on the result, and `fill_method` after that."""
    given = {name: value for name, value in given.items() if value is not None}
    renamed = present(rule)
    if base:
        given["offset"] = pd.Timedelta(base, unit=_unit(renamed))
    if axis_number(axis) == 1:
        return self.T.resample(renamed, **given).agg(how or "mean").T
    resampled = call({"rule": renamed, **given})
    if how is None and fill_method is None:
        if loffset is not None:
            raise NotImplementedError("resample with loffset and without how: move the index of the result instead")
        return resampled
    result = _reduced(resampled, how or "mean") if how is not None or fill_method is None else resampled
    if fill_method is not None:
        result = _filled(result, fill_method, limit)
    if loffset is not None:
        result.index = result.index + pd.tseries.frequencies.to_offset(present(loffset))
    return result.to_period() if kind == "period" else result


def _reduced(resampled: Any, how: Any) -> Any:
    if not isinstance(how, str):
        return resampled.agg(how)
    try:
        return getattr(resampled, how)()
    except TypeError:
        try:
            return getattr(of_numbers(resampled), how)()
        except Unreadable:
            pass
        raise


def _filled(result: Any, method: str, limit: Any) -> Any:
    return result.ffill(limit=limit) if method in ("ffill", "pad") else result.bfill(limit=limit)


def _unit(rule: Any) -> Any:
    name = str(rule).lstrip("0123456789")
    return name if name in ("h", "min", "s", "ms", "us", "ns", "D") else "D"


def several_columns(call: _Call, self: Any, *, key: Any) -> Any:
    """Return the groups of several columns."""
    if not isinstance(key, tuple):
        raise Unreadable
    return call({"key": list(key)})


def apply_whole(call: _Call, self: Any, *, func: Any = None, **given: Any) -> Any:
    """Apply a function to groups that have the columns they are grouped by."""
    keys = self.keys if isinstance(self.keys, list | tuple) else [self.keys]
    owner = self.obj
    if func is None or not all(isinstance(key, str) and key in owner.columns for key in keys):
        raise Unreadable
    by = [pd.Index(owner[key], name=key) for key in keys]
    return owner.groupby(by if len(by) > 1 else by[0], sort=self.sort).apply(func, **given)
