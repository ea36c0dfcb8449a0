"""What differs between two tables, or two runs, as a text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from blobprep.child.comparison.tables import compare_tables
from blobprep.protocol.comparisons import AskedComparison
from blobprep.report.text.comparison_text import comparison_text
from blobprep.report.text.lines import Paper, plain
from blobprep.report.views import ComparedSide, ComparisonView
from tests.report.building import failed, manifest, numeric, table

BEFORE = pa.table({"id": [1, 2, 3, 4], "mass": [1.0, 2.0, None, 4.0], "name": ["old", "b", "c", None]})
AFTER = pa.table({"id": [1, 2, 3, 5], "name": ["new", "b", None, "z"], "mass": ["1", "2.5", "3", "5"], "new": [0] * 4})


def view_of(before: Any, after: Any, *key: str, **changes: Any) -> ComparisonView:
    compared = compare_tables(before, after, AskedComparison(key))
    made = ComparisonView(ComparedSide("a.csv", "az://raw/a.csv"), ComparedSide("b.csv", "az://raw/b.csv"), compared)
    return replace(made, **changes)


def shown(view: ComparisonView, room: int | None = None) -> str:
    return plain(comparison_text(view, Paper(room)))


def test_equal_tables_are_said_to_be_equal_and_nothing_else_is() -> None:
    assert shown(view_of(BEFORE, BEFORE)) == (
        "- az://raw/a.csv\n+ az://raw/b.csv\n\nequal: the same columns, types and values, in the same order\n"
    )


def test_columns_rows_and_cells_that_differ_are_told_by_key() -> None:
    told = shown(view_of(BEFORE, AFTER, "id"))

    assert "columns   1 added (new); 1 of another type (mass)" in told
    assert "1 removed, 1 added" in told
    assert "rows are paired by id" in told
    assert "mass    double → string" in told
    assert "id 1: name: old → new\n" in told
    assert "∅ → 3" in told
    assert "Removed rows  1\n   id  mass  name\n3  4   4.0   ∅\n" in told
    assert "Added rows  1\n   id  name  mass  new\n3  5   z     5     0\n" in told


def test_distributions_of_two_tables_stand_above_each_other() -> None:
    sides = [
        ComparedSide("a", "az://raw/a.csv", table(numeric("id"), numeric())),
        ComparedSide("b", "az://raw/b.csv", table(numeric("id"), numeric(mean=7.5))),
    ]
    told = shown(
        view_of(BEFORE.select(["id", "mass"]), AFTER.select(["id", "mass"]), "id", first=sides[0], second=sides[1])
    )

    assert "Distributions\ncolumn     missing    mean  median  distribution\nmass    -        2  3.1416" in told
    assert "        +        2     7.5" in told
    assert "id      -" not in told  # nothing of it differs


def test_two_runs_are_compared_by_what_they_were_asked_even_if_one_has_no_results() -> None:
    first = ComparedSide("before", "runs/before/", None, manifest())
    second = ComparedSide("after", "runs/after/", None, failed(parameters={"threshold": "0.5"}))
    told = shown(ComparisonView(first, second, None, ("runs/after/ has no results: it is failed",)))

    assert "- runs/before/  succeeded\n+ runs/after/  failed\n" in told
    assert "Parameters, threshold" in told
    assert "runs/after/ has no results: it is failed\n" in told


def test_two_runs_of_the_same_are_said_to_be_that() -> None:
    first = ComparedSide("before", "runs/before/", None, manifest())
    second = ComparedSide("after", "runs/after/", None, manifest(run_id="another", started="2026-12-01T00:00:00.000Z"))

    assert "asked for the same, of the same data\n" in shown(ComparisonView(first, second))


@given(st.lists(st.text(max_size=20), min_size=2, max_size=6, unique=True), st.integers(40, 120))
def test_what_strangers_wrote_acts_on_no_terminal_and_makes_no_line(texts: list[str], room: int) -> None:
    usable = [text.encode("utf-8", "replace").decode() for text in texts]
    first = pa.table({"key": list(range(len(usable))), usable[0]: usable})
    second = pa.table({"key": list(range(len(usable))), usable[0]: usable[::-1]})
    lines = comparison_text(view_of(first, second, "key"), Paper(room))
    told = plain(lines)

    assert not {"\x1b", "\r", "\x07", "\x9b", "\u202e", "\u2066", "\x00"} & set(told)
    assert told.count("\n") == len(lines)
