"""The index that pandas keeps in a file: data where it has a name, else left out."""

from __future__ import annotations

import io
import json
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from blobprep.protocol import Translation
from blobprep.tables.codecs.columnar.pandas_index import apply_pandas_index
from tests.tables.test_codecs import asked, decoded, headed
from tests.tables.test_codecs_concat import parts_read

Indexes = dict[str, tuple[Any, dict[str, list[Any]], list[bool]]]
COLUMNS = {"a": [1, 2, 3], "b": ["x", "y", None]}

INDEXES: Indexes = {
    "rows": (None, COLUMNS, []),
    "old rows": (pd.Index([0, 2, 3]), COLUMNS, [False]),
    "steps": (pd.RangeIndex(3, 9, 2), COLUMNS, [False]),
    "text": (pd.Index(["n", "s", "e"]), COLUMNS, [True]),
    "dates": (pd.date_range("2024-05-30", periods=3), COLUMNS, [True]),
    "a name": (pd.Index(["n", "s", "e"], name="station"), {**COLUMNS, "station": ["n", "s", "e"]}, []),
    "steps with a name": (pd.RangeIndex(10, 13, name="id"), {**COLUMNS, "id": [10, 11, 12]}, [False]),
    "steps down": (pd.RangeIndex(5, -1, -2, name="id"), {**COLUMNS, "id": [5, 3, 1]}, [False]),
    "levels": (
        pd.MultiIndex.from_arrays([["x", "x", "y"], [1, 2, 1]], names=["g", None]),
        {**COLUMNS, "g": ["x", "x", "y"]},
        [False],
    ),
    "a name that is taken": (pd.Index([7, 8, 9], name="a"), {**COLUMNS, "a (1)": [7, 8, 9]}, [False, False]),
    "steps with a name that is taken": (pd.RangeIndex(3, name="a"), {**COLUMNS, "a (1)": [0, 1, 2]}, [False, False]),
}


def stored(index: Any, kind: str) -> bytes:
    table = pa.Table.from_pandas(pd.DataFrame(COLUMNS, index=index))
    sink = io.BytesIO()
    if kind == "parquet":
        pa.parquet.write_table(table, sink)
    else:
        with pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    return sink.getvalue()


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
@pytest.mark.parametrize("name", INDEXES)
def test_an_index_is_data_where_it_has_a_name_and_else_left_out_and_told(name: str, kind: str) -> None:
    index, columns, losses = INDEXES[name]
    data = stored(index, kind)

    table, ledger = decoded(data, kind)
    first, _ = headed(data, 2, kind)

    assert table.to_pydict() == columns
    assert [entry.lossy for entry in ledger] == losses
    assert all(entry.remedy for entry in ledger if entry.lossy)
    assert first.to_pydict() == {label: values[:2] for label, values in columns.items()}


def described(*index: Any, columns: Any = ()) -> dict[bytes, bytes]:
    return {b"pandas": json.dumps({"index_columns": list(index), "columns": list(columns)}).encode()}


def read(metadata: dict[bytes, bytes], rows: int | None = 2) -> tuple[list[str], list[Translation]]:
    table = pa.table({"a": [1, 2], "index": [3, 4], "__index_level_0__": [5, 6]}).replace_schema_metadata(metadata)
    became, ledger = apply_pandas_index(table, asked("parquet"), rows)
    return became.column_names, ledger


def test_what_was_left_out_is_shown_with_a_way_to_keep_it() -> None:
    _, (entry,) = decoded(stored(pd.Index(["n", "s", "e"]), "parquet"), "parquet")

    assert (entry.kind, entry.column, entry.count, entry.example) == ("index", "__index_level_0__", 3, "n")
    assert "has no name" in entry.detail
    frame = pd.DataFrame(COLUMNS, index=pd.Index(["n", "s", "e"]))
    exec(entry.remedy.partition("(")[2].rstrip(")").replace("...", "'station'"))  # what the remedy says
    assert "station" in decoded(stored(frame.index, "parquet"), "parquet")[0].column_names


def test_a_column_of_which_nothing_is_said_stays_whatever_it_is_called() -> None:
    assert read({}) == (["a", "index", "__index_level_0__"], [])
    assert read(described()) == (["a", "index", "__index_level_0__"], [])


def test_an_index_that_only_its_column_describes_is_told_by_what_it_is_called() -> None:
    """Early writers call the column by the placeholder; fastparquet calls it `index`, whatever it was."""
    assert read(described("__index_level_0__"))[0] == ["a", "index"]
    assert read(described("__index_level_0__", columns=[{"name": "__index_level_0__"}]))[0] == ["a", "index"]
    assert read(described("index", columns=[{"name": "index", "field_name": "index"}]))[0][1] == "index"
    assert read(described("a"))[0][0] == "a"


@pytest.mark.parametrize(("stop", "rows", "kept"), [(2, 2, True), (3, 2, False), (3, None, True), (1, None, False)])
def test_a_range_that_does_not_fit_the_rows_is_left_out_and_told(stop: int, rows: int | None, kept: bool) -> None:
    index = {"kind": "range", "name": "id", "start": 0, "stop": stop, "step": 1}

    labels, (entry,) = read(described(index), rows)

    assert ("id" in labels, entry.lossy) == (kept, not kept)


@pytest.mark.parametrize(
    "metadata",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b"1" * 5000,
        b'{"index_columns": 5, "columns": "x"}',
        b'{"index_columns": [null, 5, [], {}, {"kind": "range"}], "columns": [5, {}, {"name": []}, {"field_name": 5}]}',
        *(
            b'{"index_columns": [{"kind": "range", "name": "id", "start": %s, "stop": %s, "step": %s}]}' % numbers
            for numbers in (
                (b"0", b"2", b"0"),
                (b"0", b"2.0", b"1"),
                (b"false", b"true", b"1"),
                (b"0", b"1e999", b"1"),
                (b"0", b"9" * 30, b"1"),
                (b'"0"', b"2", b"1"),
            )
        ),
    ],
)
def test_metadata_that_means_nothing_is_ignored(metadata: bytes) -> None:
    assert read({b"pandas": metadata}) == (["a", "index", "__index_level_0__"], [])


def test_the_widest_range_does_not_fit() -> None:
    index = {"kind": "range", "name": "id", "start": -(2**63), "stop": 2**63 - 1, "step": 1}

    labels, (entry,) = read(described(index))

    assert "id" not in labels
    assert f"{2**64 - 1} numbers" in entry.detail


def test_a_frame_of_nothing_but_an_index_keeps_its_rows() -> None:
    sink = io.BytesIO()
    pa.parquet.write_table(pa.Table.from_pandas(pd.DataFrame(index=["x", "y"])), sink)

    table, _ = decoded(sink.getvalue(), "parquet")

    assert table.shape == (2, 0)


def test_parts_with_an_index_and_without_one_are_one_table() -> None:
    frame = pd.DataFrame({"a": [1, 2, 3, 4]})
    parts = [io.BytesIO(), io.BytesIO()]
    frame.to_parquet(parts[0])
    frame[frame["a"] > 2].to_parquet(parts[1])

    table, (entry,), _ = parts_read(*(part.getvalue() for part in parts))

    assert table.to_pydict() == {"a": [1, 2, 3, 4, 3, 4]}
    assert (entry.kind, entry.lossy, entry.count) == ("index", False, 2)
