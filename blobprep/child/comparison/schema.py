"""Which columns of two tables belong together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from blobprep.errors import DatasetError

__all__ = ["ColumnPair", "count_moved", "match_columns", "require_key"]


@dataclass(frozen=True, slots=True)
class ColumnPair:
    """A column of either table, or of both.

    Attributes:
        name: its whole label.
        first, second: its positions; None where that table does not have it.
    """

    name: str
    first: int | None
    second: int | None

    @property
    def is_shared(self) -> bool:
        """Return whether both tables have the column."""
        return self.first is not None and self.second is not None


def match_columns(first: Any, second: Any) -> list[ColumnPair]:
    """Pair columns of the same label, the nth of a label with the nth: the first table's, then the second's others."""
    places = {label: place for place, label in enumerate(_numbered(second.column_names))}
    matched = [
        ColumnPair(label[0], place, places.pop(label, None))
        for place, label in enumerate(_numbered(first.column_names))
    ]
    return matched + [ColumnPair(label[0], None, place) for label, place in places.items()]


def _numbered(labels: Iterable[str]) -> list[tuple[str, int]]:
    seen: Counter[str] = Counter()
    numbered = []
    for label in labels:
        numbered.append((label, seen[label]))
        seen[label] += 1
    return numbered


def count_moved(columns: Iterable[ColumnPair]) -> int:
    """Count the shared columns that are not in the order they have in the first table: as few as explain the rest."""
    seconds = [column.second for column in columns if column.first is not None and column.second is not None]
    return len(seconds) - _longest_rise(seconds)


def _longest_rise(numbers: list[int]) -> int:
    from bisect import bisect_left

    ends: list[int] = []  # the smallest number that a rise of each length can end with
    for number in numbers:
        place = bisect_left(ends, number)
        ends[place : place + 1] = [number]
    return len(ends)


def require_key(columns: Iterable[ColumnPair], key: tuple[str, ...]) -> list[ColumnPair]:
    """Return the key's columns.

    Raises:
        DatasetError: a table does not have one of them, or has several of its label.
    """
    columns = list(columns)
    chosen = []
    for name in key:
        labeled = [column for column in columns if column.name == name]
        if len(labeled) > 1:
            raise DatasetError(f"the key {name!r} is the label of several columns", remedy="give another key, or none")
        if not labeled or not labeled[0].is_shared:
            lacking = "both datasets" if not labeled else "dataset2" if labeled[0].second is None else "dataset1"
            shared = ", ".join(column.name for column in columns[:20] if column.is_shared)
            raise DatasetError(
                f"the key {name!r} is no column of {lacking}", remedy=f"give one that both have: {shared}"
            )
        chosen += labeled
    return chosen
