"""Datasets combined some at a time: the same table as when all are read as one."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.errors import DatasetError
from blobprep.formats import FORMATS, read_options, write_options
from blobprep.protocol import AskedPart, AskedResults
from blobprep.tables import codecs
from blobprep.tables.codecs import appending
from blobprep.tables.codecs.combination import Combination
from tests.tables.test_codecs import asked, decoded, encoded, input_file


class Kept(io.BytesIO):
    """A file whose bytes are there when it is closed."""

    data = b""

    def close(self) -> None:
        self.data = self.getvalue()
        super().close()


def combined(
    blobs: list[bytes], name: str = "parquet", at_once: int = 2, target: str = "parquet", *, as_text: bool = False
) -> tuple[bytes, list[Any]]:
    """Combine blobs, some in each request."""
    combination, sink = Combination(), Kept()
    given = {"compression": "none", **({"missing": ""} if name == "csv" else {})}
    chunks = [blobs[start : start + at_once] for start in range(0, len(blobs), at_once)]
    for step in ("types", "rows"):
        if step == "rows":
            combination.open(sink, AskedResults(target, write_options(FORMATS[target], {})), ())
        for number, chunk in enumerate(chunks):
            source = input_file(b"".join(chunk))
            parts, offset = [], 0
            for place, blob in enumerate(chunk):
                parts.append(AskedPart(f"az://raw/{number * at_once + place}", offset, len(blob)))
                offset += len(blob)
            dataset = replace(asked(name, offset), options=read_options(FORMATS[name], given), parts=tuple(parts))
            try:
                if step == "types":
                    combination.add_types(source, dataset, as_text=as_text)
                else:
                    combination.add_rows(source, dataset)
            finally:
                os.close(source.descriptor)
    combination.close()
    return sink.data, combination.ledger()


def joined(blobs: list[bytes], name: str = "parquet") -> pa.Table:
    """Read blobs as one dataset."""
    source = input_file(b"".join(blobs))
    parts, offset = [], 0
    for number, blob in enumerate(blobs):
        parts.append(AskedPart(f"az://raw/{number}", offset, len(blob)))
        offset += len(blob)
    try:
        return codecs.decode(source, replace(asked(name, offset), parts=tuple(parts)))[0]
    finally:
        os.close(source.descriptor)


WHOLE = st.lists(st.one_of(st.none(), st.integers(0, 100)), max_size=3)
COLUMNS = st.one_of(
    st.builds(
        pa.array,
        WHOLE,
        st.sampled_from([pa.int8(), pa.int32(), pa.int64(), pa.uint8(), pa.uint64(), pa.float32(), pa.float64()]),
    ),
    st.builds(pa.array, st.lists(st.sampled_from([2**63 + 1, 2**64 - 1, 7]), max_size=2), st.just(pa.uint64())),
    st.builds(pa.array, st.lists(st.sampled_from([-1, 5]), max_size=2), st.sampled_from([pa.int8(), pa.int32()])),
    st.builds(pa.array, st.lists(st.sampled_from([-1, 2**62, -(2**62)]), max_size=2), st.just(pa.int64())),
    st.builds(
        lambda values, unit: pa.array(values, pa.int64()).cast(pa.timestamp(unit)),
        st.lists(st.sampled_from([0, 1, 1001, 2**53]), max_size=2),
        st.sampled_from(["ms", "us", "ns"]),
    ),
    st.builds(lambda values: pa.array(values, pa.string()), st.lists(st.sampled_from(["a", "b", None]), max_size=3)),
    st.builds(
        lambda values, order: pa.DictionaryArray.from_arrays(pa.array(values, pa.int32()), order),
        st.lists(st.sampled_from([0, 1, None]), max_size=3),
        st.sampled_from([["a", "b"], ["b", "a"]]),
    ),
    st.builds(pa.nulls, st.integers(0, 2)),
    st.builds(pa.array, st.lists(st.booleans(), max_size=2), st.just(pa.bool_())),
)


@given(st.lists(COLUMNS, min_size=1, max_size=5), st.integers(1, 3))
def test_combined_parts_are_what_they_are_when_they_are_read_as_one(columns: list[Any], at_once: int) -> None:
    blobs = [encoded(pa.table({"a": column, "n": pa.nulls(len(column), "int8")}), "parquet")[0] for column in columns]
    try:
        whole = joined(blobs)
    except DatasetError:
        with pytest.raises(DatasetError, match=r"has .* in column 'a'"):
            combined(blobs, at_once=at_once)
        return
    table = pyarrow.parquet.read_table(io.BytesIO(combined(blobs, at_once=at_once)[0]))
    expected = pyarrow.parquet.read_table(io.BytesIO(encoded(whole, "parquet")[0]))
    assert table.schema.equals(expected.schema)
    assert plain(table).equals(plain(expected))


def plain(table: pa.Table) -> pa.Table:
    """Return a table with values in place of categories, whose order is no part of them."""
    column = table.column("a")
    return table.set_column(0, "a", column.cast("string")) if pa.types.is_dictionary(column.type) else table


@given(st.lists(st.lists(st.sampled_from(["7", "007", "1.5", "x", "", "true"]), max_size=3), min_size=1, max_size=4))
def test_combined_texts_have_the_types_of_all(cells: list[list[str]]) -> None:
    blobs = ["\n".join(["a,b", *(f"{cell},1" for cell in part), ""]).encode() for part in cells]
    data, _ = combined(blobs, "csv")
    table, whole = pyarrow.parquet.read_table(io.BytesIO(data)), joined(blobs, "csv")
    assert table.to_pydict() == whole.to_pydict()
    assert table.schema.equals(whole.schema)


def test_a_row_group_is_written_when_enough_rows_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appending, "_ROWS", 10)
    blobs = [encoded(pa.table({"n": list(range(number * 4, number * 4 + 4))}), "parquet")[0] for number in range(8)]
    data, _ = combined(blobs)
    file = pyarrow.parquet.ParquetFile(io.BytesIO(data))
    assert [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)] == [12, 12, 8]
    assert file.read()["n"].to_pylist() == list(range(32))


def test_many_orders_of_categories_are_not_all_kept() -> None:
    columns = [pa.array(["a", str(number)]).dictionary_encode() for number in range(50)]
    blobs = [encoded(pa.table({"c": column}), "parquet")[0] for column in columns]
    data, ledger = combined(blobs)
    table = pyarrow.parquet.read_table(io.BytesIO(data))
    assert table["c"].to_pylist() == joined(blobs)["c"].to_pylist()
    assert ledger == []


def test_a_table_without_rows_still_has_its_columns() -> None:
    blobs = [encoded(pa.table({"n": pa.array([], pa.int64()), "t": pa.array([], pa.string())}), "parquet")[0]]
    data, _ = combined(blobs)
    assert pyarrow.parquet.read_table(io.BytesIO(data)).schema.names == ["n", "t"]
    assert combined(blobs, target="csv")[0] == b"n,t\n"


@pytest.mark.parametrize(
    "columns",
    [
        [pa.array([[-1, 2], None], pa.list_(pa.int64())), pa.array([[2**64 - 1]], pa.list_(pa.uint64()))],
        [pa.array([[-1, 2]], pa.list_(pa.int16(), 2)), pa.array([[2**64 - 1, 3]], pa.list_(pa.uint64(), 2))],
        [
            pa.array([{"a": 2**62, "b": [1]}], pa.struct({"a": pa.timestamp("us"), "b": pa.list_(pa.int8())})),
            pa.array([{"a": 5000, "b": [2**64 - 1]}], pa.struct({"a": pa.timestamp("ns"), "b": pa.list_(pa.uint64())})),
        ],
        [pa.array([], pa.timestamp("us")), pa.array([663365080], pa.timestamp("ns"))],
    ],
    ids=["lists", "fixed lists", "structs", "no rows"],
)
def test_values_within_lists_and_structs_decide_about_types_too(columns: list[Any]) -> None:
    blobs = [encoded(pa.table({"n": column}), "parquet")[0] for column in columns]
    expected = decoded(encoded(joined(blobs), "parquet")[0], "parquet")[0]
    table = decoded(combined(blobs)[0], "parquet")[0]
    assert table.schema.types == expected.schema.types
    assert table.combine_chunks().to_string() == expected.combine_chunks().to_string()


def test_durations_go_with_ordered_categories() -> None:
    ordered = pa.DictionaryArray.from_arrays(pa.array([0], pa.int8()), ["x"], ordered=True)
    lengths = [pa.array([7], pa.duration("ns")), pa.array([2**40], pa.duration("s"))]
    blobs = [encoded(pa.table({"c": ordered, "d": length}), "parquet")[0] for length in lengths]
    assert str(decoded(combined(blobs)[0], "parquet")[0].schema.field("d").type) == "duration[us]"
