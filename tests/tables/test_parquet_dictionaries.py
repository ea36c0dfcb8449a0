"""Which columns of a Parquet file get a dictionary."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from blobprep.tables.codecs.columnar.chunks import write_parquet
from blobprep.tables.codecs.columnar.dictionaries import find_repeating
from blobprep.tables.codecs.sink import Sink

ROWS = 60_000
NUMBERS = np.arange(ROWS)
CHANCE = np.random.default_rng(1)

REPEATING: dict[str, Any] = {
    "constant": np.zeros(ROWS),
    "few": NUMBERS % 7,
    "in turn": NUMBERS % 5000,
    "side by side": NUMBERS // 4,
    "at random": CHANCE.integers(5000, size=ROWS),
    "text": [f"g{number % 50}" for number in range(ROWS)],
    "missing": pa.nulls(ROWS, pa.int64()),
    "mostly missing": pa.array(NUMBERS, mask=NUMBERS % 2000 > 0),
    "category": pa.array([f"name {number}" for number in range(ROWS)]).dictionary_encode(),
}
UNIQUE: dict[str, Any] = {
    "number": CHANCE.random(ROWS),
    "row": NUMBERS,
    "time": pa.array(NUMBERS, pa.timestamp("us")),
    "with gaps": pa.array(NUMBERS, mask=NUMBERS % 3 == 0),
    "with.a dot": [f"name {number}" for number in range(ROWS)],
    "large text": pa.array([f"name {number}" for number in range(ROWS)], pa.large_string()),
}


def written(table: Any) -> io.BytesIO:
    file = io.BytesIO()
    write_parquet(table, Sink(file), compression="snappy")
    return file


def with_dictionary(file: io.BytesIO) -> set[str]:
    metadata = pyarrow.parquet.read_metadata(file)
    columns = [metadata.row_group(0).column(place) for place in range(metadata.num_columns)]
    return {column.path_in_schema for column in columns if column.has_dictionary_page}


@pytest.mark.parametrize("name", REPEATING)
def test_values_that_repeat_get_one(name: str) -> None:
    assert find_repeating(pa.table({name: REPEATING[name]}), ROWS) == [name]


@pytest.mark.parametrize("name", UNIQUE)
def test_values_that_hardly_repeat_get_none_and_take_no_more_room(name: str) -> None:
    table = pa.table({name: UNIQUE[name]})
    assert find_repeating(table, ROWS) == []
    usual = io.BytesIO()
    pyarrow.parquet.write_table(table, usual)
    assert len(written(table).getvalue()) <= len(usual.getvalue())


def test_a_file_has_the_dictionaries_that_were_chosen_and_all_values() -> None:
    table = pa.table({**REPEATING, **UNIQUE})
    file = written(table)
    assert with_dictionary(file) == REPEATING.keys()
    assert pyarrow.parquet.read_table(file).equals(table)


def test_all_columns_get_one_beside_a_nested_one() -> None:
    table = pa.table({"unique": NUMBERS, "list": [[number] for number in range(ROWS)]})
    assert find_repeating(table, ROWS) is True
    assert with_dictionary(written(table)) == {"unique", "list.list.element"}


def test_a_table_without_rows_or_chunks_is_written() -> None:
    table = pa.table({"a": pa.chunked_array([], pa.int64())})
    assert pyarrow.parquet.read_table(written(table)).equals(table)


def test_values_that_repeat_in_the_row_group_only_rarely_are_told_from_those_that_do_in_a_larger_one() -> None:
    table = pa.table({"a": CHANCE.integers(200_000, size=ROWS)})
    assert find_repeating(table, 10_000) == []
    assert find_repeating(pa.concat_tables([table] * 10), 1 << 20) == ["a"]
