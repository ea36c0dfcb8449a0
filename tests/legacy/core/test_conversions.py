"""Values are written as the wire wants them."""

from __future__ import annotations

import io
import tempfile
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.legacy.wire import conversions


class Tier(Enum):
    HOT = "Hot"


@pytest.mark.parametrize(
    ("write", "value", "expected"),
    [
        (conversions.text, None, None),
        (conversions.text, 5, "5"),
        (conversions.text, Tier.HOT, "Hot"),
        (conversions.number, None, None),
        (conversions.number, 2.9, "2"),
        (conversions.number, "7", "7"),
        (conversions.boolean, True, "true"),
        (conversions.boolean, None, None),
        (conversions.boolean, "True", "True"),
        (conversions.upper, "p10", "P10"),
        (conversions.upper, None, None),
        (conversions.lower, "ABC", "abc"),
        (conversions.http_date, None, None),
        (conversions.http_date, datetime(2020, 1, 2, 3, 4, 5), "Thu, 02 Jan 2020 03:04:05 GMT"),
        (conversions.iso_date, datetime(2020, 1, 2, 3, tzinfo=timezone(timedelta(hours=1))), "2020-01-02T02:00:00Z"),
        (conversions.iso_date, date(2020, 1, 2), "2020-01-02T00:00:00Z"),
        (conversions.to_base64, "ü", "w7w="),
        (conversions.to_base64, b"\xff", "/w=="),
        (conversions.base64_text, "w7w=", "ü"),
    ],
)
def test_a_value_is_written(write: Any, value: Any, expected: Any) -> None:
    assert write(value) == expected


@given(st.binary())
def test_base64_is_read_as_it_was_written(content: bytes) -> None:
    assert conversions.base64_bytes(conversions.to_base64(content)) == content


@given(st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC)))
def test_a_date_in_utc_and_one_without_a_zone_are_written_alike(moment: datetime) -> None:
    assert conversions.iso_date(moment) == conversions.iso_date(moment.replace(tzinfo=None))


def test_a_sum_is_that_of_the_rest_of_a_stream_which_is_put_back() -> None:
    stream = io.BytesIO(b"before" + b"content" * 1000)
    stream.seek(6)

    assert conversions.content_md5(stream) == conversions.content_md5(b"content" * 1000)
    assert stream.tell() == 6


def test_a_sum_is_refused_of_what_cannot_be_read_or_put_back() -> None:
    class Once:
        def read(self, size: int = -1) -> bytes:
            return b""

    with pytest.raises(ValueError, match=r"^data should be of type bytes or a readable"):
        conversions.content_md5("text")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^data should be a seekable"):
        conversions.content_md5(Once())  # type: ignore[arg-type]


def test_a_body_says_how_long_it_is_in_whatever_way_it_can() -> None:
    half = io.BytesIO(b"content")
    half.seek(3)

    assert conversions.size_of(b"content") == 7
    assert conversions.size_of(half) == 4
    assert half.tell() == 3
    with tempfile.TemporaryFile() as file:
        file.write(b"content")
        file.flush()
        assert conversions.size_of(file) == 7
    assert conversions.size_of(object()) is None
