"""Read and check profiles; what a child wrote is not trusted to have any shape."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
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


def decode_profile(row: Mapping[str, Any]) -> TableProfile:
    """Build a profile from JSON.

    Raises:
        TypeError, ValueError, KeyError: it does not have the shape, or its parts do not fit together.
    """
    profile = _build(TableProfile, row)
    cells, numbers = profile.sample.cells, profile.sample.numbers
    if len(cells) != len(numbers) or len(numbers) > ROWS_LIMIT or list(numbers) != sorted(set(numbers)):
        raise ValueError("the rows of a profile are numbered in order")
    if any(len(line) != profile.sample.columns for line in cells):
        raise ValueError("a row of a profile has a cell for each column")
    if any(line >= len(cells) or column >= profile.sample.columns for line, column, _ in profile.sample.lengths):
        raise ValueError("a profile has the length of a cell that it does not have")
    if max(len(profile.columns), profile.sample.columns) > profile.width:
        raise ValueError("a profile has more columns than its table")
    if len({len(column.values) for column in profile.drawn}) > 1:
        raise ValueError("all drawn columns of a profile have the same rows")
    return profile


def _build(shape: type[_T], row: Mapping[str, Any]) -> _T:
    checks = _CHECKS[shape]
    built = shape(**{name: check(row[name]) for name, check in checks.items()})
    if isinstance(built, Bins):
        _require_bins(built)
    return built


def _require_bins(bins: Bins) -> None:
    if len(bins.edges) != len(bins.counts) + 1 or any(a >= b for a, b in zip(bins.edges, bins.edges[1:], strict=False)):
        raise ValueError("the edges of bins increase, and each two have a count")


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > CELL_LIMIT:
        raise TypeError("a text of a profile is a text, of a limited length")
    return value.encode("utf-8", "backslashreplace").decode()  # JSON can carry lone surrogates


def _count(value: object) -> int:
    if type(value) is not int or not 0 <= value < _COUNT_LIMIT:
        raise TypeError("a count of a profile is a number from 0")
    return value


def _number(value: object) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):  # type: ignore[arg-type]
        raise TypeError("a position in a profile is a finite number")
    return float(value)  # type: ignore[arg-type]


def _value(value: object) -> int | float | str:
    if isinstance(value, str):
        return _text(value)
    return value if type(value) is int and abs(value) <= 2**53 else _number(value)


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
    return tuple(None if value is None else _number(value) for value in _listed(values))


def _counts_of(length: int) -> _Check:
    def check(values: object) -> tuple[int, ...]:
        counts = tuple(map(_count, _listed(values)))
        if len(counts) != length:
            raise TypeError(f"{length} counts of a profile belong together")
        return counts

    return check


def _quantile(pair: object) -> tuple[float, int | float | str]:
    probability, value = _listed(pair)
    return _number(probability), _value(value)


def _cells(row: object) -> tuple[str | None, ...]:
    return tuple(None if cell is None else _text(cell) for cell in _listed(row))


def _listed(values: object) -> list[Any]:
    if not isinstance(values, list):
        raise TypeError("a list of a profile is a list")
    return values


_CHECKS: Final[Mapping[type, Mapping[str, _Check]]] = {
    Bins: {"edges": _many(_number), "counts": _many(_count), "rows": _count},
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
        **dict.fromkeys(("minimum", "maximum", "mean", "median", "deviation"), _optional(_value)),
        **dict.fromkeys(("skewness", "kurtosis", "mean_length"), _optional(_number)),
        "quantiles": _many(_quantile),
        "quantiles_error": _number,
        **dict.fromkeys(("zeros", "negative", "infinite", "shortest", "longest"), _optional(_count)),
        "bins": _optional(_shaped(Bins)),
        "log_bins": _optional(_shaped(Bins)),
        "box": _optional(_shaped(BoxPlot)),
        "frequent": _many(_shaped(FrequentValue)),
        "frequent_rows": _count,
        "missing_shape": _many(_count),
        "note": _text,
    },
    SampleRows: {
        "numbers": _many(_count),
        "columns": _count,
        "cells": _many(_cells),
        "lengths": _many(_counts_of(3)),
    },
    DrawnColumn: {"column": _count, "values": _positions, "categories": _many(_text)},
    Associations: {"columns": _many(_count), "strengths": _positions, "rows": _count},
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
