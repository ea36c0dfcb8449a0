"""Types of text columns: found a batch at a time they are those of the whole column, ledger included."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.protocol import AskedDataset
from blobprep.tables.codecs.csv.infer import Column, infer_type
from tests.tables.test_codecs import asked, decoded

CELLS = [
    *("1", "-2", "0", "-0", " 3 ", "007", "-07", "+4", "0x1F", "9007199254740993", "-9223372036854775808"),
    *("9223372036854775808", "1.5", ".5", "-0.25", "1e3", "1e999", "nan", "inf", "nan(1)", "00.5"),
    *("0.1234567890123456789", "12345678901234567.25", "true", "FALSE", " true", "0", "1", "x", "", " ", "?", " ? "),
]
ALIKE = ["1", "-2", " 3 ", "44", "1.5", "", "?"]


def told(column: Any, entry: Any) -> tuple[str, list[str], Any]:
    """Make an outcome comparable: the repr tells -0.0 from 0.0 and lets NaN be itself."""
    return str(column.type), [repr(value) for value in column.to_pylist()], entry


@given(
    batches=st.lists(st.lists(st.one_of(st.sampled_from(ALIKE), st.sampled_from(CELLS)), max_size=4), max_size=6),
    leading_zeros=st.sampled_from(["text", "number"]),
)
def test_batches_make_no_difference_to_a_column(batches: list[list[str]], leading_zeros: str) -> None:
    dataset = asked("csv", leading_zeros=leading_zeros)
    arrays = [pa.array([cell or None for cell in batch], pa.string()) for batch in batches]
    whole = pa.chunked_array(arrays, pa.string())
    column = Column("x", dataset, keep_text=False)

    for array in arrays:
        column.add(array)
    if column.needs_restore:
        column.restore(whole)

    assert told(*column.outcome()) == told(*infer_type(pa.chunked_array([whole.combine_chunks()]), "x", dataset))


@pytest.mark.parametrize(
    ("first", "later", "again"),
    [
        (["1", "2"], ["3", None], False),
        (["1", "2"], ["1.5"], True),
        (["1.5"], ["2", "-7", "nan"], False),
        (["1"], ["x"], True),
        (["x"], ["1"], False),
        (["1"], ["02"], True),
        (["01"], ["2"], False),
        ([None, None], ["1"], False),
        (["true"], ["0"], True),
    ],
)
def test_only_a_column_that_turns_out_differently_is_wanted_again(
    first: list[str | None], later: list[str | None], again: bool
) -> None:
    column = Column("x", asked("csv"), keep_text=False)

    column.add(pa.array(first, pa.string()))
    column.add(pa.array(later, pa.string()))

    assert column.needs_restore is again


def test_a_plain_column_is_text_whatever_is_in_it() -> None:
    column = Column("x", asked("csv"), keep_text=True)

    column.add(pa.array(["1", "007"]))

    values, entry = column.outcome()
    assert (values.to_pylist(), entry) == (["1", "007"], None)


@pytest.mark.parametrize(
    ("cells", "count", "example"),
    [
        (["1", "007", "008", "+1"], 3, "007"),
        (["9" * 60, "1", "-" + "9" * 60], 2, "9" * 40),
        (["1.5", "1e999"], 1, "1e999"),
        (["1.5", "9007199254740993", "9007199254740992"], 1, "9007199254740993"),
        (["1.5", "0.1234567890123456789"], 1, "0.1234567890123456789"),
        (["1"] * 20 + ["NA", "NA"], 2, "NA"),
    ],
)
def test_the_ledger_counts_the_values_and_shows_one(cells: list[str], count: int, example: str) -> None:
    dataset: AskedDataset = asked("csv")

    _, entry = infer_type(pa.chunked_array([cells]), "x", dataset)

    assert entry is not None
    assert (entry.count, entry.example) == (count, example)


@pytest.mark.parametrize(("last", "kind"), [("x", "string"), ("1.5", "double"), ("-07", "string"), ("8", "int64")])
def test_the_end_of_a_long_dataset_decides_too(last: str, kind: str) -> None:
    rows = 700_000  # more than is parsed at a time

    table, _ = decoded(b"a,b,c\n" + b"1,2.5,x\n" * rows + f"{last},2.5,x\n".encode())

    assert [str(each) for each in table.schema.types] == [kind, "double", "string"]
    assert table.num_rows == rows + 1
    assert str(table["a"][0].as_py()) == {"double": "1.0"}.get(kind, "1")
    assert str(table["a"][rows].as_py()) == last
    assert table["b"].to_pylist() == [2.5] * (rows + 1)
