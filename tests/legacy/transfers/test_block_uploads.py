from __future__ import annotations

import base64
import io
import pathlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from azure.common import AzureException, AzureHttpError, AzureMissingResourceHttpError

from blobprep.legacy.models import ContentSettings, CustomerProvidedEncryptionKey
from blobprep.legacy.retry import LinearRetry
from blobprep.legacy.wire.messages import HTTPRequest, HTTPResponse
from tests.legacy.transfers.conftest import CHUNK, SINGLE_PUT, Legacy, Unseekable, Wrapper, content


def cut(size: int) -> list[int]:
    return [min(CHUNK, size - at) for at in range(0, size, CHUNK)]


def windowed(legacy: Legacy) -> None:
    """Blocks are as large as those that are not held in memory."""
    legacy.block.MIN_LARGE_BLOCK_UPLOAD_THRESHOLD = CHUNK


@pytest.mark.parametrize("connections", [1, 3])
@pytest.mark.parametrize("size", [0, 99, 100, 120, 300])
def test_a_small_blob_is_put_at_once_and_a_larger_one_in_blocks(legacy: Legacy, size: int, connections: int) -> None:
    put = legacy.block.create_blob_from_bytes(
        legacy.container,
        "a",
        content(size),
        max_connections=connections,
        progress_callback=legacy.record.tell,
    )

    assert legacy.read("a") == content(size)
    assert put.etag == legacy.plain.get_blob_properties(legacy.container, "a").properties.etag
    if size < SINGLE_PUT:
        assert legacy.record.whats == ["PUT"]
        assert legacy.record.progress == [(0, size), (size, size)]
    else:
        sizes = cut(size)
        assert legacy.record.whats == ["PUT block"] * len(sizes) + ["PUT blocklist"]
        assert sorted(legacy.record.sizes[:-1]) == sorted(sizes)
        told = [done for done, _ in legacy.record.progress]
        assert told == sorted(told)
        assert (told[0], legacy.record.progress[-1]) == (0, (size, size))


def test_the_ids_of_blocks_are_their_offsets(legacy: Legacy) -> None:
    legacy.block.create_blob_from_bytes(legacy.container, "a", content(100))

    listed = legacy.plain.get_block_list(legacy.container, "a").committed_blocks

    offsets = [base64.b64decode(block.id.replace("%3D", "=")).decode() for block in listed]
    assert offsets == [f"{offset:032d}" for offset in (0, 40, 80)]


def test_the_ids_of_windows_are_their_numbers(legacy: Legacy) -> None:
    windowed(legacy)

    legacy.block.create_blob_from_stream(legacy.container, "a", io.BytesIO(content(100)))

    listed = legacy.plain.get_block_list(legacy.container, "a").committed_blocks
    assert [(block.id, block.size) for block in listed] == [
        ("BlockId00000", 40),
        ("BlockId00001", 40),
        ("BlockId00002", 20),
    ]


def given_bytes(data: bytes) -> Any:
    return io.BytesIO(data)


def given_slow(data: bytes) -> Any:
    return Unseekable(io.BytesIO(data), 7)


@pytest.mark.parametrize(
    ("make", "is_windowed"), [(given_bytes, False), (given_bytes, True), (given_slow, False), (given_slow, True)]
)
@pytest.mark.parametrize(
    ("count", "whats", "stored"),
    [
        (None, ["PUT block"] * 5 + ["PUT blocklist"], 200),
        (0, ["PUT"], 0),
        (50, ["PUT"], 50),
        (150, ["PUT block"] * 4 + ["PUT blocklist"], 150),
        (200, ["PUT block"] * 5 + ["PUT blocklist"], 200),
    ],
)
def test_as_much_of_a_stream_is_uploaded_as_was_counted(
    legacy: Legacy,
    make: Callable[[bytes], Any],
    is_windowed: bool,
    count: int | None,
    whats: list[str],
    stored: int,
) -> None:
    if is_windowed:
        windowed(legacy)

    legacy.block.create_blob_from_stream(
        legacy.container, "a", make(content(200)), count, max_connections=1, progress_callback=legacy.record.tell
    )

    assert legacy.read("a") == content(stored)
    assert legacy.record.whats == whats
    assert legacy.record.progress[0] == (0, count)
    assert legacy.record.progress[-1] == (stored, count)


