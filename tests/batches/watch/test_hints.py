"""Messages of a queue as hints: the queue is the emulator's own, as far as there is one."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
from azure.storage.queue import QueueClient, QueueServiceClient

import blobprep
from blobprep.account import EMULATOR_KEY, Network, key_credential
from blobprep.account import Account as StorageAccount
from blobprep.batches.coordination.stop import Stop
from blobprep.batches.records import Counts
from blobprep.batches.watch.events import BlobEvent
from blobprep.batches.watch.hints import Hints
from blobprep.settings import Workspace
from blobprep.stores.azure.queue import AzureQueue
from tests import emulator
from tests.batches.arranging import Account
from tests.batches.test_batch import put
from tests.batches.watch.test_watch import options, watching

_LONG = 60.0


@pytest.fixture(scope="module")
def queues(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with emulator.serve(tmp_path_factory.mktemp("queues"), service="queue") as endpoint:
        yield endpoint


@pytest.fixture
def client(queues: str) -> Iterator[QueueClient]:
    credential = {"account_name": emulator.ACCOUNT, "account_key": emulator.KEY}
    with closing(QueueServiceClient(queues, credential=credential)) as service:
        name = f"q{uuid4().hex}"
        service.create_queue(name)
        yield service.get_queue_client(name)


@pytest.fixture
def queue(queues: str, client: QueueClient) -> AzureQueue:
    account = StorageAccount(
        emulator.ACCOUNT, "http", endpoint=queues, credential=key_credential(EMULATOR_KEY), network=Network(retries=0)
    )
    return AzureQueue(account, client.queue_name)


def event(name: str, container: str = "raw") -> str:
    subject = f"/blobServices/default/containers/{container}/blobs/{name}"
    return json.dumps({"specversion": "1.0", "type": "Microsoft.Storage.BlobCreated", "subject": subject})


def of_raw(event: BlobEvent) -> bool:
    return event.container == "raw"


def until(holds: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + _LONG
    while not (found := holds()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


def left(client: QueueClient) -> int:
    return client.get_queue_properties().approximate_message_count or 0


def test_a_message_is_deleted_once_it_is_covered_and_not_before(client: QueueClient, queue: AzureQueue) -> None:
    client.send_message(event("a"))
    client.send_message(event("b"))
    with Hints(queue, of_raw, print, poll=0.02) as hints:
        until(lambda: len(hints._held) == 2)
        taken = hints.take(0)
        client.send_message(event("c"))
        until(hints.news)
        assert left(client) == 3
        hints.cover(taken)

    assert left(client) == 1


def test_of_a_watch_that_ends_in_between_messages_come_back(client: QueueClient, queue: AzureQueue) -> None:
    client.send_message(event("a"))
    with Hints(queue, of_raw, print, poll=0.02, hidden=1) as hints:
        until(hints.news)

    with Hints(queue, of_raw, print, poll=0.02) as hints:
        until(hints.news)
        hints.cover(hints.take(0))

    assert left(client) == 0


def test_what_a_failed_cycle_took_is_kept_but_is_no_news(client: QueueClient, queue: AzureQueue) -> None:
    client.send_message(event("a"))
    with Hints(queue, of_raw, print, poll=0.02) as hints:
        until(hints.news)
        hints.give_back(hints.take(0))

        assert hints.news() is None
        hints.cover(hints.take(1000))

    assert left(client) == 0


def test_a_hint_is_not_covered_before_its_blob_has_settled(client: QueueClient, queue: AzureQueue) -> None:
    client.send_message(event("a"))
    with Hints(queue, of_raw, print, poll=0.02) as hints:
        until(hints.news)

        assert list(hints.take(1000)) == []
        assert hints.news() is not None
        assert len(hints.take(0)) == 1


def test_what_is_about_other_blobs_or_no_event_is_left_and_told_once(client: QueueClient, queue: AzureQueue) -> None:
    said: list[str] = []
    for text in (event("a", "other"), "poison", event("b", "other"), "\x7fmore poison", "[]"):
        client.send_message(text)
    with Hints(queue, of_raw, said.append, poll=0.02) as hints:
        until(lambda: len(said) == 2)
        client.send_message(event("c"))
        until(hints.news)
        hints.cover(hints.take(0))

    assert left(client) == 5
    assert len(said) == 2
    assert "about other blobs" in said[0]
    assert "no events of blobs" in said[1]


def test_more_messages_than_come_at_once_are_all_taken(client: QueueClient, queue: AzureQueue) -> None:
    for number in range(80):
        client.send_message(event(str(number)))
    with Hints(queue, of_raw, print, poll=30) as hints:
        until(lambda: len(hints._held) == 80)
        hints.cover(hints.take(0))

    assert left(client) == 0


def test_an_event_begins_the_next_cycle_at_once(account: Account, queues: str, client: QueueClient) -> None:
    put(account, 1)
    with watching(account, every=3600, queue=f"{queues}/{client.queue_name}") as seen:
        seen.wait(lambda: len(seen.batches) == 1)
        put(account, 2)
        for _ in range(3):  # duplicates
            client.send_message(event("2024-05-03/002.csv"))
        seen.wait(lambda: len(seen.batches) == 2)
        until(lambda: left(client) == 0)

    assert seen.batches[1].counts == Counts(done=1, skipped=1)
    assert seen.said == []


def test_messages_go_when_the_watch_is_stopped_at_the_end_of_their_cycle(
    account: Account, queues: str, client: QueueClient
) -> None:
    put(account, 1)
    stop, batches = Stop(), list[blobprep.Batch]()

    def on_cycle(batch: blobprep.Batch) -> None:
        batches.append(batch)
        if len(batches) == 2:
            stop.request()
            return
        put(account, 2)
        client.send_message(event("2024-05-03/002.csv"))

    asked = options(account, every=3600, queue=f"{queues}/{client.queue_name}", stop=stop, on_cycle=on_cycle)
    blobprep.watch("prep.py", "az://raw/{day}/*.csv", **asked)

    assert batches[1].status == "succeeded"
    assert left(client) == 0


def test_an_event_without_a_blob_runs_nothing_and_is_deleted(
    account: Account, queues: str, client: QueueClient
) -> None:
    put(account, 1)
    with watching(account, every=3600, queue=f"{queues}/{client.queue_name}") as seen:
        seen.wait(lambda: len(seen.batches) == 1)
        client.send_message(event("2024-05-03/gone.csv"))
        until(lambda: left(client) == 0)

    assert len(seen.batches) == 1


@pytest.mark.slow
@pytest.mark.parametrize("address", ["http://127.0.0.1:1/devstoreaccount1/arrivals", "QUEUES/missing"])
def test_a_queue_that_cannot_be_used_is_told_and_blobs_are_found_by_listing(
    address: str, account: Account, queues: str
) -> None:
    (account.folder / "blobprep.toml").write_text(
        (account.folder / "blobprep.toml").read_text() + "[network]\nretries = 0\n"
    )
    account.workspace = Workspace(folder=account.folder, environment={})
    put(account, 1)
    with watching(account, every=0.2, queue=address.replace("QUEUES", queues)) as seen:
        seen.wait(lambda: len(seen.batches) == 1)
        seen.wait(lambda: seen.said)
        put(account, 2)
        seen.wait(lambda: len(seen.batches) == 2)

    assert seen.batches[1].counts == Counts(done=1, skipped=1)
    assert "blobs are found by listing alone" in seen.said[0]
