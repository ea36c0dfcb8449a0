"""Read and check profiles; what a child wrote is not trusted to have any shape.

A profile may have a hundred thousand numbers. Those of a list are checked together, by what their types and bounds are,
and one by one only where that does not settle it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import chain, pairwise
from typing import Any, Final, TypeVar

from blobprep.protocol.profiles import (
    CELL_LIMIT,
    COLUMN_KINDS,
    ROWS_LIMIT,
    Associations,
    Bins,
    BoxPlot,
    ColumnProfile,
    DrawnColumn,
    FrequentValue,
    SampleRows,
    TableProfile,
)
from blobprep.protocol.value_checks import (
    COUNT_LIMIT,
    Check,
    check_count,
    check_flag,
    check_list,
    check_number,
    check_text,
    optional,
)

__all__ = ["decode_profile"]

_T = TypeVar("_T")
_EXACT: Final = 2**53


def decode_profile(row: Mapping[str, Any]) -> TableProfile:
    """Build a profile from JSON.

    Raises:
        TypeError, ValueError, KeyError, OverflowError: it does not have the shape, or its parts do not fit together.
    """
    profile = _build(TableProfile, row)
    _require_sample(profile.sample)
    if max(len(profile.columns), profile.sample.columns) > profile.width:
        raise ValueError("a profile has more columns than its table")
    if len({len(column.values) for column in profile.drawn}) > 1:
        raise ValueError("all drawn columns of a profile have the same rows")
    for column in profile.drawn:
        _require_places(column)
    _require_pairs(profile)
    return profile


def _build(shape: type[_T], row: Mapping[str, Any]) -> _T:
    built = shape(**{name: check(row[name]) for name, check in _CHECKS[shape].items()})
    if isinstance(built, Bins):
        _require_bins(built)
    return built


def _require_sample(sample: SampleRows) -> None:
    cells, numbers = sample.cells, sample.numbers
    if len(cells) != len(numbers) or len(numbers) > ROWS_LIMIT or any(a >= b for a, b in pairwise(numbers)):
        raise ValueError("the rows of a profile are numbered in order")
    if any(len(line) != sample.columns for line in cells):
        raise ValueError("a row of a profile has a cell for each column")
    if any(line >= len(cells) or column >= sample.columns for line, column, _ in sample.lengths):
        raise ValueError("a profile has the length of a cell that it does not have")


def _require_bins(bins: Bins) -> None:
    if len(bins.edges) != len(bins.counts) + 1 or any(a >= b for a, b in pairwise(bins.edges)):
        raise ValueError("the edges of bins increase, and each two have a count")


def _require_places(column: DrawnColumn) -> None:
    if not column.categories:
        return
    places = set(column.values)
    places.discard(None)
    if not places <= set(range(len(column.categories))) or set(map(type, places)) - {int}:
        raise ValueError("a drawn value of a profile is a category that it does not have")


def _require_pairs(profile: TableProfile) -> None:
    associations, drawn = profile.associations, [column.column for column in profile.drawn]
    if len(associations.strengths) != len(associations.columns) ** 2:
        raise ValueError("each two columns of a profile have a strength")
    if any(place >= profile.width for place in (*associations.columns, *drawn)):
        raise ValueError("a profile compares a column that its table does not have")


def _number_or_text(value: object) -> int | float | str:
    if isinstance(value, str):
        return check_text(value)
    return value if type(value) is int and abs(value) <= _EXACT else check_number(value)


def _kind(value: object) -> str:
    if value not in COLUMN_KINDS:
        raise TypeError("a profile has a kind of column that does not exist")
    return str(value)


def _many(check: Check) -> Check:
    return lambda values: tuple(map(check, check_list(values)))


def _shaped(shape: type[Any]) -> Check:
    return lambda row: _build(shape, row)


def _positions(values: object) -> tuple[float | None, ...]:
    """Check positions of which some are missing."""
    listed = check_list(values)
    if set(map(type, listed)) <= {float, int, type(None)}:
        present = [value for value in listed if value is not None]
        # The sum of finite numbers may be infinite, and of others it never is finite.
        if math.isfinite(sum(map(float, present))):
            return tuple(listed)
    return tuple(None if value is None else check_number(value) for value in listed)


def _counts(values: object) -> tuple[int, ...]:
    listed = check_list(values)
    if listed and (set(map(type, listed)) != {int} or min(listed) < 0 or max(listed) >= COUNT_LIMIT):
        raise TypeError("a count of a profile is a number from 0")
    return tuple(listed)


def _lengths(values: object) -> tuple[tuple[int, ...], ...]:
    rows = tuple(map(_counts, check_list(values)))
    if any(len(row) != 3 for row in rows):
        raise TypeError("3 counts of a profile belong together")
    return rows


def _quantile(pair: object) -> tuple[float, int | float | str]:
    probability, value = check_list(pair)
    return check_number(probability), _number_or_text(value)


def _cells(values: object) -> tuple[tuple[str | None, ...], ...]:
    """Check the cells of rows; most are short and have no character that JSON can carry and a page cannot hold."""
    rows = [check_list(row) for row in check_list(values)]
    kinds = set(map(type, chain.from_iterable(rows)))
    if kinds <= {str, type(None)}:
        texts = [cell for cell in chain.from_iterable(rows) if cell is not None]
        if max(map(len, texts), default=0) <= CELL_LIMIT and "".join(texts).isascii():
            return tuple(map(tuple, rows))
    return tuple(tuple(None if cell is None else check_text(cell) for cell in row) for row in rows)


_CHECKS: Final[Mapping[type, Mapping[str, Check]]] = {
    Bins: {"edges": _many(check_number), "counts": _counts, "rows": check_count},
    BoxPlot: {
        **dict.fromkeys(("first_quartile", "median", "third_quartile", "low", "high"), check_number),
        "outliers": _many(check_number),
    },
    FrequentValue: {"text": check_text, "count": check_count, "length": check_count},
    ColumnProfile: {
        "name": check_text,
        "type": check_text,
        "kind": _kind,
        "count": check_count,
        "missing": check_count,
        "unique": optional(check_count),
        "unique_error": check_number,
        **dict.fromkeys(("minimum", "maximum", "mean", "median", "deviation"), optional(_number_or_text)),
        **dict.fromkeys(("skewness", "kurtosis", "mean_length"), optional(check_number)),
        "quantiles": _many(_quantile),
        "quantiles_error": check_number,
        **dict.fromkeys(("zeros", "negative", "infinite", "shortest", "longest"), optional(check_count)),
        "bins": optional(_shaped(Bins)),
        "log_bins": optional(_shaped(Bins)),
        "box": optional(_shaped(BoxPlot)),
        "frequent": _many(_shaped(FrequentValue)),
        "frequent_rows": check_count,
        "missing_shape": _counts,
        "note": check_text,
    },
    SampleRows: {"numbers": _counts, "columns": check_count, "cells": _cells, "lengths": _lengths},
    DrawnColumn: {"column": check_count, "values": _positions, "categories": _many(check_text)},
    Associations: {"columns": _counts, "strengths": _positions, "rows": check_count},
    TableProfile: {
        **dict.fromkeys(("rows", "width", "memory"), check_count),
        "columns": _many(_shaped(ColumnProfile)),
        "sample": _shaped(SampleRows),
        "drawn": _many(_shaped(DrawnColumn)),
        "associations": _shaped(Associations),
        "exact": check_flag,
        "seconds": check_number,
        "notes": _many(check_text),
    },
}
"""By shape, the check of each of its fields."""
