"""From frames to tables: the rows of the table of semantics that concern results."""

from __future__ import annotations

import datetime
import enum
import uuid
import zoneinfo
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from blobprep.protocol import Translation
from blobprep.tables.translation import to_table

UTC = datetime.UTC
NOON = datetime.datetime(2024, 5, 30, 12)


def translated(values: Any) -> tuple[str, list[Any], list[tuple[str, bool]]]:
    """Translate a column, of objects where it is a list; return type, values, and kind and loss of its entries."""
    series = pd.Series(values, dtype=object) if isinstance(values, list) else pd.Series(values)
    before = series.copy(deep=True)

    table, ledger = to_table(pd.DataFrame({"x": series}), "results")

    pd.testing.assert_series_equal(series, before)
    assert {entry.column for entry in ledger} <= {"x"}
    return str(table["x"].type), table["x"].to_pylist(), [(entry.kind, entry.lossy) for entry in ledger]


@pytest.mark.parametrize(
    ("values", "kind", "cells"),
    [
        (np.array([1, 2], "int32"), "int32", [1, 2]),
        (np.array([2**64 - 1], "uint64"), "uint64", [2**64 - 1]),
        (np.array([1.5, np.nan, np.inf]), "double", [1.5, None, np.inf]),
        (np.array([1.5, np.nan], "float32"), "float", [1.5, None]),
        (np.array([1.5, np.nan], "float16"), "halffloat", [1.5, None]),
        (np.array([True, False]), "bool", [True, False]),
        (pd.array([1, None], "Int8"), "int8", [1, None]),
        (pd.array([1.5, None], "Float64"), "double", [1.5, None]),
        (pd.array([True, None], "boolean"), "bool", [True, None]),
        (pd.array(["a", None], "str"), "string", ["a", None]),
        (pd.array(["a", None], "string"), "string", ["a", None]),
        (pd.array(["a", None], pd.StringDtype("python")), "string", ["a", None]),
        (pd.to_datetime(["2024-05-30 12:00", None]), "timestamp[us]", [NOON, None]),
        (pd.to_timedelta([1, None], unit="s").as_unit("ms"), "duration[ms]", [datetime.timedelta(seconds=1), None]),
        (
            pd.Categorical(["b", None], ["a", "b"], ordered=True),
            "dictionary<values=string, indices=int8, ordered=1>",
            ["b", None],
        ),
        (pd.Categorical([3, 1]), "dictionary<values=int64, indices=int8, ordered=0>", [3, 1]),
        (pd.array([[1], None], pd.ArrowDtype(pa.list_(pa.int8()))), "list<item: int8>", [[1], None]),
        (pd.array([1.5, float("nan"), None], pd.ArrowDtype(pa.float64())), "double", [1.5, None, None]),
    ],
)
def test_dtypes_are_carried_as_themselves(values: Any, kind: str, cells: list[Any]) -> None:
    assert translated(values) == (kind, cells, [])
    assert translated(values[:0])[:2] == (kind, [])


def test_dtypes_of_arrow_that_datasets_do_not_have_become_near_ones() -> None:
    kinds: list[tuple[Any, list[Any], str]] = [
        (pa.string_view(), ["a", None], "string"),
        (pa.binary_view(), [b"a", None], "binary"),
        (pa.uuid(), [uuid.UUID(int=1), None], "string"),
    ]
    for kind, values, expected in kinds:
        storage = pa.chunked_array([pa.array(values, kind)])
        frame = pd.DataFrame({"x": pd.Series(pd.arrays.ArrowExtensionArray(storage))})

        table, _ = to_table(frame, "results")

        assert str(table["x"].type) == expected
        assert table["x"].to_pylist() == [str(values[0]) if expected == "string" else values[0], None]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["a", "b"], "string"),
        ([True, False], "bool"),
        ([1, -2], "int64"),
        ([1.5, 2.0], "double"),
        ([Decimal("1.50"), Decimal("2.25")], "decimal128(3, 2)"),
        ([datetime.date(2024, 5, 30)], "date32[day]"),
        ([NOON], "timestamp[us]"),
        ([NOON.replace(tzinfo=UTC)], "timestamp[us, tz=UTC]"),
        ([datetime.time(1, 2, 3, 4)], "time64[us]"),
        ([datetime.timedelta(days=1)], "duration[us]"),
        ([b"a", b""], "binary"),
        ([[1, 2], []], "list<item: int64>"),
        ([{"a": 1, "b": "x"}], "struct<a: int64, b: string>"),
    ],
)
def test_objects_of_one_kind_are_carried_as_themselves(values: list[Any], kind: str) -> None:
    for missing in (None, np.nan, pd.NA, pd.NaT):
        assert translated([*values, missing]) == (kind, [*values, None], [])


