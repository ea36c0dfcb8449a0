"""Strengths of pairs of columns, beside NumPy and SciPy, and none where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats.contingency import association

from blobprep.child.profile.table import profile_table
from blobprep.protocol.profiles import AskedProfile, TableProfile


def profiled(columns: dict[str, Any], **asked: Any) -> TableProfile:
    return profile_table(pa.table(columns), AskedProfile(**asked))


def strength(profile: TableProfile, one: int, other: int) -> float | None:
    pairs = profile.associations
    n = len(pairs.columns)
    assert (
        pairs.strengths[pairs.columns.index(one) * n + pairs.columns.index(other)]
        == (pairs.strengths[pairs.columns.index(other) * n + pairs.columns.index(one)])
    )
    return pairs.strengths[pairs.columns.index(one) * n + pairs.columns.index(other)]


def test_numbers_have_pearsons_correlation_of_the_rows_that_both_have() -> None:
    chance = np.random.default_rng(0)
    x = chance.normal(1e9, 3, 2000)
    y = x * -2 + chance.normal(0, 5, 2000)
    x[::5], y[::7] = np.nan, np.nan
    profile = profiled({"x": x, "y": y, "same": [1.0] * 2000})
    both = ~(np.isnan(x) | np.isnan(y))

    assert strength(profile, 0, 1) == pytest.approx(np.corrcoef(x[both], y[both])[0, 1], abs=1e-4)
    assert (strength(profile, 0, 0), strength(profile, 0, 2)) == (1.0, None)


def test_categories_have_cramers_v() -> None:
    """With many rows and few categories the correction vanishes."""
    chance = np.random.default_rng(1)
    one = chance.integers(0, 4, 10_000)
    other = np.where(chance.random(10_000) < 0.6, one, chance.integers(0, 4, 10_000))
    counts = np.zeros((4, 4), int)
    np.add.at(counts, (one, other), 1)
    profile = profiled({"a": [f"a{n}" for n in one], "b": pa.array([f"b{n}" for n in other]).dictionary_encode()})

    assert strength(profile, 0, 1) == pytest.approx(association(counts, method="cramer"), abs=0.002)
    assert strength(profile, 0, 0) == pytest.approx(1.0, abs=1e-3)


def test_a_number_and_categories_have_the_correlation_ratio() -> None:
    chance = np.random.default_rng(2)
    group = chance.integers(0, 3, 9000)
    value = group * 2.0 + chance.normal(0, 1.5, 9000)
    means = np.array([value[group == n].mean() for n in range(3)])
    between = sum((group == n).sum() * (means[n] - value.mean()) ** 2 for n in range(3))
    profile = profiled({"g": [f"g{n}" for n in group], "v": value})

    assert strength(profile, 0, 1) == pytest.approx(np.sqrt(between / ((value - value.mean()) ** 2).sum()), abs=0.002)


def test_independent_columns_go_together_hardly_even_with_many_categories() -> None:
    found = []
    for seed in range(40):
        chance = np.random.default_rng(seed)
        columns = {name: [f"{n}" for n in chance.integers(0, 30, 200)] for name in "ab"}
        profile = profiled({**columns, "x": chance.normal(size=200)})
        found.append([strength(profile, 0, 1), strength(profile, 0, 2)])
    # Without the correction both are near 0.38.
    assert np.median(np.array(found, np.float64), axis=0).max() < 0.15


def test_names_of_rows_and_long_texts_are_not_compared() -> None:
    profile = profiled({"id": [f"id{n}" for n in range(100)], "x": range(100), "y": range(100)})
    assert profile.associations.columns == (1, 2)
    assert [column.column for column in profile.drawn] == [1, 2]


def test_many_rows_are_compared_in_some_of_them_unless_all_are_wanted() -> None:
    x = np.random.default_rng(3).normal(size=50_000)
    columns = {"x": x, "y": x + np.random.default_rng(4).normal(size=50_000)}
    some, whole = profiled(columns), profiled(columns, exact=True)

    assert (some.associations.rows, some.exact, whole.associations.rows, whole.exact) == (10_000, False, 0, True)
    assert strength(whole, 0, 1) == pytest.approx(np.corrcoef(x, columns["y"])[0, 1], abs=1e-4)
    assert strength(some, 0, 1) == pytest.approx(strength(whole, 0, 1), abs=0.03)


def test_drawn_rows_are_rows_of_the_table() -> None:
    n = 5000
    profile = profiled(
        {"x": np.arange(n) * 10, "t": pa.array(range(n), pa.timestamp("s")), "b": [True, None] * (n // 2)}
    )
    x, t, b = (column.values for column in profile.drawn)

    assert len(x) == 1000
    assert all(a == second * 10 for a, second in zip(x, t, strict=True))
    assert all((row is None) == bool(second % 2) for row, second in zip(b, t, strict=True))  # type: ignore[operator]
    assert profile.drawn[2].categories == ("True",)


def test_nothing_is_drawn_without_values_but_pairs_are_compared() -> None:
    profile = profiled({"x": [1, 2, 3, 4], "y": [2, 4, 6, 9]}, values=False)
    assert profile.drawn == ()
    assert strength(profile, 0, 1) is not None
