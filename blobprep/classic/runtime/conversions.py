"""Types and axes: `convert_objects`, `ftypes`, `reindex_axis`, `swapaxes` and similar methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from blobprep.classic.runtime.axes import axis_number
from blobprep.classic.runtime.calls import Unreadable
from blobprep.classic.runtime.index_kinds import inferred

__all__ = ["apply_frame", "astype", "convert_objects", "dtype_counts", "ftypes", "reindex_axis", "set_axis", "swapaxes"]


def convert_objects(
    self: Any,
    convert_dates: Any = True,
    convert_numeric: Any = False,
    convert_timedeltas: Any = True,
    copy: bool = True,
) -> Any:
    """Return the columns of objects as dates, durations and, if asked, numbers."""

    def convert(column: pd.Series) -> pd.Series:
        if column.dtype != object and str(column.dtype) not in ("str", "string"):
            return column
        if convert_numeric:
            numbers = pd.to_numeric(column, errors="coerce" if convert_numeric else "raise")
            if numbers.notna().any():
                return numbers
        if convert_dates == "coerce":
            dates = pd.to_datetime(column, errors="coerce")
            if dates.notna().any():
                return dates
        return column.infer_objects() if column.dtype == object else column

    if self.ndim == 1:
        return convert(self)
    result = self.copy()
    for at in range(self.shape[1]):
        result.isetitem(at, convert(self.iloc[:, at]))
    return result


def ftype(self: pd.Series) -> str:
    """Return the type, and that it is dense."""
    return f"{_type_name(self.dtype)}:dense"


def ftypes(self: pd.DataFrame) -> Any:
    """Return the types of the columns, and that they are dense."""
    return pd.Series([f"{_type_name(kind)}:dense" for kind in self.dtypes], index=self.columns, dtype=object)


def dtype_counts(self: Any) -> Any:
    """Return the number of columns of each type."""
    kinds = [self.dtype] if self.ndim == 1 else self.dtypes
    return _counted([_type_name(kind) for kind in kinds])


def ftype_counts(self: Any) -> Any:
    """Return the number of columns of each type."""
    kinds = [self.dtype] if self.ndim == 1 else self.dtypes
    return _counted([f"{_type_name(kind)}:dense" for kind in kinds])


def _counted(names: list[str]) -> Any:
    counts = {name: names.count(name) for name in sorted(names)}
    return pd.Series(list(counts.values()), index=pd.Index(list(counts), dtype=object), dtype="int64")


def _type_name(kind: Any) -> str:
    return "object" if str(kind) in ("str", "string") else str(kind)


def blocks(self: Any, copy: bool = True) -> dict[str, Any]:
    """Return a frame for each type of the columns."""
    if self.ndim == 1:
        return {_type_name(self.dtype): self.copy()}
    names = np.array([_type_name(kind) for kind in self.dtypes], dtype=object)
    return {name: self.loc[:, names == name] for name in sorted(set(names))}


def is_copy(self: Any) -> None:
    """Return None: nothing is a copy of anything."""


def is_time_series(self: pd.Series) -> bool:
    """Tell whether the index is of dates."""
    return isinstance(self.index, pd.DatetimeIndex | pd.PeriodIndex | pd.TimedeltaIndex)


def reindex_axis(self: Any, labels: Any, axis: Any = 0, method: Any = None, level: Any = None, copy: bool = True,
                 limit: Any = None, fill_value: Any = np.nan) -> Any:  # fmt: skip
    """Return what has other labels along an axis."""
    given = {"method": method, "level": level, "limit": limit, "fill_value": fill_value}
    return self.reindex(labels, **given) if self.ndim == 1 else self.reindex(labels, axis=axis, **given)


def swapaxes(self: Any, axis1: Any, axis2: Any, copy: bool = True) -> Any:
    """Return the transposed frame; a copy if both axes are the same."""
    same = axis_number(axis1) == axis_number(axis2)
    return self.copy() if same else self.T


def single_bool(self: Any) -> bool:
    """Return the truth of the one value."""
    value = self.squeeze() if self.ndim > 1 else self.iloc[0] if len(self) == 1 else self
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if np.ndim(value) == 0:
        raise ValueError(f"bool cannot act on a non-boolean single element {type(self).__name__}")
    raise ValueError(f"The truth value of a {type(self).__name__} is ambiguous.")


def set_axis(
    call: Callable[[Mapping[str, Any]], Any], self: Any, *, axis: Any = 0, labels: Any = None, **given: Any
) -> Any:
    """Set the labels of an axis in place: the axis came first, then the labels."""
    inplace = given.pop("inplace", True)
    if pd.api.types.is_list_like(axis):
        axis, labels = labels, axis
    if inplace is None or inplace:
        setattr(self, "index" if axis_number(axis or 0) == 0 else "columns", labels)
        return None
    return call({"labels": labels, "axis": axis or 0})


def astype(call: Callable[[Mapping[str, Any]], Any], self: Any, *, raise_on_error: bool = True, **given: Any) -> Any:
    """Change types; if asked, return what was given where that fails."""
    return call({**given, "errors": "raise" if raise_on_error else "ignore"})


def apply_frame(
    call: Callable[[Mapping[str, Any]], Any],
    self: Any,
    *,
    broadcast: Any = None,
    raw: bool = False,
    args: Any = (),
    **given: Any,
) -> Any:
    """Apply a function; a broadcast result has the labels of the frame."""
    if broadcast:
        given["result_type"] = "broadcast"
    if not {"func"} <= given.keys():
        raise Unreadable
    return call({**given, "raw": raw, "args": args})


def get_duplicates(self: pd.Index) -> list[Any]:
    """Return the labels that are there more than once."""
    return sorted(self[self.duplicated()].unique())


def index_to_datetime(self: pd.Index, dayfirst: bool = False) -> Any:
    """Return the labels as dates."""
    return pd.to_datetime(self, dayfirst=dayfirst)


def index_summary(self: pd.Index, name: str | None = None) -> str:
    """Return a line about the index."""
    ends = f", {self[0]} to {self[-1]}" if len(self) else ""
    return f"{name or type(self).__name__}: {len(self)} entries{ends}"


def format_index(self: pd.Index, name: bool = False, formatter: Callable[[Any], str] | None = None) -> list[str]:
    """Return the labels as text."""
    texts = [formatter(label) if formatter else "NaN" if pd.isna(label) else str(label) for label in self]
    return [str(self.name) if self.name is not None else "", *texts] if name else texts


def is_all_dates(self: pd.Index) -> bool:
    """Tell whether all labels are dates."""
    return inferred(self) in ("datetime64", "datetime", "date")


def dtype_text(self: pd.Index) -> str:
    """Return the name of the type."""
    return _type_name(self.dtype)


def is_boolean(self: pd.Index) -> bool:
    """Tell whether the labels are truths."""
    return inferred(self) == "boolean"


def is_categorical(self: pd.Index) -> bool:
    """Tell whether the labels are categories."""
    return inferred(self) == "categorical"


def is_floating(self: pd.Index) -> bool:
    """Tell whether the labels are floats."""
    return inferred(self) in ("floating", "mixed-integer-float", "integer-na")


def is_integer(self: pd.Index) -> bool:
    """Tell whether the labels are integers."""
    return inferred(self) == "integer"


def is_interval(self: pd.Index) -> bool:
    """Tell whether the labels are intervals."""
    return inferred(self) == "interval"


def is_mixed(self: pd.Index) -> bool:
    """Tell whether the labels are of several kinds."""
    return inferred(self) == "mixed"


def is_numeric(self: pd.Index) -> bool:
    """Tell whether the labels are numbers."""
    return inferred(self) in ("integer", "floating")


def is_object(self: pd.Index) -> bool:
    """Tell whether the labels are objects, which texts were too."""
    return self.dtype == object or str(self.dtype) in ("str", "string")


_NO_OPTIONS: Final = frozenset({"display.height", "display.mpl_style", "display.line_width", "display.date_dayfirst"})


def option(call: Callable[[Mapping[str, Any]], Any], *args: Any, **given: Any) -> Any:
    """Set or return options by their names of then; some say nothing any more."""
    names, values = list(args[::2]), list(args[1::2])
    named = [_option_name(name) for name in names]
    pairs = [
        (name, None if name == "display.max_colwidth" and value == -1 else value)
        for name, value in zip(named, values, strict=False)
        if name not in _NO_OPTIONS
    ]
    if not values and named != names:
        return pd.get_option(named[0])
    if [part for pair in pairs for part in pair] == list(args):
        raise Unreadable
    for name, value in pairs:
        pd.set_option(name, value)
    return None


def _option_name(name: Any) -> Any:
    return name if "." in str(name) else f"display.{name}"


def rename_axis(call: Callable[[Mapping[str, Any]], Any], self: Any, *, mapper: Any = None, axis: Any = 0,
                copy: bool = True,
                inplace: bool = False) -> Any:  # fmt: skip
    """Rename the labels of an axis by a dict or a function; a text names the axis."""
    if not isinstance(mapper, Mapping) and not callable(mapper):
        return call({"mapper": mapper, "axis": axis, "inplace": inplace})
    names = {"columns" if axis_number(axis) else "index": mapper}
    return self.rename(**names, inplace=inplace)


def to_dict(call: Callable[[Mapping[str, Any]], Any], self: Any, *, orient: Any = "dict", **given: Any) -> Any:
    """Return a dict in a form that may be named by its first letters."""
    names = ("dict", "list", "series", "split", "records", "index")
    found = [name for name in names if name.startswith(str(orient).lower())]
    if not found or found[0] == orient:
        raise Unreadable
    return call({**given, "orient": found[0]})
