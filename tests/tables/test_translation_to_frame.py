"""From tables to frames: the rows of the table of semantics that concern inputs."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from blobprep.errors import DatasetError
from blobprep.protocol import Translation
from blobprep.tables.translation import to_frame


def translated(values: Any, kind: Any = None, **options: str) -> tuple[pd.Series[Any], list[Translation]]:
    column = values if isinstance(values, (pa.Array, pa.ChunkedArray)) else pa.array(values, kind)
    frame, ledger = to_frame(pa.table({"x": column, "beside": pa.nulls(len(column))}), "dataset1", options)
    return frame["x"], ledger


def entries(ledger: list[Translation]) -> list[tuple[str, str, bool]]:
    return [(entry.column, entry.kind, entry.lossy) for entry in ledger]


def test_the_index_is_fresh_and_of_64_bits() -> None:
    table = pa.Table.from_pandas(pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name="key")))

    frame, ledger = to_frame(table, "dataset1", {})

    assert isinstance(frame.index, pd.RangeIndex)
    assert (frame.index.dtype, list(frame.index)) == (np.dtype("int64"), [0, 1])
    assert list(frame.columns) == ["a", "key"]
    assert ledger == []


@pytest.mark.parametrize(
    ("values", "kind", "dtype"),
    [
        ([1, 2], pa.int64(), "int64"),
        ([1, 2], pa.int8(), "int8"),
        ([1, 2], pa.uint64(), "uint64"),
        ([1.5, None], pa.float64(), "float64"),
        ([1.5, None], pa.float32(), "float32"),
        ([1.5, None], pa.float16(), "float16"),
        ([True, False], pa.bool_(), "bool"),
        (["a", None], pa.string(), "str"),
        (["a", None], pa.large_string(), "str"),
        ([1, None], pa.timestamp("s"), "datetime64[s]"),
        ([1, None], pa.timestamp("ns"), "datetime64[ns]"),
        ([1, None], pa.timestamp("us", "UTC"), "datetime64[us, UTC]"),
        ([1, None], pa.duration("us"), "timedelta64[us]"),
        ([b"a", None], pa.binary(), "object"),
        ([datetime.time(1), None], pa.time64("us"), "object"),
    ],
)
def test_types_that_pandas_has_are_carried_as_themselves(values: list[Any], kind: Any, dtype: str) -> None:
    for rows in (values, []):
        series, ledger = translated(rows, kind)

        assert str(series.dtype) == dtype
        assert list(series.isna()) == [value is None for value in rows]
        assert ledger == []


def test_integers_with_missing_become_double_and_the_ledger_says_so() -> None:
    series, ledger = translated([1, None, 2**53], pa.int64())

    assert (str(series.dtype), series[0], series[2]) == ("float64", 1.0, 2.0**53)
    assert entries(ledger) == [("x", "cast", False)]
    assert ledger[0].remedy == "--read1 integers=nullable"


@pytest.mark.parametrize(
    ("value", "kind"), [(2**53 + 1, pa.int64()), (-(2**63) + 1, pa.int64()), (2**64 - 1, pa.uint64())]
)
def test_integers_beyond_a_double_with_missing_are_a_loss(value: int, kind: Any) -> None:
    assert entries(translated([value, None], kind)[1]) == [("x", "cast", True)]
    assert translated([value], kind)[1] == []


def test_integers_with_missing_stay_integers_on_demand() -> None:
    series, ledger = translated([2**63 - 1, None], pa.int64(), integers="nullable")
    assert (str(series.dtype), series[0], series[1], ledger) == ("Int64", 2**63 - 1, pd.NA, [])

    series, _ = translated([1, None], pa.uint8(), integers="nullable")
    assert str(series.dtype) == "UInt8"
    assert str(translated([1, 2], pa.int64(), integers="nullable")[0].dtype) == "int64"


def test_columns_keep_their_places_whatever_becomes_of_them() -> None:
    table = pa.table({"a": [1], "b": [[1]], "c": ["x"], "d": pa.array([None], pa.int8()), "e": [2.5]})

    frame, _ = to_frame(table, "dataset1", {"integers": "nullable"})

    assert list(frame.columns) == ["a", "b", "c", "d", "e"]
    assert frame.iloc[0].tolist()[:3] == [1, [1], "x"]
    assert frame["e"][0] == 2.5


def test_booleans_with_missing_are_objects() -> None:
    series, ledger = translated([True, None, False])

    assert series.dtype == object
    assert series.tolist() == [True, None, False]
    assert entries(ledger) == [("x", "cast", False)]


def test_decimals_become_double_or_stay() -> None:
    series, ledger = translated([Decimal("1.10"), None])
    assert (str(series.dtype), series[0]) == ("float64", 1.1)
    assert entries(ledger) == [("x", "cast", True)]
    assert ledger[0].remedy == "--read1 decimals=keep"

    series, ledger = translated([Decimal("1.10"), None], decimals="keep")
    assert (series.tolist(), ledger) == ([Decimal("1.10"), None], [])


def test_lists_and_structs_become_python_objects() -> None:
    assert translated([[1, None], [], None])[0].tolist() == [[1, None], [], None]
    assert translated([{"a": 1, "b": ["x"]}, None])[0].tolist() == [{"a": 1, "b": ["x"]}, None]


def test_maps_become_lists_of_key_and_value() -> None:
    series, ledger = translated([[("k", 1)], None], pa.map_(pa.string(), pa.int64()))

    assert series.tolist() == [[{"key": "k", "value": 1}], None]
    assert entries(ledger) == [("x", "cast", False)]


@pytest.mark.parametrize(("kind", "dtype"), [(pa.date32(), "datetime64[s]"), (pa.date64(), "datetime64[ms]")])
def test_dates_become_datetimes_at_midnight(kind: Any, dtype: str) -> None:
    series, ledger = translated([datetime.date(2024, 5, 30), None, datetime.date(1, 1, 1)], kind)

    assert str(series.dtype) == dtype
    assert series[0] == pd.Timestamp("2024-05-30")
    assert series.dt.year.tolist()[2] == 1
    assert entries(ledger) == [("x", "cast", False)]


def test_times_of_a_zone_become_utc() -> None:
    series, ledger = translated([0, None], pa.timestamp("s", "Europe/Berlin"))

    assert str(series.dtype) == "datetime64[s, UTC]"
    assert series[0] == pd.Timestamp(0, tz="UTC")
    assert entries(ledger) == [("x", "zone", True)]


def test_times_of_day_lose_nanoseconds_only_where_they_have_some() -> None:
    assert entries(translated([1], pa.time64("ns"))[1]) == [("x", "cast", True)]
    series, ledger = translated([3_600_000_000_000, None], pa.time64("ns"))
    assert (series.tolist(), ledger) == ([datetime.time(1), None], [])


@pytest.mark.parametrize("index", [pa.int8(), pa.int64(), pa.uint8(), pa.uint32(), pa.uint64()], ids=str)
def test_dictionaries_become_categories(index: Any) -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([1, 0, None], index), ["a", "b", "unused"], ordered=True)

    series, ledger = translated(column)

    assert series.cat.categories.tolist() == ["a", "b", "unused"]
    assert series.cat.ordered
    assert series.tolist()[:2] == ["b", "a"]
    assert ledger == []


def test_dictionaries_of_several_chunks_become_one() -> None:
    chunks = [pa.array(["a", "b"]).dictionary_encode(), pa.array(["c", None]).dictionary_encode()]

    series, _ = translated(pa.chunked_array(chunks))

    assert series.cat.categories.tolist() == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("labels", "dtype", "kinds"),
    [
        (pa.array([2, 1], pa.timestamp("s")), "datetime64[s]", []),
        (pa.array([2, 1], pa.timestamp("ms", "UTC")), "datetime64[ms, UTC]", []),
        (pa.array([2, 1], pa.duration("us")), "timedelta64[us]", []),
        (pa.array([2, 1], pa.date32()), "datetime64[s]", [("x", "cast", False)]),
        (pa.array([2, 1], pa.timestamp("s", "Europe/Berlin")), "datetime64[s, UTC]", [("x", "zone", True)]),
        (pa.array([b"b", b"a"]), "object", []),
        (pa.array([Decimal("2.1"), Decimal("1.5")]), "float64", [("x", "cast", True)]),
    ],
    ids=str,
)
def test_dictionaries_of_any_plain_labels_become_categories(labels: Any, dtype: str, kinds: list[Any]) -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([1, 0, None], pa.int8()), labels, ordered=True)

    series, ledger = translated(column)

    assert (str(series.cat.categories.dtype), series.cat.ordered) == (dtype, True)
    assert series.cat.codes.tolist() == [1, 0, -1]
    assert entries(ledger) == kinds


@pytest.mark.parametrize("labels", [["a", "a"], ["a", None]])
def test_labels_that_categories_cannot_have_become_plain_values(labels: list[str | None]) -> None:
    series, ledger = translated(pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array(labels)))

    assert [None if pd.isna(value) else value for value in series] == labels
    assert entries(ledger) == [("x", "cast", False)]


def test_a_dictionary_without_rows_is_a_category_without_rows() -> None:
    empty = pa.chunked_array([], pa.dictionary(pa.int8(), pa.string()))

    assert str(translated(empty)[0].dtype) == "category"
    levels = pa.DictionaryArray.from_arrays(pa.array([], pa.int8()), ["b", "a"], ordered=True)
    assert translated(levels)[0].dtype == pd.CategoricalDtype(["b", "a"], ordered=True)


def test_every_value_can_be_assigned_to_and_the_table_stays() -> None:
    numbers = pa.array([1.5, 2.5])
    for table in (pa.table({"x": numbers}), pa.table({"x": numbers, "y": pa.array([1, 2]), "l": [[1], [2]]})):
        frame, _ = to_frame(table, "dataset1", {})

        frame.iloc[0, 0] = 9.0
        frame[frame["x"] > 5] = 0
        frame.loc[1, "x"] = -1.0

        assert frame["x"].tolist() == [0.0, -1.0]
        assert table["x"].to_pylist() == [1.5, 2.5]


def test_rows_without_columns_and_columns_without_rows() -> None:
    frame, _ = to_frame(pa.table({"": pa.nulls(3)}).select([]), "dataset1", {})
    assert frame.shape == (3, 0)
    assert list(frame.index) == [0, 1, 2]

    frame, _ = to_frame(pa.table({"a": pa.array([], pa.int64())}), "dataset1", {})
    assert (frame.shape, str(frame["a"].dtype)) == ((0, 1), "int64")


def test_a_value_beyond_python_is_an_error_of_the_dataset() -> None:
    with pytest.raises(DatasetError, match="dataset1: column 'x' cannot be converted to a pandas column"):
        translated([[10**13]], pa.list_(pa.timestamp("s")))


def test_hundreds_of_columns_make_no_warning() -> None:
    table = pa.table({f"c{number}": [[number]] if number % 2 else [number] for number in range(400)})

    frame, _ = to_frame(table, "dataset1", {})

    assert frame.shape == (1, 400)
    assert frame.iloc[0, 399] == [399]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_the_least_time_is_missing_to_pandas_and_told(unit: str) -> None:
    for kind in (pa.timestamp(unit), pa.timestamp(unit, "UTC"), pa.duration(unit)):
        series, (entry,) = translated([-(2**63), 5], kind)

        assert series.isna().tolist() == [True, False]
        assert (entry.kind, entry.lossy, entry.count, bool(entry.example)) == ("missing", True, 1, True)


def test_decimals_become_the_nearest_doubles_and_are_no_loss_where_they_are_exact() -> None:
    assert translated([Decimal("0.3")], pa.decimal128(5, 1))[0][0] == 0.3  # Arrow's own cast gives 0.30000000000000004
    assert [entry.lossy for entry in translated([Decimal("12.50"), None], pa.decimal128(38, 18))[1]] == [False]


def test_what_is_within_lists_and_structs_is_told_too() -> None:
    kind = pa.struct([("at", pa.time64("ns")), ("by", pa.map_(pa.string(), pa.duration("ns")))])

    series, ledger = translated([{"at": 1, "by": [("k", -(2**63))]}, {"at": 1000, "by": []}], kind)

    assert [(entry.kind, entry.lossy, entry.count) for entry in ledger] == [
        ("missing", True, 1),
        ("cast", False, 2),
        ("cast", True, 1),
    ]
    assert series[1] == {"at": datetime.time(microsecond=1), "by": []}
