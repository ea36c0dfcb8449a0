from __future__ import annotations

import pytest

from blobprep.inputs.partitions import list_unread_partitions, partition_columns


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
