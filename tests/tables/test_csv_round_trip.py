"""What a cell of delimited text looks like without being it: told, and nothing else is."""

from __future__ import annotations

import math
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.tables.codecs.csv.round_trip import round_trip_entries
from blobprep.tables.redaction import format_losses
from tests.tables.test_codecs import decoded, encoded

TEXT = pa.string()


@pytest.mark.parametrize(
    ("values", "kind", "told"),
    [
        (["", "x", "?", None], TEXT, [("missing", 2, "''")]),
        (["x", "?"], pa.large_string(), [("missing", 1, "?")]),
        (["1", "22", None], TEXT, [("text", 2, "1")]),
        (["True", "false"], TEXT, [("text", 2, "True")]),
        ([" 1", "2 "], TEXT, [("text", 2, " 1")]),
        (["1.50", "1e3"], TEXT, [("text", 2, "1.50")]),
        (["1", "", "2"], TEXT, [("missing", 1, "''"), ("text", 2, "1")]),
        (["1", "2"], pa.dictionary(pa.int8(), TEXT), [("text", 2, "1")]),
        ([b"", b"x", None], pa.binary(), [("missing", 1, "0 bytes")]),
        ([b"", b"x", None], pa.dictionary(pa.int8(), pa.binary()), [("missing", 1, "0 bytes")]),
        ([b"", None], pa.binary(0), [("missing", 1, "0 bytes")]),
        ([math.inf, None], pa.dictionary(pa.int8(), pa.float64()), [("text", 1, "inf")]),
        ([math.inf, None, -math.inf], pa.float64(), [("text", 2, "inf")]),
        ([math.inf, None], pa.float16(), [("text", 1, "inf")]),
    ],
)
def test_what_reads_back_as_something_else_is_told_and_lossy(
    values: list[Any], kind: Any, told: list[tuple[str, int, str]]
) -> None:
    entries = round_trip_entries("a", pa.chunked_array([pa.array(values, kind)]), "results")

    assert [(entry.kind, entry.count, entry.example) for entry in entries] == told
    assert all(entry.lossy and "--format parquet" in format_losses([entry]) for entry in entries)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["007", "008"], TEXT),
        (["+1", "2"], TEXT),
        (["99999999999999999999"], TEXT),
        (["1", "x"], TEXT),
        (["0", "1", "true"], TEXT),
        (["None", "NULL", " ? ", " "], TEXT),
        (["2024-05-30", None], TEXT),
        ([None, None], TEXT),
        ([], TEXT),
        ([math.inf, 1.0], pa.float64()),
        ([None], pa.float64()),
        ([1, 2], pa.int64()),
    ],
)
def test_what_reads_back_as_itself_is_not_told(values: list[Any], kind: Any) -> None:
    assert round_trip_entries("a", pa.chunked_array([pa.array(values, kind)]), "results") == []


def test_a_number_late_in_a_long_column_keeps_it_text() -> None:
    column = pa.chunked_array([["1"] * 100_000, ["x"]])

    assert round_trip_entries("a", column, "results") == []


_CELLS = st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=3)
_LOOKS = st.sampled_from(
    ["", "?", " ?", "1", " 1", "1.0", "-0", "True", "true ", "nan", "inf", "1e5", "007", "0x1", "x"]
)


@pytest.mark.parametrize("name", ["csv", "tsv"])
@given(columns=st.lists(st.lists(_LOOKS | _CELLS, min_size=3, max_size=3), min_size=1, max_size=3))
def test_a_column_of_text_without_an_entry_reads_back_as_it_was(name: str, columns: list[list[str | None]]) -> None:
    table = pa.table({str(number): pa.array(cells, TEXT) for number, cells in enumerate(columns)})

    data, ledger = encoded(table, name)
    read, _ = decoded(data, name)

    told = {entry.column for entry in ledger if entry.lossy}
    for label in table.column_names:
        same = read[label].to_pylist() == table[label].to_pylist()
        assert same != (label in told)
