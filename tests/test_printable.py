"""Texts that strangers wrote: nothing in them acts on a terminal or passes for blobprep's."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.printable import escape, json_text, quote_lines

HARMLESS = ("", "a b", "Größe 日本 😀", "a\tb", "می\u200cخواهم", "👩\u200d🔬")
MISLEADING = (
    "\x00",
    "\x1b[2J",
    "\x7f",
    "\x9b",
    "\r",
    "\n",
    "\u2028",
    "\u202e",
    "\u2066",
    "\u200f",
    "\u061c",
    "\ufeff",
    "\xa0",
)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_people_write_is_printed_as_it_is(text: str) -> None:
    assert escape(text) == quote_lines(text) == text
    assert json.loads(json_text(text)) == text


@pytest.mark.parametrize("character", MISLEADING)
def test_what_acts_or_misleads_is_escaped(character: str) -> None:
    assert escape(f"a{character}b").isprintable()
    assert character not in json_text({"name": f"a{character}b"}).replace("\n", "", 3).removesuffix("\n")


@given(st.text(st.characters(categories=("Cc", "Cf", "Cs", "Zl", "Zp", "L", "P")), max_size=20))
def test_json_that_is_shown_reads_as_it_was(text: str) -> None:
    shown = json_text([text])

    assert json.loads(shown) == [text]
    assert {unicodedata.category(each) for each in shown if each not in "\n\t\u200c\u200d"}.isdisjoint(
        {"Cc", "Cf", "Cs", "Zl"}
    )


@given(st.text(max_size=60))
def test_no_line_but_the_first_begins_as_one_of_blobpreps(text: str) -> None:
    first, *others = quote_lines(text).split("\n")

    assert escape(first) == first
    assert all(line.startswith("  | ") and escape(line) == line for line in others)


_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text('ab"\\\n', max_size=4)
_KEYS = st.text("ab", max_size=3) | st.integers() | st.booleans()


@given(
    st.recursive(
        _SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3) | st.tuples(inner),
    )
)
def test_json_is_that_of_the_standard_library(value: object) -> None:
    assert json_text(value) == json.dumps(value, indent=2, ensure_ascii=False)


def test_json_of_what_it_has_no_type_for_is_refused_unless_it_is_told_how() -> None:
    with pytest.raises(TypeError):
        json_text({1j})
    assert json_text(1j, default=str) == '"1j"'


def test_records_are_objects_with_their_fields() -> None:
    @dataclass(frozen=True, slots=True)
    class Inner:
        name: str
        sizes: tuple[int, ...] = ()

    @dataclass
    class Outer:
        inner: Inner
        others: MappingProxyType[str, Any]

    value = Outer(Inner("a"), MappingProxyType({"b": [Inner("c", (1, 2))], "d": MappingProxyType({})}))
    plain = {"inner": {"name": "a", "sizes": []}, "others": {"b": [{"name": "c", "sizes": [1, 2]}], "d": {}}}
    assert json_text(value) == json.dumps(plain, indent=2, ensure_ascii=False)
