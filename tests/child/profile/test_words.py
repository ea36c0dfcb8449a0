"""Statistics of texts, binary values and categories, beside Python's own counts."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.child.profile import words
from blobprep.child.profile.chosen import MOST
from tests.child.profile.test_ordered import profiled


def listed(column: Any) -> list[tuple[str, int]]:
    return [(value.text, value.count) for value in column.frequent]


@given(st.lists(st.none() | st.text(max_size=6), max_size=60))
def test_texts_have_the_counts_of_python(texts: list[str | None]) -> None:
    column = profiled(pa.array(texts, pa.string()))
    present = [text for text in texts if text is not None]
    counts = Counter(present)

    assert (column.count, column.missing, column.unique) == (len(present), len(texts) - len(present), len(counts))
    if not present:
        return
    assert (column.minimum, column.maximum) == (min(present), max(present))
    assert (column.shortest, column.longest) == (min(map(len, present)), max(map(len, present)))
    assert column.mean_length == pytest.approx(sum(map(len, present)) / len(present))
    assert all(counts[text] == count for text, count in listed(column))
    expected = sorted(counts.values(), reverse=True)[:10]
    assert [count for _, count in listed(column)] == ([] if expected[0] == 1 else expected)


@pytest.mark.parametrize("type_", [pa.string(), pa.large_string(), pa.string_view()], ids=str)
def test_every_type_of_text_is_counted(type_: Any) -> None:
    column = profiled(["b", "a", None, "b"], type_)
    assert (column.kind, column.unique, listed(column)) == ("text", 2, [("b", 2), ("a", 1)])


@pytest.mark.parametrize("type_", [pa.binary(), pa.large_binary(), pa.binary(2), pa.binary_view()], ids=str)
def test_binary_values_have_lengths_and_are_not_shown(type_: Any) -> None:
    column = profiled([b"ab", b"\xff\xfe", None, b"ab"], type_)
    assert (column.kind, column.unique, column.longest) == ("binary", 2, 2)
    assert (column.frequent, column.minimum) == ((), None)


def test_few_categories_of_many_rows_are_counted_in_all_of_them() -> None:
    names = [f"group {n}" for n in range(40)]
    picked = np.random.default_rng(0).integers(0, 40, MOST * 3)
    column = profiled(pa.array(names).take(pa.array(picked)))
    counts = Counter(picked.tolist())

    assert (column.unique, column.unique_error, column.frequent_rows) == (40, 0.0, 0)
    assert listed(column) == [(names[at], count) for at, count in counts.most_common(10)]


def test_many_different_texts_are_estimated() -> None:
    texts = pa.array([f"customer {n}" for n in range(MOST + 50_000)] + ["same"] * 50_000)
    column = profiled(texts)

    assert 0 < column.unique_error < 0.01
    assert column.unique == pytest.approx(MOST + 50_001, rel=4 * column.unique_error)
    assert 0 < column.frequent_rows <= MOST
    (same,) = (value for value in column.frequent if value.text == "same")
    assert same.count / column.frequent_rows == pytest.approx(0.25, abs=0.01)


def test_large_cells_are_compared_without_another_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["x" * 5000 + str(n % 3) for n in range(60)] + [None, "", "short"]
    whole = profiled(pa.array(texts))
    monkeypatch.setattr(words, "_BYTES", 1000)
    hashed = profiled(pa.array(texts))

    assert (hashed.unique, sorted(listed(hashed))) == (whole.unique, sorted(listed(whole)))
    assert hashed.frequent[0].length == 5001
    assert hashed.frequent[0].text == "x" * 199 + "…"


def test_without_values_no_text_is_copied() -> None:
    column = profiled(pa.array(["secret"] * 5 + ["other"]), values=False)
    assert "secret" not in repr(column)
    assert (column.unique, column.longest) == (2, 6)
    assert "secret" not in repr(profiled(pa.array(["secret"] * 5).dictionary_encode(), values=False))


def test_categories_are_counted_in_all_rows() -> None:
    picked = np.random.default_rng(0).integers(0, 100_000, 300_000)
    column = profiled(pa.DictionaryArray.from_arrays(picked, pa.array([f"c{n}" for n in range(120_000)])))
    counts = Counter(picked.tolist())

    assert (column.kind, column.unique, column.unique_error) == ("categorical", len(counts), 0.0)
    assert [count for _, count in listed(column)] == [count for _, count in counts.most_common(10)]


def test_lists_of_categories_may_differ_and_have_doubles_and_missing_ones() -> None:
    chunks = [
        pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, 3, None]), pa.array(["a", "b", "a", None])),
        pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array(["b", "c"])),
    ]
    alone, both = profiled(chunks[0]), profiled(pa.chunked_array(chunks))

    assert (alone.count, alone.missing, alone.unique, listed(alone)) == (3, 2, 2, [("a", 2), ("b", 1)])
    assert (both.count, both.missing, both.unique) == (5, 2, 3)
    assert sorted(listed(both)) == [("a", 2), ("b", 2), ("c", 1)]


def test_categories_of_numbers_and_times_are_written_as_cells_are() -> None:
    numbers = profiled(pa.array([1.5, 1.5, None, 2.0]).dictionary_encode())
    times = profiled(pa.array([0, 0, 86_400], pa.timestamp("s")).dictionary_encode())
    assert listed(numbers) == [("1.5", 2), ("2.0", 1)]
    assert listed(times)[0] == ("1970-01-01T00:00:00", 2)


def test_truth_values_are_counted() -> None:
    column = profiled([True, None, False, True])
    assert (column.kind, column.count, column.missing, column.unique) == ("boolean", 3, 1, 2)
    assert listed(column) == [("True", 2), ("False", 1)]
