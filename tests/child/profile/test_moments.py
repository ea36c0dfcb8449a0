"""Moments that are merged from blocks, beside exact fractions and pandas."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.child.profile.moments import Moments

NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


def of(*blocks: list[float]) -> Moments:
    moments = Moments()
    with np.errstate(all="ignore"):
        for block in blocks:
            moments.add(np.array(block, np.float64))
    return moments


@given(NUMBERS, st.lists(st.integers(0, 60), max_size=4))
def test_merged_blocks_have_the_mean_and_deviation_of_exact_fractions(numbers: list[float], cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(numbers)) for cut in cuts), len(numbers)]
    moments = of(*(numbers[a:b] for a, b in pairwise(edges)))

    exact = list(map(Fraction, numbers))
    mean = sum(exact) / len(exact)
    squares = sum((number - mean) ** 2 for number in exact)
    assert moments.count == len(numbers)
    assert float(moments.offset + Fraction(moments.mean)) == pytest.approx(float(mean), rel=1e-12, abs=1e-9)
    if len(numbers) > 1:
        assert moments.deviation == pytest.approx(math.sqrt(squares / (len(numbers) - 1)), rel=1e-9, abs=1e-9)
    else:
        assert moments.deviation is None


@pytest.mark.parametrize("offset", [0.0, 1e9, -1e15, 2.0**52])
def test_a_large_offset_costs_no_digits(offset: float) -> None:
    small = np.random.default_rng(1).integers(0, 8, 100_000).astype(np.float64)
    moments = of(*np.array_split(small + offset, 7))

    assert moments.deviation == pytest.approx(small.std(ddof=1), rel=1e-10)
    assert float(moments.offset - Fraction(offset) + Fraction(moments.mean)) == pytest.approx(small.mean(), rel=1e-12)


def test_whole_numbers_beyond_doubles_keep_their_differences() -> None:
    moments = Moments()
    for offset in (2**62, 2**62 + 1000):
        moments.add(np.arange(10.0), offset)

    numbers = [2**62 + n for n in range(10)] + [2**62 + 1000 + n for n in range(10)]
    mean = Fraction(sum(numbers), 20)
    assert moments.offset + Fraction(moments.mean) == mean
    assert moments.deviation == pytest.approx(math.sqrt(sum((n - mean) ** 2 for n in numbers) / 19), rel=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_skewness_and_kurtosis_are_those_of_pandas(seed: int) -> None:
    numbers = np.random.default_rng(seed).gamma(1.5, 10, 5000) + 1000
    moments = of(*np.array_split(numbers, 9))

    assert moments.skewness == pytest.approx(pd.Series(numbers).skew(), rel=1e-9)
    assert moments.kurtosis == pytest.approx(pd.Series(numbers).kurt(), rel=1e-9)


def test_few_numbers_and_constants_have_no_shape() -> None:
    assert (of([1.0, 2.0]).skewness, of([1.0, 2.0, 4.0]).kurtosis) == (None, None)
    assert (of([3.0] * 9).skewness, of([3.0] * 9).kurtosis, of([3.0] * 9).deviation) == (None, None, 0.0)


def test_sums_that_a_double_does_not_hold_are_noticed() -> None:
    assert not of([1e200, -1e200]).holds(constant=False)
    assert not of([1e-200, 2e-200]).holds(constant=False)
    assert of([1e-200, 1e-200]).holds(constant=True)
    assert of([1.0, 2.0]).holds(constant=False)