@pytest.mark.parametrize("connections", [1, 3])
@pytest.mark.parametrize("is_windowed", [False, True])
@pytest.mark.parametrize("count", [None, 150])
def test_a_stream_is_uploaded_from_where_it_stands(
    legacy: Legacy, tmp_path: Path, connections: int, is_windowed: bool, count: int | None
) -> None:
    if is_windowed:
        windowed(legacy)
    (tmp_path / "a").write_bytes(content(200))
    expected = content(200)[20:][:count]

    with (tmp_path / "a").open("rb") as stream:
        stream.seek(20)
        legacy.block.create_blob_from_stream(legacy.container, "a", stream, count, max_connections=connections)

    assert legacy.read("a") == expected


def test_a_count_beyond_a_small_stream_is_refused(legacy: Legacy) -> None:
    with pytest.raises(ValueError, match=r"^Parameter:count is greater than the amount of data in the stream"):
        legacy.block.create_blob_from_stream(legacy.container, "a", io.BytesIO(b"text"), 5)

    assert legacy.record.requests == []


def test_a_stream_that_does_not_say_where_it_stands_needs_one_connection(legacy: Legacy) -> None:
    stream: Any = Unseekable(io.BytesIO(content(200)))

    with pytest.raises(AttributeError, match="tell"):
        legacy.block.create_blob_from_stream(legacy.container, "a", stream)


def test_a_block_from_a_window_can_be_sent_again(legacy: Legacy) -> None:
    windowed(legacy)
    legacy.block.retry = LinearRetry(0, 3, random_jitter_range=0).retry
    answered = 0

    def fail_once(response: HTTPResponse) -> None:
        nonlocal answered
        answered += 1
        if answered == 2:
            response.status = 408

    legacy.block.response_callback = fail_once

    legacy.block.create_blob_from_stream(legacy.container, "a", io.BytesIO(content(110)), max_connections=1)

    assert legacy.read("a") == content(110)
    assert legacy.record.sizes[:-1] == [40, 40, 40, 30]


def test_what_is_put_is_summed_up_when_content_is_validated(legacy: Legacy) -> None:
    windowed(legacy)

    legacy.block.create_blob_from_bytes(legacy.container, "a", content(50), validate_content=True)
    legacy.block.create_blob_from_stream(legacy.container, "b", io.BytesIO(content(50)), validate_content=True)

    assert legacy.record.whats == ["PUT", "PUT block", "PUT block", "PUT blocklist"]
    assert all("Content-MD5" in asked.headers for asked in legacy.record.requests)
    assert legacy.read("b") == content(50)


@pytest.mark.parametrize("size", [50, 150])
def test_settings_metadata_and_tier_come_with_the_request_that_makes_the_blob(legacy: Legacy, size: int) -> None:
    settings = ContentSettings("text/csv", "gz", "de", "inline", "no-cache")

    legacy.block.create_blob_from_bytes(
        legacy.container,
        "a",
        content(size),
        content_settings=settings,
        metadata={"one": "1", "Two": "2"},
        timeout=9,
        standard_blob_tier="Cool",
    )

    made = legacy.record.requests[-1].headers
    assert made["x-ms-blob-content-type"] == "text/csv"
    assert made["x-ms-meta-Two"] == "2"
    assert made["x-ms-access-tier"] == "Cool"
    assert all("x-ms-meta-one" not in asked.headers for asked in legacy.record.requests[:-1])
    assert {asked.query["timeout"] for asked in legacy.record.requests} == {"9"}
    properties = legacy.plain.get_blob_properties(legacy.container, "a").properties
    assert (
        vars(properties.content_settings).items()
        >= {
            "content_type": "text/csv",
            "content_encoding": "gz",
            "content_language": "de",
            "content_disposition": "inline",
            "cache_control": "no-cache",
        }.items()
    )
    assert properties.blob_tier == "Cool"


@pytest.mark.parametrize("size", [5, 150])
@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({"if_none_match": "*"}, 409),
        ({"if_match": '"0x1"'}, 412),
        ({"if_modified_since": datetime(2090, 1, 1)}, 412),
        ({"if_unmodified_since": datetime(2010, 1, 1)}, 412),
        ({"lease_id": "00000000-0000-0000-0000-000000000001"}, 412),
    ],
)
def test_a_condition_that_is_not_met_leaves_the_blob(
    legacy: Legacy, size: int, condition: dict[str, Any], status: int
) -> None:
    legacy.put("a", b"before")

    with pytest.raises(AzureHttpError) as caught:
        legacy.block.create_blob_from_bytes(legacy.container, "a", content(size), **condition)

    assert caught.value.status_code == status
    assert legacy.read("a") == b"before"


