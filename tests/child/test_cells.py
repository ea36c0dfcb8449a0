"""What the ledger says of values that are text as cells."""

from __future__ import annotations

import datetime
from typing import Any

import pyarrow as pa
import pytest

from blobprep.child.codecs.cells import told, unquoted


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
    (entry,) = told(pa.table({"a": pa.array(values, kind)}), "results")

    assert (entry.count, entry.example) == (count, example)


def test_categories_show_a_label() -> None:
    (entry,) = told(pa.table({"a": pa.array([None, "x", "y"]).dictionary_encode()}), "results")

    assert (entry.count, entry.example) == (2, "x")


def test_values_that_look_like_themselves_need_no_entry() -> None:
    assert told(pa.table({"a": [1.5], "b": ["x"], "c": [True]}), "results") == []


@pytest.mark.parametrize(
    ("number", "kind", "cell"),
    [
        (253402300799, pa.timestamp("s"), "9999-12-31T23:59:59"),
        (253402300800, pa.timestamp("s"), "+10000-01-01T00:00:00"),
        (-(2**63), pa.timestamp("s"), "-292277022657-01-27T08:29:52"),
        (2**63 - 1, pa.timestamp("ms", "Europe/Berlin"), "+292278994-08-17T07:12:55.807Z"),
        (-62135596801, pa.timestamp("s"), "0000-12-31T23:59:59"),
        (2**31 - 1, pa.date32(), "+5881580-07-11"),
        (-(2**31), pa.date32(), "-5877641-06-23"),
        (106751991167 * 86_400_000, pa.date64(), "+292278994-08-17"),
        (86_400_001, pa.date64(), "1970-01-02T00:00:00.001"),
        (-(2**63), pa.duration("s"), "-P106751991167300DT15H30M8S"),
        (-(2**63), pa.duration("ns"), "-P106751DT23H47M16.854775808S"),
    ],
    ids=str,
)
def test_times_that_no_calendar_of_python_has_are_written_as_they_are(number: int, kind: Any, cell: str) -> None:
    array = pa.array([number], pa.int32() if kind.bit_width == 32 else pa.int64()).view(kind)
    column, inner = pa.chunked_array([array]), pa.ListArray.from_arrays([0, 1], array)

    assert unquoted(column)(array).to_pylist() == [cell]
    assert unquoted(pa.chunked_array([inner]))(inner).to_pylist() == [f'["{cell}"]']
