"""Read and check comparisons; what a child wrote is not trusted to have any shape."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar, get_args

from blobprep.protocol.comparisons import (
    CHANGES_LIMIT,
    ChangedCell,
    ChangedRow,
    ColumnComparison,
    PairedBy,
    SingleRow,
    TableComparison,
)
from blobprep.protocol.profiles import CELL_LIMIT, ROWS_LIMIT

__all__ = ["decode_comparison"]

_T = TypeVar("_T")
_Check = Callable[[Any], Any]


def decode_comparison(row: Mapping[str, Any]) -> TableComparison:
    """Build a comparison from JSON.

    Raises:
        TypeError, ValueError, KeyError: it does not have the shape, or its parts do not fit together.
    """
    built: TableComparison = _build(TableComparison, row)
    if any(len(rows) > ROWS_LIMIT for rows in (built.changed_rows, built.removed_rows, built.added_rows)):
        raise ValueError(f"a comparison shows at most {ROWS_LIMIT} rows of a kind")
    cells = [cell for changed in built.changed_rows for cell in changed.cells]
    if any(cell.column >= len(built.columns) for cell in cells):
        raise ValueError("a changed cell is in a column that the comparison does not have")
    if any(len(changed.cells) > min(CHANGES_LIMIT, changed.count) for changed in built.changed_rows):
        raise ValueError("a changed row has more cells than it may show")
    if len(built.columns) > built.width:
        raise ValueError("a comparison has more columns than its tables")
    _require_counts(built)
    return built


def _require_counts(built: TableComparison) -> None:
    if any(column.changed > (column.compared or 0) for column in built.columns):
        raise ValueError("more cells of a column changed than were compared")
    counts = built.same, built.changed, built.removed, built.added
    if None in counts:
        return
    same, changed, removed, added = (count or 0 for count in counts)
    if same + changed + removed != built.first_rows or same + changed + added != built.second_rows:
        raise ValueError("the rows of a comparison add up to those of its tables")


def _build(shape: type[_T], row: Mapping[str, Any]) -> _T:
    return shape(**{name: check(row[name]) for name, check in _CHECKS[shape].items()})


def _paired_by(value: object) -> str:
    if value not in get_args(PairedBy):
        raise TypeError("rows are paired by something that does not exist")
    return str(value)


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > CELL_LIMIT:
        raise TypeError("a text of a comparison is a text, of a limited length")
    return value.encode("utf-8", "backslashreplace").decode()  # JSON can carry lone surrogates


def _count(value: object) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise TypeError("a count of a comparison is a number from 0")
    return value


def _number(value: object) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):  # type: ignore[arg-type]
        raise TypeError("a difference in a comparison is a finite number")
    return float(value)  # type: ignore[arg-type]


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("a mark of a comparison is true or false")
    return value


def _optional(check: _Check) -> _Check:
    return lambda value: None if value is None else check(value)


def _many(check: _Check) -> _Check:
    def checked(values: object) -> tuple[Any, ...]:
        if not isinstance(values, list):
            raise TypeError("a list of a comparison is a list")
        return tuple(map(check, values))

    return checked


def _shaped(shape: type[Any]) -> _Check:
    return lambda row: _build(shape, row)


_CELL: Final = _optional(_text)
_CHECKS: Final[Mapping[type, Mapping[str, _Check]]] = {
    ColumnComparison: {
        "name": _text,
        **dict.fromkeys(("first", "second", "compared"), _optional(_count)),
        **dict.fromkeys(("first_type", "second_type", "note"), _text),
        "is_key": _flag,
        **dict.fromkeys(("changed", "filled", "emptied"), _count),
        **dict.fromkeys(("largest", "mean"), _optional(_number)),
    },
    ChangedCell: {"column": _count, "before": _CELL, "after": _CELL},
    ChangedRow: {
        **dict.fromkeys(("first", "second", "count"), _count),
        "key": _many(_CELL),
        "cells": _many(_shaped(ChangedCell)),
    },
    SingleRow: {"number": _count, "cells": _many(_CELL)},
    TableComparison: {
        "paired_by": _paired_by,
        **dict.fromkeys(("first_rows", "second_rows", "first_width", "second_width"), _count),
        **dict.fromkeys(("width", "moved_columns", "first_repeats", "second_repeats"), _count),
        **dict.fromkeys(("same", "changed", "removed", "added"), _optional(_count)),
        "equal": _optional(_flag),
        "moved": _flag,
        **dict.fromkeys(("key", "notes"), _many(_text)),
        "columns": _many(_shaped(ColumnComparison)),
        "changed_rows": _many(_shaped(ChangedRow)),
        **dict.fromkeys(("removed_rows", "added_rows"), _many(_shaped(SingleRow))),
        "seconds": _number,
    },
}
"""By shape, the check of each of its fields."""