@pytest.mark.parametrize("connections", [1, 3])
def test_a_block_that_fails_ends_the_upload_and_leaves_the_blob(legacy: Legacy, connections: int) -> None:
    legacy.put("a", b"before")

    def fail(request: HTTPRequest) -> None:
        legacy.record.note(request)
        if request.query.get("comp") == "block":
            raise ValueError("no")

    legacy.block.request_callback = fail

    with pytest.raises(AzureException, match=r"^no$"):
        legacy.block.create_blob_from_bytes(legacy.container, "a", content(4000), max_connections=connections)

    assert legacy.read("a") == b"before"
    assert len(legacy.record.requests) <= 2 * connections


def test_a_file_is_uploaded_and_missing_ones_are_errors(legacy: Legacy, tmp_path: Path) -> None:
    path = tmp_path / "a"
    for size in (0, 50, 150):
        path.write_bytes(content(size))
        legacy.block.create_blob_from_path(legacy.container, "a", str(path))
        assert legacy.read("a") == content(size)
    by_path: Any = pathlib.Path(path)
    legacy.block.create_blob_from_path(legacy.container, "a", by_path)

    with pytest.raises(FileNotFoundError):
        legacy.block.create_blob_from_path(legacy.container, "a", str(tmp_path / "missing"))
    with pytest.raises(IsADirectoryError):
        legacy.block.create_blob_from_path(legacy.container, "a", str(tmp_path))


@pytest.mark.parametrize(
    ("index", "count", "stored"), [(0, None, 200), (20, None, 180), (20, 30, 30), (20, -1, 180), (150, 50, 50)]
)
def test_bytes_are_uploaded_from_an_index_on(legacy: Legacy, index: int, count: int | None, stored: int) -> None:
    legacy.block.create_blob_from_bytes(legacy.container, "a", content(200), index, count)

    assert legacy.read("a") == content(200)[index : index + stored]


@pytest.mark.parametrize(
    ("text", "encoding", "stored"),
    [("grüße", "utf-8", "grüße".encode()), ("grüße", "latin-1", "grüße".encode("latin-1")), (b"bytes", None, b"bytes")],
)
def test_text_is_encoded_and_bytes_are_taken_as_they_are(
    legacy: Legacy, text: Any, encoding: Any, stored: bytes
) -> None:
    legacy.block.create_blob_from_text(legacy.container, "a", text, encoding)

    assert legacy.read("a") == stored


@pytest.mark.parametrize("name", ["a b", "grüße/€.txt", "a+b%20c?d#e", "q'()=,~!*;:@&$", "dir/sub/f"])
def test_any_name_will_do(legacy: Legacy, name: str) -> None:
    legacy.block.create_blob_from_text(legacy.container, name, "text")

    assert legacy.block.get_blob_to_text(legacy.container, name).content == "text"
    assert name in {blob.name for blob in legacy.plain.list_blobs(legacy.container)}


