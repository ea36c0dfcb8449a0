"""Writing text, and what is peculiar to Parquet and Arrow."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

from blobprep.errors import DatasetError, InvalidOption
from tests.tables.test_codecs import decoded, encoded, headed


def cells(values: list[Any], kind: Any = None, **options: str) -> list[str]:
    """Return how a column is written, line by line."""
    data, _ = encoded(pa.table({"x": pa.array(values, kind)}), "csv", header="false", **options)
    return data.decode().splitlines()


@pytest.mark.parametrize(
    ("values", "kind", "written"),
    [
        ([1, -2], pa.int8(), ["1", "-2"]),
        ([2**64 - 1], pa.uint64(), ["18446744073709551615"]),
        (
            [0.1, 1.0, -0.0, 1e15, 1e300, 0.30000000000000004],
            None,
            ["0.1", "1.0", "-0.0", "1e+15", "1e+300", "0.30000000000000004"],
        ),
        ([0.1, 2.0], pa.float32(), ["0.1", "2.0"]),
        ([float("inf"), float("-inf")], None, ["inf", "-inf"]),
        ([True, False], None, ["True", "False"]),
        (["plain", "a,b", 'say "no"', "", " x "], None, ["plain", '"a,b"', '"say ""no"""', '""', " x "]),
        ([Decimal("1.50"), Decimal("-0.07")], None, ["1.50", "-0.07"]),
        ([datetime.date(2024, 5, 30)], None, ["2024-05-30"]),
        ([datetime.date(2024, 5, 30)], pa.date64(), ["2024-05-30"]),
        ([datetime.time(18, 7)], None, ["18:07:00"]),
        ([datetime.time(18, 7, 0, 250_000)], None, ["18:07:00.250"]),
        ([datetime.datetime(2024, 5, 30, 18, 7)], pa.timestamp("ns"), ["2024-05-30T18:07:00"]),
        ([datetime.datetime(2024, 5, 30, 18, 7, 0, 1)], pa.timestamp("ns"), ["2024-05-30T18:07:00.000001"]),
        ([datetime.datetime(2024, 5, 30, 18, 7)], pa.timestamp("us", "UTC"), ["2024-05-30T18:07:00Z"]),
        ([datetime.datetime(1960, 1, 1, 0, 0, 0, 500_000)], pa.timestamp("us"), ["1960-01-01T00:00:00.500"]),
        ([datetime.timedelta(days=1, hours=2, minutes=3, seconds=4)], pa.duration("s"), ["P1DT2H3M4S"]),
        ([datetime.timedelta(milliseconds=1500)], pa.duration("ns"), ["P0DT0H0M1.5S"]),
        ([datetime.timedelta(milliseconds=-1500)], pa.duration("ms"), ["-P0DT0H0M1.5S"]),
        ([b"\x00\xff"], None, ["AP8="]),
        ([[1, 2], []], None, ['"[1,2]"', "[]"]),
        ([{"a": b"x", "b": datetime.date(2024, 5, 30)}], None, ['"{""a"":""eA=="",""b"":""2024-05-30""}"']),
    ],
)
def test_every_type_has_one_way_of_writing(values: list[Any], kind: Any, written: list[str]) -> None:
    assert cells(values, kind) == written


def test_categories_are_written_as_their_labels() -> None:
    table = pa.table({"x": pa.array(["b", None, "a,b"]).dictionary_encode(), "y": [1, 2, 3]})

    data, ledger = encoded(table, "csv")

    assert data == b'x,y\nb,1\n,2\n"a,b",3\n'
    assert [(entry.port, entry.column, entry.kind, entry.lossy) for entry in ledger] == [
        ("results", "x", "text", False)
    ]


