"""Two tables compared, against what pandas makes of them."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.child.comparison import cells
from blobprep.child.comparison.tables import compare_tables
from blobprep.child.profile.clock import Clock
from blobprep.errors import DatasetError
from blobprep.protocol import Facts, decode_facts, encode_facts
from blobprep.protocol.comparisons import AskedComparison, ChangedCell, ChangedRow, SingleRow, TableComparison

BEFORE = pa.table(
    {"id": [1, 2, 3, 4], "price": [1.0, 2.0, None, 4.0], "name": ["a", "b", "c", None], "old": [1, 2, 3, 4]}
)
AFTER = pa.table(
    {"id": ["1", "2", "3", "5"], "name": ["a", "B", None, "z"], "price": [1, 2, 7, 4], "new": [0, 0, 0, 0]}
)


def compare(first: pa.Table, second: pa.Table, *key: str, **asked: Any) -> TableComparison:
    """Compare, and check that the outcome comes through the facts."""
    compared = compare_tables(first, second, AskedComparison(key, **asked))
    assert decode_facts(encode_facts(Facts(comparison=compared))).comparison == compared
    return compared


def test_rows_are_paired_by_their_key_whatever_its_type() -> None:
    compared = compare(BEFORE, AFTER, "id")

    assert (compared.paired_by, compared.equal, compared.key) == ("key", False, ("id",))
    assert (compared.same, compared.changed, compared.removed, compared.added) == (1, 2, 1, 1)
    assert compared.changed_rows == (
        ChangedRow(1, 1, ("2",), (ChangedCell(2, "b", "B"),), 1),
        ChangedRow(2, 2, ("3",), (ChangedCell(1, None, "7"), ChangedCell(2, "c", None)), 2),
    )
    assert compared.removed_rows == (SingleRow(3, ("4", "4.0", None, "4")),)
    assert compared.added_rows == (SingleRow(3, ("5", "z", "4", "0")),)


def test_columns_are_told_with_what_became_of_them() -> None:
    compared = compare(BEFORE, AFTER, "id")

    told = {
        column.name: (column.first, column.second, column.first_type, column.second_type) for column in compared.columns
    }
    assert told == {
        "id": (0, 0, "int64", "string"),
        "price": (1, 2, "double", "int64"),
        "name": (2, 1, "string", "string"),
        "old": (3, None, "int64", ""),
        "new": (None, 3, "", "int64"),
    }
    price, name = compared.columns[1:3]
    assert (price.compared, price.changed, price.filled, price.emptied, price.largest, price.mean) == (3, 1, 1, 0, 0, 0)
    assert (name.compared, name.changed, name.filled, name.emptied, name.largest) == (3, 2, 0, 1, None)
    assert [column.compared for column in compared.columns[3:]] == [None, None]
    assert (compared.width, compared.moved_columns) == (5, 1)


def test_the_same_table_is_equal_and_one_of_another_type_is_not_though_no_value_changed() -> None:
    assert compare(BEFORE, BEFORE).equal is True
    assert compare(BEFORE, BEFORE, "id").equal is True

    typed = compare(BEFORE, BEFORE.set_column(0, "id", pa.array(["1", "2", "3", "4"])))

    assert (typed.paired_by, typed.same, typed.equal) == ("position", 4, False)


def test_rows_in_another_order_are_found_by_content() -> None:
    table = pa.table({"a": range(100), "b": [None] * 100})

    compared = compare(table, table.take(list(range(99, -1, -1))))

    assert (compared.paired_by, compared.moved, compared.equal) == ("content", True, False)
    assert (compared.same, compared.changed, compared.removed, compared.added) == (100, 0, 0, 0)


def test_a_row_that_was_taken_out_does_not_make_the_later_ones_changed() -> None:
    table = pa.table({"a": range(10)})

    compared = compare(table, table.take([0, 1, 2, 4, 5, 6, 7, 8, 9]))

    assert (compared.paired_by, compared.moved) == ("content", False)
    assert (compared.same, compared.changed, compared.removed, compared.added) == (9, 0, 1, 0)
    assert compared.removed_rows == (SingleRow(3, ("3",)),)


def test_a_column_that_changed_everywhere_leaves_rows_where_they_are() -> None:
    numbers = list(range(10))
    first = pa.table({"a": numbers, "b": numbers})

    compared = compare(first, first.set_column(1, "b", pa.array([2 * number for number in numbers])))

    assert (compared.paired_by, compared.same, compared.changed) == ("position", 1, 9)
    assert (compared.columns[1].largest, compared.columns[1].mean) == (9.0, 4.5)


def test_the_nth_row_of_a_key_is_compared_with_the_nth() -> None:
    first = pa.table({"id": [1, 1, 2, None], "x": [1, 2, 3, 4]})
    second = pa.table({"id": [None, 1, 1, 1], "x": [4, 1, 9, 5]})

    compared = compare(first, second, "id")

    assert (compared.first_repeats, compared.second_repeats) == (1, 2)
    assert (compared.same, compared.changed, compared.removed, compared.added) == (2, 1, 1, 1)
    assert compared.changed_rows == (ChangedRow(1, 2, ("1",), (ChangedCell(1, "2", "9"),), 1),)
    assert compared.moved


def test_a_replaced_row_in_the_middle_does_not_shift_the_rows_after_it() -> None:
    first = pa.table({"id": [1, 2, 3], "x": [1, 2, 3]})
    second = pa.table({"id": [1, 9, 3], "x": [1, 2, 4]})

    compared = compare(first, second, "id")

    assert (compared.same, compared.changed, compared.removed, compared.added) == (1, 1, 1, 1)
    assert compared.changed_rows == (ChangedRow(2, 2, ("3",), (ChangedCell(1, "3", "4"),), 1),)


def test_columns_of_one_label_are_paired_in_their_order() -> None:
    first = pa.table([pa.array([1]), pa.array([2]), pa.array([3])], names=["a", "a", "b"])
    second = pa.table([pa.array([1]), pa.array([3])], names=["a", "b"])

    compared = compare(first, second)

    assert [(column.first, column.second) for column in compared.columns] == [(0, 0), (1, None), (2, 1)]
    assert (compared.same, compared.equal) == (1, False)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("nowhere", "no column of both datasets"),
        ("old", "no column of dataset2"),
        ("new", "no column of dataset1"),
    ],
)
def test_a_key_that_a_table_does_not_have_is_refused(key: str, message: str) -> None:
    with pytest.raises(DatasetError, match=message) as raised:
        compare(BEFORE, AFTER, key)

    assert raised.value.remedy == "give one that both have: id, price, name"


def test_a_key_that_is_the_label_of_two_columns_is_refused() -> None:
    twice = pa.table([pa.array([1]), pa.array([2])], names=["a", "a"])

    with pytest.raises(DatasetError, match="label of several columns"):
        compare(twice, twice, "a")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (pa.table({}), pa.table({})),
        (pa.table({}), pa.table({"a": [1]})),
        (pa.table({"a": pa.array([], pa.int64())}), pa.table({"a": pa.array([], pa.string())})),
        (pa.table({"a": pa.array([], pa.int64())}), pa.table({"a": [1]})),
        (pa.table({"a": [1]}), pa.table({"b": [1]})),
        (pa.table({"a": pa.nulls(3)}), pa.table({"a": pa.nulls(2)})),
        (pa.table({"a": pa.nulls(3)}), pa.table({"a": pa.nulls(3, pa.list_(pa.int8()))})),
        (
            pa.table({"a": pa.chunked_array([], pa.dictionary(pa.int8(), pa.string()))}),
            pa.table({"a": pa.array(["x"]).dictionary_encode()}),
        ),
    ],
    ids=["nothing", "no columns", "no rows", "rows added", "no column in common", "missing", "nested", "chunks"],
)
def test_tables_without_much_in_them_are_compared(first: pa.Table, second: pa.Table) -> None:
    compared = compare(first, second)

    assert compared.equal is (first.schema == second.schema and first.num_rows == second.num_rows)
    assert compared.same is None or compared.same <= first.num_rows


def test_a_table_in_many_pieces_is_what_it_is_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "_STRETCH", 7)
    first = pa.table({"id": range(100), "x": [number % 13 for number in range(100)]})
    second = pa.table({"id": [number * 37 % 100 for number in range(100)], "x": [number % 11 for number in range(100)]})
    pieces = [pa.concat_tables([table.slice(start, 9) for start in range(0, 100, 9)]) for table in (first, second)]

    assert _timeless(compare(*pieces, "id")) == _timeless(compare(first, second, "id"))
    assert _timeless(compare(*pieces)) == _timeless(compare(first, second))


def test_rows_are_shown_as_many_as_were_asked_for_and_the_first_ones() -> None:
    first = pa.table({"a": range(1000), "b": range(1000)})
    second = pa.table({"a": range(1000), "b": [number + (number % 3 == 0) for number in range(1000)]})
    second = second.set_column(0, "a", pa.array([number + (number % 5 == 0) for number in range(1000)]))

    compared = compare(first, second, rows=4)

    assert [row.first for row in compared.changed_rows] == [0, 3, 5, 6]
    assert [row.count for row in compared.changed_rows] == [2, 1, 1, 1]


def test_of_long_texts_the_part_is_shown_where_they_begin_to_differ() -> None:
    first, second = pa.table({"a": ["x" * 10_000 + "old" + "y" * 10_000]}), pa.table({"a": ["x" * 10_000 + "new"]})

    (row,) = compare(first, second).changed_rows

    assert row.cells[0].before is not None
    assert row.cells[0].before.startswith("…" + "x" * 60 + "oldyyy")
    assert row.cells[0].before.endswith("y…")
    assert row.cells[0].after == "…" + "x" * 60 + "new"


@pytest.mark.parametrize("size", [2_000, 20_000, 200_000])
def test_a_comparison_keeps_to_its_bytes_and_says_what_is_left_out(size: int) -> None:
    wide = {f"column {number} \x01": [f"{number} {row} " + "<b>ä\n" * 50 for row in range(20)] for number in range(300)}
    first = pa.table(wide)
    second = pa.table({name: [value.upper() for value in values] for name, values in wide.items()})

    compared = compare(first, second, bytes=size)

    assert len(encode_facts(Facts(comparison=compared))) < size + 1_500  # the shape itself, and empty facts
    assert (compared.changed, compared.width) == (20, 300)
    assert compared.notes


def test_no_cell_is_copied_where_that_is_not_allowed() -> None:
    compared = compare(BEFORE, AFTER, "id", values=False)

    assert (compared.changed, compared.removed, compared.added) == (2, 1, 1)
    assert (compared.changed_rows, compared.removed_rows, compared.added_rows) == ((), (), ())


def test_what_there_is_no_time_for_is_not_said_to_be_the_same() -> None:
    late = compare_tables(BEFORE, BEFORE, AskedComparison(), Clock(0.0))

    assert (late.same, late.changed, late.equal) == (None, None, None)
    assert {column.note for column in late.columns} == {"not compared: time ran out"}

    without_pairs = compare_tables(BEFORE, AFTER, AskedComparison(("id",)), Clock(0.0))

    assert (without_pairs.same, without_pairs.removed, without_pairs.equal) == (None, None, False)
    assert without_pairs.notes == ("rows were not compared: time ran out",)


_KEYS = st.integers(0, 5) | st.none()
_CELLS = st.sampled_from([None, 0.0, 1.0, 2.5])
_ROWS = st.lists(st.tuples(_KEYS, _KEYS, _CELLS), max_size=15)


@given(_ROWS, _ROWS)
def test_counts_by_key_are_those_of_a_merge(before: list[Any], after: list[Any]) -> None:
    frames = [_frame(rows) for rows in (before, after)]
    keys = ["a", "b", "nth"]
    numbered = [frame.assign(nth=frame.groupby(["a", "b"], dropna=False).cumcount()) for frame in frames]
    merged = numbered[0].merge(numbered[1], on=keys, how="outer", indicator=True)
    both = merged[merged["_merge"] == "both"]
    differ = ~((both["x_x"] == both["x_y"]) | (both["x_x"].isna() & both["x_y"].isna()))

    compared = compare(*map(_table, frames), "a", "b")

    assert compared.changed == int(differ.sum())
    assert compared.same == len(both) - int(differ.sum())
    assert compared.removed == int((merged["_merge"] == "left_only").sum())
    assert compared.added == int((merged["_merge"] == "right_only").sum())
    (column,) = (column for column in compared.columns if column.name == "x")
    assert column.filled == int((both["x_x"].isna() & both["x_y"].notna()).sum())
    assert column.emptied == int((both["x_x"].notna() & both["x_y"].isna()).sum())
    steps = (both["x_y"] - both["x_x"]).dropna()
    assert column.mean == (pytest.approx(steps.mean()) if len(steps) else None)
    assert column.largest == (steps.abs().max() if len(steps) else None)


@given(_ROWS, _ROWS)
def test_rows_by_content_are_those_of_multisets(before: list[Any], after: list[Any]) -> None:
    from collections import Counter

    counted = [Counter(rows) for rows in (before, after)]

    compared = compare(_table(_frame(before)), _table(_frame(after)))

    if compared.paired_by == "content":
        assert compared.same == (counted[0] & counted[1]).total()
        assert compared.removed == (counted[0] - counted[1]).total()
        assert compared.added == (counted[1] - counted[0]).total()
    else:
        assert compared.same == sum(map(tuple.__eq__, before, after))
    assert compared.equal is (before == after)


@given(st.lists(st.text(max_size=4)), st.lists(st.text(max_size=4)))
def test_any_texts_are_compared_and_shown_within_the_limits(before: list[str], after: list[str]) -> None:
    texts = [[text.encode("utf-8", "replace").decode() for text in rows] for rows in (before, after)]
    names = ["a\x00<script>", "\u202eb"]

    compared = compare(*(pa.table([pa.array(rows, pa.string())] * 2, names=names) for rows in texts), bytes=4096)

    assert compared.equal is (texts[0] == texts[1])


def _frame(rows: list[Any]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["a", "b", "x"]).astype({"a": "Int64", "b": "Int64", "x": "float64"})


def _table(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False)


def _timeless(compared: TableComparison) -> Any:
    values = json.loads(encode_facts(Facts(comparison=compared)))["comparison"]
    return {name: value for name, value in values.items() if name != "seconds"}
