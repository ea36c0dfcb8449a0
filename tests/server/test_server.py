"""The stand-in server, seen by the service's own SDK: each behaviour, and what blobprep makes of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from azure.storage.blob import BlobBlock, ContentSettings

from blobprep.account import Network
from blobprep.errors import AccessError, ConditionNotMet, HttpsRequired, StoreError, StoreUnavailable
from blobprep.stores import BLOCK_SIZE, BlobProperties
from blobprep.stores.azure import AzureStore
from tests.server import ALWAYS, Behaviour, Certificates, Server, serve
from tests.server.conftest import ANONYMOUS, client_of, patient_store_of, store_of
from tests.server.credentials import container_sas


def is_get(request: Any) -> bool:
    return bool(request.method == "GET")


# A healthy account


def impatient_store_of(server: Server) -> AzureStore:
    return AzureStore(replace(server.account(), network=Network(read_timeout=0.2)), retry_total=0)


def test_what_is_kept_of_a_blob_comes_back(server: Server) -> None:
    client = client_of(server)
    container = client.create_container("raw", public_access="blob")
    settings = ContentSettings("text/csv", "gzip", "de", "attachment", "no-cache")
    container.upload_blob("a b", b"123", metadata={"made_by": "me", "made1": "x"}, content_settings=settings)

    found = container.get_blob_client("a b").get_blob_properties()
    (listed,) = container.list_blobs(include=["metadata"])

    assert found.metadata == listed.metadata == {"made_by": "me", "made1": "x"}
    assert (found.content_settings.content_encoding, found.content_settings.content_language) == ("gzip", "de")
    assert (found.content_settings.content_disposition, found.content_settings.cache_control) == (
        "attachment",
        "no-cache",
    )
    container.get_blob_client("a b").set_blob_metadata({"rows": "3"})
    assert container.get_blob_client("a b").get_blob_properties().metadata == {"rows": "3"}


def test_bytes_are_checked_on_the_way_in_and_out(raw: Server) -> None:
    blob = client_of(raw).get_blob_client("raw", "b")

    blob.upload_blob(b"0123456789", validate_content=True)

    assert blob.download_blob(2, 3, validate_content=True).readall() == b"234"


def test_blocks_already_committed_are_committed_again(raw: Server) -> None:
    blob = client_of(raw).get_blob_client("raw", "b")
    for identity, data in {"1": b"one", "2": b"two"}.items():
        blob.stage_block(identity, data)
    blob.commit_block_list([BlobBlock("1"), BlobBlock("2")])
    blob.stage_block("3", b"three")
    blob.commit_block_list([BlobBlock("2"), BlobBlock("3")])

    assert blob.download_blob().readall() == b"twothree"
    assert [(block.id, block.size) for block in blob.get_block_list()[0]] == [("2", 3), ("3", 5)]


def test_an_account_tells_its_kind_and_containers_go_for_good(raw: Server) -> None:
    client = client_of(raw)

    assert client.get_account_information()["account_kind"] == "StorageV2"
    client.delete_container("raw")

    assert list(store_of(raw).list_containers()) == []


def test_listings_come_in_pages(server: Server) -> None:
    for number in range(7):
        server.store.create_container(f"raw-{number}")
        server.store.write("raw-0", f"{number}/x", b"", content_type="a/b")
    store = store_of(server)

    with server.behave(Behaviour(page_size=3)):
        blobs = [item.blob for item in store.list("raw-0") if isinstance(item, BlobProperties)]
        groups = list(store.list("raw-0", delimiter="/"))
        containers = list(store.list_containers())

    assert (len(blobs), len(groups), len(containers)) == (7, 7, 7)
    assert len(server.requests) == 9


def test_a_bad_name_for_a_container_is_refused(server: Server) -> None:
    with pytest.raises(StoreError, match="InvalidResourceName"):
        store_of(server).create_container("Upper")


# The account's settings


def test_secure_transfer_refuses_http_and_takes_https(raw: Server, trusting: None) -> None:
    with raw.behave(Behaviour(requires_https=True)):
        with pytest.raises(HttpsRequired):
            store_of(raw, "http").read("raw", "a")
        assert store_of(raw, "https").read("raw", "a") == b"0123456789"
    assert store_of(raw, "http").read("raw", "a") == b"0123456789"


KEY = "key"
SAS = "sas"
NOBODY = "nobody"
SETTINGS = [
    (Behaviour(disabled=True), KEY, "AccountIsDisabled"),
    (Behaviour(firewall=True), KEY, "AuthorizationFailure"),
    (Behaviour(firewall=True), SAS, "AuthorizationFailure"),
    (Behaviour(shared_key_disabled=True), KEY, "KeyBasedAuthenticationNotPermitted"),
    (Behaviour(shared_key_disabled=True), SAS, "KeyBasedAuthenticationNotPermitted"),
    (Behaviour(public_access_disabled=True), NOBODY, "PublicAccessNotPermitted"),
]


@pytest.mark.parametrize(("behaviour", "who", "code"), SETTINGS)
def test_a_setting_of_the_account_refuses(raw: Server, behaviour: Behaviour, who: str, code: str) -> None:
    credential = {KEY: None, SAS: container_sas(raw, "raw"), NOBODY: ANONYMOUS}[who]

    with raw.behave(behaviour), pytest.raises(AccessError, match=code):
        store_of(raw, credential=credential).read("raw", "a")


def test_a_wrong_clock_is_refused_and_told(raw: Server) -> None:
    with raw.behave(Behaviour(clock_skew=-timedelta(hours=3))), pytest.raises(AccessError, match="clock is wrong"):
        store_of(raw).read("raw", "a")


def test_a_clock_that_is_wrong_by_little_shows_in_the_answers_only(raw: Server) -> None:
    with raw.behave(Behaviour(clock_skew=timedelta(minutes=10))):
        found = store_of(raw).properties("raw", "a")

    assert timedelta(minutes=9) < found.as_of - datetime.now(UTC) < timedelta(minutes=11)


# Faults


def test_throttling_ends_after_so_many_requests(raw: Server) -> None:
    with raw.behave(Behaviour(throttling=2)):
        assert patient_store_of(raw).read("raw", "a") == b"0123456789"

    assert len(raw.requests) == 3


def test_throttling_without_end_is_told(raw: Server) -> None:
    with raw.behave(Behaviour(throttling=ALWAYS)), pytest.raises(StoreUnavailable, match="throttled"):
        patient_store_of(raw).read("raw", "a")

    assert len(raw.requests) == 4


def test_a_fault_concerns_only_the_requests_it_is_meant_for(raw: Server) -> None:
    with raw.behave(Behaviour(throttling=ALWAYS, concerns=is_get)):
        assert store_of(raw).properties("raw", "a").size == 10
        with pytest.raises(StoreUnavailable):
            store_of(raw).read("raw", "a")


def test_what_was_before_goes_on_behind_a_behaviour(raw: Server) -> None:
    with raw.behave(Behaviour(throttling=1)):
        with raw.behave(replace(raw.behaviour, firewall=True)), pytest.raises(StoreUnavailable):
            store_of(raw).read("raw", "a")
        with pytest.raises(StoreUnavailable):
            store_of(raw).read("raw", "a")
        assert store_of(raw).read("raw", "a") == b"0123456789"


def test_an_answer_that_is_held_back_is_not_waited_for_without_end(raw: Server) -> None:
    release = Event()
    impatient = impatient_store_of(raw)

    with raw.behave(Behaviour(held=release)):
        with pytest.raises(StoreUnavailable):
            impatient.read("raw", "a")
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(store_of(raw).read, "raw", "a")
            release.set()
            assert waiting.result() == b"0123456789"


def test_a_slow_answer_does_not_keep_the_server(authority: Certificates) -> None:
    with serve() as server, server.behave(Behaviour(latency=3600)), pytest.raises(StoreUnavailable):
        impatient_store_of(server).container_exists("raw")


def test_a_request_whose_answer_is_lost_has_been_done(raw: Server) -> None:
    with raw.behave(Behaviour(losing=1)):
        patient_store_of(raw).delete("raw", "a")

    assert [request.method for request in raw.requests] == ["DELETE", "DELETE"]
    assert list(raw.store.list("raw")) == []


def test_a_connection_cut_in_a_listing_is_told(raw: Server) -> None:
    with raw.behave(Behaviour(cut_after=20)), pytest.raises(StoreUnavailable):
        list(store_of(raw).list("raw"))


def test_a_download_that_was_cut_is_taken_up_again(raw: Server) -> None:
    store = patient_store_of(raw)

    with raw.behave(Behaviour(cut_after=4, cuts=1)):
        assert store.read("raw", "a") == b"0123456789"
    with raw.behave(Behaviour(cut_after=0)), pytest.raises(StoreUnavailable):
        store.read("raw", "a")


def test_a_blob_that_changes_between_two_ranges_is_no_mixture(server: Server) -> None:
    server.store.create_container("raw")
    etag = server.store.write("raw", "big", bytes(BLOCK_SIZE + 1), content_type="a/b")

    with server.behave(Behaviour(changes_after=1)), pytest.raises(ConditionNotMet):
        store_of(server).read("raw", "big", if_match=etag)

    assert server.store.read("raw", "big") == b"\1" * (BLOCK_SIZE + 1)
