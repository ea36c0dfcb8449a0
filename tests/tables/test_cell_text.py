"""Values as text: whatever Arrow holds has one, also where Python has no object for it."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pyarrow as pa
import pytest

from blobprep.tables.cell_text import first_text, row_texts, text_writer

LEAST, MOST = -(2**63), 2**63 - 1


def counted(values: list[Any], kind: Any) -> Any:
    """Return times, dates or durations made of the integers that count them."""
    return pa.array(values, pa.int32() if kind.bit_width == 32 else pa.int64()).view(kind)


def shown(array: Any) -> list[str | None]:
    """Return what `head` shows of a column."""
    return [row[0] for row in row_texts(pa.table({"a": array}))]


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        ([LEAST, MOST], pa.timestamp("s"), ["-292277022657-01-27T08:29:52", "+292277026596-12-04T15:30:07"]),
        ([LEAST, MOST], pa.timestamp("us"), ["-290308-12-21T19:59:05.224192", "+294247-01-10T04:00:54.775807"]),
        ([LEAST + 1, MOST], pa.timestamp("ns"), ["1677-09-21T00:12:43.145224193", "2262-04-11T23:47:16.854775807"]),
        ([253402300800, -62167219201], pa.timestamp("s", "UTC"), ["+10000-01-01T00:00:00Z", "-0001-12-31T23:59:59Z"]),
        ([-(2**31), 2**31 - 1], pa.date32(), ["-5877641-06-23", "+5881580-07-11"]),
        ([-719528, -719529, None], pa.date32(), ["0000-01-01", "-0001-12-31", None]),
        ([253402300799, 253402300800], pa.timestamp("s"), ["9999-12-31T23:59:59", "+10000-01-01T00:00:00"]),
        ([106751991167 * 86400000], pa.date64(), ["+292278994-08-17"]),
        ([86400001, 0], pa.date64(), ["1970-01-02T00:00:00.001", "1970-01-01T00:00:00.000"]),
        ([LEAST, MOST], pa.duration("s"), ["-P106751991167300DT15H30M8S", "P106751991167300DT15H30M7S"]),
        ([LEAST, -1], pa.duration("ns"), ["-P106751DT23H47M16.854775808S", "-P0DT0H0M0.000000001S"]),
        ([1, 86399999999999], pa.time64("ns"), ["00:00:00.000000001", "23:59:59.999999999"]),
    ],
    ids=str,
)
def test_times_that_python_cannot_hold_are_shown(values: list[Any], kind: Any, texts: list[str | None]) -> None:
    array = counted(values, kind)

    assert shown(array) == texts
    assert shown(pa.FixedSizeListArray.from_arrays(array, 1)) == [
        json.dumps([text], separators=(",", ":")) for text in texts
    ]


@pytest.mark.parametrize(
    ("zone", "texts"),
    [
        ("America/New_York", ["0001-01-01T00:00:00Z", "2024-05-01T08:30:00-04:00", "+10000-01-02T00:00:00Z"]),
        ("+05:30", ["0001-01-01T05:30:00+05:30", "2024-05-01T18:00:00+05:30", "+10000-01-02T00:00:00Z"]),
        ("Mars/Olympus", ["0001-01-01T00:00:00Z", "2024-05-01T12:30:00Z", "+10000-01-02T00:00:00Z"]),
        ("UTC", ["0001-01-01T00:00:00Z", "2024-05-01T12:30:00Z", "+10000-01-02T00:00:00Z"]),
    ],
)
def test_times_of_a_zone_are_those_of_its_clocks_or_of_utc(zone: str, texts: list[str]) -> None:
    assert shown(counted([-62135596800, 1714566600, 253402387200], pa.timestamp("s", zone))) == texts


def test_far_times_of_a_zone_do_not_wrap_on_its_clocks() -> None:
    assert shown(counted([LEAST + 1], pa.timestamp("ns", "America/New_York"))) == ["1677-09-21T00:12:43.145224193Z"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (pa.decimal32(5, 100), "-1.23E-98"),
        (pa.decimal64(5, -100), "-1.23E+102"),
        (pa.decimal128(5, 2**31 - 1), "-1.23E-2147483645"),
        (pa.decimal256(5, 500), "-1.23E-498"),
        (pa.decimal128(5, 2), "-1.23"),
    ],
    ids=str,
)
def test_decimal_numbers_of_any_scale_are_shown(kind: Any, text: str) -> None:
    digits = pa.py_buffer((-123).to_bytes(kind.byte_width, "little", signed=True))

    assert first_text(pa.Array.from_buffers(kind, 1, [None, digits])) == text


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        (
            [[2**62, None], None, []],
            pa.list_(pa.timestamp("us", "Mars/X")),
            ['["+148108-07-06T14:00:27.387904Z",null]', None, "[]"],
        ),
        ([[5, 6], None], pa.list_(pa.duration("s"), 2), ['["P0DT0H0M5S","P0DT0H0M6S"]', None]),
        ([[("k", 2**31 - 1)], []], pa.map_(pa.string(), pa.date32()), ['[["k","+5881580-07-11"]]', "[]"]),
        (
            [{"a": b"x", "b": 1.5}, None],
            pa.struct([("a", pa.binary()), ("b", pa.float16())]),
            ['{"a":"eA==","b":1.5}', None],
        ),
        ([(1, 2, 3), (-1, 0, -(10**9))], pa.month_day_nano_interval(), ["P1M2DT0.000000003S", "P-1M0DT-1S"]),
        ([{}, None], pa.struct([]), ["{}", None]),
        ([1.0, 0.1, None], pa.float32(), ["1.0", "0.1", None]),
        ([True, None], pa.bool_(), ["True", None]),
        ([b"\x00\xff", None], pa.binary(), ["AP8=", None]),
        ([None, None], pa.null(), [None, None]),
    ],
    ids=str,
)
def test_nested_values_and_others_are_shown(values: list[Any], kind: Any, texts: list[str | None]) -> None:
    array = pa.array(values, kind)

    assert [row[0] for row in row_texts(pa.table({"a": array}))] == texts
    assert [row[0] for row in row_texts(pa.table({"a": array}).slice(1))] == texts[1:]


def test_labels_stand_for_categories() -> None:
    assert list(row_texts(pa.table({"a": pa.array(["x", None, "y"]).dictionary_encode()}))) == [("x",), (None,), ("y",)]


def test_a_fraction_of_a_second_is_that_of_the_whole_column() -> None:
    column = pa.chunked_array([pa.array([0], pa.timestamp("us")), pa.array([1], pa.timestamp("us"))])

    assert text_writer(column)(column.chunk(0)).to_pylist() == ["1970-01-01T00:00:00.000000"]


def test_the_first_text_steps_over_missing_values() -> None:
    assert first_text(pa.array([None, datetime.date(2024, 5, 30)])) == "2024-05-30"
    assert first_text(pa.chunked_array([pa.nulls(2)])) == ""
    assert first_text(pa.DictionaryArray.from_arrays([0], pa.array([None], pa.string()))) == ""
