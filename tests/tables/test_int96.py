"""Times of INT96 come out as they are, whatever 64 bits of nanoseconds hold, wherever they stand."""

from __future__ import annotations

import datetime
import io
import os
import struct
from fractions import Fraction
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.tables import codecs
from tests.child.limits import exact
from tests.tables.test_codecs import asked, decoded, input_file
from tests.tables.test_codecs_concat import blobs_together

_US = pa.timestamp("us")
_FAR = datetime.datetime(9999, 12, 31, 23, 59, 59)
_EARLY = datetime.datetime(1000, 1, 1, 12, 0, 0, 5)
_NEAR = datetime.datetime(1965, 3, 4, 5, 6, 7, 8)


def written(table: pa.Table, **options: Any) -> bytes:
    file = io.BytesIO()
    pyarrow.parquet.write_table(table, file, use_deprecated_int96_timestamps=True, **options)
    return file.getvalue()


def of_raw(pairs: list[tuple[int, int]]) -> bytes:
    """Return a file whose one column has these nanoseconds and Julian days, as no writer here would write them."""
    stand_ins = [(86399 * 10**9 - number, 2440588) for number in range(len(pairs))]
    nanoseconds = [value for value, _ in stand_ins]
    data = written(pa.table({"x": pa.array(nanoseconds, pa.timestamp("ns"))}), compression="none", use_dictionary=False)
    for stand_in, pair in zip(stand_ins, pairs, strict=True):
        assert data.count(struct.pack("<qi", *stand_in)) >= 1
        data = data.replace(struct.pack("<qi", *stand_in), struct.pack("<qi", *pair))
    return data


@pytest.mark.parametrize(
    "options",
    [{}, {"version": "1.0"}, {"data_page_version": "2.0"}, {"use_dictionary": False}, {"row_group_size": 1}],
    ids=str,
)
def test_far_times_keep_their_values_plain_and_nested(options: dict[str, Any]) -> None:
    moments = [_FAR, None, _EARLY]
    columns = {
        "plain": pa.array(moments, _US),
        "list": pa.array([moments, [], None], pa.list_(_US)),
        "large list of lists": pa.array([[moments, None], None, []], pa.large_list(pa.list_(_US))),
        "fixed list": pa.array([moments[:2], None, moments[1:]], pa.list_(_US, 2)),
        "struct": pa.array(
            [{"b": b"0123456789ab", "a": _FAR}, None, {"a": None}], pa.struct([("b", pa.binary(12)), ("a", _US)])
        ),
        "map": pa.array([[("k", _FAR), ("l", None)], None, []], pa.map_(pa.string(), _US)),
        "map of times": pa.array([[(_EARLY, 1)], None, []], pa.map_(_US, pa.int8())),
        "twelve bytes": pa.array([b"0123456789ab", None, b"0" * 12], pa.binary(12)),
        "categories": pa.array(["a", None, "a"]).dictionary_encode(),
    }
    data = written(pa.table(columns), **options)
    source = input_file(data)
    try:
        first, total = codecs.head(source, asked("parquet", len(data)), 2)
    finally:
        os.close(source.descriptor)

    back, ledger = decoded(data, "parquet")

    assert (ledger, total) == ([], 3)
    for label, column in columns.items():
        assert exact(back[label]) == exact(column)
        assert exact(first[label]) == exact(column)[:2]


def test_nanoseconds_stay_where_all_values_have_room_in_them() -> None:
    extremes = pa.array([2**63 - 1, -(2**63) + 1, -1, None], pa.timestamp("ns"))

    back, ledger = decoded(written(pa.table({"x": extremes, "far": pa.array([_FAR] * 4, _US)})), "parquet")

    assert (back["x"].type, exact(back["x"]), ledger) == (extremes.type, exact(extremes), [])
    assert exact(back["far"])[0] == exact(pa.array([_FAR], _US))[0]


def test_nanoseconds_beside_far_times_are_a_loss_that_is_told() -> None:
    day = 5373484  # 9999-12-31
    data = of_raw([(86399_123456789, 2440588), (0, day), (1000, day)])

    back, (entry,) = decoded(data, "parquet")

    assert exact(back["x"])[0] == ("t", 86399_123456000)
    assert (entry.column, entry.kind, entry.lossy, entry.count) == ("x", "cast", True, 1)
    assert entry.example == "1970-01-01T23:59:59.123456789"


@given(
    st.lists(
        st.tuples(st.integers(-86399_999999999, 86399_999999999), st.integers(-(2**31), 2**31 - 1)),
        min_size=1,
        max_size=3,
    )
)
def test_any_day_and_its_nanoseconds_are_that_time(pairs: list[tuple[int, int]]) -> None:
    """Negative nanoseconds too: Arrow wrote them for times before 1970, up to version 22."""
    back, ledger = decoded(of_raw(pairs), "parquet")

    moments = [(day - 2440588) * 86400 * 10**9 + nanoseconds for nanoseconds, day in pairs]
    values = [value for _, value in exact(back["x"])]
    changed = [moment for moment, value in zip(moments, values, strict=True) if moment != value]
    assert sum(entry.count or 0 for entry in ledger if entry.lossy) == len(changed)
    step = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9}[back["x"].type.unit]
    assert values == [int(Fraction(moment, step).__floor__()) * step for moment in moments]


def test_an_index_of_far_times_is_the_column_that_its_name_says() -> None:
    frame = pd.DataFrame({"a": [1]}, index=pd.Index([_FAR], name="until", dtype="datetime64[us]"))

    back, ledger = decoded(written(pa.Table.from_pandas(frame)), "parquet")

    assert (exact(back["until"]), ledger) == (exact(pa.array([_FAR], _US)), [])


def test_parts_of_which_one_is_far_become_microseconds_together() -> None:
    near = pa.table({"x": pa.array([_NEAR], pa.timestamp("ns"))})
    table, (entry,) = blobs_together([written(near), written(pa.table({"x": pa.array([_FAR], _US)}))], "parquet")

    assert exact(table["x"]) == exact(pa.array([_NEAR, _FAR], _US))
    assert (entry.kind, entry.lossy) == ("type", False)
