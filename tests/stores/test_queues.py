"""What every queue promises, on the emulator's; and what becomes of errors there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from uuid import uuid4

import pytest
from azure.storage.queue import QueueServiceClient

from blobprep.account import EMULATOR_KEY, Account, Network, key_credential
from blobprep.errors import AccessError, StoreError, StoreUnavailable
from blobprep.stores.azure.queue import AzureQueue
from tests import emulator


@pytest.fixture(scope="module")
def queues(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with emulator.serve(tmp_path_factory.mktemp("queues"), service="queue") as endpoint:
        yield endpoint


@pytest.fixture
def account(queues: str) -> Account:
    return Account(emulator.ACCOUNT, "http", endpoint=queues, credential=key_credential(EMULATOR_KEY))


@pytest.fixture
def service(queues: str) -> Iterator[QueueServiceClient]:
    with closing(
        QueueServiceClient(queues, credential={"account_name": emulator.ACCOUNT, "account_key": emulator.KEY})
    ) as service:
        yield service


@pytest.fixture
def name(service: QueueServiceClient) -> str:
    name = f"q{uuid4().hex}"
    service.create_queue(name)
    return name


def test_what_was_sent_is_received_as_it_was_sent(account: Account, service: QueueServiceClient, name: str) -> None:
    texts = ["plain", '{"a": "ü"}', "PGE+", "a < b & c"]
    for text in texts:
        service.get_queue_client(name).send_message(text)

    received = AzureQueue(account, name).receive(30)

    assert [message.text for message in received] == texts
    assert {message.received for message in received} == {1}


def test_a_message_that_was_received_is_hidden_until_it_comes_back(
    account: Account, service: QueueServiceClient, name: str
) -> None:
    service.get_queue_client(name).send_message("a")
    queue = AzureQueue(account, name)

    (first,) = queue.receive(1)
    assert queue.receive(30) == []
    deadline = time.monotonic() + 30
    while not (again := queue.receive(30)) and time.monotonic() < deadline:
        time.sleep(0.1)

    assert [(message.id, message.received) for message in again] == [(first.id, 2)]
    assert queue.delete(first) is False
    assert queue.delete(again[0]) is True
    assert queue.delete(again[0]) is False


def test_many_messages_are_received_32_at_a_time(account: Account, service: QueueServiceClient, name: str) -> None:
    for number in range(40):
        service.get_queue_client(name).send_message(str(number))
    queue = AzureQueue(account, name)

    assert [len(queue.receive(30)), len(queue.receive(30)), len(queue.receive(30))] == [32, 8, 0]


def test_a_queue_that_is_not_there_is_named_with_how_to_create_it(account: Account) -> None:
    with pytest.raises(StoreError, match="there is no queue nowhere in account devstoreaccount1") as caught:
        AzureQueue(account, "nowhere").receive(30)

    assert "az storage queue create --name nowhere" in caught.value.remedy


def test_a_wrong_key_is_an_access_error_without_the_key(account: Account, name: str) -> None:
    wrong = "A" * 86 + "=="

    with pytest.raises(AccessError) as caught:
        AzureQueue(replace(account, credential=key_credential(wrong)), name).receive(30)

    assert wrong not in str(caught.value)


def test_a_queue_that_cannot_be_reached_says_so(account: Account) -> None:
    away = replace(account, endpoint="http://127.0.0.1:1/devstoreaccount1", network=Network(retries=0))

    with pytest.raises(StoreUnavailable, match="could not be reached"):
        AzureQueue(away, "away").receive(30)
