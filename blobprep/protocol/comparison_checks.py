"""Read and check comparisons; what a child wrote is not trusted to have any shape."""

from __future__ import annotations

from collections.abc import Mapping
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
from blobprep.protocol.profiles import ROWS_LIMIT
from blobprep.protocol.value_checks import (
    Check,
    check_count,
    check_flag,
    check_list,
    check_number,
    check_text,
    optional,
)

__all__ = ["decode_comparison"]

_T = TypeVar("_T")


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


def _many(check: Check) -> Check:
    return lambda values: tuple(map(check, check_list(values)))


def _shaped(shape: type[Any]) -> Check:
    return lambda row: _build(shape, row)


_CELL: Final = optional(check_text)
_CHECKS: Final[Mapping[type, Mapping[str, Check]]] = {
    ColumnComparison: {
        "name": check_text,
        **dict.fromkeys(("first", "second", "compared"), optional(check_count)),
        **dict.fromkeys(("first_type", "second_type", "note"), check_text),
        "is_key": check_flag,
        **dict.fromkeys(("changed", "filled", "emptied"), check_count),
        **dict.fromkeys(("largest", "mean"), optional(check_number)),
    },
    ChangedCell: {"column": check_count, "before": _CELL, "after": _CELL},
    ChangedRow: {
        **dict.fromkeys(("first", "second", "count"), check_count),
        "key": _many(_CELL),
        "cells": _many(_shaped(ChangedCell)),
    },
    SingleRow: {"number": check_count, "cells": _many(_CELL)},
    TableComparison: {
        "paired_by": _paired_by,
        **dict.fromkeys(("first_rows", "second_rows", "first_width", "second_width"), check_count),
        **dict.fromkeys(("width", "moved_columns", "first_repeats", "second_repeats"), check_count),
        **dict.fromkeys(("same", "changed", "removed", "added"), optional(check_count)),
        "equal": optional(check_flag),
        "moved": check_flag,
        **dict.fromkeys(("key", "notes"), _many(check_text)),
        "columns": _many(_shaped(ColumnComparison)),
        "changed_rows": _many(_shaped(ChangedRow)),
        **dict.fromkeys(("removed_rows", "added_rows"), _many(_shaped(SingleRow))),
        "seconds": check_number,
    },
}
"""By shape, the check of each of its fields."""
