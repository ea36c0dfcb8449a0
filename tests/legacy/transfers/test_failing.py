"""Transfers over a network that fails, against the stand-in server."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import requests
from azure.common import AzureException, AzureHttpError

from blobprep.legacy.models import LocationMode, RetryContext
from blobprep.legacy.retry import LinearRetry
from blobprep.legacy.services.block import BlockBlobService
from tests.legacy.transfers.conftest import Legacy, content, legacy_of
from tests.server import Behaviour, Request, Server, serve
from tests.server.handling import is_read


@pytest.fixture(scope="module")
def standing() -> Iterator[Server]:
    with serve() as server:
        yield server


@pytest.fixture
def failing(standing: Server, session: requests.Session) -> Legacy:
    """Services on the stand-in server that try again at once; a blob of 300 bytes."""
    made = legacy_of(
        lambda kind: kind(standing.name, standing.key, custom_domain=standing.endpoint(), request_session=session)
    )
    made.block.retry = LinearRetry(0, 3, random_jitter_range=0).retry
    made.put("a", content(300))
    standing.requests.clear()
    return made


def chunks(request: Request) -> bool:
    return is_read(request) and not request.headers.get("x-ms-range", "").startswith("bytes=0-")


def blocks(request: Request) -> bool:
    return request.parameters.get("comp") == "block"


FAULTS = {
    "throttled": Behaviour(throttling=2),
    "reset": Behaviour(resetting=2),
    "cut": Behaviour(cut_after=10, cuts=2),
    "lost": Behaviour(losing=2),
}


@pytest.mark.parametrize("connections", [1, 3])
@pytest.mark.parametrize("fault", FAULTS)
def test_chunks_that_fail_are_fetched_again(standing: Server, failing: Legacy, fault: str, connections: int) -> None:
    retried: list[RetryContext] = []
    failing.block.retry_callback = retried.append

    with standing.behave(replace(FAULTS[fault], concerns=chunks)):
        blob = failing.block.get_blob_to_bytes(
            failing.container, "a", max_connections=connections, progress_callback=failing.record.tell
        )

    assert blob.content == content(300)
    assert len(retried) == 2
    assert [done for done, _ in failing.record.progress] == [100, 140, 180, 220, 260, 300]


@pytest.mark.parametrize("connections", [1, 3])
@pytest.mark.parametrize("fault", ["throttled", "reset", "lost"])
@pytest.mark.parametrize("is_windowed", [False, True])
def test_blocks_that_fail_are_sent_again(
    standing: Server, failing: Legacy, fault: str, connections: int, is_windowed: bool
) -> None:
    if is_windowed:
        failing.block.MIN_LARGE_BLOCK_UPLOAD_THRESHOLD = 1

    with standing.behave(replace(FAULTS[fault], concerns=blocks)):
        failing.block.create_blob_from_stream(
            failing.container, "b", io.BytesIO(content(310)), max_connections=connections
        )

    assert failing.read("b") == content(310)


def test_a_chunk_that_fails_for_good_ends_the_download(standing: Server, failing: Legacy) -> None:
    stream = io.BytesIO()

    with standing.behave(Behaviour(concerns=chunks, refusing="ServerBusy")), pytest.raises(AzureHttpError) as caught:
        failing.block.get_blob_to_stream(failing.container, "a", stream, max_connections=1)

    assert caught.value.status_code == 503
    assert stream.getvalue() == content(100)
    assert len(failing.record.requests) == 5  # the first part, and a chunk four times


def test_content_that_was_damaged_is_fetched_again(standing: Server, failing: Legacy) -> None:
    with standing.behave(Behaviour(concerns=is_read, damaging=2)):
        blob = failing.block.get_blob_to_bytes(failing.container, "a", validate_content=True)

    assert blob.content == content(300)
    assert len(failing.record.requests) == 8 + 2


def test_content_that_stays_damaged_is_an_error(standing: Server, failing: Legacy) -> None:
    with (
        standing.behave(Behaviour(concerns=is_read, damaging=100)),
        pytest.raises(AzureException, match=r"^MD5 mismatch\. Expected value is '.{24}', computed value is '.{24}'\.$"),
    ):
        failing.block.get_blob_to_bytes(failing.container, "a", validate_content=True)


def test_a_block_that_was_damaged_on_the_way_is_refused(standing: Server, failing: Legacy) -> None:
    with standing.behave(Behaviour(concerns=blocks, damaging=1)), pytest.raises(AzureHttpError, match="Md5Mismatch"):
        failing.block.create_blob_from_bytes(failing.container, "b", content(300), validate_content=True)


@pytest.mark.parametrize("connections", [1, 3])
@pytest.mark.parametrize("concerned", [is_read, chunks])
def test_an_answer_that_ends_too_early_leaves_no_gap(
    standing: Server, failing: Legacy, concerned: Callable[[Request], bool], connections: int
) -> None:
    with (
        standing.behave(Behaviour(concerns=concerned, shortening=1)),
        pytest.raises(AzureException, match=r"^The service was asked for the bytes up to \d+, and sent bytes "),
    ):
        failing.block.get_blob_to_bytes(failing.container, "a", max_connections=connections)


def test_all_parts_come_from_the_location_of_the_first(standing: Server, failing: Legacy) -> None:
    failing.block.secondary_endpoint = f"localhost:{standing.port}/{standing.name}"
    failing.block.location_mode = LocationMode.SECONDARY

    def turn(done: int | None, total: int | None) -> None:
        failing.block.location_mode = LocationMode.PRIMARY

    blob = failing.block.get_blob_to_bytes(failing.container, "a", progress_callback=turn)

    assert blob.content == content(300)
    assert {request.host.split(":")[0] for request in standing.requests} == {"localhost"}


def test_a_small_blob_takes_one_request(standing: Server, failing: Legacy) -> None:
    service: BlockBlobService = failing.plain

    assert service.get_blob_to_bytes(failing.container, "a").content == content(300)

    assert [request.headers["x-ms-range"] for request in standing.requests] == ["bytes=0-33554431"]