def test_ordered_or_unused_categories_are_a_loss_in_text() -> None:
    ordered = pa.DictionaryArray.from_arrays(pa.array([0]), pa.array(["a"]), ordered=True)
    unused = pa.DictionaryArray.from_arrays(pa.array([0]), pa.array(["a", "b"]))

    _, ledger = encoded(pa.table({"x": ordered, "y": unused}), "csv")

    assert [entry.lossy for entry in ledger] == [True, True]


def test_missing_is_empty_and_the_empty_text_is_quoted() -> None:
    data, _ = encoded(pa.table({"a": pa.array([None, ""]), "b": pa.array([None, 1])}), "csv")

    assert data == b'a,b\n,\n"",1\n'


def test_a_missing_cell_alone_in_its_row_keeps_the_row() -> None:
    data, _ = encoded(pa.table({"a": pa.array([1, None, 3])}), "csv")

    assert data == b'a\n1\n""\n3\n'
    assert decoded(data)[0]["a"].to_pylist() == [1, None, 3]


def test_labels_are_quoted_where_needed() -> None:
    table = pa.table({"plain": [1], "a,b": [1], 'q"': [1], "": [1], "l\nf": [1]})

    assert encoded(table, "csv")[0].startswith(b'plain,"a,b","q""","","l\nf"\n')


def test_numbers_are_quoted_too_where_the_delimiter_is_in_them() -> None:
    table = pa.table({"a": [1.5], "b": [-2]})

    assert encoded(table, "csv", delimiter=".")[0] == b'a.b\n"1.5".-2\n'
    assert encoded(table, "csv", delimiter="-")[0] == b'a-b\n1.5-"-2"\n'


def test_text_can_go_without_a_header_and_with_tabs() -> None:
    table = pa.table({"a": [1], "b": ["x\ty"]})

    assert encoded(table, "csv", header="false")[0] == b"1,x\ty\n"
    assert encoded(table, "tsv")[0] == b'a\tb\n1\t"x\ty"\n'
    with pytest.raises(InvalidOption):
        encoded(table, "csv", delimiter='"')


def test_text_is_written_in_batches_that_join_without_a_seam() -> None:
    table = pa.table({"a": range(200_000), "b": [str(number) * 3 for number in range(200_000)]})

    back, _ = decoded(encoded(table, "csv")[0])

    assert back["a"].to_pylist() == table["a"].to_pylist()
    assert encoded(table, "csv")[0].count(b"\n") == 200_001


def test_a_few_huge_cells_are_written() -> None:
    table = pa.table({"a": ["x" * 9_000_000, "y", "z,"] * 2})

    assert decoded(encoded(table, "csv")[0])[0]["a"].to_pylist() == table["a"].to_pylist()


@pytest.mark.parametrize("name", ["csv", "tsv", "parquet", "arrow"])
def test_no_rows_are_written_and_read(name: str) -> None:
    table = pa.table(
        {"a": pa.array([], pa.int64()), "b": pa.array([], pa.timestamp("us")), "c": pa.array([], "string")}
    )

    back, _ = decoded(encoded(table, name)[0], name)

    assert (back.num_rows, back.column_names) == (0, ["a", "b", "c"])
    if name in ("parquet", "arrow"):
        assert back.schema.types == table.schema.types


def test_rows_without_columns_are_kept_by_arrow_and_lost_with_an_entry_elsewhere() -> None:
    table = pa.table({"": pa.nulls(3)}).select([])

    data, ledger = encoded(table, "arrow")
    assert (decoded(data, "arrow")[0].num_rows, ledger) == (3, [])
    for name in ("csv", "parquet"):
        data, ledger = encoded(table, name)
        assert [(entry.kind, entry.lossy) for entry in ledger] == [("dropped", True)]
    assert decoded(encoded(table, "parquet")[0], "parquet")[0].shape == (0, 0)


@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "zstd", "lz4"])
def test_the_pages_of_parquet_are_compressed_as_asked(codec: str) -> None:
    data, _ = encoded(pa.table({"a": ["x"] * 1000}), "parquet", codec=codec)

    chunk = pyarrow.parquet.ParquetFile(io.BytesIO(data)).metadata.row_group(0).column(0)
    assert chunk.compression == {"none": "UNCOMPRESSED"}.get(codec, codec.upper())


