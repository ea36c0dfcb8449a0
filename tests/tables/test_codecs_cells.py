"""Tables of a web service as cells: there and back, in the classic spelling."""

from __future__ import annotations

import datetime as dt
import json
import os
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from blobprep.errors import DatasetError
from blobprep.protocol import AskedDataset, AskedResults
from blobprep.protocol.classic_cells import CELLS
from blobprep.tables import codecs
from blobprep.tables.streaming_input import InputFile
from blobprep.tables.translation import to_frame
from blobprep.unnamed_files import bounded_file, memory_file, read_bounded


def read(document: dict[str, Any]) -> pa.Table:
    data = json.dumps(document).encode()
    descriptor = memory_file("cells")
    os.write(descriptor, data)
    try:
        asked = AskedDataset("dataset1", "the request's dataset1", len(data), CELLS, {})
        table, changes, name = codecs.decode(InputFile(descriptor, len(data)), asked)
    finally:
        os.close(descriptor)
    assert (changes, name) == ([], CELLS)
    return table


def column(kind: str, cells: list[Any]) -> Any:
    return read({"names": ["a"], "types": [kind], "columns": [cells], "rows": len(cells)}).column(0)


def written(table: pa.Table, most: int = 100_000) -> dict[str, Any]:
    descriptor = bounded_file("results", most)
    try:
        with open(descriptor, "wb", closefd=False) as sink:
            assert codecs.encode(table, sink, AskedResults(CELLS, {}), "results") == []
        return dict(json.loads(read_bounded(descriptor)))
    finally:
        os.close(descriptor)


def cells(values: Any) -> tuple[str, list[str | None]]:
    document = written(pa.table({"a": values}))
    return document["types"][0], document["columns"][0]


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("String", ["a", None, ""], pa.array(["a", None, ""])),
        ("Double", [1, 2.5, None], pa.array([1.0, 2.5, None])),
        ("Single", [0.5, None], pa.array([0.5, None], pa.float32())),
        ("Int32", [1, None, -3], pa.array([1, None, -3], pa.int32())),
        ("UInt64", [2**64 - 1], pa.array([2**64 - 1], pa.uint64())),
        ("Boolean", [True, None], pa.array([True, None])),
        ("DateTime", ["2010-05-30T18:07:00", None], pa.array([dt.datetime(2010, 5, 30, 18, 7), None])),
        ("TimeSpan", ["1.02:03:04.5", "-00:00:01"], pa.array([93_784_500_000, -1_000_000], pa.duration("us"))),
        ("", [1, 2], pa.array([1, 2])),
        ("", [1, 2.5], pa.array([1.0, 2.5])),
        ("", ["1", "", None, "-3"], pa.array([1, None, None, -3])),
        ("", ["1", "2.5e3"], pa.array([1.0, 2500.0])),
        ("", ["1", "x"], pa.array(["1", "x"])),
        ("", [True, None], pa.array([True, None])),
        ("", [None, None], pa.array([None, None], pa.string())),
        ("", [1, "x"], pa.array(["1", "x"])),
        ("", [2**70], pa.array([str(2**70)])),
        ("Odd", [1, "x"], pa.array(["1", "x"])),
    ],
)
def test_cells_become_the_type_of_their_column(kind: str, given: list[Any], expected: Any) -> None:
    assert column(kind, given).combine_chunks().equals(expected)


def test_nanoseconds_are_kept() -> None:
    assert column("DateTime", ["2010-05-30T18:07:00.123456789"]).type == pa.timestamp("ns")
    assert column("TimeSpan", ["00:00:00.000000001"]).type == pa.duration("ns")


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        *(("Double", [1, "x"]), ("Int32", [1, 2**40]), ("Int32", [1, 1.5]), ("Boolean", [True, "maybe"])),
        *(("DateTime", [None, "yesterday"]), ("TimeSpan", ["00:00:01", "soon"]), ("Byte", [0, -1])),
    ],
)
def test_a_cell_of_another_type_is_told_with_its_place_and_not_shown(kind: str, given: list[Any]) -> None:
    with pytest.raises(
        DatasetError, match=f"the request's dataset1 has a cell in row 2 of column 'a' that is no {kind}"
    ):
        column(kind, given)


def test_a_table_without_columns_keeps_its_rows_and_equal_labels_are_told_apart() -> None:
    assert read({"names": [], "types": [], "columns": [], "rows": 3}).num_rows == 3
    document = {"names": ["a", "a"], "types": ["", ""], "columns": [[1], [2]], "rows": 1}
    assert len(set(read(document).column_names)) == 2
    assert written(pa.table({"a": pa.nulls(2)}).select([])) == {"names": [], "types": [], "columns": [], "rows": 2}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([1 / 3, None, 1e300, float("inf")]), ("Double", ["0.33333333333333331", None, "1E+300", "Infinity"])),
        (pa.array([0.1], pa.float32()), ("Single", ["0.1"])),
        (pa.array([True, None]), ("Boolean", ["True", None])),
        (pa.array([2**63 - 1, None]), ("Int64", [str(2**63 - 1), None])),
        (pa.array(["ä", None]), ("String", ["ä", None])),
        (pa.array([None]), ("String", [None])),
        (pa.array([dt.datetime(2010, 5, 30, 18, 7), None]), ("DateTime", ["5/30/2010 6:07:00 PM", None])),
        (pa.array([1], pa.timestamp("ns", tz="UTC")), ("DateTime", ["1/1/1970 12:00:00.000000001 AM"])),
        (pa.array([-1], pa.timestamp("us")), ("DateTime", ["12/31/1969 11:59:59.999999 PM"])),
        (pa.array([2**60], pa.timestamp("us")), ("String", ["+38504-08-17T21:30:06.846976"])),
        (pa.array([dt.date(2010, 5, 30)]), ("DateTime", ["5/30/2010 12:00:00 AM"])),
        (pa.array([-1500], pa.duration("ms")), ("TimeSpan", ["-00:00:01.5"])),
        (pa.array([Decimal("1.10")]), ("Double", ["1.10"])),
        (pa.array(["b", "a", "b"]).dictionary_encode(), ("String", ["b", "a", "b"])),
        (pa.array([[1, 2]]), ("String", ["[1,2]"])),
        (pa.array([b"ab"]), ("String", ["YWI="])),
    ],
)
def test_values_are_spelled_as_the_classic_service_did(values: Any, expected: tuple[str, list[str | None]]) -> None:
    assert cells(values) == expected


def test_an_answer_that_does_not_fit_is_refused_and_nothing_is_written() -> None:
    with pytest.raises(DatasetError, match="results has 10060 bytes as JSON, and an answer may have 5000"):
        written(pa.table({"a": ["x" * 10_000]}), 5000)


def test_a_frame_of_cells_is_the_one_that_a_run_would_have() -> None:
    table = read({"names": ["n", "t"], "types": ["Int32", "String"], "columns": [[1, None], ["x", None]], "rows": 2})

    frame, changes = to_frame(table, "dataset1", {})

    assert [str(kind) for kind in frame.dtypes] == ["float64", "str"]
    assert [change.kind for change in changes] == ["cast"]
    assert pd.isna(frame["t"][1])
