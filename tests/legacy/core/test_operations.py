"""One table says where the arguments of all methods go; what must not be None is refused before anything is sent."""

from __future__ import annotations

import inspect
import re
import sys
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from blobprep.legacy.arguments import PLACES, header
from blobprep.legacy.models import ContentSettings, CustomerProvidedEncryptionKey
from blobprep.legacy.operations import BLOB, CONTAINER, SERVICE, Operation, path_of, ranged
from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.wire.messages import HTTPRequest
from tests.legacy.core.conftest import Answering, offline, written

NOT_NONE = [
    ("get_user_delegation_key", "key_start_time"),
    ("acquire_container_lease", "lease_duration"),
    ("acquire_blob_lease", "lease_duration"),
    ("renew_container_lease", "lease_id"),
    ("release_container_lease", "lease_id"),
    ("change_container_lease", "lease_id"),
    ("renew_blob_lease", "lease_id"),
    ("release_blob_lease", "lease_id"),
    ("copy_blob", "copy_source"),
    ("abort_copy_blob", "copy_id"),
]
MAY_BE_NONE = [
    ("exists", "blob_name"),
    ("get_blob_account_information", "container_name"),
    ("get_blob_account_information", "blob_name"),
]


def asked(operation: Operation, **arguments: Any) -> HTTPRequest:
    return operation.request({"container_name": "c", "blob_name": "b", **arguments})


def needed() -> list[tuple[str, str]]:
    """Every argument that must not be None, of every method that sends something."""
    pairs = list(NOT_NONE)
    for method, function in inspect.getmembers(BaseBlobService, inspect.isfunction):
        names = inspect.signature(function).parameters
        if not method.startswith(("_", "make_", "generate_")):
            pairs += [(method, name) for name in ("container_name", "blob_name") if name in names]
    return [pair for pair in pairs if pair not in MAY_BE_NONE]


def filled(method: str) -> dict[str, Any]:
    """Something for each argument that has no default."""
    parameters = inspect.signature(getattr(BaseBlobService, method)).parameters
    bare = [name for name, parameter in parameters.items() if parameter.default is parameter.empty]
    return {name: "text" for name in bare if name != "self"}


@pytest.mark.parametrize(("method", "name"), needed())
def test_none_is_refused_before_anything_is_sent(method: str, name: str) -> None:
    session = Answering()

    with pytest.raises(ValueError, match=rf"^{name} should not be None\.$"):
        getattr(offline(session), method)(**filled(method) | {name: None})

    assert session.asked == []


def test_the_second_time_of_a_delegation_key_is_told_by_its_old_name() -> None:
    with pytest.raises(ValueError, match=r"^key_end_time should not be None\.$"):
        offline(Answering()).get_user_delegation_key("a", None)  # type: ignore[arg-type]


def test_an_argument_without_a_place_is_a_defect() -> None:
    with pytest.raises(KeyError, match="prefiks"):
        asked(Operation("GET", CONTAINER), prefiks="a")


def test_an_operation_may_put_an_argument_elsewhere_and_leave_one_to_its_method() -> None:
    operation = Operation("PUT", BLOB, places={"lease_id": header("x-mine")}, unsent=("count",))

    request = asked(operation, lease_id="L", count=5)

    assert request.headers == {"x-mine": "L"}


def test_none_is_put_down_so_that_callbacks_see_it() -> None:
    request = asked(Operation("GET", BLOB, {"comp": "metadata"}), snapshot=None, lease_id=None)

    assert request.query == {"comp": "metadata", "snapshot": None}
    assert request.headers == {"x-ms-lease-id": None}


def test_two_requests_of_an_operation_share_nothing() -> None:
    operation = Operation("PUT", SERVICE, {"comp": "list"}, {"x-ms-a": "1"})

    first, second = asked(operation), asked(operation)
    first.query["comp"] = first.headers["x-ms-a"] = "changed"

    assert (second.query, second.headers) == ({"comp": "list"}, {"x-ms-a": "1"})


def test_everything_has_its_place() -> None:
    """The whole request, for arguments of every kind."""
    request = asked(
        Operation("PUT", BLOB),
        timeout=3.9,
        include="metadata",
        block_id="id",
        if_modified_since=datetime(2020, 1, 2, 3, 4, 5),
        if_unmodified_since=datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))),
        if_match='"0x1"',
        metadata={"Name": "value"},
        content_settings=ContentSettings("text/plain", content_md5="bWQ1"),
        cpk=CustomerProvidedEncryptionKey("key", "hash"),
    )

    assert (request.method, request.path) == ("PUT", "/c/b")
    assert request.query == {"timeout": "3", "include": "metadata", "blockid": "aWQ="}
    assert {name: value for name, value in request.headers.items() if value is not None} == {
        "If-Modified-Since": "Thu, 02 Jan 2020 03:04:05 GMT",
        "If-Unmodified-Since": "Thu, 02 Jan 2020 01:04:05 GMT",
        "If-Match": '"0x1"',
        "x-ms-meta-Name": "value",
        "x-ms-blob-content-type": "text/plain",
        "x-ms-blob-content-md5": "bWQ1",
        "x-ms-encryption-key": "key",
        "x-ms-encryption-key-sha256": "hash",
        "x-ms-encryption-algorithm": "AES256",
    }


