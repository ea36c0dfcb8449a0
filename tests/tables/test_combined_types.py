"""Datasets combined a few at a time: the types and values are those of the same blobs read as one dataset."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from blobprep.formats import FORMATS, write_options
from blobprep.protocol import AskedResults
from blobprep.protocol.shapes import AskedPart
from blobprep.tables import codecs
from blobprep.tables.codecs.combination import Combination
from tests.tables.test_codecs import asked, encoded, input_file


class Kept(io.BytesIO):
    """Bytes that can be read once the file is closed."""

    data = b""

    def close(self) -> None:
        self.data = self.getvalue()
        super().close()


def whole_and_combined(tables: Sequence[pa.Table]) -> tuple[pa.Table, pa.Table]:
    blobs = [encoded(table, "parquet")[0] for table in tables]
    ends = [sum(map(len, blobs[: place + 1])) for place in range(len(blobs))]
    parts = tuple(
        AskedPart(f"az://raw/{place}", end - len(blob), len(blob))
        for place, (blob, end) in enumerate(zip(blobs, ends, strict=True))
    )
    dataset = replace(asked("parquet", ends[-1]), parts=parts)
    source = input_file(b"".join(blobs))
    try:
        whole, _, _ = codecs.decode(source, dataset)
        combination, sink = Combination(), Kept()
        for part in parts:
            combination.add_types(source, replace(dataset, parts=(part,)), as_text=False)
        combination.open(sink, AskedResults("parquet", write_options(FORMATS["parquet"], {})), ())
        for part in parts:
            combination.add_rows(source, replace(dataset, parts=(part,)))
        combination.close()
    finally:
        os.close(source.descriptor)
    expected = pyarrow.parquet.read_table(io.BytesIO(encoded(whole, "parquet")[0]))
    return expected, pyarrow.parquet.read_table(io.BytesIO(sink.data))


NANOSECONDS, MICROSECONDS = pa.timestamp("ns"), pa.timestamp("us")


@pytest.mark.parametrize(
    "columns",
    [
        [pa.array([-1], pa.int8()), pa.array([2**64 - 1], pa.uint64())],
        [pa.array([1], pa.int8()), pa.array([2**64 - 1], pa.uint64())],
        [pa.array([-1], pa.int32()), pa.array([5], pa.uint64())],
        [pa.array([], MICROSECONDS), pa.array([663365080], NANOSECONDS)],
        [pa.array([], pa.int64()), pa.array([2**64 - 1], pa.uint64())],
        [pa.array([None], MICROSECONDS), pa.array([663365080], NANOSECONDS)],
        [pa.array([[-1, 2], None], pa.list_(pa.int64())), pa.array([[2**64 - 1]], pa.list_(pa.uint64()))],
        [pa.array([[-1, 2]], pa.list_(pa.int16(), 2)), pa.array([[2**64 - 1, 3]], pa.list_(pa.uint64(), 2))],
        [
            pa.array([{"a": 2**62, "b": [1]}], pa.struct({"a": MICROSECONDS, "b": pa.list_(pa.int8())})),
            pa.array([{"a": 5000, "b": [2**64 - 1]}], pa.struct({"a": NANOSECONDS, "b": pa.list_(pa.uint64())})),
        ],
    ],
)
def test_types_are_those_that_hold_the_values_also_within_lists_and_structs(columns: list[Any]) -> None:
    expected, combined = whole_and_combined([pa.table({"n": column}) for column in columns])
    assert combined.schema.types == expected.schema.types
    assert combined.to_string() == expected.to_string()


def test_times_of_all_kinds_go_with_ordered_categories() -> None:
    ordered = pa.DictionaryArray.from_arrays(pa.array([0], pa.int8()), ["x"], ordered=True)
    tables = [
        pa.table({"c": ordered, "d": pa.array([7], pa.duration("ns"))}),
        pa.table({"c": ordered, "d": pa.array([2**40], pa.duration("s"))}),
    ]
    expected, combined = whole_and_combined(tables)
    assert combined.schema.types == expected.schema.types
    assert combined.equals(expected)
