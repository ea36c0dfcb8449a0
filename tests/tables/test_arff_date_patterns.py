"""Java's date patterns."""

from __future__ import annotations

import datetime

import pyarrow as pa
import pytest

from blobprep.tables.codecs.arff.date_patterns import DEFAULT, Pattern, UnknownLetter


def read(pattern: str, text: str) -> str:
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=Pattern(pattern).to_milliseconds(text))
    return moment.isoformat()


@pytest.mark.parametrize(
    ("pattern", "text", "meant"),
    [
        (DEFAULT, "2001-04-03T12:13:14", "2001-04-03T12:13:14"),
        (DEFAULT, "2001-4-3T2:3:4", "2001-04-03T02:03:04"),
        ("yyyyMMddHHmmss", "20010403121314", "2001-04-03T12:13:14"),
        ("d MMM yyyy", "3 Apr 2001", "2001-04-03T00:00:00"),
        ("EEEE, MMMM d, yyyy", "Tuesday, april 3, 2001", "2001-04-03T00:00:00"),
        ("dd/MM/yy", "03/04/98", "1998-04-03T00:00:00"),
        ("h:mm a", "12:30 AM", "1970-01-01T00:30:00"),
        ("h:mm a", "12:30 pm", "1970-01-01T12:30:00"),
        ("HH 'o''clock'", "7 o'clock", "1970-01-01T07:00:00"),
        ("ss.SSS", "1.5", "1970-01-01T00:00:01.005000"),
        ("yyyy-MM-dd HH:mm z", "2001-04-03 12:00 GMT+02:00", "2001-04-03T10:00:00"),
        ("yyyy-MM-dd HH:mm z", "2001-04-03 12:00 UTC", "2001-04-03T12:00:00"),
        ("yyyy-MM-dd HH:mmZ", "2001-04-03 12:00-0130", "2001-04-03T13:30:00"),
        ("yyyy-MM-dd'T'HH:mmX", "2001-04-03T12:00Z", "2001-04-03T12:00:00"),
        ("yyyy-MM-dd'T'HH:mmX", "2001-04-03T12:00+01", "2001-04-03T11:00:00"),
    ],
)
def test_a_pattern_reads_as_java_does(pattern: str, text: str, meant: str) -> None:
    assert read(pattern, text) == meant


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (DEFAULT, "2001-13-01T00:00:00"),
        (DEFAULT, "2001-02-30T00:00:00"),
        (DEFAULT, "2001-02-03"),
        (DEFAULT, "2001-02-03T04:05:06Z"),
        ("d MMM yyyy", "3 Avr 2001"),
        ("h a", "13 AM"),
        ("yyyy", "999999999"),
        ("HH z", "1 GMT+99:00"),
        ("yyyy-MM-ddZ", "0001-01-01+0100"),
    ],
)
def test_what_does_not_follow_the_pattern_or_never_was_is_no_time(pattern: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Pattern(pattern).to_milliseconds(text)


@pytest.mark.parametrize("pattern", ["yyyy-QQ", "w", "yyyy yyyy", "'open", "é'"])
def test_letters_without_a_meaning_here_are_refused(pattern: str) -> None:
    with pytest.raises(UnknownLetter):
        Pattern(pattern)


def test_times_are_utc_where_the_pattern_has_an_offset_and_without_a_zone_else() -> None:
    assert Pattern(DEFAULT).kind == pa.timestamp("ms")
    assert Pattern("HH:mm Z").kind == pa.timestamp("ms", "UTC")
