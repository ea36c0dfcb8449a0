"""Requests and downloads that fail on the way, against the stand-in server and the real SDK."""

from __future__ import annotations

import hashlib
import logging
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from azure.core.credentials import AccessToken

from blobprep.account import Account, Credential, Network
from blobprep.errors import (
    AccessError,
    BlobNotFound,
    ConditionNotMet,
    ContainerNotFound,
    StoreError,
    StoreUnavailable,
)
from blobprep.stores import BLOCK_SIZE, IfAbsent, IfMatch
from blobprep.stores.azure import AzureStore
from blobprep.stores.azure.retry import LONGEST_WAIT
from blobprep.stores.azure.tokens import TokenProvider
from tests import emulator
from tests.server import ALWAYS, Behaviour, Certificates, Request, Server
from tests.server.handling import is_read
from tests.stores.conftest import emulated

LARGE = bytes(range(256)) * 4096  # 1 MiB


@pytest.fixture
def waits() -> list[float]:
    """How long the store would have waited."""
    return []


@pytest.fixture
def raw(server: Server) -> Server:
    """The server with a container and two blobs."""
    server.store.create_container("raw")
    server.store.write("raw", "a", b"0123456789", content_type="a/b")
    server.store.write("raw", "large", LARGE, content_type="a/b")
    return server


@pytest.fixture
def store(raw: Server, waits: list[float]) -> AzureStore:
    """The account at its real address over http, with four repetitions that wait for nothing."""
    return AzureStore(raw.remote_account(), sleep=waits.append)


def methods(server: Server) -> list[str]:
    return [request.method for request in server.requests]


def ranges(server: Server) -> list[str]:
    return [request.headers["x-ms-range"] for request in server.requests if is_read(request)]


# What is repeated, how often, and after which wait


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_service_that_cannot_answer_now_is_asked_again(
    status: int, store: AzureStore, raw: Server, waits: list[float]
) -> None:
    with raw.behave(Behaviour(throttling=4, throttled=status)):
        assert store.properties("raw", "a").size == 10

    assert len(raw.requests) == 5
    assert len(waits) == 4
    assert all(2**number / 2 <= wait <= 2**number for number, wait in enumerate(waits))


def test_waits_are_not_the_same_twice(store: AzureStore, raw: Server, waits: list[float]) -> None:
    for _ in range(3):
        with raw.behave(Behaviour(throttling=1)):
            store.properties("raw", "a")

    assert len(set(waits)) == 3


@pytest.mark.parametrize("told", ["7", "Date"], ids=["seconds", "a time"])
def test_no_request_comes_before_the_service_asked_for_it(
    told: str, store: AzureStore, raw: Server, waits: list[float]
) -> None:
    if told == "Date":
        told = format_datetime(datetime.now(UTC) + timedelta(seconds=9), usegmt=True)
    with raw.behave(Behaviour(throttling=2, retry_after=told)):
        store.properties("raw", "a")

    assert [7 <= wait <= 12 for wait in waits] == [True, True]


def test_a_service_that_asks_for_too_long_a_wait_is_left_alone(
    store: AzureStore, raw: Server, waits: list[float]
) -> None:
    with (
        raw.behave(Behaviour(throttling=ALWAYS, retry_after=int(LONGEST_WAIT) + 1)),
        pytest.raises(StoreUnavailable, match=r"in one attempt and asks for a wait of 61 s: .*\(ServerBusy") as caught,
    ):
        store.properties("raw", "a")

    assert waits == []
    assert "try again later" in caught.value.remedy


@pytest.mark.parametrize("told", ["soon", "-5", "", "1e999", f"Thu, 30 May 2024 18:0{'9' * 30}:00 GMT"])
def test_a_wait_that_is_none_is_one_of_ours(told: str, store: AzureStore, raw: Server, waits: list[float]) -> None:
    with raw.behave(Behaviour(throttling=1, retry_after=told)):
        store.properties("raw", "a")

    assert len(waits) == 1
    assert waits[0] <= 1


