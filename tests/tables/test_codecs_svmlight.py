"""SvmLight datasets."""

from __future__ import annotations

import io
import math
import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.errors import DatasetError, InvalidOption
from blobprep.protocol import AskedPart
from blobprep.tables import codecs
from tests.tables.test_codecs import REFERENCE, asked, decoded, encoded, headed, input_file

DATA = Path(__file__).parents[1] / "data" / "svmlight"


def test_a_file_becomes_the_columns_that_studio_made_of_it() -> None:
    table, ledger = decoded((DATA / "ranking.svmlight").read_bytes(), "svmlight")

    assert table.to_pydict() == {
        "Col1": [0.5, 0.0, -1.0],
        "Col2": [0.0, 0.001, 0.5],
        "Col3": [0.25, 0.0, 7.0],
        "qid": [1, 1, 2],
        "Labels": [3.0, 1.0, 2.0],
    }
    assert table.schema.types == [pa.float64()] * 3 + [pa.int64(), pa.float64()]
    assert [(entry.kind, entry.lossy, entry.count, entry.example) for entry in ledger] == [
        ("dropped", False, 3, "# query one")
    ]


def test_indices_may_begin_at_0_where_that_is_said() -> None:
    data = (DATA / "zero_based.svmlight").read_bytes()

    table, _ = decoded(data, "svmlight", base="0")

    assert table.to_pydict() == {
        "Col1": [0.5, 0.0, 0.0],
        "Col2": [0.0, 2.0, 0.0],
        "Col3": [1.0, 0.0, 0.0],
        "Labels": [1.0, -1.0, 1.0],
    }
    with pytest.raises(DatasetError, match="line 1 has the index 0, but the first index is 1") as caught:
        decoded(data, "svmlight")
    assert caught.value.remedy == "--read1 base=0"


def test_a_row_without_a_query_has_it_missing() -> None:
    table, _ = decoded(b"1 1:1\n2 qid:7 1:1\n", "svmlight")

    assert table["qid"].to_pylist() == [None, 7]


def test_there_are_at_least_as_many_features_as_asked_for() -> None:
    assert decoded(b"1 2:1\n", "svmlight", features="3")[0].column_names == ["Col1", "Col2", "Col3", "Labels"]
    assert decoded(b"1 2:1\n", "svmlight", features="1")[0].column_names == ["Col1", "Col2", "Labels"]


