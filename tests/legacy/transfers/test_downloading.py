from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from azure.common import AzureException, AzureHttpError, AzureMissingResourceHttpError

from blobprep.legacy.models import CustomerProvidedEncryptionKey
from tests.legacy.transfers.conftest import CHUNK, SINGLE_GET, Legacy, Unseekable, content

NOBODY = "00000000-0000-0000-0000-000000000001"


def pieces(start: int, end: int) -> list[str]:
    """The ranges in which the bytes from `start` up to `end` are asked for, as far as there is more than one."""
    first = [f"{start}-{start + SINGLE_GET - 1}"]
    return first + [f"{at}-{min(at + CHUNK, end) - 1}" for at in range(start + SINGLE_GET, end, CHUNK)]


@pytest.mark.parametrize("connections", [1, 3])
@pytest.mark.parametrize("size", [1, 100, 101, 140, 141, 300])
def test_a_blob_is_fetched_in_a_first_part_and_chunks(legacy: Legacy, size: int, connections: int) -> None:
    legacy.put("a", content(size))

    blob = legacy.block.get_blob_to_bytes(
        legacy.container, "a", max_connections=connections, progress_callback=legacy.record.tell
    )

    assert blob.content == content(size)
    assert blob.properties.content_length == size
    assert sorted(legacy.record.ranges, key=str) == sorted(pieces(0, size))
    first = min(size, SINGLE_GET)
    steps = [min(first + CHUNK * count, size) for count in range(len(pieces(0, size)))]
    if connections == 1:
        assert legacy.record.progress == [(step, size) for step in steps]
    assert legacy.record.progress[-1] == (size, size)


@pytest.mark.parametrize("connections", [1, 2])
@pytest.mark.parametrize(
    ("start", "end", "ranges", "told"),
    [
        (0, 0, ["0-0"], (1, 1)),
        (5, 104, ["5-104"], (100, 100)),
        (5, 105, ["5-104", "105-105"], (101, 101)),
        (5, 250, ["5-104", "105-144", "145-184", "185-224", "225-250"], (246, 246)),
        (5, None, pieces(5, 300), (295, 295)),
        (299, None, ["299-398"], (1, 1)),
        (0, 1000, pieces(0, 300), (300, 300)),
        (150, 299, pieces(150, 300), (150, 150)),
        (150, 300, pieces(150, 300), (150, 151)),
        (250, 1000, ["250-349"], (50, 300)),
    ],
)
def test_a_range_includes_its_last_byte_and_may_end_beyond_the_blob(
    legacy: Legacy, start: int, end: int | None, ranges: list[str], told: tuple[int, int], connections: int
) -> None:
    legacy.put("a", content(300))

    blob = legacy.block.get_blob_to_bytes(
        legacy.container,
        "a",
        start_range=start,
        end_range=end,
        max_connections=connections,
        progress_callback=legacy.record.tell,
    )

    assert blob.content == content(300)[start : None if end is None else end + 1]
    assert sorted(legacy.record.ranges, key=str) == sorted(ranges)
    assert legacy.record.progress[-1] == told


def test_a_blob_of_several_parts_says_its_own_range_and_no_sum_of_a_part(legacy: Legacy) -> None:
    legacy.put("a", content(300))

    one = legacy.block.get_blob_to_bytes(legacy.container, "a", start_range=5, end_range=50)
    several = legacy.block.get_blob_to_bytes(legacy.container, "a", start_range=5, end_range=250)
    all_of_it: Any = legacy.block.get_blob_to_bytes(legacy.container, "a")

    assert one.properties.content_range == "bytes 5-50/300"
    assert not hasattr(one.properties, "content_md5")
    assert several.properties.content_range == "bytes 5-250/300"
    assert all_of_it.properties.content_range == "bytes None-None/300"
    assert all_of_it.properties.content_md5 is None


