"""Single values as bytes and back; bytes that no one of ours wrote are refused and nothing else."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.bridge.stream import Broken
from blobprep.bridge.value_reader import Opaque, decode_values
from blobprep.bridge.values import encode_values

PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.complex_numbers(allow_nan=False),
    st.text(alphabet=st.characters(exclude_categories=[])),
    st.binary(),
    st.decimals(allow_nan=False),
    st.dates(),
    st.times().map(lambda time: time.replace(fold=0)),  # without a zone it means nothing
    st.datetimes().map(lambda moment: moment.replace(fold=0)),
    st.timedeltas(),
    st.uuids(),
)
NESTED = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(st.one_of(st.text(), st.integers(), st.dates()), inner, max_size=4),
    ),
    max_leaves=12,
)


def there_and_back(*values: Any) -> list[Any]:
    return decode_values(encode_values(values), len(values))


@given(st.lists(NESTED, max_size=6))
def test_values_come_back_as_they_were(values: list[Any]) -> None:
    back = there_and_back(*values)

    assert back == values
    assert repr(back) == repr(values)


@given(
    st.datetimes(
        timezones=st.timezones(), min_value=datetime.datetime(2, 1, 1), max_value=datetime.datetime(9998, 1, 1)
    )
)
def test_a_moment_of_a_zone_keeps_its_instant(moment: datetime.datetime) -> None:
    (back,) = there_and_back(moment)

    assert back.astimezone(datetime.UTC) == moment.astimezone(datetime.UTC)


@given(st.binary(max_size=200), st.integers(0, 5))
def test_bytes_of_any_kind_are_values_or_refused(data: bytes, count: int) -> None:
    try:
        decode_values(data, count)
    except Broken:
        pass


@given(st.data(), NESTED)
def test_bytes_that_were_changed_are_values_or_refused(data: st.DataObject, value: Any) -> None:
    encoded = bytearray(encode_values([value, np.arange(3), pd.Timestamp("2024"), pd.Interval(0, 1), np.float32(1)]))
    for place in data.draw(st.lists(st.integers(0, len(encoded) - 1), max_size=4)):
        encoded[place] = data.draw(st.integers(0, 255))

    try:
        decode_values(bytes(encoded), 5)
    except Broken:
        pass


@pytest.mark.parametrize(
    "value",
    [
        pd.Timestamp("2024-01-01 12:00", tz="Europe/Berlin"),
        pd.Timestamp("2024-01-01 12:00:00.123456789"),
        pd.Timestamp.max,
        pd.Timedelta(1, "ns"),
        pd.Period("2024-03", "M"),
        pd.Interval(0.5, 1, "left"),
        np.datetime64("2024-01-01T00:00", "m"),
        np.timedelta64(3, "h"),
        np.longdouble(1) / 3,
        np.uint64(2**64 - 1),
        pd.NaT,
        pd.NA,
        Decimal("NaN"),
        datetime.datetime(2024, 7, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=5, minutes=30))),
    ],
    ids=repr,
)
def test_values_of_numpy_and_pandas_come_back_as_they_were(value: Any) -> None:
    (back,) = there_and_back(value)

    assert type(back) is type(value)
    assert repr(back) == repr(value)


def test_a_number_of_a_scripts_own_type_is_a_number() -> None:
    class Own(int):
        pass

    class Text(str):
        __slots__ = ()

    back = there_and_back(Own(7), Text("a"), np.str_("b"), np.bytes_(b"c"))

    assert [(type(value), value) for value in back] == [(int, 7), (str, "a"), (str, "b"), (bytes, b"c")]


def test_a_list_that_holds_itself_ends() -> None:
    endless: list[Any] = []
    endless.append(endless)

    (back,) = there_and_back(endless)

    while isinstance(back, list):
        (back,) = back
    assert isinstance(back, Opaque)
    assert type(back).__name__ == "list"


def test_an_object_whose_text_fails_is_the_scripts_error() -> None:
    class Own:
        def __str__(self) -> str:
            raise KeyError("own")

    with pytest.raises(KeyError, match="own"):
        encode_values([Own()])


def test_a_frequency_of_another_version_leaves_the_text_of_its_period() -> None:
    data = encode_values([pd.Period("2024-03", "M")]).replace(b"s\x01\x00\x00\x00M", b"s\x01\x00\x00\x00?")

    (back,) = decode_values(data, 1)

    assert (type(back).__name__, str(back)) == ("Period", "2024-03")
