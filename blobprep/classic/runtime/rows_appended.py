"""`append` of frames and series, and `concat` with the arguments of then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

__all__ = ["append_frame", "append_series", "concat"]


def append_frame(self: pd.DataFrame, other: Any, ignore_index: bool = False, verify_integrity: bool = False) -> Any:
    """Return a frame with rows added: of frames, of a series, of a dict, or of a list of these."""
    frame = self
    if isinstance(other, pd.Series | dict):
        frame, other = _with_row(self, other, ignore_index)
    elif isinstance(other, list) and not isinstance(other[0], pd.DataFrame):
        other = pd.DataFrame(other)
        if (frame.columns.get_indexer_for(other.columns) >= 0).all():
            other = other.reindex(columns=frame.columns)
    parts = [frame, *other] if isinstance(other, list | tuple) else [frame, other]
    return _joined(parts, ignore_index, verify_integrity)


def append_series(self: pd.Series, to_append: Any, ignore_index: bool = False, verify_integrity: bool = False) -> Any:
    """Return a series with the values of one or several others added; a series without values has no type."""
    parts = [self, *to_append] if isinstance(to_append, list | tuple) else [self, to_append]
    if all(isinstance(part, pd.Series) for part in parts) and any(not len(part) for part in parts):
        names = {part.name for part in parts}
        full = [part for part in parts if len(part)]
        joined = full or [part.astype(float) if part.dtype == object else part for part in parts]
        result = pd.concat(joined, ignore_index=ignore_index, verify_integrity=verify_integrity)
        return result.rename(names.pop() if len(names) == 1 else None)
    return pd.concat(parts, ignore_index=ignore_index, verify_integrity=verify_integrity)


def concat(call: Callable[[Mapping[str, Any]], Any], *, join_axes: Any = None, **given: Any) -> Any:
    """Join frames; along the other axis, labels are those of `join_axes`."""
    result = call(given)
    if join_axes is None:
        return result
    return result.reindex(join_axes[0], axis=0 if given.get("axis", 0) in (1, "columns") else 1)


def _with_row(frame: pd.DataFrame, other: Any, ignore_index: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    if isinstance(other, dict):
        other = pd.Series(other, dtype=object if not other else None)
    if other.name is None and not ignore_index:
        raise TypeError("Can only append a Series if ignore_index=True or if the Series has a name")
    index = None if other.name is None else pd.Index([other.name], name=frame.index.name)
    columns = [*frame.columns, *_sorted(other.index.difference(frame.columns, sort=False))]
    row = pd.DataFrame([list(other.reindex(columns))], index=index, columns=columns, dtype=_row_type(other))
    if other.dtype == object:
        row = row.infer_objects()
    if list(frame.columns) == columns:
        return frame, row.set_axis(frame.columns, axis=1)
    added = {label: float for label in columns if label not in frame.columns}
    return frame.reindex(columns=columns).astype(added), row


def _row_type(values: pd.Series) -> Any:
    return object if values.dtype == object or str(values.dtype) in ("str", "string") else None


def _joined(parts: list[Any], ignore_index: bool, verify_integrity: bool) -> Any:
    columns = [list(part.columns) for part in parts if isinstance(part, pd.DataFrame)]
    differ = any(found != columns[0] for found in columns)
    result = pd.concat(parts, ignore_index=ignore_index, verify_integrity=verify_integrity, sort=False)
    return result.reindex(columns=_sorted(result.columns)) if differ and result.columns.is_unique else result


def _sorted(labels: Any) -> list[Any]:
    """Sort labels; labels of several kinds keep their order."""
    try:
        return sorted(labels)
    except TypeError:
        return list(labels)
