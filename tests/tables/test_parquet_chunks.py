"""Parquet encoded on all cores is the file that pyarrow writes on one, with dictionaries where values repeat."""

from __future__ import annotations

import datetime
import functools
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from blobprep.tables.codecs.columnar.chunks import write_parquet
from blobprep.tables.codecs.columnar.dictionaries import find_repeating
from blobprep.tables.codecs.sink import Sink

ROWS = 1 << 20  # of a row group
CODECS = ("snappy", "gzip", "zstd", "none")


@pytest.fixture(autouse=True)
def cores() -> Iterator[None]:
    before = pa.cpu_count()
    pa.set_cpu_count(3)
    yield
    pa.set_cpu_count(before)


def written(table: Any, codec: str = "snappy") -> bytes:
    file = io.BytesIO()
    write_parquet(table, Sink(file), compression=codec)
    return file.getvalue()


def expected(table: Any, codec: str = "snappy") -> bytes:
    file = io.BytesIO()
    named = find_repeating(table, ROWS)
    pyarrow.parquet.write_table(table, file, compression=codec, row_group_size=ROWS, use_dictionary=named)
    return file.getvalue()


@functools.cache
def of_every_kind(rows: int) -> Any:
    numbers = np.arange(rows)
    chance = np.random.default_rng(0)
    text = pa.array([f"g{number % 7}" for number in range(rows)])
    table = pa.table(
        {
            "unique": chance.random(rows),
            "with gaps": pa.array(numbers % 100, mask=chance.random(rows) < 0.1),
            "flag": chance.random(rows) > 0.5,
            "text": text,
            "category": text.dictionary_encode(),
            "large text": pa.array([f"name {number}" for number in range(rows)], pa.large_string()),
            "time": pa.array(numbers, pa.timestamp("us", "UTC")),
            "day": pa.array([datetime.date(2024, 1, 1 + number % 30) for number in range(rows)]),
            "list": pa.array([[number, number + 1] if number % 3 else None for number in range(rows)]),
            "struct": pa.array([{"a": number % 5, "b.c": str(number)} for number in range(rows)]),
            "with.a dot": pa.nulls(rows),
            "decimal": pa.array([Decimal(number % 100) for number in range(rows)]),
        }
    )
    return table.replace_schema_metadata({"origin": "a test"})


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("rows", [0, 1, 1000, 60_000])
def test_values_of_every_kind_give_the_same_bytes(rows: int, codec: str) -> None:
    table = of_every_kind(rows)
    assert written(table, codec) == expected(table, codec)


def test_a_table_in_pieces_gives_the_same_bytes() -> None:
    table = of_every_kind(50_000)
    pieces = pa.concat_tables([table.slice(0, 7), table.slice(7, 40_000), table.slice(40_007)])
    assert written(pieces) == expected(pieces)


def test_many_columns_give_the_same_bytes() -> None:
    table = pa.table({f"column {number}": np.arange(1000) * number for number in range(2000)})
    assert written(table) == expected(table)


@pytest.mark.parametrize("rows", [ROWS, ROWS + 1, 2 * ROWS + 3])
def test_several_row_groups_give_the_same_bytes_where_dictionaries_pay(rows: int) -> None:
    table = pa.table({name: np.arange(rows) // 2**place % 1000 for place, name in enumerate("abcde")})
    assert written(table) == expected(table)


def test_a_column_whose_dictionary_is_too_large_gets_none_in_later_row_groups() -> None:
    rows = np.arange(2 * ROWS)
    table = pa.table({"pairs": rows // 2, "few": rows % 9, "unique": np.random.default_rng(0).random(2 * ROWS)})
    data = written(table)
    metadata = pyarrow.parquet.read_metadata(io.BytesIO(data))
    found = [
        [metadata.row_group(group).column(column).has_dictionary_page for column in range(3)] for group in range(2)
    ]
    assert found == [[True, True, False], [False, True, False]]
    assert pyarrow.parquet.read_table(io.BytesIO(data)).equals(table)
    assert len(data) < len(expected(table))


def test_metadata_of_several_row_groups_is_true_to_the_file() -> None:
    table = pa.table({"unique": np.random.default_rng(0).random(2 * ROWS + 9), "few": np.arange(2 * ROWS + 9) % 9})
    data = written(table)
    metadata = pyarrow.parquet.read_metadata(io.BytesIO(data))
    assert metadata.num_rows == table.num_rows
    assert metadata.schema.equals(pyarrow.parquet.read_metadata(io.BytesIO(expected(table))).schema)
    place = 4
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        columns = [group.column(number) for number in range(group.num_columns)]
        assert group.total_byte_size == sum(column.total_uncompressed_size for column in columns)
        for column in columns:
            start = column.dictionary_page_offset if column.has_dictionary_page else column.data_page_offset
            assert start == place
            place += column.total_compressed_size


def test_a_column_that_grows_when_it_is_encoded_gives_the_same_bytes() -> None:
    labels = [letter * 200 for letter in "abc"]
    codes = pa.array(np.arange(150_000) % 3, pa.int8())
    # pyarrow writes plain values where the dictionary changes.
    halves = [pa.DictionaryArray.from_arrays(codes, pa.array(order)) for order in (labels, labels[::-1])]
    table = pa.table({"category": pa.chunked_array(halves), "number": np.arange(300_000)})
    assert len(written(table, "none")) > 2 * table.nbytes
    assert written(table, "none") == expected(table, "none")


def test_one_core_writes_the_same() -> None:
    pa.set_cpu_count(1)
    assert written(of_every_kind(60_000)) == expected(of_every_kind(60_000))


def test_an_error_of_the_sink_ends_the_writing() -> None:
    class Full(io.RawIOBase):
        def write(self, data: Any) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_parquet(of_every_kind(60_000), Sink(Full()), compression="snappy")  # type: ignore[arg-type]


def test_a_type_that_parquet_does_not_have_is_refused() -> None:
    table = pa.table({"a": np.arange(600_000), "b": pa.nulls(600_000, pa.month_day_nano_interval())})
    with pytest.raises(pa.ArrowNotImplementedError):
        written(table)
