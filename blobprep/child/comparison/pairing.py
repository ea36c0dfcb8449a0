"""Which rows of two tables belong together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from blobprep.child.comparison.values import comparable
from blobprep.child.profile.clock import Clock

__all__ = ["Pairs", "pair_by_position", "pair_by_values"]

_Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows that belong together, and rows that only one table has.

    Attributes:
        first, second: numbers of rows, pair by pair, in the first table's order.
        removed, added: numbers of rows without a partner, in the first and in the second table.
        first_repeats, second_repeats: rows whose values an earlier row of their table has.
        aligned: whether the pairs are all rows of the first table, and those of the same numbers in the second.
    """

    first: _Numbers
    second: _Numbers
    removed: _Numbers
    added: _Numbers
    first_repeats: int = 0
    second_repeats: int = 0
    aligned: bool = False

    @property
    def moved(self) -> bool:
        """Return whether the pairs are in another order in the second table."""
        return not self.aligned and bool(np.any(self.second[1:] < self.second[:-1]))


def pair_by_position(rows: int) -> Pairs:
    """Pair each row with the one of the same number."""
    numbers, none = np.arange(rows, dtype=np.int64), np.empty(0, np.int64)
    return Pairs(numbers, numbers, none, none, aligned=True)


def pair_by_values(columns: Iterable[tuple[Any, Any]], first_rows: int, second_rows: int, clock: Clock) -> Pairs:
    """Pair rows whose values are equal in all of some columns: the nth of such rows with the nth.

    Args:
        columns: pairs of columns, of the first and the second table.
        first_rows: of the first table.
        second_rows: of the second.
        clock: the time there is.

    Raises:
        TimeIsUp: it took too long.
    """
    codes, size = _codes(columns, first_rows + second_rows, clock)
    first, second = _by_code(codes[:first_rows], size), _by_code(codes[first_rows:], size)
    common = np.minimum(first.counts, second.counts)
    of_first = first.places < np.repeat(common, first.counts)
    of_second = second.places < np.repeat(common, second.counts)
    paired, partners = first.order[of_first], second.order[of_second]  # both in the order of codes, then of rows
    in_order = np.argsort(paired, kind="stable")
    paired, partners = paired[in_order], partners[in_order]
    return Pairs(
        paired,
        partners,
        np.sort(first.order[~of_first]),
        np.sort(second.order[~of_second]),
        first_rows - int(np.count_nonzero(first.counts)),
        second_rows - int(np.count_nonzero(second.counts)),
        aligned=len(paired) == first_rows and bool(np.array_equal(paired, partners)),
    )


@dataclass(frozen=True, slots=True)
class _Grouped:
    """Rows of a table by code: their numbers in order, each one's place among those of its code, and the counts."""

    order: _Numbers
    places: _Numbers
    counts: _Numbers


def _by_code(codes: _Numbers, size: int) -> _Grouped:
    counts = np.bincount(codes, minlength=size)
    begins = np.cumsum(counts) - counts
    order = np.argsort(codes, kind="stable")
    return _Grouped(order, np.arange(len(codes)) - np.repeat(begins, counts), counts)


def _codes(columns: Iterable[tuple[Any, Any]], rows: int, clock: Clock) -> tuple[_Numbers, int]:
    """Return a number for each row, of the first table and then of the second: the same exactly for equal values."""
    codes, size = np.zeros(rows, np.int64), 1
    for first, second in columns:
        clock.check()
        a, b = comparable(first, second, clock)
        own, many = _encoded(pa.chunked_array([*a.chunks, *b.chunks], a.type))
        # Numbers below 2³² each, so the product of two is below 2⁶⁴. They are made dense again: there are no more of
        # them than rows.
        both = codes.astype(np.uint64) * np.uint64(many) + own.astype(np.uint64)
        codes, size = _encoded(pa.chunked_array([both]))
        if size == rows:
            break  # no two rows are equal, whatever else they have
    return codes, size


def _encoded(values: pa.ChunkedArray) -> tuple[_Numbers, int]:
    if pa.types.is_null(values.type):
        return np.zeros(len(values), np.int64), 1
    chunks = values.dictionary_encode(null_encoding="encode").chunks
    if not chunks:
        return np.empty(0, np.int64), 1
    places = np.concatenate([chunk.indices.to_numpy(zero_copy_only=False) for chunk in chunks]).astype(np.int64)
    return places, max(1, len(chunks[-1].dictionary))