def test_numpy_scalars_are_their_python_kind() -> None:
    assert translated([np.int8(1), 2]) == ("int64", [1, 2], [])
    assert translated([np.float32(1.5), 2.5]) == ("double", [1.5, 2.5], [])
    assert translated([np.bool_(True), False]) == ("bool", [True, False], [])
    assert translated([np.str_("a"), "b"]) == ("string", ["a", "b"], [])
    assert translated([np.timedelta64(1, "s"), datetime.timedelta(days=1)])[0] == "duration[us]"
    assert translated([np.datetime64("2024-05-30T12"), NOON]) == ("timestamp[us]", [NOON, NOON], [])


def test_nothing_but_missing_is_text() -> None:
    assert translated([None, np.nan, pd.NA]) == ("string", [None, None, None], [])
    assert translated([]) == ("string", [], [])


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        ([1, "a", None], ["1", "a", None]),
        ([True, 1], ["True", "1"]),
        ([b"a", "a"], ["b'a'", "a"]),
        ([datetime.date(2024, 5, 30), NOON], ["2024-05-30", "2024-05-30 12:00:00"]),
        ([NOON, NOON.replace(tzinfo=UTC)], ["2024-05-30 12:00:00", "2024-05-30 12:00:00+00:00"]),
        ([{"a": 1}, [1]], ["{'a': 1}", "[1]"]),
        ([[1, "a"], [2]], ["[1, 'a']", "[2]"]),
        ([{1: 2}], ["{1: 2}"]),
        ([{}], ["{}"]),
        ([{1, 2}], ["{1, 2}"]),
        ([Decimal("Infinity"), Decimal(1)], ["Infinity", "1"]),
        ([datetime.timedelta.max], ["999999999 days, 23:59:59.999999"]),
        ([[uuid.UUID(int=1)]], ["[UUID('00000000-0000-0000-0000-000000000001')]"]),
        ([10**400, 0.5], [str(10**400), "0.5"]),
        ([np.datetime64("99999-01-01")], ["99999-01-01"]),
        ([pd.Timestamp(np.datetime64("99999-01-01", "s"))], ["99999-01-01 00:00:00"]),
    ],
)
def test_what_has_no_common_type_becomes_text_with_a_lossy_entry(values: list[Any], cells: list[str | None]) -> None:
    assert translated(values) == ("string", cells, [("cast", True)])


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        ([2**63, 1], ["9223372036854775808", "1"]),
        ([uuid.UUID(int=1), None], ["00000000-0000-0000-0000-000000000001", None]),
        ([1j, None], ["1j", None]),
        (np.array([1j, np.nan]), ["1j", None]),
        ([datetime.time(1, tzinfo=UTC)], ["01:00:00+00:00"]),
        (pd.period_range("2024-01", periods=2, freq="M"), ["2024-01", "2024-02"]),
        (pd.interval_range(0, 2), ["(0, 1]", "(1, 2]"]),
    ],
)
def test_what_text_holds_faithfully_becomes_text_with_an_entry(values: Any, cells: list[str | None]) -> None:
    assert translated(values) == ("string", cells, [("cast", False)])


def test_integers_among_doubles_become_double() -> None:
    assert translated([1, 2.5, None]) == ("double", [1.0, 2.5, None], [("cast", False)])
    assert translated([2**53 + 1, 0.5])[2] == [("cast", True)]


def test_an_object_of_any_class_becomes_its_text() -> None:
    class Thing:
        def __str__(self) -> str:
            return "a thing"

    assert translated([Thing(), None]) == ("string", ["a thing", None], [("cast", True)])


def test_subclasses_are_what_they_derive_from() -> None:
    class Color(enum.IntEnum):
        RED = 1

    assert translated([Color.RED, 2]) == ("int64", [1, 2], [])