def test_the_current_sdks_settings_and_enumerations_are_taken_too() -> None:
    from azure.storage.blob import ContentSettings as Current
    from azure.storage.blob import PublicAccess, StandardBlobTier

    request = asked(
        Operation("PUT", BLOB),
        content_settings=Current(content_type="text/plain", content_md5=bytearray(b"md5")),
        public_access=PublicAccess.CONTAINER,
        standard_blob_tier=StandardBlobTier.HOT,
    )

    assert request.headers["x-ms-blob-content-type"] == "text/plain"
    assert request.headers["x-ms-blob-content-md5"] == "bWQ1"
    assert (request.headers["x-ms-blob-public-access"], request.headers["x-ms-access-tier"]) == ("container", "Hot")


def test_a_customers_key_goes_over_https_only() -> None:
    key = CustomerProvidedEncryptionKey("key", "hash")
    session = Answering(written())

    with pytest.raises(ValueError, match=r"^Customer provided encryption key must be used over HTTPS\.$"):
        offline(session).set_blob_metadata("c", "b", cpk=key)
    offline(session, protocol="https").set_blob_metadata("c", "b", cpk=key)

    ((_, url, options),) = session.asked
    assert url.startswith("https://")
    assert options["headers"]["x-ms-encryption-key"] == "key"


@pytest.mark.parametrize(
    ("names", "path"),
    [
        ((), "/"),
        ((None, "b"), "/"),
        (("c", None), "/c"),
        (("c", ""), "/c"),
        (("c", "a/b c"), "/c/a/b c"),
        ((5, 6), "/5/6"),
    ],
)
def test_a_path_names_the_resource(names: tuple[Any, ...], path: str) -> None:
    assert path_of(*names) == path


def test_a_name_is_quoted_when_it_is_sent_but_for_what_never_was() -> None:
    session = Answering(written())

    offline(session).set_blob_metadata("c", "a/b c(1)=$',~%+&#?ü")

    assert session.urls == ["http://contoso.blob.core.windows.net/c/a/b%20c(1)=$',~%25%2B%26%23%3F%C3%BC"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"start": 0, "end": 511, "in_pages": True}, {"x-ms-range": "bytes=0-511"}),
        ({"start": 5, "end": None, "needs_end": False}, {"x-ms-range": "bytes=5-"}),
        ({"start": None, "end": None, "needs_start": False, "needs_end": False}, {}),
        ({"start": 0, "end": 9, "name": "x-ms-source-range"}, {"x-ms-source-range": "bytes=0-9"}),
        (
            {"start": 0, "end": 4 * 1024 * 1024, "with_md5": True},
            {"x-ms-range": "bytes=0-4194304", "x-ms-range-get-content-md5": "true"},
        ),
    ],
)
def test_a_range_includes_its_last_byte(given: dict[str, Any], expected: dict[str, str]) -> None:
    assert ranged(**given) == expected


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"start": None, "end": 5}, "start_range should not be None."),
        ({"start": None, "end": 5, "needs_start": False}, "start_range should not be None."),
        ({"start": 5, "end": None}, "end_range should not be None."),
        ({"start": 1, "end": 511, "in_pages": True}, "start_range must align with 512 page size"),
        ({"start": 0, "end": 512, "in_pages": True}, "end_range must align with 512 page size"),
        (
            {"start": 0, "end": None, "needs_end": False, "with_md5": True},
            "Both end_range and start_range need to be specified for getting content MD5.",
        ),
        (
            {"start": 0, "end": 4 * 1024 * 1024 + 1, "with_md5": True},
            "Getting content MD5 for a range greater than 4MB is not supported.",
        ),
    ],
)
def test_what_is_no_range_is_refused_in_the_old_words(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(told)}$"):
        ranged(**given)


def test_every_place_is_asked_for_by_some_method() -> None:
    """A place that no signature names would be dead."""
    from blobprep.legacy.services.append import AppendBlobService
    from blobprep.legacy.services.block import BlockBlobService
    from blobprep.legacy.services.page import PageBlobService

    named = {"max_results"}  # of the pages behind `num_results`
    for service in (AppendBlobService, BlockBlobService, PageBlobService):
        for _, method in inspect.getmembers(service, inspect.isfunction):
            named |= set(inspect.signature(method).parameters)

    assert set(PLACES) <= named


def test_dates_in_utc_and_without_a_zone_are_the_same() -> None:
    naive = asked(Operation("GET", BLOB), if_modified_since=datetime(2020, 1, 2))
    aware = asked(Operation("GET", BLOB), if_modified_since=datetime(2020, 1, 2, tzinfo=UTC))

    assert naive.headers == aware.headers


def test_a_debugger_adds_nothing_to_what_is_asked() -> None:
    """While a function is traced, its `locals()` learn of every later one."""

    def trace(frame: Any, event: str, argument: Any) -> Any:
        return trace

    session = Answering(written())
    service = offline(session)
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        service.create_container("c", {"a": "b"}, fail_on_exist=True)
        service.get_blob_properties("c", "b", "time")
        service.copy_blob("c", "b", "/x/c/a")
        service.delete_container("c")
    finally:
        sys.settrace(before)

    assert [method for method, _, _ in session.asked] == ["PUT", "HEAD", "PUT", "DELETE"]
