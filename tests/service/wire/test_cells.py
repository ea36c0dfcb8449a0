"""Cells of a request, as values of their column's type."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.protocol.classic_cells import spell_datetime, spell_double, spell_timespan
from blobprep.service.definitions import Cell, Column
from blobprep.service.wire.cells import TYPES, CellError, read_cell


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("Double", 1, 1.0),
        ("Double", "1.5", 1.5),
        ("Double", " -1E+15 ", -1e15),
        ("Double", ".5", 0.5),
        ("Double", "", None),
        ("Double", "NaN", None),
        ("Double", math.nan, None),
        ("Double", "Infinity", math.inf),
        ("Double", -math.inf, -math.inf),
        ("Double", 2**53 + 2, 2.0**53 + 2),
        ("Double", 9223372036854776000, 2.0**63),  # as JavaScript spells it
        ("Double", "100000000000000000000000", 1e23),
        ("Single", "3.4E+38", 3.4e38),
        ("Int32", "5", 5),
        ("Int32", 5.0, 5),
        ("Int32", "5.0", 5),
        ("Int32", math.nan, None),
        ("Int64", "9223372036854775807", 2**63 - 1),
        ("Int64", 2**53 + 1, 2**53 + 1),
        ("Int64", "9007199254740993.0", 2**53 + 1),
        ("Int64", "9.007199254740993E+15", 2**53 + 1),
        ("Boolean", True, True),
        ("Boolean", "False", False),
        ("Boolean", "true", True),
        ("Boolean", 0, False),
        ("Boolean", 1.0, True),
        ("Boolean", "", None),
        ("String", 5, "5"),
        ("String", 0.1, "0.1"),
        ("String", True, "True"),
        ("String", "", ""),
        ("String", None, None),
        ("DateTime", "2010-05-30T18:07:00", "2010-05-30T18:07:00"),
        ("DateTime", "2010-05-30T18:07:00.000+0200", "2010-05-30T16:07:00"),
        ("DateTime", "2010-05-30T18:07:00.250Z", "2010-05-30T18:07:00.25"),
        ("DateTime", "2010-05-30", "2010-05-30T00:00:00"),
        ("DateTime", "5/30/2010 6:07:00 PM", "2010-05-30T18:07:00"),
        ("DateTime", "5/30/2010 12:00:00 AM", "2010-05-30T00:00:00"),
        ("DateTime", "5/30/2010 8:07:00.5 PM +02:00", "2010-05-30T18:07:00.5"),
        ("DateTime", "5/30/2010", "2010-05-30T00:00:00"),
        ("DateTime", "/Date(1275242820000)/", "2010-05-30T18:07:00"),
        ("TimeSpan", "1.02:03:04.5", "1.02:03:04.5"),
        ("TimeSpan", "-00:01", "-00:01:00"),
        ("", "as it is", "as it is"),
        ("", 7, 7),
        ("", math.nan, None),
    ],
)
def test_a_cell_is_read_as_its_column_says(kind: str, cell: object, value: Cell) -> None:
    read = read_cell(cell, Column("a", kind))

    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("Double", "many"),
        ("Double", "1,5"),
        ("Double", "1_000"),
        ("Double", True),
        ("Double", 10**400),
        ("Double", "1e400"),
        ("Double", 2**53 + 1),
        ("Int64", 9007199254740994.0),
        ("Double", "-9007199254740993"),
        ("Double", "20010000000000000017"),
        ("Single", "1e39"),
        ("Single", -1e300),
        ("Int64", "9007199254740992.5"),
        ("Double", [1]),
        ("Double", {"a": 1}),
        ("Int32", 5.5),
        ("Int32", "5.5"),
        ("Int32", 2**31),
        ("Int32", math.inf),
        ("Int32", "1e400"),
        ("Int32", False),
        ("Int64", "9223372036854775808"),
        ("Byte", -1),
        ("Boolean", 2),
        ("Boolean", "yes please"),
        ("DateTime", 5),
        ("DateTime", "yesterday"),
        ("DateTime", "30/5/2010 6:07 PM"),
        ("DateTime", "5/30/2010 13:07 PM"),
        ("DateTime", "2010-02-30"),
        ("DateTime", "/Date(999999999999999)/"),
        ("TimeSpan", "25:00:00"),
        ("TimeSpan", 5),
    ],
)
def test_a_cell_of_another_type_is_refused_without_being_shown(kind: str, cell: object) -> None:
    with pytest.raises(CellError) as caught:
        read_cell(cell, Column("a", kind))

    assert "many" not in str(caught.value)
    assert "yesterday" not in str(caught.value)


def test_a_missing_cell_is_refused_where_none_may_be_missing() -> None:
    with pytest.raises(CellError, match="missing"):
        read_cell("", Column("a", "Double", nullable=False))


def test_a_category_is_one_of_those_there_are() -> None:
    column = Column("a", "String", categories=("red", "green"))

    assert read_cell("red", column) == "red"
    with pytest.raises(CellError, match="none of the values"):
        read_cell("blue", column)


@given(st.floats(allow_nan=False))
def test_a_double_that_was_answered_is_read_back(value: float) -> None:
    read = read_cell(spell_double(value), Column("a", "Double"))

    assert isinstance(read, float)
    assert math.copysign(1, read) == math.copysign(1, value)
    assert read == value


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_that_was_answered_is_read_back(value: datetime) -> None:
    read = read_cell(spell_datetime(value), Column("a", "DateTime"))

    assert datetime.fromisoformat(str(read)) == value.replace(tzinfo=None)
    assert read == read_cell(value.isoformat(), Column("a", "DateTime"))


@given(st.timedeltas(timedelta(days=-99_999_999), timedelta(days=99_999_999)))
def test_a_span_that_was_answered_is_read_back(value: timedelta) -> None:
    text = spell_timespan(value)

    assert read_cell(text, Column("a", "TimeSpan")) == text


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=2)
)


@given(_JSON, st.sampled_from(["", *TYPES]))
def test_any_cell_is_read_or_refused(cell: object, kind: str) -> None:
    try:
        value = read_cell(cell, Column("a", kind))
    except CellError:
        return
    assert value is None or isinstance(value, (str, int, float, bool))
