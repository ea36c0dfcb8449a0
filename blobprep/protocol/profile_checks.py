"""Read and check profiles; what a child wrote is not trusted to have any shape.

A profile may have a hundred thousand numbers. Those of a list are checked together, by what their types and bounds are,
and one by one only where that does not settle it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
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

__all__ = ["decode_profile"]

_T = TypeVar("_T")
_Check = Callable[[Any], Any]
_COUNT_LIMIT: Final = 2**63
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


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > CELL_LIMIT:
        raise TypeError("a text of a profile is a text, of a limited length")
    # JSON can carry lone surrogates, which no page can hold.
    return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()


def _count(value: object) -> int:
    if type(value) is not int or not 0 <= value < _COUNT_LIMIT:
        raise TypeError("a count of a profile is a number from 0")
    return value


def _number(value: object) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):  # type: ignore[arg-type]
        raise TypeError("a position in a profile is a finite number")
    return float(value)  # type: ignore[arg-type]


def _number_or_text(value: object) -> int | float | str:
    if isinstance(value, str):
        return _text(value)
    return value if type(value) is int and abs(value) <= _EXACT else _number(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("a mark of a profile is true or false")
    return value


def _kind(value: object) -> str:
    if value not in COLUMN_KINDS:
        raise TypeError("a profile has a kind of column that does not exist")
    return str(value)


def _optional(check: _Check) -> _Check:
    return lambda value: None if value is None else check(value)


def _many(check: _Check) -> _Check:
    return lambda values: tuple(map(check, _listed(values)))


def _shaped(shape: type[Any]) -> _Check:
    return lambda row: _build(shape, row)


def _positions(values: object) -> tuple[float | None, ...]:
    """Check positions of which some are missing."""
    listed = _listed(values)
    if set(map(type, listed)) <= {float, int, type(None)}:
        present = [value for value in listed if value is not None]
        # The sum of finite numbers may be infinite, and of others it never is finite.
        if math.isfinite(sum(map(float, present))):
            return tuple(listed)
    return tuple(None if value is None else _number(value) for value in listed)


def _counts(values: object) -> tuple[int, ...]:
    listed = _listed(values)
    if listed and (set(map(type, listed)) != {int} or min(listed) < 0 or max(listed) >= _COUNT_LIMIT):
        raise TypeError("a count of a profile is a number from 0")
    return tuple(listed)


def _lengths(values: object) -> tuple[tuple[int, ...], ...]:
    rows = tuple(map(_counts, _listed(values)))
    if any(len(row) != 3 for row in rows):
        raise TypeError("3 counts of a profile belong together")
    return rows


def _quantile(pair: object) -> tuple[float, int | float | str]:
    probability, value = _listed(pair)
    return _number(probability), _number_or_text(value)


def _cells(values: object) -> tuple[tuple[str | None, ...], ...]:
    """Check the cells of rows; most are short and have no character that JSON can carry and a page cannot hold."""
    rows = [_listed(row) for row in _listed(values)]
    kinds = set(map(type, chain.from_iterable(rows)))
    if kinds <= {str, type(None)}:
        texts = [cell for cell in chain.from_iterable(rows) if cell is not None]
        if max(map(len, texts), default=0) <= CELL_LIMIT and "".join(texts).isascii():
            return tuple(map(tuple, rows))
    return tuple(tuple(None if cell is None else _text(cell) for cell in row) for row in rows)


def _listed(values: object) -> list[Any]:
    if not isinstance(values, list):
        raise TypeError("a list of a profile is a list")
    return values


_CHECKS: Final[Mapping[type, Mapping[str, _Check]]] = {
    Bins: {"edges": _many(_number), "counts": _counts, "rows": _count},
    BoxPlot: {
        **dict.fromkeys(("first_quartile", "median", "third_quartile", "low", "high"), _number),
        "outliers": _many(_number),
    },
    FrequentValue: {"text": _text, "count": _count, "length": _count},
    ColumnProfile: {
        "name": _text,
        "type": _text,
        "kind": _kind,
        "count": _count,
        "missing": _count,
        "unique": _optional(_count),
        "unique_error": _number,
        **dict.fromkeys(("minimum", "maximum", "mean", "median", "deviation"), _optional(_number_or_text)),
        **dict.fromkeys(("skewness", "kurtosis", "mean_length"), _optional(_number)),
        "quantiles": _many(_quantile),
        "quantiles_error": _number,
        **dict.fromkeys(("zeros", "negative", "infinite", "shortest", "longest"), _optional(_count)),
        "bins": _optional(_shaped(Bins)),
        "log_bins": _optional(_shaped(Bins)),
        "box": _optional(_shaped(BoxPlot)),
        "frequent": _many(_shaped(FrequentValue)),
        "frequent_rows": _count,
        "missing_shape": _counts,
        "note": _text,
    },
    SampleRows: {"numbers": _counts, "columns": _count, "cells": _cells, "lengths": _lengths},
    DrawnColumn: {"column": _count, "values": _positions, "categories": _many(_text)},
    Associations: {"columns": _counts, "strengths": _positions, "rows": _count},
    TableProfile: {
        **dict.fromkeys(("rows", "width", "memory"), _count),
        "columns": _many(_shaped(ColumnProfile)),
        "sample": _shaped(SampleRows),
        "drawn": _many(_shaped(DrawnColumn)),
        "associations": _shaped(Associations),
        "exact": _flag,
        "seconds": _number,
        "notes": _many(_text),
    },
}
"""By shape, the check of each of its fields."""
