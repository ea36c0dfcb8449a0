"""Numbers as a person reads them: rounded, grouped, and never another number."""

from __future__ import annotations

import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.report import markup, numerals
from blobprep.report.numerals import aligned, approximate, duration, number, position, share, size


@pytest.mark.parametrize("module", [numerals, markup])
def test_the_examples_of_the_module_are_so(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"),
        (0.0, "0"),
        (1.0, "1"),
        (99999.99, "100,000"),
        (123456.789, "123,457"),
        (9007199254740993, "9,007,199,254,740,993"),
        ("12345678901234567890", "12,345,678,901,234,567,890"),
        ("007", "007"),
        ("-12345", "−12,345"),
        (1e300, "1×10³⁰⁰"),
        (math.nan, "NaN"),
        (-math.inf, "−∞"),
        ("abc", "abc"),
        ("1e400", "1e400"),
        ("-inf", "−∞"),
        ("", ""),
        ("9" * 60, "9" * 60),
    ],
)
def test_a_number_is_shown_in_few_digits(value: float | str | None, text: str) -> None:
    assert number(value) == text


@given(st.floats(-1e308, 1e308))
def test_a_number_that_is_shown_is_near_the_one_that_is_meant(value: float) -> None:
    text = number(value).replace(",", "").replace("−", "-")
    digits, _, power = text.partition("×10")
    power = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or "0"

    assert math.isclose(float(f"{digits}e{power}"), value, rel_tol=1e-3)


@given(st.lists(st.floats(-1e6, 1e6).map(number), min_size=1))
def test_points_of_aligned_numbers_are_below_each_other(texts: list[str]) -> None:
    made = aligned(texts)

    assert [text.rstrip() for text in made] == texts
    assert len({len(text) - text.find(".") for text in made if "." in text and "×" not in text}) <= 1


@given(st.integers(0, 10**15), st.floats(0.0001, 0.5))
def test_an_estimate_is_rounded_by_less_than_its_error(value: int, error: float) -> None:
    rounded = int(approximate(value, error).split(" ")[1].replace(",", ""))

    assert abs(rounded - value) <= value * error + 0.5


@given(st.integers(0, 10**24))
def test_a_size_has_a_unit(amount: int) -> None:
    assert size(amount).rsplit(" ", 1)[1] in ("byte", "bytes", "kB", "MB", "GB", "TB", "PB")


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_share_is_nothing_or_all_only_where_it_is(part: int, whole: int) -> None:
    part = min(part, whole)

    assert (share(part, whole) == "0 %") == (part == 0)
    assert (share(part, whole) == "100 %") == (part == whole)


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["numeric", "time", "duration"]))
def test_every_position_can_be_told(value: float, kind: str) -> None:
    assert position(value, kind, abs(value))


def test_lengths_of_time_that_are_negative_are_told() -> None:
    assert duration(-90) == "−1 min 30 s"
