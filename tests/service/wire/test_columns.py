"""Columns of a request, matched by name."""

from __future__ import annotations

from typing import Any

import pytest

from blobprep.service.definitions import Column, ServiceInput, ServiceTable
from blobprep.service.failures import ServiceFailure
from blobprep.service.wire.columns import read_table

KNOWN = ServiceInput("input1", "dataset1", (Column("a", "Int32"), Column("b", "String")))
UNKNOWN = ServiceInput("input1", "dataset1")


def _table(value: Any, given: ServiceInput = KNOWN, rows: int = 10) -> ServiceTable:
    return read_table(given, value, rows=rows)


@pytest.mark.parametrize(
    "value",
    [
        {"ColumnNames": ["a", "b"], "Values": [["1", "x"], [2, None]]},
        {"ColumnNames": ["b", "a"], "Values": [["x", 1], [None, "2"]]},
        {"columnNames": ["b", "a"], "values": [["x", 1], [None, "2"]]},
        {"Values": [["1", "x"], [2, None]]},
        [{"a": "1", "b": "x"}, {"b": None, "a": 2}],
        [{"a": "1", "b": "x"}, {"a": 2}],
    ],
)
def test_columns_come_in_the_order_of_the_schema(value: Any) -> None:
    assert _table(value) == ServiceTable(("a", "b"), ("Int32", "String"), ((1, "x"), (2, None)))


@pytest.mark.parametrize("value", [{"ColumnNames": ["a", "b"], "Values": [1, "x"]}, {"a": 1, "b": "x"}])
def test_one_row_may_be_out_of_its_list(value: Any) -> None:
    assert _table(value).rows == ((1, "x"),)


@pytest.mark.parametrize("value", [{"ColumnNames": ["a", "b"], "Values": []}, {"ColumnNames": ["a", "b"]}, []])
def test_a_table_may_have_no_rows(value: Any) -> None:
    assert _table(value) == ServiceTable(("a", "b"), ("Int32", "String"), ())


def test_without_a_schema_columns_are_taken_as_they_are() -> None:
    table = _table([{"z": 1, "y": "2"}, {"y": 3.5, "x": True}], UNKNOWN)

    assert table == ServiceTable(("z", "y", "x"), ("", "", ""), ((1, "2", None), (None, 3.5, True)))


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        ({"ColumnNames": ["a"], "Values": [["1"]]}, "InputMismatchError", "Missing: 'b'."),
        (
            {"ColumnNames": ["A", "b"], "Values": [["1", "x"]]},
            "InputMismatchError",
            "case-sensitive: the request has 'A'",
        ),
        ({"ColumnNames": ["a", "b", "c"], "Values": [[1, 2, 3]]}, "InputMismatchError", "Not in the schema: 'c'."),
        ({"ColumnNames": ["a", "b", "a"], "Values": [[1, 2, 3]]}, "InputMismatchError", "'a' is named twice"),
        ({"ColumnNames": ["a", "b"], "Values": [["1"]]}, "InputParseError", "row 1 has 1 cells for 2 columns"),
        ({"ColumnNames": ["a", "b"], "Values": [[1, "x"], [1, 2, 3]]}, "InputParseError", "row 2 has 3 cells"),
        (
            {"ColumnNames": ["a", "b"], "Values": [["?", "x"]]},
            "InputParseError",
            "row 1, column 'a': the text is no Int32",
        ),
        ({"ColumnNames": ["a", "b"], "Values": [[[1], "x"]]}, "InputParseError", "a list or an object is no cell"),
        ({"ColumnNames": "a", "Values": []}, "InputMismatchError", "ColumnNames is a list"),
        ({"ColumnNames": [1, 2], "Values": []}, "InputMismatchError", "ColumnNames is a list"),
        ({"ColumnNames": ["a", "b"], "Values": "x"}, "InputMismatchError", "Values is a list"),
        ({"ColumnNames": ["a", "b"], "Values": [["1", "x"], "y"]}, "InputMismatchError", "Row 2 of Values"),
        ([{"a": 1, "b": "x"}, 5], "InputMismatchError", "Row 2 is no object"),
        ([{"a": 1}], "InputMismatchError", "Missing: 'b'."),
        ("x", "InputMismatchError", "An input is an object"),
        ([{"a": 1, "b": "x"}] * 11, "InputParseError", "there are 11 rows and the service takes 10 at most"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(value: Any, code: str, words: str) -> None:
    with pytest.raises(ServiceFailure) as caught:
        _table(value)

    assert (caught.value.status, caught.value.code) == (400, "BadUserArgument")
    (detail,) = caught.value.details
    assert (detail.code, detail.target) == (code, "input1")
    assert words in detail.message


def test_many_columns_are_counted_and_not_listed() -> None:
    names = [f"c{number}" for number in range(9)]

    with pytest.raises(ServiceFailure) as caught:
        _table({"ColumnNames": ["a", "b", *names], "Values": []})

    assert "'c4' and 4 more" in caught.value.details[0].message
