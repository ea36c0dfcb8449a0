"""Numbers of distinct values: exact while few, and within their error when many; the seeds are fixed."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.child.profile.sketches import DistinctSketch, hash_bytes, hash_numbers, scrambled


def hashes(values: list[bytes]) -> list[int]:
    return hash_bytes(pa.array(values, pa.large_binary())).tolist()


@given(st.lists(st.binary(max_size=40), max_size=200))
def test_the_same_values_have_the_same_hash_and_others_have_others(values: list[bytes]) -> None:
    found = dict(zip(values, hashes(values), strict=True))

    assert hashes(values) == [found[value] for value in values]
    assert len(set(found.values())) == len(found)


def test_a_hash_does_not_depend_on_what_lies_beside_a_value() -> None:
    values = [b"a", b"", b"x" * 5000, b"b" * 1024, b"c" * 1025, b"", b"a\0", b"\0a", b"\0"]
    alone = [hashes([value])[0] for value in values]
    sliced = pa.array([b"zz", *values, b"y"], pa.large_binary()).slice(1, len(values))

    assert hashes(values) == alone
    assert hash_bytes(sliced).tolist() == alone
    assert len(set(alone)) == len(set(values))


def test_both_zeros_are_one_number_and_other_neighbors_two() -> None:
    zeros = hash_numbers(np.array([0.0, -0.0, 5e-324]))
    assert zeros[0] == zeros[1] != zeros[2]
    assert len(set(hash_numbers(np.arange(-1000, 1000)).tolist())) == 2000


def test_scrambling_loses_nothing_and_leaves_no_pattern() -> None:
    numbers = scrambled(np.arange(1 << 16, dtype=np.uint64))
    assert len(np.unique(numbers)) == 1 << 16
    for bit in range(64):
        ones = int(((numbers >> np.uint64(bit)) & np.uint64(1)).sum())
        assert abs(ones - (1 << 15)) < 5 * math.sqrt(1 << 14)  # five standard errors of a coin


@pytest.mark.parametrize("distinct", [0, 1, 1000, 1 << 14])
def test_few_distinct_values_are_counted_exactly(distinct: int) -> None:
    sketch = DistinctSketch()
    for _ in range(3):
        sketch.add(hash_numbers(np.arange(distinct)))
    assert sketch.estimate() == (distinct, 0.0)


def test_estimates_are_unbiased_and_as_near_as_their_error_says() -> None:
    distinct, found, said = 40_000, [], 0.0
    for seed in range(200):
        sketch = DistinctSketch(kept=256)
        for part in np.array_split(np.arange(distinct) + seed * 10**9, 5):
            sketch.add(hash_numbers(part))
        estimate, said = sketch.estimate()
        found.append(estimate / distinct)

    assert said == pytest.approx(1 / math.sqrt(254))
    assert abs(np.mean(found) - 1) < 4 * said / math.sqrt(200)
    assert np.std(found) == pytest.approx(said, rel=0.2)


def test_texts_are_estimated_as_well_as_numbers() -> None:
    texts = pa.array([f"customer {n:07d}" for n in range(300_000)]).cast(pa.large_binary())
    sketch = DistinctSketch()
    sketch.add(hash_bytes(texts))
    estimate, error = sketch.estimate()
    assert error < 0.01
    assert abs(estimate / 300_000 - 1) < 4 * error


@given(st.lists(st.lists(st.integers(0, 500), max_size=300), min_size=2, max_size=4))
def test_merged_sketches_are_the_sketch_of_all_values(parts: list[list[int]]) -> None:
    merged, whole = DistinctSketch(kept=64), DistinctSketch(kept=64)
    for part in parts:
        one = DistinctSketch(kept=64)
        one.add(hash_numbers(np.array(part, np.int64)))
        merged.merge(one)
        whole.add(hash_numbers(np.array(part, np.int64)))

    assert merged.estimate() == whole.estimate()


def test_no_more_values_are_distinct_than_there_are() -> None:
    sketch = DistinctSketch()
    sketch.add(hash_numbers(np.arange(20_000)))
    estimate, _ = sketch.estimate()

    assert sketch.estimate(most=estimate - 1) == (estimate - 1, sketch.estimate()[1])
    assert sketch.estimate(most=estimate + 1)[0] == estimate
