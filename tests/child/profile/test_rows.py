"""Blocks of a bounded size, and rows chosen at random."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.child.profile.clock import Clock, TimeIsUp
from blobprep.child.profile.rows import blocks, choose, take

FOREVER = Clock(None)


def test_blocks_are_all_rows_in_order_and_of_a_bounded_size() -> None:
    column = pa.chunked_array([pa.array(range(200_000)), pa.array([], pa.int64()), pa.array(range(5))])
    parts = list(blocks(column, FOREVER))

    assert max(map(len, parts)) <= 1 << 16
    assert pa.chunked_array(parts, pa.int64()).equals(column)


def test_blocks_of_large_cells_have_few_rows() -> None:
    column = pa.chunked_array([["x" * (1 << 20)] * 16])
    assert {len(part) for part in blocks(column, FOREVER)} == {4} or max(map(len, blocks(column, FOREVER))) <= 4


def test_no_block_is_begun_when_time_is_up() -> None:
    with pytest.raises(TimeIsUp):
        next(blocks(pa.chunked_array([[1]]), Clock(0)))


@given(st.integers(0, 5000), st.integers(1, 300))
def test_chosen_rows_increase_and_are_of_the_table(total: int, wanted: int) -> None:
    rows = choose(total, wanted)
    assert (np.diff(rows) > 0).all()
    assert len(rows) <= wanted or total <= wanted
    assert not len(rows) or (rows[0] >= 0 and rows[-1] < total)
    assert len(rows) >= min(total, wanted) / 2


def test_every_row_is_chosen_alike() -> None:
    """Over many tables a row's place in its stretch is uniform: mean ½ and variance 1/12."""
    places = np.concatenate([(choose(1_000_000 + seed, 1000) / (1_000_000 + seed) * 1000) % 1 for seed in (0, 7, 19)])
    assert abs(places.mean() - 0.5) < 4 * (1 / 12 / len(places)) ** 0.5
    assert places.var() == pytest.approx(1 / 12, rel=0.1)


def test_random_numbers_of_a_script_are_not_touched() -> None:
    random.seed(1)
    np.random.seed(1)
    before = random.getstate(), np.random.get_state()[1].tolist()
    choose(10**6, 1000)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


@given(st.lists(st.lists(st.integers(0, 9), max_size=20), max_size=5), st.data())
def test_taken_rows_are_those_of_the_column(chunks: list[list[int]], data: st.DataObject) -> None:
    column = pa.chunked_array([pa.array(chunk, pa.int64()) for chunk in chunks], pa.int64())
    rows = sorted(data.draw(st.sets(st.integers(0, max(0, len(column) - 1)), max_size=len(column))))
    taken = take(column, np.array(rows, np.int64))

    assert taken.to_pylist() == [column[row].as_py() for row in rows]
