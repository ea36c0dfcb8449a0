"""Failed items, grouped by what went wrong."""

from __future__ import annotations

import pytest

from blobprep.batches.records import ItemError
from blobprep.batches.report.causes import Causes, shape, told
from blobprep.report.batch_views import ItemView
from tests.batches.report.building import TRACEBACK


def add(causes: Causes, error: ItemError, key: str = "a") -> None:
    causes.add(error, ItemView(key, "failed", error=told(error)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("KeyError: 'mass'", "KeyError: 'radius'"),
        ("az://contoso@raw/a.csv, line 3: expected 5 fields", "az://c@raw/b/d.csv, line 4,711: expected 6 fields"),
        ("/data/a/b.csv is gone", "C:\\data\\x.csv is gone"),
        ("ETag 0x8DC1 is not 0x8DC2", "ETag 0x8DCAFF is not 0x1"),
        ("took 1.5e-7 s", "took -3 s"),
        ('no "a \\" b" here', 'no "" here'),
    ],
)
def test_texts_that_differ_by_the_item_have_one_shape(one: str, other: str) -> None:
    assert shape(one) == shape(other)


@pytest.mark.parametrize(
    ("one", "other"), [("KeyError: 'a'", "ValueError: 'a'"), ("no rows", "no columns"), ("don't", "can't")]
)
def test_texts_of_different_causes_have_different_shapes(one: str, other: str) -> None:
    assert shape(one) != shape(other)


def test_the_most_frequent_cause_comes_first_with_the_traceback_of_its_first_item() -> None:
    causes = Causes()
    add(causes, ItemError("StoreUnavailable", "az://c@raw/1.csv could not be read", passes=True), "1")
    for key in "abcdefgh":
        add(causes, ItemError("0085", "Error 0085", TRACEBACK.replace("line 8", f"line {ord(key)}"), "Look."), key)

    first, second = causes.views()

    assert (first.code, first.count, first.told) == ("0085", 8, "KeyError: 'mass'")
    assert "line 97, in azureml_main" in first.traceback
    assert [item.key for item in first.items] == ["a", "b", "c", "d", "e"]
    assert (second.code, second.count, second.passes) == ("StoreUnavailable", 1, True)


def test_the_same_text_under_two_codes_is_two_causes() -> None:
    causes = Causes()
    for code in ("BlobNotFound", "BlobChanged"):
        add(causes, ItemError(code, "it is gone"))

    assert [cause.code for cause in causes.views()] == ["BlobChanged", "BlobNotFound"]


def test_causes_without_end_are_counted_and_leave_room_for_those_of_other_codes() -> None:
    causes = Causes()
    for place in range(5000):
        add(causes, ItemError("0085", "".join(chr(97 + int(digit)) for digit in str(place))))
    add(causes, ItemError("StoreUnavailable", "no answer"))

    views = causes.views()

    assert sum(cause.count for cause in views) + causes.unsorted == 5001
    assert len(views) == 51
    assert views[-1].code == "StoreUnavailable"


def test_a_long_traceback_keeps_its_start_and_its_end() -> None:
    causes = Causes()
    add(causes, ItemError("0085", "", "Traceback (most recent call last):\n" + "  x\n" * 50_000 + "KeyError: 'a'"))

    (cause,) = causes.views()

    assert len(cause.traceback) < 21_000
    assert cause.traceback.startswith("Traceback")
    assert cause.traceback.endswith("KeyError: 'a'")