def test_lists_take_arrays_and_tuples_and_keep_nan_within() -> None:
    kind, cells, ledger = translated([np.array([1.5, np.nan]), (2.0,), [], None])

    assert (kind, cells[1:], ledger) == ("list<item: double>", [[2.0], [], None], [("cast", False)])
    assert np.isnan(cells[0][1])


def test_structs_that_lack_keys_get_them_with_an_entry() -> None:
    assert translated([{"a": 1}, {"b": 2}]) == (
        "struct<a: int64, b: int64>",
        [{"a": 1, "b": None}, {"a": None, "b": 2}],
        [("cast", True)],
    )


def test_nanoseconds_of_objects_are_kept() -> None:
    stamp = pd.Timestamp("2024-05-30T12:00:00.000000001")
    kind, cells, _ = translated([stamp, NOON, None])
    assert (kind, cells[0], cells[2]) == ("timestamp[ns]", stamp, None)

    kind, cells, _ = translated([pd.Timedelta(1, "ns"), datetime.timedelta(1), None])
    assert (kind, cells[0].value, cells[2]) == ("duration[ns]", 1, None)


def test_times_of_a_zone_become_utc() -> None:
    berlin = zoneinfo.ZoneInfo("Europe/Berlin")
    expected = [NOON.replace(hour=10, tzinfo=UTC), None]

    for values in (
        [NOON.replace(tzinfo=berlin), None],
        pd.Series(pd.to_datetime([NOON, None])).dt.tz_localize("Europe/Berlin"),
        pd.array([NOON.replace(tzinfo=berlin), None], pd.ArrowDtype(pa.timestamp("us", "Europe/Berlin"))),
    ):
        assert translated(values) == ("timestamp[us, tz=UTC]", expected, [("zone", True)])
    assert translated(pd.Series(pd.to_datetime([NOON, None])).dt.tz_localize("UTC"))[2] == []


def test_sparse_columns_become_dense() -> None:
    assert translated(pd.arrays.SparseArray([0, 1, 0])) == ("int64", [0, 1, 0], [("cast", False)])


def test_what_pandas_cut_gives_becomes_categories_of_text() -> None:
    kind, cells, ledger = translated(pd.cut(pd.Series([1, 2, 3]), [0, 2, 4]))

    assert kind == "dictionary<values=string, indices=int8, ordered=1>"
    assert (cells, ledger) == (["(0, 2]", "(0, 2]", "(2, 4]"], [("cast", False)])


def test_categories_that_are_the_same_as_text_become_plain_values() -> None:
    assert translated(pd.Categorical([1, "1", None]))[:2] == ("string", ["1", "1", None])


def test_long_doubles_become_double() -> None:
    fine = np.array([1.5], "longdouble")
    assert translated(fine) == ("double", [1.5], [("cast", False)])
    assert translated(fine + np.finfo("longdouble").eps)[2] == [("cast", True)]


def test_half_characters_are_replaced_with_a_lossy_entry() -> None:
    for values in (["a\ud800b", "c", None], pd.array(["a\ud800b", "c", None], pd.StringDtype("python"))):
        assert translated(values) == ("string", ["a\ufffdb", "c", None], [("text", True)])
    categories = pd.Categorical.from_codes([0], pd.Index(["a\ud800"], dtype=object))
    assert translated(categories)[1:] == (["a\ufffd"], [("text", True)])


def labels(names: Sequence[Any], **options: int) -> tuple[list[str], list[Translation]]:
    frame = pd.DataFrame([range(len(names))], columns=pd.Index(names, dtype=object))
    table, ledger = to_table(frame, "results", **options)
    assert [column.to_pylist() for column in table.columns] == [[number] for number in range(len(names))]
    return table.column_names, ledger


def test_labels_become_text_first_and_unique_then() -> None:
    names, ledger = labels([1, "1", None, 2.5, "a", "a", "a (1)"])

    assert names == ["1", "1 (1)", "None", "2.5", "a", "a (2)", "a (1)"]
    assert [(entry.column, entry.kind) for entry in ledger] == [
        ("1", "rename"),
        ("None", "rename"),
        ("2.5", "rename"),
        ("1 (1)", "rename"),
        ("a (2)", "rename"),
    ]
    assert not any(entry.lossy for entry in ledger)


