"""What the ledger says of values that are text as cells."""

from __future__ import annotations

import datetime
from typing import Any

import pyarrow as pa
import pytest

from blobprep.tables.codecs.csv.cells import ledger_entries


@pytest.mark.parametrize(
    ("values", "kind", "count", "example"),
    [
        ([None, datetime.datetime(2024, 5, 30, 18, 7), None], pa.timestamp("us"), 1, "2024-05-30T18:07:00"),
        ([datetime.timedelta(seconds=61)] * 2, pa.duration("s"), 2, "P0DT0H1M1S"),
        ([b"x" * 60], pa.binary(), 1, "eHh4" * 10),
        ([[1, 2], None], pa.list_(pa.int8()), 1, "[1,2]"),
        ([None], pa.binary(), 0, ""),
    ],
)
def test_values_with_another_look_are_counted_and_one_is_shown(
    values: list[Any], kind: Any, count: int, example: str
) -> None:
    (entry,) = ledger_entries(pa.table({"a": pa.array(values, kind)}), "results")

    assert (entry.count, entry.example) == (count, example)


def test_categories_show_a_label() -> None:
    (entry,) = ledger_entries(pa.table({"a": pa.array([None, "x", "y"]).dictionary_encode()}), "results")

    assert (entry.count, entry.example) == (2, "x")


def test_values_that_look_like_themselves_need_no_entry() -> None:
    assert ledger_entries(pa.table({"a": [1.5], "b": ["x"], "c": [True]}), "results") == []
