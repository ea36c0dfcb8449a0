from __future__ import annotations

import io

import pyarrow as pa
import pytest

from blobprep.child.artifacts import write_cells
from blobprep.protocol import Cell


def written(table: pa.Table, *names: str) -> tuple[list[Cell], bytes, list[str]]:
    sink, said = io.BytesIO(), []
    return list(write_cells(table, names, sink, said.append)), sink.getvalue(), said


@pytest.mark.parametrize(
    "kind",
    [
        pa.binary(),
        pa.large_binary(),
        pa.binary(3),
        pa.string(),
        pa.large_string(),
        pa.dictionary(pa.int8(), pa.string()),
    ],
)
def test_bytes_and_text_of_every_type_are_written_as_they_are(kind: pa.DataType) -> None:
    column = pa.array(["abc"] if not pa.types.is_fixed_size_binary(kind) else [b"abc"])
    assert written(pa.table({"m": column.cast(kind)}), "m")[1] == b"abc"


def test_cells_are_end_to_end_in_the_order_they_were_asked_for() -> None:
    cells, data, said = written(pa.table({"a": ["1"], "b": [b"22"], "c": [""]}), "b", "c", "a")
    assert cells == [Cell("b", 0, 2), Cell("c", 2, 0), Cell("a", 2, 1)]
    assert (data, said) == (b"221", [])


def test_the_first_cell_that_is_not_missing_is_found_in_any_chunk() -> None:
    table = pa.table({"m": pa.chunked_array([[None, None], [], [None, b"x"], [b"y"]], pa.binary())})
    cells, data, said = written(table, "m")
    assert (cells, data) == ([Cell("m", 0, 1)], b"x")
    assert said == ["artifact m: the column's first cell was written; 1 more are in the results"]


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (pa.array([None, None], pa.binary()), "all cells of the column are missing"),
        (pa.array([], pa.string()), "all cells of the column are missing"),
        (pa.array([1]), "the column has the type int64, but an artifact must be bytes or text"),
        (pa.array([["a"]]), "the column has the type list<item: string>, but an artifact must be bytes or text"),
    ],
)
def test_a_column_without_such_a_cell_is_none_and_says_why(column: pa.Array, words: str) -> None:
    cells, data, said = written(pa.table({"m": column}), "m")
    assert (cells, data) == ([], b"")
    assert said == [f"artifact m: {words}"]


def test_a_name_that_is_no_columns_is_left_to_the_parent() -> None:
    assert written(pa.table({"m": ["x"]}), "model.pkl") == ([], b"", [])
