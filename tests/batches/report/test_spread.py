"""How times and sizes are distributed: exact sums and ends, the rest within an interval's width."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.batches.report.spread import Pairs, Spread

_VALUES = st.lists(st.floats(0.001, 1e9), min_size=1, max_size=400)


def spread_of(values: list[float]) -> Spread:
    spread = Spread()
    for value in values:
        spread.add(value)
    return spread


@given(_VALUES)
def test_sums_and_ends_are_exact_and_the_median_is_near(values: list[float]) -> None:
    view = spread_of(values).view()

    assert view.count == len(values)
    assert view.total == pytest.approx(sum(values))
    assert (view.smallest, view.largest) == (min(values), max(values))
    assert view.median == pytest.approx(statistics.median_low(values), rel=0.03)


@given(_VALUES)
def test_the_share_of_the_largest_is_near_what_sorting_says(values: list[float]) -> None:
    wanted = -(-len(values) // 100)
    exact = sum(sorted(values, reverse=True)[:wanted]) / sum(values)

    assert spread_of(values).view().heavy == pytest.approx(exact, rel=0.03)


@given(_VALUES)
def test_every_value_is_in_one_bar(values: list[float]) -> None:
    bins = spread_of(values).view().bins

    assert bins is not None
    assert sum(bins.counts) == len(values)
    assert len(bins.counts) <= 40
    assert bins.edges[0] <= min(values) * 1.001
    assert bins.edges[-1] >= max(values) * 0.999


def test_nothing_at_all_and_nothing_but_zeros_are_told() -> None:
    assert Spread().view().bins is None
    assert spread_of([0.0, 0.0]).view().heavy == 0


def test_items_are_paired_by_fifths_of_decades() -> None:
    pairs = Pairs()
    for size, seconds in ((1000, 1.0), (1100, 1.2), (0, 0.0)):
        pairs.add(size, seconds)

    assert pairs.counts == {(15, 0): 2, (0, -15): 1}
