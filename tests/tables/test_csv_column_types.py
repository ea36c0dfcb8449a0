from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.formats.ranges import COLUMN_TYPES
from blobprep.tables.codecs.csv.column_types import NAMED_TYPES, ColumnGuess
from blobprep.tables.codecs.csv.infer import infer_type
from tests.tables.test_codecs import asked

CELLS = st.sampled_from(
    [
        None,
        "1",
        "0",
        "007",
        "+5",
        "1.5",
        "nan",
        "inf",
        "1e400",
        "true",
        "false",
        "x",
        " ",
        " 7",
        "0x1A",
        "9" * 19,
        "9" * 25,
    ]
)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=4), st.sampled_from(["text", "number"]))
def test_a_guess_that_keeps_nothing_is_the_guess_of_the_reader(chunks: list[list[str | None]], zeros: str) -> None:
    dataset = asked("csv", leading_zeros=zeros)
    arrays = [pa.array(chunk, pa.string()) for chunk in chunks]
    values, _ = infer_type(pa.chunked_array(arrays, pa.string()), "a", dataset)
    guess = ColumnGuess(dataset, keep_text=False, dates=False)
    for array in arrays:
        guess.add(array)
    assert guess.kind == str(values.type)
    if guess.kind in ("int64", "bool"):
        assert guess.has_missing == bool(values.null_count)


def test_every_type_that_can_be_given_is_one_of_arrow() -> None:
    assert tuple(sorted(NAMED_TYPES)) == tuple(sorted(COLUMN_TYPES))


@pytest.mark.parametrize(
    ("chunks", "kind"),
    [
        ([["2024-01-01"], ["2024-01-01T00:00:00.123456789"]], "timestamp[ns]"),
        ([["2024-01-01"], [None]], "timestamp[us]"),
        ([["2024-01-01T00:00:00Z"]], "timestamp[us, tz=UTC]"),
        ([["2024-01-01"], ["x"]], ""),
    ],
)
def test_dates_get_the_unit_that_all_of_them_need(chunks: list[list[str | None]], kind: str) -> None:
    guess = ColumnGuess(asked("csv"), keep_text=False, dates=True)
    for chunk in chunks:
        guess.add(pa.array(chunk, pa.string()))
    assert guess.kind == kind
