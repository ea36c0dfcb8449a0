"""The width of texts on a terminal, and texts that are cut to it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.report.text.cells import cut, fill, isolate, safe, width

anything = st.text(max_size=30)


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("", 0),
        ("planet", 6),
        ("日本語", 6),
        ("ｆｕｌｌ", 8),
        ("e\u0301", 1),
        ("🙂", 2),
        ("👩‍🔬", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("👍🏽", 2),
        ("❤️", 2),
        ("שלום", 4),
        ("\u2068שלום\u2069", 4),
    ],
)
def test_width_is_what_a_terminal_takes(text: str, cells: int) -> None:
    assert width(text) == cells


@given(anything, st.integers(0, 20))
def test_what_is_cut_fits_and_is_the_start_of_the_text(text: str, most: int) -> None:
    shown = cut(safe(text), most)

    assert width(shown) <= most
    assert safe(text).startswith(shown.removesuffix("…").removesuffix("\u2069"))


@given(anything, st.integers(0, 20))
def test_what_fits_is_not_cut(text: str, more: int) -> None:
    assert cut(safe(text), width(safe(text)) + more) == safe(text)


@given(anything)
def test_what_is_safe_has_nothing_that_acts_on_a_terminal_or_outlasts_its_place(text: str) -> None:
    shown = safe(text)
    inner = shown.removeprefix("\u2068").removesuffix("\u2069")

    assert (inner == shown) or shown == f"\u2068{inner}\u2069"
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in shown)
    assert not set(inner) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def test_only_what_runs_from_right_to_left_is_isolated() -> None:
    assert isolate("größer 日本") == "größer 日本"
    assert isolate("مرحبا 123") == "\u2068مرحبا 123\u2069"
    assert cut(isolate("مرحبا بالعالم"), 6) == "\u2068مرحبا\u2069…"


def test_blanks_fill_what_is_missing_of_the_cells() -> None:
    assert fill("日本", 6) + "|" == "日本  |"
    assert fill("1", 3, right=True) == "  1"
    assert fill("planet", 3) == "planet"
