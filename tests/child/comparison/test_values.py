"""Which values are the same, whatever their types."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.child.comparison.values import comparable, differences
from blobprep.child.profile.clock import Clock, TimeIsUp

NOON = dt.datetime(2024, 5, 30, 12)


def same(first: Any, first_type: Any, second: Any, second_type: Any) -> bool | None:
    """Whether two values are the same; None where both are missing."""
    columns = (
        pa.chunked_array([pa.array([value], kind)]) for value, kind in ((first, first_type), (second, second_type))
    )
    a, b = comparable(*columns, Clock(None))
    assert a.type == b.type
    if not a.is_valid()[0].as_py() or not b.is_valid()[0].as_py():
        return None if a.is_valid() == b.is_valid() else False
    return bool(pc.equal(a, b)[0].as_py())


@pytest.mark.parametrize(
    ("first", "first_type", "second", "second_type"),
    [
        (1, pa.int64(), 1.0, pa.float64()),
        (1, pa.int64(), "1", pa.string()),
        (1.0, pa.float64(), "1", pa.string()),
        (1.0, pa.float64(), "1.0", pa.large_string()),
        (1.5, pa.float32(), "1.50", pa.string()),
        (1000.0, pa.float64(), "1e3", pa.string()),
        (-0.0, pa.float64(), 0, pa.int8()),
        (-0.0, pa.float64(), 0.0, pa.float64()),
        ("-0", pa.string(), 0, pa.int64()),
        (True, pa.bool_(), 1, pa.int64()),
        (True, pa.bool_(), "true", pa.string()),
        (False, pa.bool_(), "False", pa.string()),
        (2**63, pa.uint64(), float(2**63), pa.float64()),
        (2**64 - 1, pa.uint64(), str(2**64 - 1), pa.string()),
        (Decimal("1.50"), pa.decimal128(5, 2), 1.5, pa.float64()),
        (Decimal("1.50"), pa.decimal128(5, 2), Decimal("1.5"), pa.decimal256(40, 1)),
        (Decimal("2.00"), pa.decimal128(5, 2), 2, pa.int64()),
        (Decimal("1.50"), pa.decimal128(5, 2), "1.5", pa.string()),
        (Decimal("12345678901234567890.5"), pa.decimal128(30, 2), "12345678901234567890.5", pa.string()),
        (NOON, pa.timestamp("s"), NOON, pa.timestamp("ns")),
        (NOON, pa.timestamp("us"), NOON, pa.timestamp("us", "UTC")),
        (NOON, pa.timestamp("us", "Europe/Berlin"), NOON, pa.timestamp("us", "UTC")),
        (NOON, pa.timestamp("us"), "2024-05-30T12:00:00", pa.string()),
        (NOON, pa.timestamp("us"), "2024-05-30 12:00:00.000", pa.string()),
        (dt.datetime(2024, 5, 30), pa.timestamp("us"), "2024-05-30", pa.string()),
        (NOON, pa.timestamp("us", "UTC"), "2024-05-30T12:00:00Z", pa.string()),
        (NOON, pa.timestamp("us", "UTC"), "2024-05-30 12:00:00+00:00", pa.string()),
        (NOON, pa.timestamp("us", "Europe/Berlin"), "2024-05-30 14:00:00+02:00", pa.string()),
        (NOON, pa.timestamp("ns", "Asia/Kolkata"), "2024-05-30T17:30:00.000+0530", pa.string()),
        (NOON, pa.timestamp("s", "UTC"), "2024-05-30T04:30:00-0730", pa.large_string()),
        (NOON, pa.timestamp("s", "UTC"), "2024-05-30 07:00:00-05", pa.string()),
        (dt.date(2024, 5, 30), pa.date32(), dt.datetime(2024, 5, 30), pa.timestamp("ms")),
        (dt.date(2024, 5, 30), pa.date32(), dt.date(2024, 5, 30), pa.date64()),
        (dt.date(2024, 5, 30), pa.date32(), "2024-05-30", pa.string()),
        (3 * 10**12, pa.timestamp("s"), 3 * 10**15, pa.timestamp("ms")),
        (dt.timedelta(seconds=3), pa.duration("s"), dt.timedelta(seconds=3), pa.duration("ns")),
        (dt.time(1, 2), pa.time32("s"), dt.time(1, 2), pa.time64("ns")),
        ("a", pa.string(), "a", pa.large_string()),
        ("a", pa.string_view(), "a", pa.dictionary(pa.int8(), pa.string())),
        (b"a", pa.binary(), b"a", pa.binary(1)),
        ([1, None], pa.list_(pa.int64()), [1, None], pa.list_(pa.int64())),
        ([1], pa.list_(pa.int64()), [1], pa.large_list(pa.int32())),
        ({"a": 1}, pa.struct([("a", pa.int64())]), {"a": 1}, pa.struct([("a", pa.int64())])),
        (0.5, pa.float16(), 0.5, pa.float64()),
    ],
)
def test_equal_values_of_two_types_are_the_same(first: Any, first_type: Any, second: Any, second_type: Any) -> None:
    assert same(first, first_type, second, second_type) is True
    assert same(second, second_type, first, first_type) is True


@pytest.mark.parametrize(
    ("first", "first_type", "second", "second_type"),
    [
        (7, pa.int64(), "007", pa.string()),  # a code that became a number has lost something
        (7, pa.int64(), "+7", pa.string()),
        (7, pa.int64(), " 7", pa.string()),
        (7, pa.int64(), "seven", pa.string()),
        (2**53 + 1, pa.int64(), float(2**53), pa.float64()),
        (2**63 - 1, pa.int64(), float(2**63), pa.float64()),
        (2**63, pa.uint64(), -(2**63), pa.int64()),
        (1.5, pa.float64(), 1, pa.int64()),
        (True, pa.bool_(), "yes", pa.string()),
        (True, pa.bool_(), 2, pa.int64()),
        (Decimal("1.50"), pa.decimal128(5, 2), Decimal("1.51"), pa.decimal128(5, 2)),
        (NOON, pa.timestamp("us"), NOON.replace(microsecond=1), pa.timestamp("us")),
        (NOON, pa.timestamp("us"), "30.05.2024 12:00", pa.string()),
        (NOON, pa.timestamp("us", "UTC"), "2024-05-30T12:00:00+01:00", pa.string()),
        (NOON, pa.timestamp("us", "UTC"), "2024-05-30T12:00:00", pa.string()),  # of which zone it is is not said
        (dt.datetime(2024, 3, 1), pa.timestamp("us", "UTC"), "2024-02-30T00:00:00+00:00", pa.string()),
        (dt.datetime(2024, 2, 29, 23), pa.timestamp("us", "UTC"), "2024-02-30T00:00:00+01:00", pa.string()),
        (3 * 10**12, pa.timestamp("s"), 3 * 10**15 + 1, pa.timestamp("ms")),
        (10**17, pa.timestamp("s"), 10**17, pa.timestamp("ns")),  # which nanoseconds cannot count
        ("a", pa.string(), "a ", pa.string()),
        ("nan", pa.string(), None, pa.float64()),
        ("", pa.string(), None, pa.string()),
        (None, pa.null(), 0, pa.int64()),
        (None, pa.null(), [], pa.list_(pa.int64())),
        ([1], pa.list_(pa.int64()), [1, 1], pa.list_(pa.int64())),
    ],
)
def test_values_that_differ_are_not_the_same(first: Any, first_type: Any, second: Any, second_type: Any) -> None:
    assert same(first, first_type, second, second_type) is False
    assert same(second, second_type, first, first_type) is False


@pytest.mark.parametrize(
    "second_type", [pa.float64(), pa.int64(), pa.string(), pa.null(), pa.timestamp("us"), pa.list_(pa.int8())]
)
def test_nan_is_missing_and_missing_values_are_the_same(second_type: Any) -> None:
    assert same(float("nan"), pa.float64(), None, second_type) is None


def test_zeros_of_a_fraction_that_only_other_rows_need_are_not_compared() -> None:
    times = pa.chunked_array([pa.array([NOON, NOON.replace(microsecond=250_000)], pa.timestamp("us"))])
    texts = pa.chunked_array([["2024-05-30T12:00:00", "2024-05-30T12:00:00.25"]])

    a, b = comparable(times, texts, Clock(None))

    assert a.to_pylist() == b.to_pylist()


@given(st.lists(st.integers(-(2**63), 2**63 - 1)), st.lists(st.floats(allow_nan=False)))
def test_integers_and_doubles_are_compared_as_python_compares_them(integers: list[int], doubles: list[float]) -> None:
    count = min(len(integers), len(doubles))
    doubles = [*doubles[:count], *map(float, integers)]
    integers = [*integers[:count], *integers]
    columns = pa.chunked_array([pa.array(integers, pa.int64())]), pa.chunked_array([pa.array(doubles, pa.float64())])

    a, b = comparable(*columns, Clock(None))

    assert [x == y for x, y in zip(a.to_pylist(), b.to_pylist(), strict=True)] == [
        x == y for x, y in zip(integers, doubles, strict=True)
    ]


def test_differences_are_of_numbers_and_of_seconds() -> None:
    def steps(first: Any, second: Any, kind: Any) -> Any:
        found = differences(pa.array([first], kind), pa.array([second], kind))
        return None if found is None else found[0].as_py()

    assert steps(1, 4, pa.int64()) == 3
    assert steps(2**62, 2**62 + 1, pa.int64()) == 1
    assert steps(-(2**63), 2**63 - 1, pa.int64()) == 2.0**64
    assert steps(Decimal("1.5"), Decimal("1.25"), pa.decimal128(5, 2)) == -0.25
    assert steps(NOON, NOON + dt.timedelta(minutes=1), pa.timestamp("ms")) == 60
    assert steps(dt.date(2024, 1, 1), dt.date(2024, 1, 2), pa.date32()) == 86400
    assert steps("a", "b", pa.string()) is None
    assert steps(True, False, pa.bool_()) is None


def test_texts_of_nested_values_are_written_while_there_is_time() -> None:
    lists = pa.chunked_array([pa.array([[1], [2]])])

    with pytest.raises(TimeIsUp):
        comparable(lists, lists, Clock(0.0))
