"""Cells of the rows that are shown: bounded, and as the product writes cells elsewhere."""

from __future__ import annotations

import base64
import math
from typing import Any

import pyarrow as pa
import pytest

from blobprep.child.profile.cells import cells_of
from blobprep.child.profile.sample import sample_rows
from blobprep.protocol.profiles import CELL_LIMIT
from blobprep.tables.cell_text import row_texts


def cells(values: Any, type_: Any = None) -> tuple[list[str | None], list[tuple[int, int]]]:
    return cells_of(pa.chunked_array([pa.array(values, type_)]))


@pytest.mark.parametrize("type_", [pa.string(), pa.large_string()], ids=str)
def test_long_texts_are_cut_by_characters_and_their_length_is_said(type_: Any) -> None:
    shown, cut = cells(["中" * 100_000, "short", None, "x" * CELL_LIMIT], type_)
    assert shown == ["中" * CELL_LIMIT, "short", None, "x" * CELL_LIMIT]
    assert cut == [(0, 100_000)]


def test_long_binary_values_are_cut_before_they_are_written() -> None:
    value = bytes(range(256)) * 1000
    shown, cut = cells([value, None, b"ab"])
    whole = base64.b64encode(value).decode()
    assert shown == [whole[:CELL_LIMIT], None, "YWI="]
    assert cut == [(0, len(whole))]


def test_a_long_list_begins_as_its_text_does() -> None:
    values = list(range(200_000))
    shown, cut = cells([values, [1], None])
    assert cut == []
    assert shown[0] is not None
    assert len(shown[0]) == CELL_LIMIT
    assert shown[0][:-1] == str(values).replace(" ", "")[: CELL_LIMIT - 1]
    assert shown[1:] == ["[1]", None]


def test_of_a_large_nested_cell_the_size_is_said() -> None:
    (shown, _), _ = cells([{"a": "x" * 1_000_000}, {"a": "y"}])
    assert shown is not None
    assert "bytes" in shown


def test_nan_is_missing() -> None:
    assert cells([1.5, math.nan, None])[0] == ["1.5", None, None]
    assert cells(["nan", "x"])[0] == ["nan", "x"]


def test_rows_are_from_the_start_the_middle_and_the_end() -> None:
    table = pa.table({"n": range(1000), "t": [f"row {n}" for n in range(1000)]})
    sample, failures = sample_rows(table.columns, table.num_rows, 10)
    texts = list(row_texts(table))

    assert sample.numbers == (0, 1, 2, 3, 4, 5, 499, 500, 998, 999)
    assert sample.cells == tuple(texts[number] for number in sample.numbers)
    assert failures == {}


@pytest.mark.parametrize("total", [0, 1, 4, 9, 10, 11, 12, 19])
def test_few_rows_are_shown_once_each(total: int) -> None:
    sample, _ = sample_rows([pa.chunked_array([range(total)], pa.int64())], total, 10)
    assert list(sample.numbers) == sorted(set(sample.numbers))
    assert len(sample.cells) == min(total, 10)