@pytest.mark.parametrize("retries", [0, 1, 7])
def test_a_request_is_repeated_as_often_as_the_settings_say_and_the_error_says_so(retries: int, raw: Server) -> None:
    account = replace(raw.account(), network=Network(retries=retries))
    attempts = "one attempt" if retries == 0 else f"{retries + 1} attempts over 0 s"

    with raw.behave(Behaviour(throttling=ALWAYS)), pytest.raises(StoreUnavailable, match=f"in {attempts}"):
        AzureStore(account, sleep=lambda seconds: None).read("raw", "a")

    assert len(raw.requests) == retries + 1


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("AuthorizationFailure", AccessError),
        ("AccountIsDisabled", AccessError),
        ("BlobNotFound", BlobNotFound),
        ("ContainerNotFound", ContainerNotFound),
        ("ContainerBeingDeleted", StoreUnavailable),
        ("ConditionNotMet", ConditionNotMet),
        ("LeaseIdMissing", StoreError),
        ("InvalidAuthenticationInfo", AccessError),
    ],
)
def test_a_refusal_is_told_at_once(
    code: str, error: type[Exception], store: AzureStore, raw: Server, waits: list[float]
) -> None:
    acts: list[Callable[[], object]] = [
        lambda: store.read("raw", "a"),
        lambda: store.properties("raw", "a"),
        lambda: store.write("raw", "b", b"", content_type="a/b"),
        lambda: store.upload("raw", "b").put(0, b""),
        lambda: store.delete("raw", "a"),
    ]
    with raw.behave(Behaviour(refusing=code)):
        for act in acts:
            with pytest.raises(error):
                act()

    assert waits == []


def test_each_repetition_is_logged_in_one_line_without_a_secret(
    store: AzureStore, raw: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "blobprep")
    with raw.behave(Behaviour(throttling=2, concerns=lambda request: request.method == "HEAD")):
        store.properties("raw", "a")
    with raw.behave(Behaviour(resetting=1)):
        store.write("raw", "folder/b c", b"1", content_type="a/b")

    lines = [record.getMessage() for record in caplog.records if record.name.startswith("blobprep")]
    assert [line.partition(" in ")[0] for line in lines] == ["raw/a", "raw/a", "raw/folder/b c"]
    assert "contoso: ServerBusy; attempt 2 of 5 in " in lines[0]
    assert "contoso: ServerBusy; attempt 3 of 5 in " in lines[1]
    assert "contoso: the connection was cut; attempt 2 of 5 in " in lines[2]


# Connections


@pytest.mark.parametrize("protocol", ["http", "https"])
def test_a_connection_that_is_reset_is_made_again(
    protocol: str, raw: Server, waits: list[float], trusting: None
) -> None:
    store = AzureStore(raw.account(protocol), sleep=waits.append)  # type: ignore[arg-type]
    with raw.behave(Behaviour(resetting=4)):
        assert store.read("raw", "a") == b"0123456789"

    assert len(waits) == 4


def test_a_certificate_nobody_trusts_is_told_at_once(raw: Server, waits: list[float]) -> None:
    with pytest.raises(StoreUnavailable, match="in one attempt: the certificate is not trusted"):
        AzureStore(raw.account("https"), sleep=waits.append).read("raw", "a")

    assert waits == []


