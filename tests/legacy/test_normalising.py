"""What differs from run to run is named, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.legacy.probes.normalising import is_recent, normal
from tests.legacy.probes.signing import signature

_NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.mark.parametrize(
    "text",
    [
        format_datetime(_NOW, usegmt=True),
        _NOW.strftime("%Y-%m-%dT%H:%M:%SZ"),
        _NOW.strftime("%Y-%m-%dT%H:%M:%S.1234567Z"),
        _NOW.strftime("%Y-%m-%dT%H%%3A%M%%3A%SZ"),
        str(_NOW),
    ],
    ids=["http", "iso", "iso of .NET", "iso in a query", "python"],  # the same in every worker
)
def test_times_of_this_run_are_named(text: str) -> None:
    assert normal(f"at {text}!", {}) == "at <time>!"


@pytest.mark.parametrize(
    "text",
    ["Tue, 05 Jan 2016 10:11:12 GMT", "2030-01-02T03:04:05Z", "2019-01-02T03:04:05.1234567Z", "2011-10-11"],
)
def test_times_that_a_probe_chose_stay(text: str) -> None:
    assert normal(text, {}) == text


def test_identifiers_etags_and_places_are_named() -> None:
    text = "/run1-x/b 0a1b2c3d-0000-1111-2222-333344445555 0x8D4BCC2E4835CD0 <Blob object at 0x7f00aa>"

    assert normal(text, {"run1-x": "<container>"}) == "/<container>/b <guid> <etag> <Blob object at <address>>"


def test_identifiers_that_a_probe_chose_stay() -> None:
    assert normal("00000000-1111-1111-1111-111111111111", {}) == "00000000-1111-1111-1111-111111111111"


def test_a_signature_is_named_where_what_it_covers_is() -> None:
    soon = _NOW.strftime("%Y-%m-%dT%H%%3A%M%%3A%SZ")

    assert normal(f"se={soon}&sig=abc%3D", {}) == "se=<time>&sig=<signature>"
    assert normal("se=2030-01-01&sig=abc%3D", {}) == "se=2030-01-01&sig=abc%3D"


def test_times_without_a_zone_are_taken_for_utc() -> None:
    assert is_recent(_NOW.replace(tzinfo=None))
    assert not is_recent(_NOW - timedelta(days=30))


def test_a_signature_covers_method_path_query_and_headers() -> None:
    headers = [("x-ms-date", "Tue, 05 Jan 2016 10:11:12 GMT"), ("Content-Length", "3")]
    signed = signature("PUT", "/devstoreaccount1/c/b?comp=block", headers)

    assert signed.startswith("SharedKey devstoreaccount1:")
    assert signed != signature("GET", "/devstoreaccount1/c/b?comp=block", headers)
    assert signed != signature("PUT", "/devstoreaccount1/c/b2?comp=block", headers)
    assert signed != signature("PUT", "/devstoreaccount1/c/b?comp=page", headers)
    assert signed != signature("PUT", "/devstoreaccount1/c/b?comp=block", [*headers, ("x-ms-meta-a", "b")])