def test_an_empty_blob_is_asked_for_again_without_a_range(legacy: Legacy) -> None:
    legacy.put("a", b"")

    blob = legacy.block.get_blob_to_bytes(legacy.container, "a", progress_callback=legacy.record.tell)

    assert blob.content == b""
    assert legacy.record.ranges == ["0-99", None]
    assert legacy.record.progress == [(0, 0)]


@pytest.mark.parametrize(
    ("asked", "code"), [({"start_range": 0}, "InvalidRange"), ({"start_range": 3, "end_range": 9}, "InvalidRange")]
)
def test_a_range_of_an_empty_blob_is_an_error(legacy: Legacy, asked: dict[str, int], code: str) -> None:
    legacy.put("a", b"")

    with pytest.raises(AzureHttpError) as caught:
        legacy.block.get_blob_to_bytes(legacy.container, "a", **asked)

    assert (caught.value.status_code, caught.value.error_code) == (416, code)


def test_a_range_that_the_service_does_not_take_is_an_error(legacy: Legacy) -> None:
    legacy.put("a", content(20))

    with pytest.raises(TypeError, match="does not take bytes 10-5 for a range"):
        legacy.block.get_blob_to_bytes(legacy.container, "a", start_range=10, end_range=5)


def rewriting(legacy: Legacy, when: int) -> Callable[[int | None, int | None], None]:
    def progress(done: int | None, total: int | None) -> None:
        if done == when:
            legacy.put("a", b"z" * 300)

    return progress


@pytest.mark.parametrize("when", [100, 180])
def test_a_blob_that_changes_in_between_is_an_error_and_no_mixture(legacy: Legacy, when: int) -> None:
    legacy.put("a", content(300))
    stream = io.BytesIO()

    with pytest.raises(AzureHttpError) as caught:
        legacy.block.get_blob_to_stream(
            legacy.container, "a", stream, max_connections=1, progress_callback=rewriting(legacy, when)
        )

    assert (caught.value.status_code, caught.value.error_code) == (412, "ConditionNotMet")
    assert stream.getvalue() == content(300)[:when]


def test_whoever_says_that_any_version_will_do_may_get_two(legacy: Legacy) -> None:
    legacy.put("a", content(300))

    blob = legacy.block.get_blob_to_bytes(
        legacy.container, "a", if_match="*", max_connections=1, progress_callback=rewriting(legacy, 100)
    )

    assert blob.content == content(300)[:100] + b"z" * 200
    assert [asked.headers["If-Match"] for asked in legacy.record.requests[:2]] == ["*", "*"]
    # From the second answer on, it is that version.
    etag = legacy.plain.get_blob_properties(legacy.container, "a").properties.etag
    assert {asked.headers["If-Match"] for asked in legacy.record.requests[2:]} == {etag}


def test_conditions_go_with_every_part(legacy: Legacy) -> None:
    legacy.put("a", content(200))
    etag = legacy.plain.get_blob_properties(legacy.container, "a").properties.etag

    legacy.block.get_blob_to_bytes(
        legacy.container, "a", if_none_match='"0x1"', if_unmodified_since=datetime(2090, 1, 1), timeout=9
    )

    parts = [asked.headers for asked in legacy.record.requests]
    assert len(parts) == 4
    assert {headers["If-None-Match"] for headers in parts} == {'"0x1"'}
    assert {headers["If-Unmodified-Since"] for headers in parts} == {"Sun, 01 Jan 2090 00:00:00 GMT"}
    assert [headers.get("If-Match") for headers in parts] == [None, etag, etag, etag]
    assert {asked.query["timeout"] for asked in legacy.record.requests} == {"9"}


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({"if_match": '"0x1"'}, 412),
        ({"if_none_match": "*"}, 400),
        ({"if_modified_since": datetime(2090, 1, 1)}, 304),
        ({"if_unmodified_since": datetime(2010, 1, 1)}, 412),
        ({"lease_id": NOBODY}, 412),
    ],
)
def test_a_condition_that_is_not_met_is_an_error(legacy: Legacy, condition: dict[str, Any], status: int) -> None:
    legacy.put("a", content(10))
    legacy.plain.acquire_blob_lease(legacy.container, "a")

    with pytest.raises(AzureHttpError) as caught:
        legacy.block.get_blob_to_bytes(legacy.container, "a", **condition)

    assert caught.value.status_code == status


