from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from azure.common import AzureHttpError, AzureMissingResourceHttpError

from blobprep.legacy.models import ContentSettings
from blobprep.legacy.retry import no_retry
from blobprep.legacy.services.append import AppendBlobService
from tests.legacy.transfers.conftest import CHUNK, Legacy, Unseekable, Wrapper, content
from tests.server import Server


@pytest.fixture
def log(legacy: Legacy) -> Legacy:
    """An empty append blob of that name."""
    legacy.append.create_blob(legacy.container, "log")
    legacy.record.requests.clear()
    return legacy


@pytest.mark.parametrize("size", [1, 39, 40, 41, 80, 130])
def test_content_is_appended_block_by_block_behind_what_is_there(log: Legacy, size: int) -> None:
    log.append.append_block(log.container, "log", b"first")
    log.record.requests.clear()

    appended = log.append.append_blob_from_bytes(
        log.container, "log", content(size), progress_callback=log.record.tell, validate_content=True
    )

    assert log.read("log") == b"first" + content(size)
    places = [asked.headers.get("x-ms-blob-condition-appendpos") for asked in log.record.requests]
    assert places == [None] + [str(5 + at) for at in range(CHUNK, size, CHUNK)]
    assert all("Content-MD5" in asked.headers for asked in log.record.requests)
    assert log.record.progress == [(0, size)] + [(min(at + CHUNK, size), size) for at in range(0, size, CHUNK)]
    assert appended.etag == log.plain.get_blob_properties(log.container, "log").properties.etag


def test_nothing_to_append_is_not_sent(log: Legacy) -> None:
    appended = log.append.append_blob_from_bytes(log.container, "log", b"", progress_callback=log.record.tell)

    assert log.record.requests == []
    assert log.record.progress == [(0, 0)]
    assert (appended.etag, appended.last_modified) == (None, None)


def test_a_block_says_where_it_went(log: Legacy) -> None:
    first = log.append.append_block(log.container, "log", b"abc")
    second = log.append.append_block(log.container, "log", b"defg", True, None, 3)

    assert (first.append_offset, first.committed_block_count) == (0, 1)
    assert (second.append_offset, second.committed_block_count) == (3, 2)
    assert log.plain.get_blob_properties(log.container, "log").properties.append_blob_committed_block_count == 2


def test_what_somebody_else_appends_ends_it(log: Legacy) -> None:
    other = AppendBlobService(account_name=log.append.account_name, account_key=log.append.account_key)
    other.primary_endpoint, other.protocol = log.append.primary_endpoint, "http"

    def interfere(done: int | None, total: int | None) -> None:
        if done == CHUNK:
            other.append_block(log.container, "log", b"other")

    with pytest.raises(AzureHttpError) as caught:
        log.append.append_blob_from_bytes(log.container, "log", content(130), progress_callback=interfere)

    assert (caught.value.status_code, caught.value.error_code) == (412, "AppendPositionConditionNotMet")
    assert log.read("log") == content(CHUNK) + b"other"


def test_conditions_hold_for_the_first_block_and_the_largest_size_for_all(log: Legacy) -> None:
    log.append.append_blob_from_bytes(
        log.container, "log", content(100), if_match="*", maxsize_condition=200, timeout=3
    )

    assert [asked.headers.get("If-Match") for asked in log.record.requests] == ["*", None, None]
    assert {asked.headers["x-ms-blob-condition-maxsize"] for asked in log.record.requests} == {"200"}
    assert {asked.query["timeout"] for asked in log.record.requests} == {"3"}


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({"maxsize_condition": 2}, 412),
        ({"if_match": '"0x1"'}, 412),
        ({"if_modified_since": datetime(2090, 1, 1)}, 412),
        ({"lease_id": "00000000-0000-0000-0000-000000000001"}, 412),
    ],
)
def test_a_condition_that_is_not_met_leaves_the_blob(log: Legacy, condition: dict[str, Any], status: int) -> None:
    with pytest.raises(AzureHttpError) as caught:
        log.append.append_blob_from_bytes(log.container, "log", content(10), **condition)

    assert caught.value.status_code == status
    assert log.read("log") == b""


