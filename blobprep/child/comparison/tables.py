"""The comparison of two tables as a whole."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa

from blobprep.child.comparison.cells import ChangedCells, compare_column
from blobprep.child.comparison.pairing import Pairs, pair_by_position, pair_by_values
from blobprep.child.comparison.rows import fitting, show_changed, show_single
from blobprep.child.comparison.schema import ColumnPair, count_moved, match_columns, require_key
from blobprep.child.profile.clock import Clock, TimeIsUp
from blobprep.child.profile.kinds import describe_type
from blobprep.protocol.comparisons import AskedComparison, ColumnComparison, PairedBy, TableComparison
from blobprep.protocol.profiles import CELL_LIMIT

__all__ = ["compare_tables"]

_LATE: Final = "not compared: time ran out"


def compare_tables(first: Any, second: Any, asked: AskedComparison, clock: Clock | None = None) -> TableComparison:
    """Compare two tables: which columns, rows and values one has and the other has not.

    Without a key, rows are paired by position where both tables have as many, unless fewer than half of them are the
    same there and more of them by content; tables of different lengths are compared by content.

    Args:
        first: a `pyarrow.Table`; not changed.
        second: likewise.
        asked: how much is wanted.
        clock: the time there is; by default that of `asked`, from now on.

    Raises:
        DatasetError: the key is not a column of both.
    """
    started = time.monotonic()
    work = _Work(first, second, asked, clock or Clock(asked.seconds))
    compared = work.compare()
    return replace(compared, seconds=round(time.monotonic() - started, 4))


@dataclass(slots=True)
class _Outcome:
    """What was found with rows paired in one way.

    Attributes:
        cells: by place in the columns, what changed there.
        failed: by place, why the column could not be compared.
        same: pairs without a change; None where not all columns were compared.
    """

    pairs: Pairs
    cells: dict[int, ChangedCells] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)
    same: int | None = None


class _Work:
    """Two tables that are being compared."""

    def __init__(self, first: Any, second: Any, asked: AskedComparison, clock: Clock) -> None:
        self._first, self._second, self._asked, self._clock = first, second, asked, clock
        self._columns = match_columns(first, second)
        self._key = require_key(self._columns, asked.key)
        self._shared = [place for place, column in enumerate(self._columns) if column.is_shared]
        self._notes: list[str] = []

    def compare(self) -> TableComparison:
        """Return how the tables differ."""
        paired_by, outcome = self._choose()
        columns = self._describe(outcome)
        shown = tuple(fitting(columns, self._asked.bytes // 2))
        if len(shown) < len(columns):
            self._notes.append(f"{len(shown)} of {len(columns)} columns are listed; the others did not fit")
        compared = TableComparison(
            paired_by,
            self._first.num_rows,
            self._second.num_rows,
            self._first.num_columns,
            self._second.num_columns,
            key=tuple(column.name[:CELL_LIMIT] for column in self._key),
            columns=shown,
            width=len(columns),
            moved_columns=count_moved(self._columns),
        )
        if outcome is not None:
            compared = self._with_rows(compared, outcome)
        equal = self._are_equal(compared, columns)
        return replace(compared, equal=equal, notes=tuple(self._notes))

    def _choose(self) -> tuple[PairedBy, _Outcome | None]:
        """Pair the rows, and compare their cells."""
        rows = self._first.num_rows
        paired_by: PairedBy = "key" if self._key else "position" if rows == self._second.num_rows else "content"
        if not self._shared:
            self._notes.append("rows were not compared: the tables have no column in common")
            return paired_by, None
        try:
            if self._key:
                return paired_by, self._compared(self._paired(self._key))
            if paired_by == "content":
                return paired_by, self._by_content()
        except TimeIsUp:
            self._notes.append("rows were not compared: time ran out")
            return paired_by, None
        outcome = self._compared(pair_by_position(rows))
        if outcome.same is None or 2 * outcome.same >= rows:
            return paired_by, outcome
        try:
            by_content = self._by_content()
        except TimeIsUp:
            self._notes.append("whether rows moved was not found out: time ran out")
            return paired_by, outcome
        if by_content.same is not None and by_content.same > outcome.same:
            return "content", by_content
        return paired_by, outcome

    def _paired(self, columns: Sequence[ColumnPair]) -> Pairs:
        return pair_by_values(map(self._both, columns), self._first.num_rows, self._second.num_rows, self._clock)

    def _by_content(self) -> _Outcome:
        pairs = self._paired([self._columns[place] for place in self._shared])
        cells = {place: ChangedCells() for place in self._shared}
        return _Outcome(replace(pairs, first_repeats=0, second_repeats=0), cells, same=len(pairs.first))

    def _compared(self, pairs: Pairs) -> _Outcome:
        outcome, changed = _Outcome(pairs), np.zeros(len(pairs.first), bool)
        for place in self._shared:
            column = self._columns[place]
            if column in self._key:
                outcome.cells[place] = ChangedCells()
                continue
            try:
                outcome.cells[place] = compare_column(self._both(column), pairs, changed, self._asked.rows, self._clock)
            except TimeIsUp:
                outcome.failed[place] = _LATE
            except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
                outcome.failed[place] = f"not compared: {error}"[:200]
        if not outcome.failed:
            outcome.same = len(changed) - int(np.count_nonzero(changed))
        return outcome

    def _both(self, column: ColumnPair) -> tuple[Any, Any]:
        return self._first.column(column.first), self._second.column(column.second)

    def _describe(self, outcome: _Outcome | None) -> list[ColumnComparison]:
        return [self._describe_column(place, column, outcome) for place, column in enumerate(self._columns)]

    def _describe_column(self, place: int, column: ColumnPair, outcome: _Outcome | None) -> ColumnComparison:
        types = (_type_of(self._first, column.first), _type_of(self._second, column.second))
        described = ColumnComparison(
            column.name[:CELL_LIMIT], column.first, column.second, types[0], types[1], column in self._key
        )
        if outcome is None or not column.is_shared:
            return described
        if place not in outcome.cells:
            return replace(described, note=outcome.failed[place])
        cells = outcome.cells[place]
        return replace(
            described,
            compared=len(outcome.pairs.first),
            changed=cells.changed,
            filled=cells.filled,
            emptied=cells.emptied,
            largest=cells.largest,
            mean=cells.mean,
        )

    def _with_rows(self, compared: TableComparison, outcome: _Outcome) -> TableComparison:
        pairs = outcome.pairs
        counted = replace(
            compared,
            same=outcome.same,
            changed=None if outcome.same is None else len(pairs.first) - outcome.same,
            removed=len(pairs.removed),
            added=len(pairs.added),
            moved=pairs.moved,
            first_repeats=pairs.first_repeats,
            second_repeats=pairs.second_repeats,
        )
        if not self._asked.values:
            return counted
        most, room = self._asked.rows, self._asked.bytes // 2
        listed = {place: cells.places for place, cells in outcome.cells.items() if place < len(compared.columns)}
        changed = show_changed((self._first, self._second), self._columns, self._key, pairs, listed, most)
        return replace(
            counted,
            changed_rows=self._fitted(changed, room // 2, min(most, counted.changed or 0), "changed"),
            removed_rows=self._fitted(
                show_single(self._first, pairs.removed, most), room // 4, min(most, len(pairs.removed)), "removed"
            ),
            added_rows=self._fitted(
                show_single(self._second, pairs.added, most), room // 4, min(most, len(pairs.added)), "added"
            ),
        )

    def _fitted(self, rows: Iterator[Any], room: int, wanted: int, kind: str) -> tuple[Any, ...]:
        shown = tuple(fitting(rows, room))
        if len(shown) < wanted:
            self._notes.append(f"{len(shown)} {kind} rows are shown; more did not fit")
        return shown

    def _are_equal(self, compared: TableComparison, columns: Sequence[ColumnComparison]) -> bool | None:
        first, second = self._first.schema, self._second.schema
        alike = first.names == second.names and first.types == second.types
        if not alike or compared.first_rows != compared.second_rows or compared.moved:
            return False
        if compared.changed or compared.removed or compared.added or any(column.changed for column in columns):
            return False
        return None if compared.same is None and columns else True


def _type_of(table: Any, column: int | None) -> str:
    return "" if column is None else describe_type(table.schema.field(column).type)
