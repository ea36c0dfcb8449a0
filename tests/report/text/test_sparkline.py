"""Histograms as a row of characters."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from blobprep.protocol.profiles import Bins
from blobprep.report.text.changes_text import same_axis
from blobprep.report.text.sparkline import sparkline, spread

counts = st.lists(st.integers(0, 10**12), min_size=1, max_size=60)


@given(counts, st.integers(1, 40))
def test_intervals_that_share_a_character_lose_no_value(given_counts: list[int], cells: int) -> None:
    shared = spread(given_counts, cells)

    assert len(shared) == min(cells, len(given_counts))
    assert math.isclose(sum(shared), sum(given_counts), rel_tol=1e-9, abs_tol=1e-9)


@given(counts)
def test_something_is_never_drawn_as_nothing_nor_nothing_as_something(given_counts: list[int]) -> None:
    drawn = sparkline(given_counts, len(given_counts))

    assert [mark == " " for mark in drawn] == [count == 0 for count in given_counts]
    assert "█" in drawn or not any(given_counts)


def test_marks_grow_with_counts() -> None:
    assert sparkline([1, 2, 3, 4, 5, 6, 7, 8], 8) == "▁▂▃▄▅▆▇█"
    assert sparkline([0, 0], 2) == "  "
    assert sparkline([8, 4, 0, 1], 4, in_ascii=True) == "#- _"
    assert sparkline([4], 1, most=8) == "▄"


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=40), st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_histograms_on_one_axis_keep_their_counts(given_counts: list[int], start: float, step: float) -> None:
    edges = tuple(start + step * place for place in range(len(given_counts) + 1))
    if len(set(edges)) < len(edges):
        return
    bins = Bins(edges, tuple(given_counts))
    one, other = same_axis(bins, Bins((edges[0], edges[-1]), (7,)), 24)

    assert math.isclose(sum(one), sum(given_counts), rel_tol=1e-3, abs_tol=1e-3)
    assert math.isclose(sum(other), 7, rel_tol=1e-3)


def test_an_axis_that_no_double_can_divide_draws_nothing() -> None:
    wide = Bins((-1.7e308, 1.7e308), (1,))

    assert same_axis(wide, wide, 4) == ([0.0] * 4, [0.0] * 4)
