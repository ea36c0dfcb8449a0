"""There and back: what leaves a frame for a format comes back as it was, but for the losses the ledger names."""

from __future__ import annotations

import datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from blobprep.tables.translation import to_frame, to_table
from tests.tables.test_codecs import decoded, encoded

_FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])

_TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
_DATETIMES = st.datetimes(datetime.datetime(1, 1, 1), datetime.datetime(9999, 1, 1))
_DOUBLES = st.floats(allow_nan=False)
_LABELS = ["a", "b,", 'c"']


def _columns(rows: int) -> Any:
    def series(values: Any, dtype: Any, missing: bool = True) -> Any:
        cell = st.none() | values if missing else values
        return st.lists(cell, min_size=rows, max_size=rows).map(lambda cells: pd.Series(cells, dtype=dtype))

    return st.one_of(
        series(st.integers(-(2**63), 2**63 - 1), "int64", missing=False),
        series(st.integers(0, 255), "uint8", missing=False),
        series(st.integers(-(2**63), 2**63 - 1), "Int64"),
        series(_DOUBLES, "float64"),
        series(st.booleans(), "bool", missing=False),
        series(st.booleans(), "boolean"),
        series(_TEXTS, "str"),
        series(_DATETIMES, "datetime64[us]"),
        series(_DATETIMES.map(lambda moment: moment.replace(tzinfo=datetime.UTC)), "datetime64[us, UTC]"),
        series(st.timedeltas(datetime.timedelta(-(10**6)), datetime.timedelta(10**6)), "timedelta64[us]"),
        series(st.sampled_from(_LABELS), pd.CategoricalDtype(_LABELS)),
        series(st.binary(min_size=1, max_size=4), "object"),
        series(st.lists(st.integers(-9, 9), max_size=3), "object"),
    )


@st.composite
def frames(draw: Any) -> pd.DataFrame:
    rows = draw(st.integers(0, 5))
    columns = draw(st.lists(_columns(rows), min_size=1, max_size=5))
    labels = draw(st.lists(_TEXTS, min_size=len(columns), max_size=len(columns)))
    frame = pd.concat(columns, axis="columns") if columns else pd.DataFrame(index=range(rows))
    frame.columns = pd.Index(labels, dtype=object)
    return frame


@_FEW
@given(frame=frames())
@pytest.mark.parametrize("name", ["parquet", "arrow"])
def test_typed_formats_bring_back_types_values_and_labels(name: str, frame: pd.DataFrame) -> None:
    table, _ = to_table(frame, "results")

    back, ledger = decoded(encoded(table, name)[0], name)

    assert back.schema.remove_metadata().equals(table.schema)
    assert back.equals(table)
    assert ledger == []


@_FEW
@given(frame=frames())
def test_a_second_journey_changes_nothing_more(frame: pd.DataFrame) -> None:
    first, _ = to_table(frame, "results")

    again, ledger = to_frame(first, "dataset1", {"integers": "nullable", "decimals": "keep"})
    second, changes = to_table(again, "results")

    assert all(entry.detail.startswith("The column became Python objects") for entry in ledger)  # booleans with missing
    assert changes == []
    assert second.to_pylist() == first.to_pylist()
    # A column of objects that are all missing has no other type to tell.
    for before, after, column in zip(first.schema, second.schema, first.columns, strict=True):
        assert after.type == before.type or column.null_count == len(column)


@_FEW
@given(frame=frames())
@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_text_brings_back_every_cell_as_it_was_written(name: str, frame: pd.DataFrame) -> None:
    table, _ = to_table(frame, "results")
    data, _ = encoded(table, name)
    # NUL bytes are refused, marks before cells dropped, and rows that repeat the header left out; all of it is told.
    assume(b"\0" not in data and b"\xef\xbb\xbf" not in data)
    assume(table.column_names not in [list(row.values()) for row in table.to_pylist()])

    back, _ = decoded(data, name, types="text", missing="")

    # The documented losses: a label without characters gets a name, and the empty text (or no bytes) is a missing one.
    assert back.num_rows == table.num_rows
    if "" not in table.column_names:
        assert back.column_names == table.column_names
    for before, after in zip(table.columns, back.columns, strict=True):
        if before.type == pa.string():
            assert after.to_pylist() == [cell or None for cell in before.to_pylist()]
        else:
            assert [cell is None for cell in after.to_pylist()] == [cell is None for cell in before.to_pylist()]


@_FEW
@given(
    doubles=st.lists(_DOUBLES, min_size=1, max_size=5),
    integers=st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=5),
    flags=st.lists(st.booleans(), min_size=1, max_size=5),
)
def test_numbers_and_booleans_survive_text_with_their_types(
    doubles: list[float], integers: list[int], flags: list[bool]
) -> None:
    for values, kind in ((doubles, pa.float64()), (integers, pa.int64()), (flags, pa.bool_())):
        if values == doubles and not any(abs(value) < 1e308 for value in doubles):
            continue  # nothing but infinities is text
        back, ledger = decoded(encoded(pa.table({"x": pa.array(values, kind)}), "csv")[0])

        assert (back["x"].type, back["x"].to_pylist(), ledger) == (kind, values, [])


@_FEW
@given(moments=st.lists(st.none() | _DATETIMES, min_size=1, max_size=5).filter(any))
def test_dates_survive_text_where_they_are_asked_for(moments: list[datetime.datetime | None]) -> None:
    table = pa.table({"x": pa.array(moments, pa.timestamp("us")), "y": pa.array(moments, pa.timestamp("us", "UTC"))})

    back, ledger = decoded(encoded(table, "csv")[0], dates="x;y")

    assert (back.equals(table), ledger) == (True, [])
