"""The page of two tables and of two runs: what it says, what it weighs, and that data is nothing but text in it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.child.comparison.tables import compare_tables
from blobprep.protocol.comparisons import (
    AskedComparison,
    ChangedCell,
    ChangedRow,
    ColumnComparison,
    SingleRow,
    TableComparison,
)
from blobprep.report.comparison_page import render_comparison
from blobprep.report.run_differences import facts_of
from blobprep.report.views import ComparedSide, ComparisonView
from tests.report.building import failed, manifest, numeric, table, text
from tests.report.reading import Page

BEFORE = pa.table({"id": [1, 2, 3, 4], "mass": [1.0, 2.0, None, 4.0], "name": ["a long name, old", "b", "c", None]})
AFTER = pa.table({"id": ["1", "2", "3", "5"], "name": ["a long name, new", "b", None, "z"], "new": [0, 0, 0, 0]})


def page_of(first: Any, second: Any, *key: str, **changes: Any) -> str:
    compared = compare_tables(first, second, AskedComparison(key))
    made = ComparisonView(ComparedSide("a.csv", "az://raw/a.csv"), ComparedSide("b.csv", "az://raw/b.csv"), compared)
    page = render_comparison(replace(made, **changes))
    Page(page)
    return page.decode()


def words(page: str) -> str:
    """The words that a page shows, with a space between cells and between blocks."""
    page = re.sub(r"<(style|script).*?</\1>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", re.sub(r"</(td|th|p|h\d|li|div)>", " ", page)))


def test_the_page_begins_with_what_changed() -> None:
    told = words(page_of(BEFORE, AFTER, "id"))

    assert "Different" in told
    assert "2 rows changed; 1 only in the first; 1 only in the second; 1 column added; 1 column removed;" in told
    assert "Rows are paired by id." in told
    assert "2 changed 40 %" in told


def test_the_same_tables_are_said_to_be_the_same() -> None:
    told = words(page_of(BEFORE, BEFORE))

    assert "The same 4 rows × 3 columns, with the same types, values and order." in told
    assert "Rows are paired by their position." in told


def test_a_changed_cell_shows_both_values_and_marks_what_differs_in_longer_ones() -> None:
    page = page_of(BEFORE, AFTER, "id")

    assert '<del><bdi dir="auto">a long name, <mark>old</mark></bdi></del>' in page
    assert '<ins><bdi dir="auto">a long name, <mark>new</mark></bdi></ins>' in page
    assert '<del><bdi dir="auto">c</bdi></del><ins><i class="none">missing</i></ins>' in page


def test_columns_that_differ_come_first() -> None:
    first = pa.table({"a": [1], "b": [1], "c": [1]})
    second = pa.table({"a": [1], "b": [2], "c": ["1"]})

    page = page_of(first, second)

    rows = re.findall(r'<tr class="column[^"]*"><th scope="row"><bdi dir="auto">(.)', page)
    assert rows == ["b", "c", "a"]


def test_rows_that_moved_and_keys_that_repeat_are_told() -> None:
    moved = pa.table({"a": list(range(9))})
    repeated = pa.table({"a": [1, 1], "b": [1, 2]})

    assert "rows are in another order" in words(page_of(moved, moved.take(list(range(8, -1, -1)))))
    assert "The key repeats in 1 row of the first and 1 row of the second" in words(page_of(repeated, repeated, "a"))


def test_what_was_not_compared_is_not_said_to_be_the_same() -> None:
    late = TableComparison(
        "position", 2, 2, 1, 1, columns=(ColumnComparison("a", 0, 0, "int64", "int64", note="time ran out"),), width=1
    )

    told = words(render_comparison(ComparisonView(ComparedSide("a"), ComparedSide("b"), late)).decode())

    assert "Not all compared" in told
    assert "No difference was found in what was compared" in told
    assert "time ran out" in told


def test_profiles_are_laid_over_each_other() -> None:
    sides = [
        ComparedSide("a", profile=table(text("id"), numeric("mass"))),
        ComparedSide("b", profile=table(numeric("mass", mean=4))),
    ]
    compared = TableComparison(
        "key", 1, 1, 2, 1, key=("id",), width=1,
        columns=(ColumnComparison("mass", 1, 0, "double", "double", compared=1, changed=1, largest=2.5, mean=-0.5),),
    )  # fmt: skip

    page = render_comparison(ComparisonView(sides[0], sides[1], compared)).decode()

    assert 'class="overlay"' in page
    assert "3.1416 → 4" in words(page)
    assert "2.5mean −0.5" in words(page)


def test_two_runs_are_compared_by_what_their_manifests_say_differently() -> None:
    changed = manifest(
        parameters={"threshold": "0.8"}, environment={"python": "3.11.7", "pandas": "3.2.0"},
        timings={"resolve": 0.1, "compute": 2.4}, run_id="other",
    )  # fmt: skip
    sides = ComparedSide("one", manifest=manifest()), ComparedSide("other", manifest=changed)

    told = words(render_comparison(ComparisonView(*sides)).decode())

    assert "threshold 0.75 0.8" in told
    assert "pandas 3.1.1 3.2.0" in told
    assert "python" not in told
    assert f"{len(facts_of(changed)) - 2} other entries of the two manifests are the same." in told
    assert "compute 1.2 s 2.4 s" in told


def test_runs_that_differ_in_nothing_but_time_are_told_so() -> None:
    later = manifest(started="2026-12-01T18:16:04.244Z", ended=None, run_id="other")

    told = words(
        render_comparison(
            ComparisonView(ComparedSide("a", manifest=manifest()), ComparedSide("b", manifest=later))
        ).decode()
    )

    assert f"All {len(facts_of(manifest()))} entries of the two manifests are the same." in told


def test_a_run_that_failed_is_told_with_its_error() -> None:
    sides = ComparedSide("a", manifest=manifest()), ComparedSide("b", manifest=failed())

    told = words(render_comparison(ComparisonView(*sides)).decode())

    assert "status succeeded failed" in told
    assert "error — 0085: Error 0085" in told


def test_entries_of_the_ledger_that_one_run_has_are_listed() -> None:
    entry = {"port": "results", "column": "id", "kind": "cast", "detail": "became <b>text</b>", "lossy": True}
    sides = ComparedSide("a", manifest=manifest()), ComparedSide("b", manifest=manifest(translations=(entry,)))

    page = render_comparison(ComparisonView(*sides)).decode()

    assert "Only in the second" in words(page)
    assert "became &lt;b&gt;text&lt;/b&gt;" in page


_NASTY = st.text(st.sampled_from("a\"'<>&\x00\x1b\u202e\u2028{}%\\ü中"), max_size=12)
_CELL = st.none() | _NASTY


@given(_NASTY, _NASTY, st.lists(st.tuples(_CELL, _CELL), min_size=1, max_size=3), _NASTY)
def test_no_text_of_data_becomes_markup(name: str, key: str, cells: list[Any], source: str) -> None:
    rows = enumerate(cells)
    compared = TableComparison(
        "key", 9, 9, 2, 2, key=(key,), width=2, same=0, changed=8, removed=1, added=1,
        columns=(
            ColumnComparison(name, 0, 0, name, source, compared=8, changed=8, note=name),
            ColumnComparison(name, None, 1, "", name),
        ),
        changed_rows=tuple(
            ChangedRow(row, row, (key,), (ChangedCell(0, before, after),), 1) for row, (before, after) in rows
        ),
        removed_rows=(SingleRow(8, (name,)),),
        notes=(name,),
    )  # fmt: skip
    sides = [
        ComparedSide(name, source, table(text(name)), manifest(parameters={name: side}, run_id=name))
        for side in (key, source)
    ]

    page = render_comparison(ComparisonView(sides[0], sides[1], compared, (source,)))

    read = Page(page)
    assert not [attribute for _, attribute, _ in read.attributes if attribute == "style" or attribute.startswith("on")]
    assert not re.search(rb"[\x00-\x08\x1b]", page)
    assert "\u202e" not in page.decode()


@pytest.mark.parametrize("limit", [100_000, 400_000])
def test_the_budget_holds_for_two_thousand_columns_and_long_texts(limit: int) -> None:
    long = "<&ä\U0001f600" * 400
    columns = tuple(
        ColumnComparison(f"{number} {long}"[:2000], number, number, long[:200], "x", compared=1000, changed=1000)
        for number in range(2000)
    )
    rows = tuple(
        ChangedRow(row, row, (long[:400],), tuple(ChangedCell(at, long[:400], long[:399]) for at in range(100)), 2000)
        for row in range(200)
    )
    compared = TableComparison(
        "key", 1000, 1000, 2000, 2000, key=("id",), columns=columns, width=2000, same=0, changed=1000, removed=0,
        added=0, changed_rows=rows, removed_rows=tuple(SingleRow(row, (long[:400],) * 50) for row in range(200)),
    )  # fmt: skip

    page = render_comparison(ComparisonView(ComparedSide("a"), ComparedSide("b"), compared), bytes=limit)

    assert len(page) <= limit
    assert "are not listed" in words(page.decode())
    assert "changed rows" in words(page.decode()).lower()