def test_parquet_has_row_groups_of_about_a_million_rows() -> None:
    data, _ = encoded(pa.table({"a": pa.nulls(2_500_000, pa.int8())}), "parquet")

    groups = pyarrow.parquet.ParquetFile(io.BytesIO(data)).metadata
    assert [groups.row_group(index).num_rows for index in range(groups.num_row_groups)] == [1048576, 1048576, 402848]


def test_parquet_keeps_categories_of_text_and_says_where_it_has_none() -> None:
    table = pa.table({"t": pa.array(["a"]).dictionary_encode(), "n": pa.array([7]).dictionary_encode()})

    data, ledger = encoded(table, "parquet")

    back, _ = decoded(data, "parquet")
    assert pa.types.is_dictionary(back.schema.field("t").type)
    assert back["n"].to_pylist() == [7]
    assert [(entry.column, entry.kind, entry.lossy) for entry in ledger] == [("n", "cast", False)]


def test_parquet_with_text_that_is_none_is_refused() -> None:
    data, _ = encoded(pa.table({"a": ["needle"]}), "parquet", codec="none")

    with pytest.raises(DatasetError, match="cannot be read as parquet"):
        decoded(data.replace(b"needle", b"need\xffe"), "parquet")


def test_arrow_results_are_mapped_without_a_copy() -> None:
    data, _ = encoded(pa.table({"a": range(1000)}), "arrow")

    before = pa.total_allocated_bytes()
    table = pa.ipc.open_file(pa.BufferReader(data)).read_all()

    assert table["a"].to_pylist() == list(range(1000))
    assert pa.total_allocated_bytes() - before < 4000


def test_arrow_streams_and_feather_are_read_too() -> None:
    table = pa.table({"a": [1, 2], "b": ["x", None]})
    stream, feather = pa.BufferOutputStream(), io.BytesIO()
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table, max_chunksize=1)
    pyarrow.feather.write_feather(table, feather, compression="lz4")

    for data in (stream.getvalue().to_pybytes(), feather.getvalue()):
        assert decoded(data, "arrow")[0].to_pydict() == table.to_pydict()
        assert headed(data, 1, "arrow")[0].to_pydict() == {"a": [1], "b": ["x"]}


def test_arrow_whose_insides_are_wrong_is_refused() -> None:
    # Offsets that point outside the characters pass the reader, and would be followed.
    offsets = pa.array([0, 99, 6], pa.int32()).buffers()[1]
    broken = pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"abcdef")])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, pa.schema([("a", pa.string())])) as writer:
        writer.write_batch(pa.record_batch([broken], names=["a"]))
    data = sink.getvalue().to_pybytes()

    with pytest.raises(DatasetError, match="cannot be read as arrow"):
        decoded(data, "arrow")
    with pytest.raises(DatasetError, match="cannot be read as arrow"):
        headed(data, 2, "arrow")


def test_categories_of_several_chunks_become_one_dictionary_in_arrow() -> None:
    column = pa.chunked_array([pa.array(["a"]).dictionary_encode(), pa.array(["b"]).dictionary_encode()])

    back, _ = decoded(encoded(pa.table({"a": column}), "arrow")[0], "arrow")

    assert back["a"].to_pylist() == ["a", "b"]


def test_a_type_that_is_not_allowed_is_refused_before_its_values_are_read() -> None:
    sink = pa.BufferOutputStream()
    table = pa.table({"v": pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])])})
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)

    for read in (lambda data: decoded(data, "arrow"), lambda data: headed(data, 1, "arrow")):
        with pytest.raises(DatasetError, match="has a column 'v' of type sparse_union"):
            read(sink.getvalue().to_pybytes())
