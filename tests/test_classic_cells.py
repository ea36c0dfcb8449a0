"""How a web service of Studio (classic) spells a cell."""

from __future__ import annotations

import struct
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.protocol.classic_cells import spell_boolean, spell_datetime, spell_double, spell_single, spell_timespan


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "-0"),
        (5.0, "5"),
        (-12.5, "-12.5"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1 / 3, "0.33333333333333331"),
        (2 / 3, "0.66666666666666663"),
        (123456789012345.0, "123456789012345"),
        (1e14, "100000000000000"),
        (1e15, "1E+15"),
        (1234567890123456.7, "1234567890123456.8"),
        (1e16, "1E+16"),
        (1.5e300, "1.5E+300"),
        (0.0001, "0.0001"),
        (0.00001, "1E-05"),
        (0.000012345, "1.2345E-05"),
        (1.7976931348623157e308, "1.7976931348623157E+308"),
        (5e-324, "4.94065645841247E-324"),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
    ],
)
def test_a_double_is_spelled_as_dotnet_spells_it(value: float, text: str) -> None:
    assert spell_double(value) == text


@given(st.floats(allow_nan=False))
def test_a_double_reads_back_as_itself(value: float) -> None:
    assert struct.pack("d", float(spell_double(value))) == struct.pack("d", value)


@given(st.floats(width=32, allow_nan=False))
def test_a_single_reads_back_as_itself(value: float) -> None:
    assert struct.pack("f", float(spell_single(value))) == struct.pack("f", value)
    assert len(spell_single(value)) <= 16


@pytest.mark.parametrize(
    ("value", "text"), [(0.1, "0.1"), (16777216.0, "16777216"), (1e10, "1E+10"), (1 / 3, "0.333333343")]
)
def test_a_single_has_seven_digits_or_nine(value: float, text: str) -> None:
    assert spell_single(struct.unpack("f", struct.pack("f", value))[0]) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2010, 5, 30, 18, 7), "5/30/2010 6:07:00 PM"),
        (datetime(2010, 5, 30), "5/30/2010 12:00:00 AM"),
        (datetime(2010, 12, 1, 12, 0, 9), "12/1/2010 12:00:09 PM"),
        (datetime(1, 1, 1), "1/1/0001 12:00:00 AM"),
        (datetime(2010, 5, 30, 1, 2, 3, 500_000), "5/30/2010 1:02:03.5 AM"),
        (datetime(2010, 5, 30, 20, tzinfo=timezone(timedelta(hours=2))), "5/30/2010 6:00:00 PM"),
    ],
)
def test_a_time_is_spelled_in_english(value: datetime, text: str) -> None:
    assert spell_datetime(value) == text


def test_nanoseconds_are_kept() -> None:
    assert spell_datetime(datetime(2010, 5, 30), 7) == "5/30/2010 12:00:00.000000007 AM"
    assert spell_timespan(timedelta(seconds=-1), -7) == "-00:00:01.000000007"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(0), "00:00:00"),
        (timedelta(hours=26, minutes=3, seconds=4, milliseconds=5), "1.02:03:04.005"),
        (-timedelta(days=1, seconds=1), "-1.00:00:01"),
    ],
)
def test_a_span_of_time_has_days_only_where_there_are_any(value: timedelta, text: str) -> None:
    assert spell_timespan(value) == text


def test_truth_is_capitalized() -> None:
    assert (spell_boolean(True), spell_boolean(False)) == ("True", "False")
