from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from azure.common import AzureHttpError

from blobprep.legacy.models import ContentSettings, PageRange, SequenceNumberAction
from blobprep.legacy.retry import no_retry
from blobprep.legacy.services.page import PageBlobService
from tests.legacy.transfers.conftest import PAGES, Legacy, Unseekable, Wrapper, content
from tests.server import Server

ZEROS = bytes(PAGES)


def spans(ranges: list[PageRange]) -> list[tuple[int | None, int | None, bool]]:
    return [(found.start, found.end, found.is_cleared) for found in ranges]


@pytest.mark.parametrize("connections", [1, 2])
@pytest.mark.parametrize("size", [0, 512, 1024, 1536, 3072])
def test_content_is_written_in_pieces_to_a_new_blob(legacy: Legacy, size: int, connections: int) -> None:
    made = legacy.page.create_blob_from_bytes(
        legacy.container,
        "a",
        content(size),
        max_connections=connections,
        progress_callback=legacy.record.tell,
        validate_content=True,
    )

    assert legacy.read("a") == content(size)
    count = -(-size // PAGES)
    assert legacy.record.whats == ["PUT"] + ["PUT page"] * count
    written = legacy.record.requests[1:]
    assert all("Content-MD5" in asked.headers for asked in written)
    assert all(("If-Match" in asked.headers) == (connections == 1) for asked in written)
    if size:
        assert legacy.record.progress[0] == (0, size)
        assert legacy.record.progress[-1] == (size, size)
    if connections == 1:
        assert made.etag == legacy.plain.get_blob_properties(legacy.container, "a").properties.etag


def test_zeros_are_not_sent(legacy: Legacy) -> None:
    made = legacy.page.create_blob_from_bytes(
        legacy.container, "a", ZEROS + content(PAGES) + ZEROS, progress_callback=legacy.record.tell, max_connections=1
    )

    assert legacy.record.ranges == [None, f"{PAGES}-{2 * PAGES - 1}"]
    assert legacy.read("a") == ZEROS + content(PAGES) + ZEROS
    assert legacy.record.progress == [(done * PAGES, 3 * PAGES) for done in range(4)]
    assert made.etag is not None


def test_a_blob_of_zeros_has_nothing_to_say_of_its_pages(legacy: Legacy) -> None:
    made = legacy.page.create_blob_from_bytes(legacy.container, "a", ZEROS)

    assert legacy.record.whats == ["PUT"]
    assert made.etag is None


def test_somebody_else_who_writes_in_between_ends_it(legacy: Legacy) -> None:
    other = PageBlobService(account_name=legacy.page.account_name, account_key=legacy.page.account_key)
    other.primary_endpoint, other.protocol = legacy.page.primary_endpoint, "http"

    def interfere(done: int | None, total: int | None) -> None:
        if done == PAGES:
            other.update_page(legacy.container, "a", content(512), 0, 511)

    with pytest.raises(AzureHttpError) as caught:
        legacy.page.create_blob_from_bytes(
            legacy.container, "a", content(3 * PAGES), progress_callback=interfere, max_connections=1
        )

    assert (caught.value.status_code, caught.value.error_code) == (412, "ConditionNotMet")


def test_files_and_streams_are_uploaded(legacy: Legacy, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(content(2048))
    slow: Any = Unseekable(io.BytesIO(content(2048)), 100)

    legacy.page.create_blob_from_path(legacy.container, "a", str(tmp_path / "a"))
    legacy.page.create_blob_from_stream(legacy.container, "b", io.BytesIO(content(2048)), 1536)
    legacy.page.create_blob_from_stream(legacy.container, "c", slow, 2048, max_connections=1)
    legacy.page.create_blob_from_bytes(legacy.container, "d", content(2048), 512, 1024)

    assert [legacy.read(name) for name in "abcd"] == [
        content(2048),
        content(1536),
        content(2048),
        content(2048)[512:1536],
    ]


def test_settings_come_with_the_request_that_makes_the_blob(legacy: Legacy) -> None:
    legacy.page.create_blob_from_bytes(
        legacy.container,
        "a",
        content(512),
        content_settings=ContentSettings("text/csv"),
        metadata={"one": "1"},
        if_none_match="*",
        timeout=5,
    )

    made, written = legacy.record.requests
    assert made.headers["x-ms-blob-content-length"] == "512"
    assert (made.headers["If-None-Match"], "If-None-Match" in written.headers) == ("*", False)
    found = legacy.plain.get_blob_properties(legacy.container, "a")
    assert (found.properties.content_settings.content_type, found.metadata) == ("text/csv", {"one": "1"})


def test_pages_are_written_cleared_and_listed(legacy: Legacy) -> None:
    page, name = legacy.page, legacy.container
    page.create_blob(name, "a", 2048, sequence_number=5)

    updated = page.update_page(name, "a", content(1024), 512, 1535, True, if_sequence_number_lte=5)
    page.clear_page(name, "a", 512, 1023)

    assert updated.sequence_number == 5
    assert spans(page.get_page_ranges(name, "a")) == [(1024, 1535, False)]
    assert spans(page.get_page_ranges(name, "a", start_range=0, end_range=511)) == []
    assert legacy.read("a") == bytes(1024) + content(1024)[512:] + bytes(512)


def test_a_difference_lists_what_was_written_and_what_was_cleared(legacy: Legacy) -> None:
    page, name = legacy.page, legacy.container
    page.create_blob_from_bytes(name, "a", content(2048))
    snapshot = page.snapshot_blob(name, "a").snapshot
    assert snapshot is not None
    page.update_page(name, "a", content(512), 0, 511)
    page.clear_page(name, "a", 1024, 1535)

    page.get_page_ranges_diff(name, "a", snapshot, start_range=0, end_range=2047)

    asked = legacy.record.requests[-1]
    assert (asked.query["prevsnapshot"], asked.range) == (snapshot, "0-2047")


def test_sequence_numbers_and_sizes_are_set(legacy: Legacy) -> None:
    page, name = legacy.page, legacy.container
    page.create_blob(name, "a", 512)

    assert page.set_sequence_number(name, "a", SequenceNumberAction.Update, 9).sequence_number == 9
    assert page.set_sequence_number(name, "a", SequenceNumberAction.Increment).sequence_number == 10
    assert page.set_sequence_number(name, "a", SequenceNumberAction.Max, 7).sequence_number == 10
    page.resize_blob(name, "a", 1024)

    assert legacy.plain.get_blob_properties(name, "a").properties.content_length == 1024
    with pytest.raises(AzureHttpError):
        page.update_page(name, "a", content(512), 0, 511, if_sequence_number_lt=10)


@pytest.mark.parametrize(
    ("method", "arguments", "error", "text"),
    [
        ("create_blob", ("c", "a", None), ValueError, "content_length should not be None."),
        ("update_page", ("c", "a", b"", 1, 511), ValueError, "start_range must align with 512 page size"),
        ("update_page", ("c", "a", b"", 0, 510), ValueError, "end_range must align with 512 page size"),
        ("update_page", ("c", "a", b"", None, 511), ValueError, "start_range should not be None."),
        ("update_page", ("c", "a", b"", 0, None), ValueError, "end_range should not be None."),
        ("update_page", ("c", "a", "text", 0, 511), TypeError, "page should be of type bytes."),
        ("update_page_from_url", ("c", "a", 0, 511, None, 0), ValueError, "copy_source_url should not be None."),
        (
            "update_page_from_url",
            ("c", "a", 1, 511, "http://x", 0),
            ValueError,
            "start_range must align with 512 page size",
        ),
        ("clear_page", ("c", "a", 0, 5), ValueError, "end_range must align with 512 page size"),
        ("clear_page", (None, "a", 0, 511), ValueError, "container_name should not be None."),
        ("get_page_ranges", ("c", "a", None, 1), ValueError, "start_range must align with 512 page size"),
        ("get_page_ranges_diff", ("c", "a", None), ValueError, "previous_snapshot should not be None."),
        ("set_sequence_number", ("c", "a", None), ValueError, "sequence_number_action should not be None."),
        ("resize_blob", ("c", "a", None), ValueError, "content_length should not be None."),
        ("set_premium_page_blob_tier", ("c", "a", None), ValueError, "premium_page_blob_tier should not be None."),
        ("create_blob_from_stream", ("c", "a", io.BytesIO(), None), ValueError, "count should not be None."),
        ("create_blob_from_stream", ("c", "a", io.BytesIO(), -512), ValueError, "count should not be negative."),
        (
            "create_blob_from_bytes",
            ("c", "a", content(513)),
            ValueError,
            "Invalid page blob size: 513. The size must be aligned to a 512-byte boundary.",
        ),
        ("create_blob_from_bytes", ("c", "a", "text"), TypeError, "blob should be of type bytes."),
        ("create_blob_from_bytes", ("c", "a", b"", -1), IndexError, "index should not be negative."),
        ("create_blob_from_path", ("c", "a", None), ValueError, "file_path should not be None."),
        ("incremental_copy_blob", ("c", "a", None), ValueError, "copy_source should not be None."),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_sent(
    legacy: Legacy, method: str, arguments: tuple[Any, ...], error: type[Exception], text: str
) -> None:
    with pytest.raises(error) as caught:
        getattr(legacy.page, method)(*arguments)

    assert str(caught.value) == text
    assert legacy.record.requests == []


def test_tiers_are_asked_for(legacy: Legacy) -> None:
    # Azurite refuses the tiers of premium accounts, as an account that is none does.
    legacy.page.create_blob(legacy.container, "a", 512)

    with pytest.raises(AzureHttpError):
        legacy.page.set_premium_page_blob_tier(legacy.container, "a", "P10", timeout=3)
    with pytest.raises(AzureHttpError):
        legacy.page.create_blob_from_bytes(legacy.container, "b", b"", premium_page_blob_tier="P4")

    _, changed, made = legacy.record.requests
    assert changed.query == {"comp": "tier", "timeout": "3"}
    assert [asked.headers["x-ms-access-tier"] for asked in (changed, made)] == ["P10", "P4"]


@pytest.mark.parametrize("connections", [1, 2])
@pytest.mark.parametrize("size", [512, 2560])
def test_an_encrypted_blob_is_of_the_same_size_and_comes_back_as_it_was(
    legacy: Legacy, size: int, connections: int
) -> None:
    legacy.page.key_encryption_key = Wrapper()

    legacy.page.create_blob_from_bytes(legacy.container, "a", content(size), max_connections=connections)
    legacy.page.create_blob_from_bytes(legacy.container, "zeros", bytes(size))

    assert len(legacy.read("a")) == size
    assert legacy.read("a") != content(size)
    assert legacy.read("zeros") != bytes(size)
    assert legacy.page.get_blob_to_bytes(legacy.container, "a").content == content(size)
    assert legacy.page.get_blob_to_bytes(legacy.container, "zeros").content == bytes(size)
    part = legacy.page.get_blob_to_bytes(legacy.container, "a", start_range=37, end_range=400)
    assert part.content == content(size)[37:401]


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("create_blob", (512,)),
        ("update_page", (b"", 0, 511)),
        ("update_page_from_url", (0, 511, "http://x", 0)),
    ],
)
def test_single_pages_cannot_be_encrypted(legacy: Legacy, method: str, arguments: tuple[Any, ...]) -> None:
    legacy.page.key_encryption_key = Wrapper()

    with pytest.raises(ValueError, match=r"encryption is not supported for this method\.$"):
        getattr(legacy.page, method)(legacy.container, "a", *arguments)

    assert legacy.record.requests == []


def test_what_azurite_does_not_implement_is_asked_for_as_it_was(server: Server) -> None:
    service = PageBlobService(server.name, server.key, custom_domain=server.endpoint())
    service.retry = no_retry
    source, then = "http://127.0.0.1:1/container/source?sas", datetime(2019, 1, 1)

    with pytest.raises(AzureHttpError):
        service.update_page_from_url("raw", "a", 512, 1535, source, 0, "md5==", then, None, '"1"')
    with pytest.raises(AzureHttpError):
        service.incremental_copy_blob("raw", "a", "/contoso/raw/b?snapshot=x", {"one": "1"}, timeout=4)

    updated, copied = server.requests
    assert updated.parameters == {"comp": "page"}
    assert (
        updated.headers.items()
        >= {
            "x-ms-page-write": "update",
            "x-ms-range": "bytes=512-1535",
            "x-ms-copy-source": source,
            "x-ms-source-range": "bytes=0-1023",
            "x-ms-source-content-md5": "md5==",
            "x-ms-source-if-modified-since": "Tue, 01 Jan 2019 00:00:00 GMT",
            "x-ms-source-if-match": '"1"',
        }.items()
    )
    assert copied.parameters == {"comp": "incrementalcopy", "timeout": "4"}
    assert copied.headers["x-ms-copy-source"] == f"{server.endpoint()}/raw/b?snapshot=x"
    assert copied.metadata == {"one": "1"}