def test_a_snapshot_is_fetched_as_it_was(legacy: Legacy) -> None:
    legacy.put("a", content(150))
    snapshot = legacy.plain.snapshot_blob(legacy.container, "a").snapshot
    legacy.put("a", b"new")

    blob = legacy.block.get_blob_to_bytes(legacy.container, "a", snapshot)

    assert (blob.content, blob.snapshot) == (content(150), snapshot)
    assert {asked.query["snapshot"] for asked in legacy.record.requests} == {snapshot}


def test_content_is_validated_chunk_by_chunk(legacy: Legacy) -> None:
    legacy.put("a", content(130))

    blob = legacy.block.get_blob_to_bytes(legacy.container, "a", validate_content=True, max_connections=1)

    assert blob.content == content(130)
    assert legacy.record.ranges == ["0-39", "40-79", "80-119", "120-129"]
    assert {asked.headers["x-ms-range-get-content-md5"] for asked in legacy.record.requests} == {"true"}


def test_content_is_not_validated_in_parts_that_the_service_does_not_sum_up(legacy: Legacy) -> None:
    legacy.put("a", content(10))
    legacy.block.MAX_CHUNK_GET_SIZE = 4 * 1024 * 1024 + 2

    with pytest.raises(ValueError, match=r"^Getting content MD5 for a range greater than 4MB is not supported\.$"):
        legacy.block.get_blob_to_bytes(legacy.container, "a", validate_content=True)

    assert legacy.record.requests == []


@pytest.mark.parametrize("connections", [1, 3])
def test_a_stream_is_written_from_where_it_stands(legacy: Legacy, connections: int) -> None:
    legacy.put("a", content(300))
    stream = io.BytesIO(b"0123456789")
    stream.seek(4)

    blob = legacy.block.get_blob_to_stream(legacy.container, "a", stream, max_connections=connections)

    assert stream.getvalue() == b"0123" + content(300)
    assert stream.tell() == 304
    assert blob.content is None


def test_one_connection_writes_to_a_stream_that_cannot_be_moved(legacy: Legacy) -> None:
    legacy.put("a", content(300))
    stream = io.BytesIO()
    target: Any = Unseekable(stream)

    legacy.block.get_blob_to_stream(legacy.container, "a", target, max_connections=1)

    assert stream.getvalue() == content(300)


def test_several_connections_need_a_stream_that_can_be_moved(legacy: Legacy) -> None:
    target: Any = Unseekable(io.BytesIO())

    with pytest.raises(ValueError, match=r"^Parallel operations require a seekable stream\.$"):
        legacy.block.get_blob_to_stream(legacy.container, "a", target)

    assert legacy.record.requests == []


def test_a_callback_that_raises_ends_the_download(legacy: Legacy) -> None:
    legacy.put("a", content(300))

    def stop(done: int | None, total: int | None) -> None:
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        legacy.block.get_blob_to_bytes(legacy.container, "a", progress_callback=stop)

    assert legacy.record.ranges == ["0-99"]


def test_a_file_is_replaced_or_appended_to_as_its_mode_says(legacy: Legacy, tmp_path: Path) -> None:
    legacy.put("a", content(300))
    path = tmp_path / "a"
    path.write_bytes(b"before")

    legacy.block.get_blob_to_path(legacy.container, "a", str(path))
    legacy.block.get_blob_to_path(legacy.container, "a", str(path), "ab", max_connections=1, start_range=290)

    assert path.read_bytes() == content(300) + content(300)[290:]
    with pytest.raises(ValueError, match=r"^Parallel operations require a seekable stream\.$"):
        legacy.block.get_blob_to_path(legacy.container, "a", str(path), "ab")