@pytest.mark.parametrize(
    ("method", "arguments", "error", "text"),
    [
        ("text", {"container_name": None, "text": "x"}, ValueError, "container_name should not be None."),
        ("text", {"blob_name": None, "text": "x"}, ValueError, "blob_name should not be None."),
        ("bytes", {"blob": None}, ValueError, "blob should not be None."),
        ("bytes", {"blob": "text"}, TypeError, "blob should be of type bytes."),
        ("bytes", {"blob": bytearray(b"text")}, TypeError, "blob should be of type bytes."),
        ("bytes", {"blob": b"x", "index": None}, ValueError, "index should not be None."),
        ("bytes", {"blob": b"x", "index": -1}, IndexError, "index should not be negative."),
        (
            "bytes",
            {"blob": b"x", "cpk": CustomerProvidedEncryptionKey("key", "hash")},
            ValueError,
            "Customer provided encryption key must be used over HTTPS.",
        ),
        ("text", {"text": None}, ValueError, "text should not be None."),
        ("text", {"text": "x", "encoding": None}, ValueError, "encoding should not be None."),
        ("text", {"text": 5}, AttributeError, "'int' object has no attribute 'encode'"),
        ("stream", {"stream": None}, ValueError, "stream should not be None."),
        ("stream", {"stream": io.StringIO("text"), "count": 4}, TypeError, "blob should be of type bytes."),
        ("stream", {"stream": io.StringIO("text")}, TypeError, "temp should be of type bytes."),
        ("path", {"file_path": None}, ValueError, "file_path should not be None."),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_sent(
    legacy: Legacy, method: str, arguments: dict[str, Any], error: type[Exception], text: str
) -> None:
    asked = {"container_name": legacy.container, "blob_name": "a", **arguments}

    with pytest.raises(error) as caught:
        getattr(legacy.block, f"create_blob_from_{method}")(**asked)

    assert str(caught.value) == text
    assert legacy.record.requests == []


def test_a_missing_container_is_an_error(legacy: Legacy) -> None:
    for size in (10, 150):
        with pytest.raises(AzureMissingResourceHttpError, match=r"ErrorCode: ContainerNotFound"):
            legacy.block.create_blob_from_bytes("missing-container", "a", content(size))


@pytest.mark.parametrize("connections", [1, 2])
@pytest.mark.parametrize("size", [0, 95, 96, 160, 300])
def test_an_encrypted_blob_comes_back_as_it_was(legacy: Legacy, size: int, connections: int) -> None:
    legacy.block.key_encryption_key = Wrapper()
    legacy.block.MAX_BLOCK_SIZE = 48

    legacy.block.create_blob_from_bytes(
        legacy.container,
        "a",
        content(size),
        max_connections=connections,
        progress_callback=legacy.record.tell,
        metadata={"mine": "1"},
    )

    stored = legacy.read("a")
    assert len(stored) == size + 16 - size % 16
    assert content(size)[:16] != stored[:16]
    assert legacy.record.progress[0] == (0, size)
    assert legacy.record.progress[-1] == (size if size < 96 else len(stored), size)
    got = legacy.block.get_blob_to_bytes(legacy.container, "a", max_connections=connections)
    assert got.content == content(size)
    if size:
        summed = legacy.block.get_blob_to_bytes(
            legacy.container, "a", start_range=0, end_range=39, validate_content=True
        )
        assert summed.content == content(size)[:40]
    assert got.metadata is not None
    assert set(got.metadata) == {"mine", "encryptiondata"}


def test_a_range_of_an_encrypted_blob_is_fetched_from_the_block_before_it(legacy: Legacy) -> None:
    legacy.block.key_encryption_key = Wrapper()
    legacy.block.create_blob_from_bytes(legacy.container, "a", content(90))
    legacy.record.requests.clear()

    part = legacy.block.get_blob_to_bytes(legacy.container, "a", start_range=37, end_range=50)
    rest = legacy.block.get_blob_to_bytes(legacy.container, "a", start_range=80, end_range=500)

    assert part.content == content(90)[37:51]
    assert rest.content == content(90)[80:]
    assert legacy.record.ranges == ["16-63", "64-191"]


def test_a_key_keeps_large_blocks_from_leaving_in_the_clear(legacy: Legacy) -> None:
    windowed(legacy)
    legacy.block.key_encryption_key = Wrapper()

    legacy.block.create_blob_from_stream(legacy.container, "a", io.BytesIO(content(200)))

    assert "encryptiondata" in legacy.plain.get_blob_metadata(legacy.container, "a")
    assert legacy.block.get_blob_to_bytes(legacy.container, "a").content == content(200)


def test_what_cannot_be_decrypted_is_an_error(legacy: Legacy) -> None:
    legacy.put("plain", b"plain")
    legacy.block.key_encryption_key = Wrapper()
    legacy.block.create_blob_from_text(legacy.container, "a", "secret")

    assert legacy.block.get_blob_to_text(legacy.container, "plain").content == "plain"
    legacy.block.require_encryption = True
    with pytest.raises(AzureException, match=r"^Decryption failed$"):
        legacy.block.get_blob_to_text(legacy.container, "plain")
    legacy.block.key_encryption_key = Wrapper("another")
    with pytest.raises(AzureException, match=r"^Decryption failed$"):
        legacy.block.get_blob_to_text(legacy.container, "a")
    legacy.block.key_resolver_function = Wrapper
    assert legacy.block.get_blob_to_text(legacy.container, "a").content == "secret"
    legacy.block.key_encryption_key = legacy.block.key_resolver_function = None
    with pytest.raises(ValueError, match=r"^Decryption required but neither key nor resolver was provided"):
        legacy.block.get_blob_to_text(legacy.container, "a")
    with pytest.raises(ValueError, match=r"^Encryption required but no key was provided\.$"):
        legacy.block.create_blob_from_text(legacy.container, "a", "secret")


@pytest.mark.parametrize(
    ("method", "arguments"),
    [("put_block", ("a", b"x", "1")), ("put_block_list", ("a", [])), ("put_block_from_url", ("a", "http://x", "1"))],
)
def test_single_blocks_cannot_be_encrypted(legacy: Legacy, method: str, arguments: tuple[Any, ...]) -> None:
    legacy.block.key_encryption_key = Wrapper()

    with pytest.raises(ValueError, match=r"encryption is not supported for this method\.$"):
        getattr(legacy.block, method)(legacy.container, *arguments)

    assert legacy.record.requests == []
