"""What a cast changed is counted exactly; the proof over every type at its limits is in test_exactness.py."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.tables.codecs.types.casts import cast, to_doubles


@pytest.mark.parametrize(
    ("values", "kind", "wanted", "count", "example"),
    [
        ([1, None, 2**53 + 1], pa.int64(), pa.float64(), 1, str(2**53 + 1)),
        ([2**60, -(2**63)], pa.int64(), pa.float64(), 0, ""),
        ([2**63 - 1], pa.int64(), pa.float64(), 1, str(2**63 - 1)),
        ([2**64 - 1, 2**63], pa.uint64(), pa.float64(), 1, str(2**64 - 1)),
        ([2**63, 1], pa.uint64(), pa.int64(), 1, str(2**63)),
        ([-1, 1], pa.int8(), pa.uint64(), 1, "-1"),
        ([2**24 + 1], pa.int32(), pa.float32(), 1, str(2**24 + 1)),
        ([1, 1000, None], pa.timestamp("ns"), pa.timestamp("us"), 1, "1970-01-01T00:00:00.000000001"),
        ([2**53], pa.timestamp("s"), pa.timestamp("ns"), 1, "+285428751-11-12T07:36:32"),
        ([-1], pa.duration("ms"), pa.duration("s"), 1, "-P0DT0H0M0.001S"),
        ([2**31 - 1], pa.date32(), pa.timestamp("us"), 1, "+5881580-07-11"),
        ([2**31 - 1], pa.date32(), pa.timestamp("s"), 0, ""),
        ([[1], [1000, None], None], pa.list_(pa.time64("ns")), pa.list_(pa.time64("us")), 1, "00:00:00.000000001"),
        ([Decimal("0.5"), Decimal("0.1")], pa.decimal128(38, 18), pa.float64(), 1, "0.100000000000000000"),
        ([1.5, None], pa.float16(), pa.float32(), 0, ""),
    ],
    ids=str,
)
def test_changed_values_are_counted_with_the_first(
    values: list[Any], kind: Any, wanted: Any, count: int, example: str
) -> None:
    became = cast(pa.chunked_array([pa.array(values, kind)]), wanted)

    assert (became.values.type, became.count, became.example) == (wanted, count, example)


@given(
    st.tuples(st.integers(1, 76), st.integers(-3, 76)).flatmap(
        lambda each: st.tuples(
            st.just(each[1]), st.lists(st.integers(-(10 ** each[0]) + 1, 10 ** each[0] - 1), min_size=1, max_size=4)
        )
    )
)
def test_decimals_become_the_nearest_double_and_none_that_is_not_exact_is_called_so(
    drawn: tuple[int, list[int]],
) -> None:
    scale, unscaled = drawn
    exactly = [Fraction(each) / Fraction(10) ** scale for each in unscaled]
    texts = [Decimal((int(each < 0), tuple(map(int, str(abs(each)))), -scale)) for each in unscaled]

    values, inexact = to_doubles(pa.array(texts, pa.decimal256(76, scale)))

    assert values.to_pylist() == [float(each) for each in exactly]
    for value, fraction, changed in zip(values.to_pylist(), exactly, inexact, strict=True):
        assert changed or Fraction(value) == fraction


def test_money_that_is_a_double_is_no_loss() -> None:
    amounts = [Decimal("12.50"), Decimal("99999999.75"), Decimal("-0.25"), None, Decimal(0)]

    for kind in (pa.decimal128(38, 18), pa.decimal128(12, 2), pa.decimal64(12, 2), pa.decimal256(76, 30)):
        assert cast(pa.chunked_array([pa.array(amounts, kind)]), pa.float64()).count == 0
