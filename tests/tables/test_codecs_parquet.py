"""What Parquet has not: written as the nearest type, and told; or refused with the column's name."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from blobprep.errors import DatasetError
from blobprep.formats import FORMATS
from tests.tables.test_codecs import decoded, encoded


@pytest.mark.parametrize(
    ("values", "kind", "nearest"),
    [
        ([1, None], pa.timestamp("s"), pa.timestamp("ms")),
        ([1, None], pa.timestamp("s", "Europe/Berlin"), pa.timestamp("ms", "Europe/Berlin")),
        ([1, None], pa.time32("s"), pa.time32("ms")),
        ([86_400_000, None], pa.date64(), pa.date32()),
        ([[1], None], pa.list_(pa.timestamp("s")), pa.list_(pa.timestamp("ms"))),
        ([[1], None], pa.large_list(pa.time32("s")), pa.large_list(pa.time32("ms"))),
        ([[1, 2], None], pa.list_(pa.timestamp("s"), 2), pa.list_(pa.timestamp("ms"), 2)),
        ([{"a": 1}, None], pa.struct([("a", pa.timestamp("s"))]), pa.struct([("a", pa.timestamp("ms"))])),
        ([[("k", 1)], None], pa.map_(pa.string(), pa.timestamp("s")), pa.map_(pa.string(), pa.timestamp("ms"))),
    ],
    ids=str,
)
def test_a_type_that_parquet_has_not_is_written_as_the_nearest_one(values: list[Any], kind: Any, nearest: Any) -> None:
    column = pa.array(values, kind)

    data, (entry,) = encoded(pa.table({"x": column, "y": [1, 2]}), "parquet")
    back, _ = decoded(data, "parquet")

    assert back["x"].type == nearest
    assert back["x"].cast(kind).to_pylist() == column.to_pylist()
    assert (entry.column, entry.kind, entry.lossy, entry.count) == ("x", "cast", False, 1)
    assert entry.example
    assert entry.remedy == "--format arrow"


@pytest.mark.parametrize(
    "column",
    [
        pa.array([2**60], pa.timestamp("s")),
        pa.array([{}], pa.struct([])),
        pa.array([[]], pa.list_(pa.int8(), 0)),
        pa.array([[{}]], pa.list_(pa.struct([]))),
    ],
    ids=lambda column: str(column.type),
)
def test_what_parquet_cannot_hold_is_refused_with_its_column_and_a_way_out(column: Any) -> None:
    with pytest.raises(DatasetError, match=r"results: column 'x' of type .* cannot be written as Parquet") as caught:
        encoded(pa.table({"y": [1], "x": column}), "parquet")

    assert caught.value.remedy == "--format arrow"


@pytest.mark.parametrize(
    ("ordered", "labels", "lossy"), [(False, [7, 5], False), (True, [7, 5], True), (False, [7, 5, 9], True)]
)
def test_categories_of_numbers_become_numbers_and_the_loss_of_order_or_of_one_is_told(
    ordered: bool, labels: list[int], lossy: bool
) -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array(labels), ordered=ordered)

    data, (entry,) = encoded(pa.table({"x": column}), "parquet")

    assert decoded(data, "parquet")[0]["x"].to_pylist() == [7, 5, None]
    assert (entry.lossy, entry.count, entry.example) == (lossy, 2, "7")


def test_many_ordered_categories_keep_their_order_over_row_groups() -> None:
    labels = [f"level {number:07}" for number in range(150_000, 0, -1)]
    column = pa.DictionaryArray.from_arrays(pa.array([5, 3, 149_999], pa.int32()), pa.array(labels), ordered=True)

    back, _ = decoded(encoded(pa.table({"x": column}), "parquet")[0], "parquet")

    assert back["x"].to_pylist() == column.to_pylist()
    assert back["x"].chunk(0).dictionary.to_pylist() == labels


@pytest.mark.parametrize(
    ("name", "codec"),
    [(name, codec) for name in ("parquet", "arrow") for codec in FORMATS[name].writes["codec"].choices],
)
def test_every_codec_brings_the_table_back(name: str, codec: str) -> None:
    table = pa.table({"x": ["needle"] * 5000, "y": list(range(5000))})

    data, ledger = encoded(table, name, codec=codec)

    assert decoded(data, name)[0].equals(table)
    assert ledger == []
    assert (data.count(b"needle") > 100) == (name == "arrow" and codec == "none")


def test_categories_without_rows_stay_in_arrow_and_their_loss_in_parquet_is_told() -> None:
    table = pa.table({"x": pa.DictionaryArray.from_arrays(pa.array([], pa.int8()), ["b", "a"])})

    kept, (told, (entry,)) = encoded(table, "arrow"), encoded(table, "parquet")

    assert decoded(kept[0], "arrow")[0]["x"].chunk(0).dictionary.to_pylist() == ["b", "a"]
    assert decoded(told, "parquet")[0]["x"].type == table["x"].type
    assert (entry.column, entry.kind, entry.lossy, entry.count) == ("x", "dropped", True, 2)
