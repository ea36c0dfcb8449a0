"""What a child finds when it compares two tables.

`dataset1` is the first table, `dataset2` the second, as before and after. Every row of one is compared with at most one
row of the other, so that the counts add up: a table's rows are those that are the same, those that are changed, and
those that only this table has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

__all__ = [
    "CHANGES_LIMIT",
    "AskedComparison",
    "ChangedCell",
    "ChangedRow",
    "ColumnComparison",
    "PairedBy",
    "SingleRow",
    "TableComparison",
]

PairedBy = Literal["key", "position", "content"]

CHANGES_LIMIT: Final = 100
"""Cells of a changed row that are shown, at most."""


@dataclass(frozen=True, slots=True)
class AskedComparison:
    """How a child compares two tables.

    Attributes:
        key: labels of the columns whose values tell which rows belong together; empty to pair rows by position, or by
            content where that explains more.
        rows: of each kind (changed, only in the first, only in the second) that are shown, at most.
        bytes: of the comparison as JSON, at most; what does not fit is left out, and that is said.
        seconds: after which what is not compared is left out; None for no limit.
        values: whether cells may be copied.
    """

    key: tuple[str, ...] = ()
    rows: int = 100
    bytes: int = 1024 * 1024
    seconds: float | None = None
    values: bool = True


@dataclass(frozen=True, slots=True)
class ColumnComparison:
    """A column of either table, or of both; columns of the same label are paired in their order.

    Attributes:
        name: its label, cut at `CELL_LIMIT` characters.
        first, second: its position in the first and the second table; None where that table does not have it.
        first_type, second_type: Arrow's names of its types; empty likewise.
        is_key: whether rows are paired by its values.
        compared: pairs of rows whose cells were compared; None where that did not happen, and `note` says why.
        changed: pairs whose values differ, whatever their types: 1, 1.0 and "1" are the same value.
        filled: of these, missing in the first table and a value in the second.
        emptied: of these, a value in the first table and missing in the second.
        largest: the largest difference of two numbers, without its sign; of times and durations, in seconds.
        mean: the mean of all differences, second minus first, over pairs with both values.
        note: one sentence, may be empty.
    """

    name: str
    first: int | None
    second: int | None
    first_type: str = ""
    second_type: str = ""
    is_key: bool = False
    compared: int | None = None
    changed: int = 0
    filled: int = 0
    emptied: int = 0
    largest: float | None = None
    mean: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """A cell that is not the same in both tables.

    Attributes:
        column: its place in `TableComparison.columns`.
        before, after: its texts, cut at `CELL_LIMIT` characters; None where it is missing.
    """

    column: int
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row that is not the same in both tables.

    Attributes:
        first, second: its numbers in the first and in the second table, from 0.
        key: texts of the key's columns; empty without a key.
        cells: that changed, in the columns' order; the first `CHANGES_LIMIT` of them.
        count: of all cells of the row that changed.
    """

    first: int
    second: int
    key: tuple[str | None, ...]
    cells: tuple[ChangedCell, ...]
    count: int


@dataclass(frozen=True, slots=True)
class SingleRow:
    """A row that only one of the tables has: its number there, from 0, and texts of that table's first columns."""

    number: int
    cells: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class TableComparison:
    """How two tables differ.

    Attributes:
        paired_by: how rows were paired: by the key's values (the nth row of a key's value with the nth of the other
            table), by position, or by content, whatever the order: then no row is changed.
        key: labels of the key's columns.
        first_rows, second_rows, first_width, second_width: rows and columns.
        equal: whether the tables have the same columns, types and values in the same order; None where not all of that
            was compared.
        columns: the first table's, then those that only the second has; fewer than `width` where they did not fit.
        width: columns of both tables together, those in both counted once.
        moved_columns: columns of both tables that are not in the same order among them.
        same, changed, removed, added: rows; None where time ran out first. `removed` has those that only the first
            table has, `added` those that only the second has. Only columns of both tables count.
        moved: whether rows that belong together are in another order.
        first_repeats, second_repeats: rows whose key an earlier row of the table has.
        changed_rows, removed_rows, added_rows: the first of them.
        seconds: that it took.
        notes: what was left out and why, one sentence each.
    """

    paired_by: PairedBy
    first_rows: int
    second_rows: int
    first_width: int
    second_width: int
    key: tuple[str, ...] = ()
    equal: bool | None = None
    columns: tuple[ColumnComparison, ...] = ()
    width: int = 0
    moved_columns: int = 0
    same: int | None = None
    changed: int | None = None
    removed: int | None = None
    added: int | None = None
    moved: bool = False
    first_repeats: int = 0
    second_repeats: int = 0
    changed_rows: tuple[ChangedRow, ...] = ()
    removed_rows: tuple[SingleRow, ...] = ()
    added_rows: tuple[SingleRow, ...] = ()
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