def test_the_file_is_opened_before_the_blob_is_asked_for(legacy: Legacy, tmp_path: Path) -> None:
    path = tmp_path / "a"

    with pytest.raises(AzureMissingResourceHttpError, match=r"^The specified blob does not exist\. ErrorCode: BlobNo"):
        legacy.block.get_blob_to_path(legacy.container, "missing", str(path))
    assert path.read_bytes() == b""

    with pytest.raises(FileNotFoundError):
        legacy.block.get_blob_to_path(legacy.container, "missing", str(tmp_path / "no" / "folder"))
    assert len(legacy.record.requests) == 1


@pytest.mark.parametrize(
    ("stored", "encoding", "text"),
    [
        ("grüße\r\n".encode(), "utf-8", "grüße\r\n"),
        (b"\xef\xbb\xbfhi", "utf-8", "﻿hi"),
        (b"\xef\xbb\xbfhi", "utf-8-sig", "hi"),
        ("grüße".encode("latin-1"), "latin-1", "grüße"),
        (b"", "utf-8", ""),
    ],
)
def test_text_is_decoded_and_otherwise_left_alone(legacy: Legacy, stored: bytes, encoding: str, text: str) -> None:
    legacy.put("a", stored)

    assert legacy.block.get_blob_to_text(legacy.container, "a", encoding).content == text


def test_text_of_another_encoding_is_an_error(legacy: Legacy) -> None:
    legacy.put("a", "grüße".encode("latin-1"))

    with pytest.raises(UnicodeDecodeError):
        legacy.block.get_blob_to_text(legacy.container, "a")


@pytest.mark.parametrize(
    ("method", "arguments", "error", "text"),
    [
        ("get_blob_to_bytes", {"container_name": None}, ValueError, "container_name should not be None."),
        ("get_blob_to_bytes", {"blob_name": None}, ValueError, "blob_name should not be None."),
        ("get_blob_to_bytes", {"end_range": 3}, ValueError, "start_range should not be None."),
        ("get_blob_to_text", {"encoding": None}, ValueError, "encoding should not be None."),
        ("get_blob_to_stream", {"stream": None}, ValueError, "stream should not be None."),
        ("get_blob_to_path", {"file_path": None}, ValueError, "file_path should not be None."),
        ("get_blob_to_path", {"file_path": "x", "open_mode": None}, ValueError, "open_mode should not be None."),
        (
            "get_blob_to_bytes",
            {"cpk": CustomerProvidedEncryptionKey("key", "hash")},
            ValueError,
            "Customer provided encryption key must be used over HTTPS.",
        ),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_sent(
    legacy: Legacy, method: str, arguments: dict[str, Any], error: type[Exception], text: str
) -> None:
    asked = {"container_name": legacy.container, "blob_name": "a", **arguments}

    with pytest.raises(error) as caught:
        getattr(legacy.block, method)(**asked)

    assert str(caught.value) == text
    assert legacy.record.requests == []


def test_blobs_of_every_kind_are_read_by_every_service(legacy: Legacy) -> None:
    legacy.page.create_blob_from_bytes(legacy.container, "page", content(1024))
    legacy.append.create_blob(legacy.container, "log")
    legacy.append.append_block(legacy.container, "log", b"line\n")

    assert legacy.block.get_blob_to_bytes(legacy.container, "page").content == content(1024)
    assert legacy.page.get_blob_to_bytes(legacy.container, "log").content == b"line\n"


def test_what_went_wrong_is_an_azure_exception(legacy: Legacy) -> None:
    legacy.block.primary_endpoint = "127.0.0.1:1/nowhere"

    with pytest.raises(AzureException):
        legacy.block.get_blob_to_bytes(legacy.container, "a")


def test_dates_are_those_of_the_service(legacy: Legacy) -> None:
    legacy.put("a", b"text")

    modified = legacy.block.get_blob_to_bytes(legacy.container, "a").properties.last_modified

    assert modified is not None
    assert modified.utcoffset() == timedelta(0)