@pytest.mark.parametrize(
    ("number", "attempts"), [(socket.EAI_AGAIN, 5), (socket.EAI_NONAME, 1)], ids=["no answer", "no such name"]
)
def test_a_name_that_cannot_be_looked_up_is_asked_for_again_unless_there_is_none(
    number: int, attempts: int, raw: Server, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def failing(host: str, *_: object, **__: object) -> list[object]:
        asked.append(host)
        raise socket.gaierror(number, "no")

    monkeypatch.setattr(socket, "getaddrinfo", failing)  # a name server that fails cannot be arranged on this machine
    account = replace(raw.account(), endpoint="http://contoso.blob.example.net")

    with pytest.raises(StoreUnavailable, match="its address cannot be looked up") as caught:
        AzureStore(account, sleep=waits.append).properties("raw", "a")

    assert len(asked) == attempts
    assert "try again later" in caught.value.remedy


def test_an_emulator_that_is_killed_and_started_again_is_only_waited_for(tmp_path: Path) -> None:
    with emulator.serve(tmp_path) as endpoint:
        port = int(endpoint.split(":")[2].split("/")[0])
        store = AzureStore(emulated(endpoint))
        store.create_container("raw")
    restarted: list[Iterator[str]] = []

    def start_again(seconds: float) -> None:
        if not restarted:
            restarted.append(stack := emulator.serve(tmp_path, port=port))  # type: ignore[arg-type]
            stack.__enter__()  # type: ignore[attr-defined]

    try:
        store = AzureStore(emulated(endpoint), sleep=start_again)
        assert store.create_container("raw")  # it holds its blobs in memory, and has lost them
        store.write("raw", "a", b"1", content_type="a/b")
        assert store.read("raw", "a") == b"1"
    finally:
        for stack in restarted:
            stack.__exit__(None, None, None)  # type: ignore[attr-defined]


# Bodies


def test_a_download_goes_on_where_it_was_cut(store: AzureStore, raw: Server) -> None:
    with raw.behave(Behaviour(cut_after=300_000, cuts=3)):
        assert store.read("raw", "large", offset=1) == LARGE[1:]

    assert ranges(raw)[1:] == [f"bytes={1 + done}-1048575" for done in (300_000, 600_000, 900_000)]
    assert {request.headers["if-match"] for request in raw.requests[1:]} == {
        f'"{raw.store.properties("raw", "large").etag}"'
    }


def test_a_download_that_comes_forward_is_never_given_up(store: AzureStore, raw: Server, waits: list[float]) -> None:
    with raw.behave(Behaviour(cut_after=100_000)):
        assert store.read("raw", "large") == LARGE

    assert len(waits) == 10
    assert max(waits) <= 1


def test_a_download_that_does_not_come_forward_is_given_up(store: AzureStore, raw: Server) -> None:
    with (
        raw.behave(Behaviour(cut_after=10)),
        pytest.raises(StoreUnavailable, match=r"raw/large .* in 5 attempts over .* s: .*cut") as caught,
    ):
        store.read("raw", "large")

    assert ranges(raw)[-1] == "bytes=40-1048575"
    assert "try again later" in caught.value.remedy


def test_a_download_that_goes_on_is_of_one_state(store: AzureStore, raw: Server) -> None:
    with raw.behave(Behaviour(cut_after=300_000, cuts=1, changes_after=1)), pytest.raises(ConditionNotMet):
        store.read("raw", "large")


def test_an_answer_that_is_shorter_than_its_range_is_completed(store: AzureStore, raw: Server) -> None:
    with raw.behave(Behaviour(shortening=3)):
        assert store.read("raw", "large", length=1000) == LARGE[:1000]

    assert ranges(raw) == [f"bytes={done}-999" for done in (0, 500, 750, 875)]


def test_a_download_that_arrives_damaged_is_fetched_again(store: AzureStore, raw: Server) -> None:
    with raw.behave(Behaviour(damaging=2)):
        assert store.read("raw", "large") == LARGE

    assert len(set(ranges(raw))) == 1
    assert len(ranges(raw)) == 3


def test_a_download_that_is_cut_is_checked_as_a_whole(store: AzureStore, raw: Server) -> None:
    def damage_the_rest(request: Request) -> bool:
        raw.behaviour = Behaviour(damaging=1)  # of the next request
        return True

    with raw.behave(Behaviour(cut_after=300_000, cuts=1, concerns=damage_the_rest)):
        assert store.read("raw", "large") == LARGE

    # The first answer's checksum is of the whole range, and so all of it is fetched again.
    assert [each.split("-")[0] for each in ranges(raw)] == ["bytes=0", "bytes=300000", "bytes=0"]


def test_a_download_that_always_arrives_damaged_is_given_up(store: AzureStore, raw: Server) -> None:
    with (
        raw.behave(Behaviour(damaging=ALWAYS)),
        pytest.raises(StoreUnavailable, match=r"5 attempts .*its checksum is wrong") as caught,
    ):
        store.read("raw", "a")

    assert "a proxy" in caught.value.remedy


def test_over_https_no_checksum_is_asked_for_and_a_block_is_one_request(raw: Server, trusting: None) -> None:
    raw.store.write("raw", "block", bytes(BLOCK_SIZE), content_type="a/b")

    assert AzureStore(raw.account("https")).read("raw", "block", length=BLOCK_SIZE) == bytes(BLOCK_SIZE)

    assert ranges(raw) == [f"bytes=0-{BLOCK_SIZE - 1}"]
    assert "x-ms-range-get-content-md5" not in raw.requests[0].headers


def test_over_http_every_part_of_a_long_read_is_checked(store: AzureStore, raw: Server) -> None:
    data = LARGE * 9
    raw.store.write("raw", "long", data[:BLOCK_SIZE], content_type="a/b")

    with raw.behave(Behaviour(damaging=3)):
        assert store.read("raw", "long") == data[:BLOCK_SIZE]

    assert all(request.headers["x-ms-range-get-content-md5"] == "true" for request in raw.requests)


def test_a_download_that_drips_is_dropped_and_asked_for_again(raw: Server) -> None:
    # Each byte comes in time, and all of them never would.
    account = replace(raw.account(), network=Network(read_timeout=1))
    with raw.behave(Behaviour(dripping=0.02, drips=2)):
        assert AzureStore(account, sleep=lambda seconds: None).read("raw", "large") == LARGE

    assert len(ranges(raw)) == 3


def test_a_stored_encoding_is_no_reason_to_unpack(azurite: str) -> None:
    import gzip

    from azure.storage.blob import ContentSettings

    packed = gzip.compress(LARGE)
    store = AzureStore(emulated(azurite))
    store.create_container("packed")
    client = store._service.get_blob_client("packed", "a.csv.gz")
    client.upload_blob(packed, overwrite=True, content_settings=ContentSettings(content_encoding="gzip"))

    assert store.read("packed", "a.csv.gz") == packed
    assert store.read("packed", "a.csv.gz", offset=10, length=20) == packed[10:30]


def test_an_empty_blob_and_one_that_ends_before_the_range_are_read(store: AzureStore, raw: Server) -> None:
    raw.store.write("raw", "empty", b"", content_type="a/b")

    assert store.read("raw", "empty") == b""
    assert store.read("raw", "a", offset=8, length=100) == b"89"
    assert store.read("raw", "a", offset=10) == b""


# Uploads


def test_an_upload_that_arrives_damaged_is_sent_again(store: AzureStore, raw: Server) -> None:
    upload = store.upload("raw", "b")
    with raw.behave(Behaviour(damaging=1)):
        upload.put(0, LARGE)
    with raw.behave(Behaviour(damaging=1)):
        upload.commit(1, content_type="a/b")
    with raw.behave(Behaviour(damaging=1)):
        store.write("raw", "c", b"whole", content_type="a/b")

    assert raw.store.read("raw", "b") == LARGE
    assert raw.store.read("raw", "c") == b"whole"


def test_an_upload_that_always_arrives_damaged_is_given_up(store: AzureStore, raw: Server) -> None:
    with raw.behave(Behaviour(damaging=ALWAYS)), pytest.raises(StoreUnavailable, match=r"5 attempts .*Md5Mismatch"):
        store.write("raw", "b", b"whole", content_type="a/b")

    assert {item.blob for item in raw.store.list("raw")} == {"a", "large"}  # type: ignore[union-attr]


def test_a_block_that_is_sent_again_is_one_block(store: AzureStore, raw: Server) -> None:
    upload = store.upload("raw", "b")
    with raw.behave(Behaviour(losing=2)):
        upload.put(0, b"only once")
    upload.commit(1, content_type="a/b")

    assert raw.store.read("raw", "b") == b"only once"
    assert len({request.parameters.get("blockid") for request in raw.requests[:3]}) == 1


# An answer lost on the way: the request is sent again, and meets its own effect


def test_a_claim_whose_answer_was_lost_is_ours(store: AzureStore, raw: Server) -> None:
    with raw.behave(Behaviour(losing=1)):
        etag = store.write("raw", "claim", b"run 1", content_type="a/b", condition=IfAbsent())

    assert raw.store.properties("raw", "claim").etag == etag
    with pytest.raises(ConditionNotMet):
        store.write("raw", "claim", b"run 1", content_type="a/b", condition=IfAbsent())


def test_a_claim_of_another_is_not_taken_for_ours(store: AzureStore, raw: Server) -> None:
    raw.store.write("raw", "claim", b"run 2, longer", content_type="a/b")

    with raw.behave(Behaviour(losing=1)), pytest.raises(ConditionNotMet):
        store.write("raw", "claim", b"run 2", content_type="a/b", condition=IfAbsent())


def test_a_claim_of_another_with_the_same_bytes_is_not_ours_where_nothing_was_lost(
    store: AzureStore, raw: Server
) -> None:
    raw.store.write("raw", "claim", b"run 1", content_type="a/b")

    with raw.behave(Behaviour(throttling=1)), pytest.raises(ConditionNotMet):
        store.write("raw", "claim", b"run 1", content_type="a/b", condition=IfAbsent())


def test_a_commit_whose_answer_was_lost_is_ours(store: AzureStore, raw: Server) -> None:
    before = raw.store.properties("raw", "a").etag
    upload = store.upload("raw", "a")
    upload.put(0, b"after")
    with raw.behave(Behaviour(losing=1)):
        etag = upload.commit(1, content_type="a/b", condition=IfMatch(before))

    assert raw.store.properties("raw", "a").etag == etag
    assert raw.store.read("raw", "a") == b"after"


def is_put(request: Request) -> bool:
    return request.method == "PUT"


def test_a_commit_all_of_whose_answers_were_lost_is_ours_when_it_is_seen(store: AzureStore, raw: Server) -> None:
    upload = store.upload("raw", "b")
    upload.put(0, b"after")
    with raw.behave(Behaviour(losing=ALWAYS, concerns=is_put)):
        etag = upload.commit(1, content_type="a/b")
        written = store.write("raw", "c", b"small", content_type="a/b", condition=IfAbsent())

    assert raw.store.properties("raw", "b").etag == etag
    assert raw.store.properties("raw", "c").etag == written


def test_a_commit_that_came_through_nowhere_is_not_ours(store: AzureStore, raw: Server) -> None:
    upload = store.upload("raw", "a")
    upload.put(0, b"after")
    with raw.behave(Behaviour(resetting=ALWAYS, concerns=is_put)):
        with pytest.raises(StoreUnavailable):
            upload.commit(1, content_type="a/b")
        with pytest.raises(StoreUnavailable):
            store.write("raw", "a", b"small", content_type="a/b")

    assert raw.store.read("raw", "a") == b"0123456789"


def test_a_delete_whose_answer_was_lost_is_done(store: AzureStore, raw: Server) -> None:
    with raw.behave(Behaviour(losing=1)):
        store.delete("raw", "a")

    with pytest.raises(BlobNotFound):
        store.delete("raw", "a")


# Credentials that end in the middle


def test_a_token_that_the_service_takes_no_longer_is_asked_for_anew(
    raw: Server, authority: Certificates, waits: list[float], trusting: None
) -> None:
    issued: list[str] = []

    class Source:
        def get_token(self, *scopes: str, **options: object) -> AccessToken:
            issued.append(raw.issue("contributor"))
            return AccessToken(issued[-1], int(datetime.now(UTC).timestamp()) + 3600)

    account: Account = raw.account("https", Credential("token", "-", "bearer"))
    store = AzureStore(account, sleep=waits.append)
    store._service.credential.source = Source()  # type: ignore[union-attr]
    assert isinstance(store._service.credential, TokenProvider)
    assert store.read("raw", "a", length=5) == b"01234"

    raw._tokens.clear()  # the service has ended them all

    assert store.read("raw", "a", offset=5) == b"56789"
    assert len(issued) == 2
    assert waits == []
    assert hashlib.sha256(store.read("raw", "large")).digest() == hashlib.sha256(LARGE).digest()
