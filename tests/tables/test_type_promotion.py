"""The type that several columns have together."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from blobprep.tables.codecs.types.promotion import NoCommonType, common_type

_FAR = 253402300799
_SPAN = pa.duration("us")


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        (([1], pa.int8()), ([1], pa.uint8()), pa.int16()),
        (([1], pa.int64()), ([2**63 - 1], pa.uint64()), pa.int64()),
        (([1], pa.int64()), ([2**64 - 1], pa.uint64()), pa.uint64()),
        (([-1], pa.int64()), ([2**64 - 1], pa.uint64()), pa.decimal128(20, 0)),
        (([1], pa.int64()), ([1.5], pa.float32()), pa.float64()),
        (([1], pa.float16()), ([1.5], pa.float32()), pa.float32()),
        (([10**18], pa.int64()), ([1], pa.decimal128(5, 2)), pa.decimal128(21, 2)),
        (([1], pa.decimal32(5, 2)), ([1], pa.int64()), pa.decimal128(21, 2)),
        (([1], pa.decimal128(5, 2)), ([1.5], pa.float32()), pa.float64()),
        (([1], pa.decimal128(38, 0)), ([1], pa.decimal128(38, 30)), pa.decimal256(68, 30)),
        (([_FAR], pa.timestamp("s")), ([10**9], pa.timestamp("ns")), pa.timestamp("us")),
        (([_FAR], pa.timestamp("s")), ([1], pa.timestamp("ns")), pa.timestamp("us")),
        (([1], pa.timestamp("s")), ([1], pa.timestamp("ns")), pa.timestamp("ns")),
        (([2**60], pa.timestamp("s", "UTC")), ([1], pa.timestamp("us", "UTC")), pa.timestamp("s", "UTC")),
        (([2**60], pa.duration("ms")), ([1], pa.duration("us")), pa.duration("ms")),
        (([1], pa.time32("s")), ([1], pa.time64("ns")), pa.time64("ns")),
        (([[_FAR]], pa.list_(pa.duration("s"))), ([[1]], pa.large_list(pa.duration("ns"))), pa.large_list(_SPAN)),
        (([[1, 2]], pa.list_(pa.int8(), 2)), ([[1, 2]], pa.list_(pa.int64(), 2)), pa.list_(pa.int64(), 2)),
        (([None], pa.null()), ([[1]], pa.list_(pa.int8())), pa.list_(pa.int8())),
        (([None], pa.string()), ([True], pa.bool_()), pa.bool_()),
        (([], pa.string()), ([[1]], pa.list_(pa.int8())), pa.list_(pa.int8())),
        (
            ([{"a": -1}], pa.struct([("a", pa.int64())])),
            ([{"b": "x", "a": 2**63}], pa.struct([("b", pa.string()), ("a", pa.uint64())])),
            pa.struct([("a", pa.decimal128(20, 0)), ("b", pa.string())]),
        ),
        (
            ([[("k", _FAR)]], pa.map_(pa.string(), pa.duration("s"))),
            ([[("k", 5)]], pa.map_(pa.string(), pa.duration("ns"))),
            pa.map_(pa.string(), pa.duration("us")),
        ),
    ],
    ids=str,
)
def test_the_type_holds_the_values_of_both(
    first: tuple[list[Any], Any], second: tuple[list[Any], Any], together: Any
) -> None:
    columns = [pa.chunked_array([pa.array(*each)]) for each in (first, second)]

    assert common_type(columns) == together
    assert common_type(columns[::-1]).num_fields == together.num_fields


@pytest.mark.parametrize(
    "kinds",
    [
        (pa.int64(), pa.string()),
        (pa.timestamp("us"), pa.timestamp("us", "UTC")),
        (pa.decimal256(76, 0), pa.decimal256(76, 76)),
        (pa.list_(pa.int8()), pa.struct([("a", pa.int8())])),
        (pa.struct([("a", pa.int8())]), pa.struct([("a", pa.string())])),
        (pa.bool_(), pa.int8()),
    ],
    ids=str,
)
def test_the_first_column_that_does_not_go_with_those_before_is_named(kinds: tuple[Any, Any]) -> None:
    columns = [pa.chunked_array([], kind) for kind in (kinds[0], pa.null(), kinds[0], kinds[1])]

    with pytest.raises(NoCommonType) as caught:
        common_type(columns, [True] * 4)

    assert caught.value.position == 3
