"""Several blobs as one dataset."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from blobprep.errors import DatasetError
from blobprep.protocol import AskedDataset, AskedPart, Translation
from blobprep.tables import codecs
from tests.tables.test_codecs import asked, encoded, input_file


def together(*tables: pa.Table, name: str = "parquet") -> tuple[pa.Table, list[Translation]]:
    return blobs_together([encoded(table, name)[0] for table in tables], name)


def blobs_together(blobs: list[bytes], name: str) -> tuple[pa.Table, list[Translation]]:
    source = input_file(b"".join(blobs))
    parts, offset = [], 0
    for number, blob in enumerate(blobs):
        parts.append(AskedPart(f"az://raw/{number}", offset, len(blob)))
        offset += len(blob)
    try:
        table, ledger, found = codecs.decode(source, replace(asked(name, offset), parts=tuple(parts)))
    finally:
        os.close(source.descriptor)
    assert found == name
    return table, ledger


@pytest.mark.parametrize("name", ["parquet", "arrow"])
def test_rows_stand_in_the_order_of_the_blobs_and_columns_in_that_of_the_first(name: str) -> None:
    table, ledger = together(pa.table({"a": [1], "b": ["x"]}), pa.table({"b": ["y"], "a": [2]}), name=name)

    assert table.to_pydict() == {"a": [1, 2], "b": ["x", "y"]}
    assert table.column_names == ["a", "b"]
    assert ledger == []


def column(values: list[Any], kind: Any) -> pa.Table:
    return pa.table({"a": pa.array(values, kind)})


@pytest.mark.parametrize(
    ("first", "second", "kind", "lossy"),
    [
        (column([1], pa.int32()), column([2], pa.int64()), pa.int64(), False),
        (column([1], pa.int64()), column([0.5], pa.float64()), pa.float64(), False),
        (column([2**60 + 1], pa.int64()), column([0.5], pa.float64()), pa.float64(), True),
        (column([None], pa.null()), column(["x"], pa.string()), pa.string(), False),
    ],
)
def test_types_that_one_type_holds_are_brought_together_and_told(
    first: pa.Table, second: pa.Table, kind: Any, lossy: bool
) -> None:
    table, ledger = together(first, second)

    assert table.schema.field("a").type == kind
    assert [(entry.column, entry.kind, entry.lossy, entry.count) for entry in ledger] == [("a", "type", lossy, 1)]


def test_types_that_do_not_go_together_name_blob_and_column() -> None:
    with pytest.raises(DatasetError, match="az://raw/2 has string in column 'a', but az://raw/0 has int64"):
        together(column([1], pa.int64()), column([1], pa.int64()), column(["x"], pa.string()))


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (["a"], "has no column 'b', which az://raw/0 has"),
        (["a", "b", "c"], "has a column 'c', which az://raw/0 does not have"),
    ],
)
def test_other_columns_name_the_first_blob_and_column_that_differ(labels: list[str], words: str) -> None:
    with pytest.raises(DatasetError, match=f"az://raw/1 {words}"):
        together(pa.table({"a": [1], "b": [1]}), pa.table({label: [1] for label in labels}))


def test_categories_of_blobs_become_one_set() -> None:
    first = pa.table({"a": pa.array(["x", "y"]).dictionary_encode()})
    second = pa.table({"a": pa.array(["z", "x"]).dictionary_encode()})

    table, ledger = together(first, second)

    assert table["a"].to_pylist() == ["x", "y", "z", "x"]
    assert pa.types.is_dictionary(table.schema.field("a").type)
    assert ledger == []


def test_categories_in_two_orders_become_plain_values() -> None:
    def ordered(*labels: str) -> pa.Table:
        return pa.table({"a": pa.DictionaryArray.from_arrays([0, 1], list(labels), ordered=True)})

    table, ledger = together(ordered("low", "high"), ordered("high", "low"), name="arrow")

    assert table["a"].to_pylist() == ["low", "high", "high", "low"]
    assert [(entry.kind, entry.lossy, entry.count) for entry in ledger] == [("type", True, 4)]


def test_what_one_blob_is_called_stands_in_its_errors() -> None:
    source = input_file(b"PAR1rubbish")
    parts = (AskedPart("az://raw/0", 0, 11),)

    with pytest.raises(DatasetError, match="az://raw/0"):
        codecs.decode(source, replace(asked("parquet", 11), parts=parts))

    os.close(source.descriptor)


def parts_read(*blobs: bytes, **options: str) -> tuple[pa.Table, list[Translation], str]:
    """Read blobs whose format nothing but their bytes tells."""
    source = input_file(b"".join(blobs))
    offsets = [sum(map(len, blobs[:number])) for number in range(len(blobs))]
    parts = [
        AskedPart(f"az://raw/{at}", offset, len(blob))
        for at, (offset, blob) in enumerate(zip(offsets, blobs, strict=True))
    ]
    whole = AskedDataset("dataset2", "az://raw/*", sum(map(len, blobs)), "", options, "", tuple(parts))
    try:
        return codecs.decode(source, whole)
    finally:
        os.close(source.descriptor)


def test_a_blob_whose_bytes_are_of_another_format_is_refused_by_name() -> None:
    csv, parquet = b"a,b\n1,2\n3,4\n", encoded(pa.table({"a": [1], "b": [2]}), "parquet")[0]

    with pytest.raises(DatasetError, match="az://raw/1 is parquet by its first bytes, but az://raw/0 is csv") as caught:
        parts_read(csv, parquet)

    assert "--read2 format=csv" in caught.value.remedy


def test_blobs_of_one_format_by_their_bytes_may_differ_in_their_delimiters() -> None:
    table, _, name = parts_read(b"a,b\n1,2\n3,4\n", b"b;a\n6;5\n8;7\n")

    assert (table.to_pydict(), name) == ({"a": [1, 3, 5, 7], "b": [2, 4, 6, 8]}, "csv")
