"""Statistics of numbers, times and durations, beside NumPy and pandas."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.child.profile.chosen import MOST
from blobprep.child.profile.ordered import PROBABILITIES
from blobprep.child.profile.table import profile_table
from blobprep.protocol.profiles import AskedProfile, ColumnProfile


def profiled(values: Any, type_: Any = None, /, **asked: Any) -> ColumnProfile:
    column = values if isinstance(values, (pa.Array, pa.ChunkedArray)) else pa.array(values, type_)
    profile = profile_table(pa.table({"a": column}), AskedProfile(**asked))
    assert profile.notes == ()
    return profile.columns[0]


@pytest.mark.parametrize("rows", [1, 2, 7, 5000, 90_000])
def test_numbers_have_the_statistics_of_pandas(rows: int) -> None:
    values = np.random.default_rng(rows).gamma(1.2, 50, rows) - 20
    values[::7] = np.nan
    column = profiled(pa.chunked_array(list(np.array_split(values, 3)), pa.float64()))
    series = pd.Series(values)

    assert (column.count, column.missing) == (series.count(), series.isna().sum())
    assert (column.unique, column.unique_error) == (series.nunique(), 0.0)
    assert (column.zeros, column.negative, column.infinite) == ((series == 0).sum(), (series < 0).sum(), 0)
    if not column.count:
        return
    assert (column.minimum, column.maximum) == (series.min(), series.max())
    assert column.mean == pytest.approx(series.mean())
    assert column.median == pytest.approx(series.median())
    if column.count > 3:
        assert column.deviation == pytest.approx(series.std())
        assert column.skewness == pytest.approx(series.skew())
        assert column.kurtosis == pytest.approx(series.kurt())
    assert column.quantiles_error == 0.0
    assert dict(column.quantiles) == pytest.approx(dict(series.quantile(list(PROBABILITIES))))


@pytest.mark.parametrize("rows", [MOST + 1, 400_000])
def test_a_long_column_is_exact_where_it_says_so_and_near_elsewhere(rows: int) -> None:
    chance = np.random.default_rng(3)
    values = np.sort(chance.lognormal(0, 1, rows))  # in order, so that rows chosen one after the other would mislead
    values[chance.random(rows) < 0.1] = np.nan
    column, series = profiled(pa.array(values)), pd.Series(values)

    assert (column.count, column.missing) == (series.count(), series.isna().sum())
    assert (column.minimum, column.maximum) == (series.min(), series.max())
    assert column.mean == pytest.approx(series.mean(), rel=1e-12)
    assert column.deviation == pytest.approx(series.std(), rel=1e-12)
    assert column.skewness == pytest.approx(series.skew(), rel=1e-9)
    if column.count > MOST:
        assert 0 < column.unique_error < 0.01
        assert column.unique == pytest.approx(series.nunique(), rel=4 * column.unique_error)
        assert 0 < column.quantiles_error < 0.002
        assert column.bins is not None
        assert 0 < column.bins.rows <= MOST
    ranks = [(series <= value).sum() / series.count() for _, value in column.quantiles]
    for (probability, _), rank in zip(column.quantiles, ranks, strict=True):
        assert abs(rank - probability) < 4 * column.quantiles_error + 2 / column.count


def test_ranks_of_quantiles_are_as_near_as_their_error_says() -> None:
    """The error is that of simple random rows in the middle; rows of all stretches are never worse, by much."""
    apart, said = [], 0.0
    for seed in range(30):
        values = np.random.default_rng(seed).permutation(300_000 + seed).astype(np.float64)
        column = profiled(pa.array(values))
        apart.append(float(column.median or 0) / (300_000 + seed) - 0.5)
        said = column.quantiles_error
    assert abs(np.mean(apart)) < 4 * said / math.sqrt(30)
    assert np.std(apart) < 1.5 * said


def test_exact_looks_at_every_row() -> None:
    values = np.random.default_rng(5).normal(size=MOST * 2)
    column, series = profiled(pa.array(values), exact=True), pd.Series(values)

    assert (column.unique, column.unique_error, column.quantiles_error) == (series.nunique(), 0.0, 0.0)
    assert dict(column.quantiles) == pytest.approx(dict(series.quantile(list(PROBABILITIES))))
    assert column.bins is not None
    assert (column.bins.rows, sum(column.bins.counts)) == (0, len(values))


INTEGERS = [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]


@pytest.mark.parametrize("type_", INTEGERS, ids=str)
def test_integers_of_every_width_reach_their_bounds(type_: Any) -> None:
    signed = pa.types.is_signed_integer(type_)
    low = -(2 ** (type_.bit_width - 1)) if signed else 0
    high = 2 ** (type_.bit_width - (1 if signed else 0)) - 1
    column = profiled([low, high, 1, None, 0], type_)

    assert (int(column.minimum or 0), int(column.maximum or 0)) == (low, high)
    assert isinstance(column.maximum, str) == (high > 2**53)
    assert float(column.mean or 0) == pytest.approx((low + high + 1) / 4)
    assert (column.zeros, column.negative) == (1 if signed else 2, int(signed))
    exact = [low, high, 1, 0]
    mean = sum(exact) / 4
    assert float(column.deviation or 0) == pytest.approx(math.sqrt(sum((n - mean) ** 2 for n in exact) / 3))


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=30))
def test_large_whole_numbers_are_exact_as_text(numbers: list[int]) -> None:
    column = profiled(numbers, pa.int64())
    middle = sorted(numbers)

    assert (int(column.minimum or 0), int(column.maximum or 0)) == (min(numbers), max(numbers))
    assert column.unique == len(set(numbers))
    if len(numbers) % 2:
        assert int(column.median or 0) == middle[len(numbers) // 2]
    assert float(column.mean or 0) == pytest.approx(sum(numbers) / len(numbers), rel=1e-12, abs=1e-3)


def test_differences_between_large_whole_numbers_are_not_lost() -> None:
    numbers = [2**62 + n for n in range(11)]
    column = profiled(numbers, pa.int64())

    assert column.mean == column.median == str(2**62 + 5)
    assert column.deviation == pytest.approx(np.std(range(11), ddof=1))


def test_infinite_numbers_are_counted_and_left_out_of_the_mean() -> None:
    column = profiled([1.0, 2.0, 3.0, math.inf, -math.inf, math.nan, None])

    assert (column.count, column.missing, column.infinite) == (5, 2, 2)
    assert (column.minimum, column.maximum, column.mean, column.median) == ("-inf", "inf", 2.0, 2.0)
    assert "Infinite" in column.note
    assert column.bins is not None
    assert sum(column.bins.counts) == 3


@pytest.mark.parametrize("values", [[1.7e308, -1.7e308, 1e300], [1e-320, 2e-320, 0.0], [1e300] * 3, [5e-324] * 2])
def test_numbers_at_the_ends_of_doubles_have_statistics(values: list[float]) -> None:
    column = profiled(values)

    assert (column.minimum, column.maximum) == (min(values), max(values))
    assert column.mean == pytest.approx(sum(value / len(values) for value in values), rel=1e-6)
    scale = max(map(abs, values))
    expected = np.std([value / scale for value in values], ddof=1) * scale
    assert column.deviation == pytest.approx(expected, rel=1e-6)


def test_half_floats_and_single_floats_are_their_own_values() -> None:
    half = profiled(np.array([0.5, 1.5, np.nan], np.float16))
    single = profiled([0.1, None], pa.float32())

    assert (half.minimum, half.maximum, half.mean, half.missing) == (0.5, 1.5, 1.0, 1)
    assert single.mean == float(np.float32(0.1))


def test_decimals_are_exact_as_text() -> None:
    small = profiled([Decimal("1.10"), Decimal("2.25"), None, Decimal("-3.30")], pa.decimal128(10, 2))
    large = profiled([Decimal(10) ** 30, Decimal("0.01"), Decimal("-0.02")], pa.decimal128(38, 2))

    assert (small.minimum, small.maximum, small.median) == ("-3.30", "2.25", "1.10")
    assert small.mean == pytest.approx(0.05 / 3)
    assert (large.minimum, large.maximum) == ("-0.02", "1" + "0" * 30 + ".00")
    assert "nearest doubles" in large.note


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_have_the_statistics_of_pandas(unit: str) -> None:
    series = pd.Series(pd.to_datetime(["2024-05-30T18:07:00", "1960-01-01T00:00:00", None, "2024-05-31T18:07:00"]))
    column = profiled(pa.array(series, pa.timestamp(unit)))

    assert (column.kind, column.count, column.missing) == ("time", 3, 1)
    assert (column.minimum, column.maximum) == ("1960-01-01T00:00:00", "2024-05-31T18:07:00")
    assert column.median is not None
    assert pd.Timestamp(column.median) == series.median()
    assert abs(pd.Timestamp(column.mean) - series.mean()) < pd.Timedelta("1s")
    assert abs(pd.Timedelta(str(column.deviation)) - series.std()) < pd.Timedelta("1s")
    assert column.bins is not None
    assert column.bins.edges[-1] == series.max().timestamp()
    assert (column.zeros, column.log_bins) == (None, None)


def test_times_beyond_python_and_with_zones_are_written_as_cells_are() -> None:
    far = profiled([-62_198_755_200, 0, 253_402_300_800], pa.timestamp("s"))
    zone = profiled([0, 86_400], pa.timestamp("s", "Europe/Berlin"))
    unknown = profiled([0, 1], pa.timestamp("s", "Mars/Phobos"))
    days = profiled([-(10**6), 0, 2**31 - 1], pa.date32())
    clock = profiled([1, 3], pa.time32("s"))

    assert (far.minimum, far.maximum) == ("-0001-01-01T00:00:00", "+10000-01-01T00:00:00")
    assert (zone.minimum, unknown.minimum) == ("1970-01-01T01:00:00+01:00", "1970-01-01T00:00:00Z")
    assert (days.minimum, days.maximum) == ("-0768-02-04", "+5881580-07-11")
    assert (clock.mean, clock.kind) == ("00:00:02", "time")


def test_durations_are_a_kind_of_their_own() -> None:
    column = profiled([0, 3600, None], pa.duration("s"))
    assert (column.kind, column.minimum, column.maximum) == ("duration", "P0DT0H0M0S", "P0DT1H0M0S")
    assert (column.mean, column.bins and column.bins.edges[-1]) == ("P0DT0H30M0S", 3600.0)


@given(st.lists(st.floats(allow_subnormal=True), max_size=40))
def test_any_doubles_have_consistent_bins_and_boxes(values: list[float]) -> None:
    column = profiled(pa.array(values, pa.float64()))
    finite = sorted(value for value in values if math.isfinite(value))

    assert column.missing == sum(map(math.isnan, values))
    if column.bins is not None:
        assert sum(column.bins.counts) == len(finite)
        assert column.bins.edges[0] <= finite[0] <= finite[-1] <= column.bins.edges[-1]
    if column.box is not None:
        box = column.box
        assert finite[0] <= box.low <= box.first_quartile <= box.median <= box.third_quartile <= box.high <= finite[-1]
        assert all(not box.low <= outlier <= box.high for outlier in box.outliers)
    if column.log_bins is not None:
        assert sum(column.log_bins.counts) == sum(value > 0 for value in finite)


@given(st.lists(st.integers(-30, 30), min_size=1, max_size=200))
def test_whole_numbers_are_counted_one_by_one_in_bins(values: list[int]) -> None:
    bins = profiled(values, pa.int64()).bins
    assert bins is not None
    for low, high, count in zip(bins.edges, bins.edges[1:], bins.counts, strict=False):
        assert count == sum(low <= value < high for value in values)
    assert len({round(high - low, 9) for low, high in zip(bins.edges, bins.edges[1:], strict=False)}) == 1


def test_frequent_numbers_are_listed_and_single_ones_are_not() -> None:
    column = profiled([5, 5, 5, 7, 7, 9, None])
    assert [(value.text, value.count) for value in column.frequent] == [("5", 3), ("7", 2)]
    assert profiled([1, 2, 3]).frequent == ()


def test_missing_values_are_counted_where_they_are() -> None:
    values = pa.chunked_array([[1.0] * 60, [None] * 20 + [math.nan] * 20])
    shape = profiled(values).missing_shape
    assert (len(shape), sum(shape), shape[:30], shape[-1]) == (50, 40, (0,) * 30, 2)
    assert profiled([1.0, 2.0]).missing_shape == ()


def test_without_values_only_numbers_that_many_rows_make_are_left() -> None:
    values = [*range(20), 1000, 1000]
    column = profiled(values, values=False)
    assert column.frequent == ()
    assert column.box is not None
    assert column.box.outliers == ()
    assert (column.mean, column.unique) == (pytest.approx(np.mean(values)), 21)