def test_duplicates_can_be_numbered_from_two() -> None:
    assert labels(["a", "a", "a"], duplicate_suffix=2)[0] == ["a", "a (2)", "a (3)"]
    assert labels(["a", "a", "a"])[0] == ["a", "a (1)", "a (2)"]


@pytest.mark.parametrize("labels", [pa.array(["b", "a"]), pa.array([7, 5]), pa.array([NOON, NOON.replace(year=1)])])
def test_categories_of_arrow_are_carried_with_their_order_and_missing_values(labels: Any) -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([1, None, 0], pa.int8()), labels, ordered=True)
    frame = pd.DataFrame({"x": pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([column, column])))})

    table, ledger = to_table(frame, "results")

    assert (table["x"].to_pylist(), ledger) == (column.to_pylist() * 2, [])
    assert table["x"].type == column.type


def test_labels_of_several_levels_are_the_text_of_the_tuple() -> None:
    frame = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", 1), ("a", 2)], names=["top", None]))

    table, ledger = to_table(frame, "results")

    assert table.column_names == ["('a', 1)", "('a', 2)"]
    assert [(entry.kind, entry.lossy) for entry in ledger] == [("dropped", True), ("rename", False), ("rename", False)]


def test_labels_that_no_text_may_have_are_mended() -> None:
    names, ledger = labels(["a\ud800"])

    assert names == ["a\ufffd"]
    assert [entry.lossy for entry in ledger] == [True]


@pytest.mark.parametrize(
    ("index", "lossy"),
    [
        (pd.RangeIndex(2), None),
        (pd.Index([0, 1]), None),
        (pd.Index([1, 0]), False),
        (pd.RangeIndex(5, 7), False),
        (pd.RangeIndex(2, name="key"), True),
        (pd.Index(["a", "b"]), True),
        (pd.Index([0.0, 1.0]), True),
        (pd.date_range("2024-05-30", periods=2), True),
        (pd.MultiIndex.from_tuples([(0, 0), (0, 1)]), True),
    ],
)
def test_the_index_is_dropped_and_an_entry_tells_where_it_held_something(index: Any, lossy: bool | None) -> None:
    table, ledger = to_table(pd.DataFrame({"a": [1, 2]}, index=index), "results2")

    assert table.column_names == ["a"]
    assert [(entry.port, entry.kind, entry.lossy) for entry in ledger] == (
        [] if lossy is None else [("results2", "index", lossy)]
    )


def test_frames_without_rows_or_columns() -> None:
    table, ledger = to_table(pd.DataFrame({"a": pd.Series([], dtype="int64"), "b": []}), "results")
    assert (table.num_rows, str(table["a"].type), ledger) == (0, "int64", [])

    table, ledger = to_table(pd.DataFrame(index=range(3)), "results")
    assert (table.shape, ledger) == ((3, 0), [])

    table, ledger = to_table(pd.DataFrame(), "results")
    assert (table.shape, ledger) == ((0, 0), [])


def test_text_is_never_guessed_again() -> None:
    assert translated(["1", "2"]) == ("string", ["1", "2"], [])
    assert translated(["true", "false"]) == ("string", ["true", "false"], [])


@pytest.mark.parametrize(
    ("values", "kind", "lossy"),
    [
        ([pd.Timedelta(np.timedelta64(2**60, "s"))], pa.duration("s"), []),
        ([pd.Timedelta(1, unit="ns"), datetime.timedelta(1)], pa.duration("ns"), []),
        ([pd.Timedelta(1, unit="ns"), datetime.timedelta.max], pa.string(), [True]),
        ([np.timedelta64(1, "ps")], pa.string(), [True]),
        ([np.datetime64(1, "ps")], pa.string(), [True]),
        ([np.longdouble(1) / 3, 0.5], pa.float64(), [True]),
        ([np.longdouble(0.25), np.float32(0.5)], pa.float64(), []),
    ],
    ids=str,
)
def test_objects_that_a_type_does_not_hold_exactly_are_told(values: list[Any], kind: Any, lossy: list[bool]) -> None:
    table, ledger = to_table(pd.DataFrame({"x": pd.Series(values, dtype=object)}), "results")

    assert (table["x"].type, [entry.lossy for entry in ledger]) == (kind, lossy)
