from __future__ import annotations

import pytest

from blobprep.errors import DatasetError
from blobprep.inputs.partitions import (
    decide_columns,
    list_unread_partitions,
    partition_columns,
    partition_values,
    parts_of_name,
)


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (["sales/region=north/part.csv", "sales/region=south/part.csv"], {"region": {"north", "south"}}),
        (["year=2024/month=5/x", "year=2025/month=5/x"], {"year": {"2024", "2025"}, "month": {"5"}}),
        (["a%20b=c%2Fd/x", "n=__HIVE_DEFAULT_PARTITION__/x"], {"a b": {"c/d"}, "n": {"__HIVE_DEFAULT_PARTITION__"}}),
        (["expr=a=b/x"], {"expr": {"a=b"}}),
        (["plain/x=1.csv", "x=1", "=1/x", "a=/x", "aGk==/x", "//"], {}),
    ],
)
def test_folders_hold_columns_as_hive_names_them(names: list[str], columns: dict[str, set[str]]) -> None:
    assert partition_columns(names) == columns


def test_the_ledger_tells_columns_that_the_table_does_not_have() -> None:
    names = ["year=2024/region=north/x.csv", "year=2024/region=south/x.csv"]

    (entry,) = list_unread_partitions("dataset2", names, ["a", "year"])

    assert (entry.port, entry.column, entry.kind, entry.lossy) == ("dataset2", "", "partition", False)
    assert entry.detail == "the names of the folders hold a column that is not in the table: region (2 values)"
    assert list_unread_partitions("dataset1", names, ["year", "region"]) == ()
    (both,) = list_unread_partitions("dataset1", names, [])
    assert both.detail.endswith("columns that are not in the table: year (1 value), region (2 values)")
    (odd,) = list_unread_partitions("dataset1", ["\x1b[31m=1/x", "a\x1b=1/x"], [])
    assert "\x1b" not in odd.detail


def test_the_folders_of_one_blob_have_one_value_for_each_column() -> None:
    assert partition_values("year=2024/year=2024/region=a%2Fb/year=7") == {"year": "2024", "region": "a/b"}
    with pytest.raises(DatasetError, match="two values for 'year': '2024' and '2025'"):
        partition_values("year=2024/year=2025/x")


def test_a_part_that_a_pattern_names_comes_before_a_folder() -> None:
    assert parts_of_name("year=2024/region=n/x", {"year": "7"}) == {"year": "7", "region": "n"}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-2", "0"], "int64"),
        (["9223372036854775807", "-9223372036854775808"], "int64"),
        (["9223372036854775808"], "text"),
        (["1", "02"], "text"),
        (["-0"], "text"),
        (["+1"], "text"),
        (["1", ""], "text"),
        (["1.0"], "text"),
        (["\u0661"], "text"),  # a digit, but none that would be written back
        ([" 1"], "text"),
        (["1", "__HIVE_DEFAULT_PARTITION__"], "int64"),
        (["__HIVE_DEFAULT_PARTITION__"], "text"),
    ],
)
def test_a_column_is_of_whole_numbers_if_all_its_values_are(values: list[str], kind: str) -> None:
    blobs = [(str(place), {"x": value}) for place, value in enumerate(values)]
    assert decide_columns(blobs) == {"x": (kind, tuple(values))}


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({}, "the name of b has no 'year', which a has"),
        ({"year": "1", "month": "2"}, "the name of b has 'month', which a does not have"),
    ],
)
def test_blobs_with_other_columns_are_refused(other: dict[str, str], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        decide_columns([("a", {"year": "1"}), ("b", other)])