def test_files_streams_and_texts_are_appended(log: Legacy, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(content(90))
    unseekable: Any = Unseekable(io.BytesIO(content(90)), 7)
    as_bytes: Any = b"bytes"

    log.append.append_blob_from_path(log.container, "log", str(tmp_path / "a"))
    log.append.append_blob_from_stream(log.container, "log", io.BytesIO(content(90)), 50)
    log.append.append_blob_from_stream(log.container, "log", unseekable)
    log.append.append_blob_from_text(log.container, "log", "grüße")
    log.append.append_blob_from_text(log.container, "log", "grüße", "latin-1")
    log.append.append_blob_from_text(log.container, "log", as_bytes)
    log.append.append_blob_from_bytes(log.container, "log", b"hello", 1, 2)

    texts = "grüße".encode() + "grüße".encode("latin-1") + b"bytes" + b"el"
    assert log.read("log") == content(90) + content(50) + content(90) + texts


def test_a_blob_is_made_anew_with_its_settings(log: Legacy) -> None:
    log.append.append_block(log.container, "log", b"text")

    log.append.create_blob(log.container, "log", ContentSettings("text/plain"), {"one": "1"})

    assert log.read("log") == b""
    properties = log.plain.get_blob_properties(log.container, "log")
    assert properties.properties.blob_type == "AppendBlob"
    assert properties.properties.content_settings.content_type == "text/plain"
    assert properties.metadata == {"one": "1"}
    with pytest.raises(AzureHttpError, match=r"ErrorCode: BlobAlreadyExists"):
        log.append.create_blob(log.container, "log", if_none_match="*")


def test_what_is_missing_cannot_be_appended_to(legacy: Legacy) -> None:
    with pytest.raises(AzureMissingResourceHttpError, match=r"ErrorCode: BlobNotFound"):
        legacy.append.append_blob_from_text(legacy.container, "missing", "text")


@pytest.mark.parametrize(
    ("method", "arguments", "error", "text"),
    [
        ("create_blob", (None, "a"), ValueError, "container_name should not be None."),
        ("append_block", ("c", None, b"x"), ValueError, "blob_name should not be None."),
        ("append_block", ("c", "a", None), ValueError, "block should not be None."),
        ("append_block", ("c", "a", "text"), TypeError, "block should be of type bytes."),
        ("append_block", ("c", "a", io.BytesIO()), TypeError, "block should be of type bytes."),
        ("append_block_from_url", ("c", "a", None), ValueError, "copy_source_url should not be None."),
        ("append_block_from_url", ("c", "a", "http://x", None, 5), ValueError, "start_range should not be None."),
        ("append_blob_from_path", ("c", "a", None), ValueError, "file_path should not be None."),
        ("append_blob_from_stream", ("c", "a", None), ValueError, "stream should not be None."),
        ("append_blob_from_stream", ("c", "a", io.StringIO("x")), TypeError, "temp should be of type bytes."),
        ("append_blob_from_bytes", ("c", "a", "text"), TypeError, "blob should be of type bytes."),
        ("append_blob_from_bytes", ("c", "a", b"x", -1), IndexError, "index should not be negative."),
        ("append_blob_from_text", ("c", "a", "x", None), ValueError, "encoding should not be None."),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_sent(
    legacy: Legacy, method: str, arguments: tuple[Any, ...], error: type[Exception], text: str
) -> None:
    with pytest.raises(error) as caught:
        getattr(legacy.append, method)(*arguments)

    assert str(caught.value) == text
    assert legacy.record.requests == []


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("create_blob", ()),
        ("append_block", (b"x",)),
        ("append_block_from_url", ("http://x",)),
        ("append_blob_from_path", ("missing",)),
        ("append_blob_from_stream", (io.BytesIO(),)),
        ("append_blob_from_bytes", (b"x",)),
        ("append_blob_from_text", ("x",)),
    ],
)
def test_append_blobs_cannot_be_encrypted(legacy: Legacy, method: str, arguments: tuple[Any, ...]) -> None:
    legacy.append.key_encryption_key = Wrapper()

    with pytest.raises(ValueError, match=r"encryption is not supported for this method\.$"):
        getattr(legacy.append, method)(legacy.container, "a", *arguments)

    assert legacy.record.requests == []


def test_a_block_is_asked_for_by_its_source_range_and_conditions(server: Server) -> None:
    service = AppendBlobService(server.name, server.key, custom_domain=server.endpoint())
    service.retry = no_retry
    source, then = "http://127.0.0.1:1/container/source?sas", datetime(2019, 1, 1)

    with pytest.raises(AzureHttpError):
        service.append_block_from_url(
            "raw", "a", source, 3, 9, "md5==", then, then, '"1"', '"2"', 50, 3, "lease", then, then, '"3"', '"4"', 5
        )

    (asked,) = server.requests
    assert asked.parameters == {"comp": "appendblock", "timeout": "5"}
    date = "Tue, 01 Jan 2019 00:00:00 GMT"
    assert (
        asked.headers.items()
        >= {
            "x-ms-copy-source": source,
            "x-ms-source-range": "bytes=3-9",
            "x-ms-source-content-md5": "md5==",
            "x-ms-source-if-modified-since": date,
            "x-ms-source-if-unmodified-since": date,
            "x-ms-source-if-match": '"1"',
            "x-ms-source-if-none-match": '"2"',
            "x-ms-blob-condition-maxsize": "50",
            "x-ms-blob-condition-appendpos": "3",
            "x-ms-lease-id": "lease",
            "if-modified-since": date,
            "if-unmodified-since": date,
            "if-match": '"3"',
            "if-none-match": '"4"',
        }.items()
    )