@pytest.mark.parametrize("value", ["many", "-1", "1000001", "²"])
def test_a_number_of_features_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(InvalidOption, match=f"features={value} is not a number of columns"):
        decoded(b"1 1:1\n", "svmlight", features=value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 2:1 1:1", "has the index 1 after 2"),
        ("1 2:1 2:1", "has the index 2 after 2"),
        ("1,3 1:1", "has several labels: '1,3'"),
        ("x 1:1", "begins with 'x', which is not a number"),
        ("1:1 2:1", "begins with '1:1', which is not a number"),
        ("1 1", "has '1', which is not of the form index:value"),
        ("1 1:x", "has '1:x', which is not of the form index:value"),
        ("1 1:2:3", "has '1:2:3', which is not of the form index:value"),
        ("1 -1:2", "has '-1:2', which is not of the form index:value"),
        ("1 0x1:1", "has '0x1:1', which is not of the form index:value"),
        ("1 1:", "has '1:', which is not of the form index:value"),
        ("1 1:1 qid:1", "has 'qid:1', which is not of the form index:value"),
        ("1 qid:1 qid:1 1:1", "has 'qid:1', which is not of the form index:value"),
        ("1 qid:x 1:1", "has 'qid:x', which is not of the form index:value"),
        ("1 1000001:1", "has the index 1000001; at most 1,000,000 columns are allowed"),
        ("1 9999999999:1", "has '9999999999:1', which is not of the form index:value"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, words: str) -> None:
    with pytest.raises(DatasetError, match=f"line 4 {words}") as caught:
        decoded(f"1 1:1\n\n# c\n{text}\n1 1:1\n".encode(), "svmlight")

    assert caught.value.remedy


def test_more_cells_than_fit_are_refused_before_they_are_made() -> None:
    rows = b"1 1000000:1\n" * 251

    with pytest.raises(
        DatasetError, match="has 251 rows and indices up to 1,000,000, which makes more than 250,000,000 cells"
    ):
        decoded(rows, "svmlight")


def test_several_blobs_are_as_wide_as_the_widest() -> None:
    blobs = (b"1 1:1\n", b"2 3:1\n3 qid:1 2:1\n")
    source = input_file(b"".join(blobs))
    parts = (AskedPart("az://raw/0", 0, len(blobs[0])), AskedPart("az://raw/1", len(blobs[0]), len(blobs[1])))
    try:
        table, _, _ = codecs.decode(source, replace(asked("svmlight", 100), parts=parts))
    finally:
        os.close(source.descriptor)

    assert table.to_pydict() == {
        "Col1": [1.0, 0.0, 0.0],
        "Col2": [0.0, 0.0, 1.0],
        "Col3": [0.0, 1.0, 0.0],
        "qid": [None, None, 1],
        "Labels": [1.0, 2.0, 3.0],
    }


def test_head_reads_no_further_than_it_must() -> None:
    table, total = headed(b"1 1:1\n" * 100_000 + b"wrong\n", 2, "svmlight")

    assert table.to_pydict() == {"Col1": [1.0, 1.0], "Labels": [1.0, 1.0]}
    assert total is None


def test_scikit_learn_reads_the_same() -> None:
    from sklearn.datasets import load_svmlight_file

    chance = np.random.default_rng(4)
    values = np.where(chance.random((500, 20)) < 0.3, chance.normal(size=(500, 20)), 0.0)
    labels = chance.normal(size=500)
    table = pa.table([*values.T, labels], names=[*(f"Col{number}" for number in range(1, 21)), "Labels"])

    data, ledger = encoded(table, "svmlight")
    features, targets = load_svmlight_file(io.BytesIO(data), n_features=20)

    assert ledger == []
    assert np.array_equal(features.toarray(), values)
    assert np.array_equal(targets, labels)
    assert decoded(data, "svmlight")[0].equals(table)


def test_the_label_comes_first_and_zeros_are_left_out() -> None:
    table = pa.table({"Col1": [0.5, 0.0], "Col2": [0.0, -0.0], "Labels": [1.0, 0.25]})

    data, ledger = encoded(table, "svmlight")

    assert data == b"1 1:0.5\n0.25 2:-0\n"
    assert ledger == []


def test_a_last_feature_that_is_zero_everywhere_is_written_once() -> None:
    table = pa.table({"Col1": [0.5, 1.0], "Col2": [0.0, 0.0], "Labels": [1.0, 2.0]})

    data, _ = encoded(table, "svmlight")

    assert data == b"1 1:0.5 2:0\n2 1:1\n"
    assert decoded(data, "svmlight")[0].equals(table)


@pytest.mark.parametrize(
    ("options", "written"),
    [
        ({}, b"1 1:2 2:3\n"),
        ({"label": "c"}, b"3 1:1 2:2\n"),
        ({"label": "b", "base": "0"}, b"2 0:1 1:3\n"),
    ],
)
def test_the_label_is_the_column_asked_for_else_the_first(options: dict[str, str], written: bytes) -> None:
    data, ledger = encoded(pa.table({"a": [1.0], "b": [2.0], "c": [3.0]}), "svmlight", **options)

    assert data == written
    assert [(entry.kind, entry.lossy, entry.count, entry.example) for entry in ledger if entry.kind == "rename"] == [
        ("rename", True, 3, "b" if not options else "a")
    ]
    assert any(entry.remedy == "--write label=COLUMN" for entry in ledger) == (not options)


def test_a_label_of_zero_is_minus_one_where_asked() -> None:
    table = pa.table({"Col1": [1.0, 1.0, 1.0], "Labels": [0.0, 2.0, -1.0]})

    data, ledger = encoded(table, "svmlight", zero_label="-1")

    assert data == b"-1 1:1\n2 1:1\n-1 1:1\n"
    assert [(entry.kind, entry.lossy, entry.count) for entry in ledger] == [("cast", True, 1)]


def test_numbers_of_every_kind_are_written_with_their_digits() -> None:
    table = pa.table(
        {
            "Col1": pa.array([True, False]),
            "Col2": pa.array([2**63 + 1, 0], pa.uint64()),
            "Col3": pa.array([Decimal("1.50"), Decimal("0.00")]),
            "Col4": pa.array([0.1, 0], pa.float32()),
            "qid": pa.array([1, 2], pa.int64()),
            "Labels": pa.array([1, 0], pa.int8()),
        }
    )

    data, ledger = encoded(table, "svmlight")

    assert data == b"1 qid:1 1:1 2:9223372036854775809 3:1.50 4:0.1\n0 qid:2\n"
    assert [(entry.column, entry.lossy) for entry in ledger] == [
        ("Col1", False),
        ("Col2", True),
        ("Col3", False),
        ("Col4", False),
        ("Labels", False),
    ]


@pytest.mark.parametrize("values", [pa.array(["x"]), pa.array([b"x"]), pa.array([[1]]), pa.nulls(1)])
def test_what_is_no_number_is_refused_with_its_column(values: Any) -> None:
    with pytest.raises(DatasetError, match=r"column 'odd' of the results is .*holds only numbers") as caught:
        encoded(pa.table({"odd": values, "Labels": [1.0]}), "svmlight")

    assert "--format csv" in caught.value.remedy


@pytest.mark.parametrize("values", [pa.array([1, None]), pa.array([1.0, math.nan]), pa.array([True, None])])
def test_a_missing_value_is_refused_with_its_column_and_row(values: Any) -> None:
    with pytest.raises(DatasetError, match="column 'odd' of the results has a missing value in row 2") as caught:
        encoded(pa.table({"odd": values, "Labels": [1.0, 2.0]}), "svmlight")

    assert "fillna" in caught.value.remedy


def test_a_label_that_is_not_there_is_refused() -> None:
    with pytest.raises(DatasetError, match="the results have no column 'y' to use as the label"):
        encoded(pa.table({"a": [1.0]}), "svmlight", label="y")
    with pytest.raises(DatasetError, match="the results have no column to use as the label of SvmLight"):
        encoded(pa.table({}), "svmlight")


def test_a_table_without_rows_is_told_to_lose_its_columns() -> None:
    data, ledger = encoded(pa.table({"Col1": pa.array([], "double"), "Labels": pa.array([], "double")}), "svmlight")

    assert data == b""
    assert [(entry.kind, entry.lossy) for entry in ledger] == [("dropped", True)]


NUMBERS = st.just(0.0) | st.floats(allow_nan=False)


@given(st.integers(0, 4), st.booleans(), st.integers(1, 4), st.sampled_from(["0", "1"]), st.data())
def test_what_was_written_is_read(width: int, queries: bool, rows: int, base: str, data: st.DataObject) -> None:
    def drawn(values: st.SearchStrategy[Any]) -> list[Any]:
        return data.draw(st.lists(values, min_size=rows, max_size=rows))

    columns: dict[str, Any] = {f"Col{number}": pa.array(drawn(NUMBERS)) for number in range(1, width + 1)}
    if queries:
        columns["qid"] = pa.array(drawn(st.integers(-(10**17), 10**17)), pa.int64())
    table = pa.table({**columns, "Labels": pa.array(drawn(NUMBERS))})

    written, ledger = encoded(table, "svmlight", base=base)
    back, told = decoded(written, "svmlight", base=base)

    assert ledger == told == []
    assert back.schema == table.schema
    assert back.to_pydict() == table.to_pydict()


@pytest.mark.parametrize(
    ("row", "words", "example"),
    [
        ("1 1:9007199254740993\n", "Integers beyond 2**53 lost digits", "9007199254740993"),
        ("9007199254740993 1:1\n", "Integers beyond 2**53 lost digits", "9007199254740993"),
        ("1 1:1e400\n", "Became infinite", "1e400"),
    ],
)
def test_a_number_that_no_double_holds_is_told(row: str, words: str, example: str) -> None:
    _, (entry,) = decoded(f"{row}1 1:inf 2:123456789012345680000 3:9007199254740992\n".encode(), "svmlight")

    assert (entry.lossy, entry.count, entry.example) == (True, 1, example)
    assert entry.detail.startswith(words)


def message(data: bytes) -> str:
    """Return why bytes are refused, and the reference alone where they are read."""
    try:
        table, _ = decoded(data, "svmlight", compression="none")
    except DatasetError as error:
        return str(error)
    table.validate(full=True)
    return REFERENCE


@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert REFERENCE in message(data)


@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray((DATA / "ranking.svmlight").read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        position = data.draw(st.integers(0, len(whole) - 1))
        whole[position : position + data.draw(st.integers(0, 4))] = data.draw(
            st.sampled_from([b":", b" ", b"#", b"qid:", b"0", b"-", b"+", b"1e9", b"\n", b"\x00", b"\xff", b""])
        )

    assert REFERENCE in message(bytes(whole))
