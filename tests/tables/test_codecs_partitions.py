"""Columns that only the names of blobs hold."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from blobprep.errors import DatasetError
from blobprep.protocol import AskedPart, Translation
from blobprep.tables import codecs
from tests.tables.test_codecs import asked, encoded, input_file

NUMBERS = pa.table({"n": [1.5, 2.5]})
LINES = pa.table({"Col1": ["x", "y"]})


def read(
    blobs: list[bytes], name: str, columns: Mapping[str, tuple[str, tuple[str, ...]]], **options: str
) -> tuple[pa.Table, list[Translation]]:
    source = input_file(b"".join(blobs))
    parts, offset = [], 0
    for number, blob in enumerate(blobs):
        parts.append(AskedPart(f"az://raw/{number}", offset, len(blob)))
        offset += len(blob)
    wanted = replace(asked(name, offset, **options), parts=tuple(parts), partition_columns=columns)
    try:
        table, ledger, _ = codecs.decode(source, wanted)
    finally:
        os.close(source.descriptor)
    return table, ledger


@pytest.mark.parametrize("name", ["csv", "tsv", "parquet", "arrow", "arff", "excel", "json", "jsonl", "svmlight"])
def test_each_row_gets_the_value_of_its_blob(name: str) -> None:
    blobs = [encoded(NUMBERS.slice(0, rows), name)[0] for rows in (2, 1, 2)]
    table, ledger = read(
        blobs, name, {"year": ("int64", ("2023", "2024", "-5")), "region": ("text", ("n", "07", "é/"))}
    )
    assert table.column("year").to_pylist() == [2023, 2023, 2024, -5, -5]
    assert table.column("region").to_pylist() == ["n", "n", "07", "é/", "é/"]
    assert table.schema.field("year").type == pa.int64()
    assert [(entry.column, entry.kind, entry.lossy, entry.count) for entry in ledger if entry.kind == "partition"] == [
        ("year", "partition", False, 5),
        ("region", "partition", False, 5),
    ]


def test_lines_of_plain_text_get_it_too() -> None:
    blobs = [encoded(LINES.slice(0, rows), "plaintext")[0] for rows in (2, 1)]
    table, _ = read(blobs, "plaintext", {"year": ("int64", ("2023", "2024"))})
    assert table.column("year").to_pylist() == [2023, 2023, 2024]


def test_rows_that_are_added_or_left_out_are_counted_as_they_are_read() -> None:
    blobs = [b"a,b\n1,x\n\na,b\n2,y\n", b"a,b\n3,z\n"]
    table, _ = read(blobs, "csv", {"year": ("int64", ("1", "2"))}, trailing_newline="row")
    alone = [read([blob], "csv", {}, trailing_newline="row")[0].num_rows for blob in blobs]
    assert table.column("year").to_pylist() == [1] * alone[0] + [2] * alone[1]


def test_a_blob_without_rows_adds_no_value() -> None:
    table, _ = read([b"a\n", b"a\n1\n"], "csv", {"year": ("int64", ("1", "2"))})
    assert table.to_pydict() == {"a": [1], "year": [2]}


def test_the_name_that_hive_has_for_no_value_is_none() -> None:
    none = "__HIVE_DEFAULT_PARTITION__"
    blobs = [b"a\n1\n", b"a\n2\n"]
    table, _ = read(blobs, "csv", {"year": ("int64", (none, "2")), "region": ("text", (none, none))})
    assert table.column("year").to_pylist() == [None, 2]
    assert (table.column("region").to_pylist(), table.schema.field("region").type) == ([None, None], pa.string())


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("parquet", pa.array([2023, 2024], pa.int16())),
        ("parquet", pa.array(["2023", "2024"])),
        ("parquet", pa.array(["2023", "2024"]).dictionary_encode()),
        ("csv", pa.array([2023, 2024])),
    ],
)
def test_a_column_that_says_the_same_stays_as_it_is(name: str, column: Any) -> None:
    table = pa.table({"year": column, "n": [1, 2]})
    blobs = [encoded(table.slice(row, 1), name)[0] for row in (0, 1)]
    known, _ = read(blobs, name, {})
    read_again, ledger = read(blobs, name, {"year": ("int64", ("2023", "2024"))})
    assert read_again.equals(known)
    (entry,) = [entry for entry in ledger if entry.kind == "partition"]
    assert entry.detail == "The column is in the blobs and in their names, with the same values; it stays as it is."


@pytest.mark.parametrize(
    ("cells", "shown"), [(b"2024\n2025\n", "'2025'"), (b"2024\n,\n", "None"), (b"2024\n02024\n", "'02024'")]
)
def test_a_column_that_says_something_else_is_refused_with_the_place(cells: bytes, shown: str) -> None:
    blobs = [b"year,n\n" + b"2023,\n", b"year,n\n" + cells.replace(b"\n", b",\n").replace(b",,", b",")]
    with pytest.raises(DatasetError) as caught:
        read(blobs, "csv", {"year": ("int64", ("2023", "2024"))}, types="text")
    assert f"az://raw/1 has {shown} in column 'year', row 2, but its name says '2024'" in str(caught.value)


def test_the_index_that_pandas_wrote_is_not_disturbed() -> None:
    frame = pd.DataFrame({"n": [1, 2]}, index=pd.Index(["x", "y"], name="key"))
    blob = encoded(pa.Table.from_pandas(frame), "parquet")[0]
    table, _ = read([blob, blob], "parquet", {"year": ("int64", ("1", "2"))})
    alone, _ = read([blob, blob], "parquet", {})
    assert table.drop_columns(["year"]).equals(alone)
    assert table.column("year").to_pylist() == [1, 1, 2, 2]


def test_many_rows_get_their_values_in_pieces() -> None:
    blob = b"a\n" + b"1\n" * 1_500_000
    table, _ = read([blob, b"a\n2\n"], "csv", {"region": ("text", ("north", "south"))})
    assert table.column("region").num_chunks >= 3
    assert table.column("region").value_counts().to_pylist() == [
        {"values": "north", "counts": 1_500_000},
        {"values": "south", "counts": 1},
    ]
