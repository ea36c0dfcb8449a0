from __future__ import annotations

import io
from typing import Any

import pytest
from azure.common import AzureHttpError, AzureMissingResourceHttpError

from blobprep.legacy.models import BlobBlock, BlobBlockList, ContentSettings
from blobprep.legacy.retry import no_retry
from blobprep.legacy.services.block import BlockBlobService
from tests.legacy.transfers.conftest import Legacy, Unseekable
from tests.server import Server

SOURCE = "http://127.0.0.1:1/container/source?sas"


def ids(blocks: list[BlobBlock]) -> list[tuple[str | None, int, str]]:
    return [(block.id, block.size, block.state) for block in blocks]


def test_blocks_become_a_blob_in_the_order_of_the_list(legacy: Legacy) -> None:
    for number, block in enumerate((b"A", b"BB", io.BytesIO(b"CCC"), Unseekable(io.BytesIO(b"DDDD")))):
        given: Any = block
        assert legacy.block.put_block(legacy.container, "a", given, str(number), validate_content=True) is None

    waiting: BlobBlockList = legacy.block.get_block_list(legacy.container, "a", block_list_type="all")
    made = legacy.block.put_block_list(
        legacy.container, "a", [BlobBlock("3"), BlobBlock("0"), BlobBlock("2")], validate_content=True
    )
    now = legacy.block.get_block_list(legacy.container, "a", block_list_type="all")

    assert ids(waiting.uncommitted_blocks) == [(str(n), n + 1, "Uncommitted") for n in range(4)]
    assert waiting.committed_blocks == []
    assert ids(now.committed_blocks) == [("3", 4, "Committed"), ("0", 1, "Committed"), ("2", 3, "Committed")]
    assert now.uncommitted_blocks == []
    assert legacy.read("a") == b"DDDDACCC"
    assert made.etag == legacy.plain.get_blob_properties(legacy.container, "a").properties.etag


def test_a_stream_is_a_block_from_where_it_stands(legacy: Legacy) -> None:
    stream = io.BytesIO(b"0123456789")
    stream.seek(4)

    legacy.block.put_block(legacy.container, "a", stream, "1")
    legacy.block.put_block_list(legacy.container, "a", [BlobBlock("1")])

    assert legacy.read("a") == b"456789"


def test_an_empty_list_makes_an_empty_blob(legacy: Legacy) -> None:
    legacy.block.put_block_list(legacy.container, "a", [], ContentSettings("text/csv"), {"one": "1"})

    assert legacy.read("a") == b""
    assert legacy.plain.get_blob_metadata(legacy.container, "a") == {"one": "1"}


def test_a_block_that_was_not_put_is_an_error(legacy: Legacy) -> None:
    with pytest.raises(AzureHttpError, match=r"ErrorCode: InvalidBlockList"):
        legacy.block.put_block_list(legacy.container, "a", [BlobBlock("missing")])


def test_the_list_is_written_as_the_service_wants_it(legacy: Legacy) -> None:
    bodies = []
    legacy.block.request_callback = lambda request: bodies.append(request.body)

    with pytest.raises(AzureHttpError):
        legacy.block.put_block_list(legacy.container, "a", [BlobBlock("<1>"), BlobBlock("2", "Uncommitted")])

    assert bodies == [
        b"<?xml version='1.0' encoding='utf-8'?>\n"
        b"<BlockList><Latest>PDE+</Latest><Uncommitted>Mg==</Uncommitted></BlockList>"
    ]


@pytest.mark.parametrize(
    ("method", "arguments", "error", "text"),
    [
        ("put_block", (None, "a", b"x", "1"), ValueError, "container_name should not be None."),
        ("put_block", ("c", None, b"x", "1"), ValueError, "blob_name should not be None."),
        ("put_block", ("c", "a", None, "1"), ValueError, "block should not be None."),
        ("put_block", ("c", "a", b"x", None), ValueError, "block_id should not be None."),
        (
            "put_block",
            ("c", "a", "text", "1"),
            TypeError,
            "block should be of type bytes or a readable file-like/io.IOBase stream object.",
        ),
        ("put_block_list", ("c", "a", None), ValueError, "block_list should not be None."),
        (
            "put_block_list",
            ("c", "a", [BlobBlock()]),
            ValueError,
            "All blocks in block list need to have valid block ids.",
        ),
        ("put_block_from_url", ("c", "a", None, "1"), ValueError, "copy_source_url should not be None."),
        ("put_block_from_url", ("c", "a", SOURCE, None), ValueError, "block_id should not be None."),
        ("put_block_from_url", ("c", "a", SOURCE, "1", None, 5), ValueError, "start_range should not be None."),
        ("set_standard_blob_tier", ("c", "a", None), ValueError, "standard_blob_tier should not be None."),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_sent(
    legacy: Legacy, method: str, arguments: tuple[Any, ...], error: type[Exception], text: str
) -> None:
    with pytest.raises(error) as caught:
        getattr(legacy.block, method)(*arguments)

    assert str(caught.value) == text
    assert legacy.record.requests == []


def test_a_missing_blob_has_no_blocks(legacy: Legacy) -> None:
    with pytest.raises(AzureMissingResourceHttpError, match=r"ErrorCode: BlobNotFound"):
        legacy.block.get_block_list(legacy.container, "missing", "2020-01-01T00:00:00.0000000Z", "all", timeout=4)

    (asked,) = legacy.record.requests
    assert asked.query == {
        "comp": "blocklist",
        "snapshot": "2020-01-01T00:00:00.0000000Z",
        "blocklisttype": "all",
        "timeout": "4",
    }


def test_a_block_is_asked_for_by_its_source_and_range(server: Server) -> None:
    # No source is there, so that the service refuses: what is asked is what can be seen.
    service = BlockBlobService(server.name, server.key, custom_domain=server.endpoint())
    service.retry = no_retry

    with pytest.raises(AzureHttpError):
        service.put_block_from_url("raw", "a", SOURCE, "1", 3, 9, "md5==")

    (asked,) = server.requests
    assert asked.parameters == {"comp": "block", "blockid": "MQ=="}
    assert asked.headers["x-ms-copy-source"] == SOURCE
    assert asked.headers["x-ms-source-range"] == "bytes=3-9"
    assert asked.headers["x-ms-source-content-md5"] == "md5=="


def test_tiers_are_changed(legacy: Legacy) -> None:
    legacy.put("a", b"text")

    assert legacy.block.set_standard_blob_tier(legacy.container, "a", "Cool", rehydrate_priority="High") is None

    assert legacy.plain.get_blob_properties(legacy.container, "a").properties.blob_tier == "Cool"
    assert legacy.record.requests[0].headers["x-ms-rehydrate-priority"] == "High"


def test_a_copy_is_asked_for_with_its_tier(legacy: Legacy) -> None:
    legacy.put("a", b"text")

    copied = legacy.block.copy_blob(
        legacy.container,
        "b",
        legacy.block.make_blob_url(legacy.container, "a"),
        standard_blob_tier="Cool",
        rehydrate_priority="High",
        destination_if_none_match="*",
    )

    assert copied.status == "success"
    assert legacy.read("b") == b"text"
    headers = legacy.record.requests[0].headers
    assert (headers["x-ms-access-tier"], headers["x-ms-rehydrate-priority"]) == ("Cool", "High")
    assert headers["If-None-Match"] == "*"
    assert "x-ms-requires-sync" not in headers
