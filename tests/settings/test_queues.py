"""The queue that a text names, and where its account's credential is sent."""

from __future__ import annotations

import pytest

from blobprep.account import EMULATOR_KEY, Account, emulator, key_credential
from blobprep.errors import BlobprepError, InvalidOption, ProtocolForbidden
from blobprep.settings import Workspace
from blobprep.settings.queues import queue_account

KEY = key_credential("A" * 86 + "==")


def workspace(**accounts: Account) -> Workspace:
    return Workspace(environment={}, accounts={"contoso": Account("contoso", credential=KEY), **accounts})


@pytest.mark.parametrize("text", ["arrivals", "contoso@arrivals", "https://contoso.queue.core.windows.net/arrivals"])
def test_a_queue_is_opened_by_its_account(text: str) -> None:
    account, name = queue_account(workspace(), text, "contoso")

    assert (account.url, name) == ("https://contoso.queue.core.windows.net", "arrivals")
    assert account.credential == KEY


@pytest.mark.parametrize(
    ("account", "url"),
    [
        (Account("x", endpoint_suffix="core.chinacloudapi.cn"), "https://x.queue.core.chinacloudapi.cn"),
        (Account("x", endpoint="https://x.z12.blob.storage.azure.net"), "https://x.z12.queue.storage.azure.net"),
        (emulator(), "http://127.0.0.1:10001/devstoreaccount1"),
        (emulator("http://[::1]:4000"), "http://[::1]:4001/devstoreaccount1"),
    ],
)  # fmt: skip
def test_the_address_of_its_queues_follows_from_that_of_its_blobs(account: Account, url: str) -> None:
    settings = Workspace(environment={}, accounts={account.name: account})

    assert queue_account(settings, "arrivals", account.name)[0].url == url


def test_an_emulator_s_queues_may_be_at_an_address_of_their_own() -> None:
    settings = Workspace(environment={}, accounts={"devstoreaccount1": emulator()})

    account, name = queue_account(settings, "http://127.0.0.1:7777/devstoreaccount1/arrivals", None)

    assert (account.url, name) == ("http://127.0.0.1:7777/devstoreaccount1", "arrivals")
    assert account.credential.secret == EMULATOR_KEY


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Arrivals", "is not the name or address of a queue"),
        ("a", "is not the name or address of a queue"),
        ("az://raw/x", "is not the name or address of a queue"),
        ("https://contoso.blob.core.windows.net/arrivals", "is not the name or address of a queue"),
        ("https://contoso.queue.core.windows.net/a/b", "is not the name or address of a queue"),
        ("https://contoso.queue.core.windows.net/arrivals?sv=1&sig=abc", "has a query"),
        ("https://contoso.queue.core.windows.example/arrivals", "is not the Queue service of account contoso"),
        ("https://evil.example/contoso/arrivals", "is not the Queue service of account contoso"),
        ("https://user@contoso.queue.core.windows.net/arrivals", "is not the name or address of a queue"),
    ],
)
def test_what_is_no_queue_of_the_account_is_refused_without_its_secret(text: str, message: str) -> None:
    with pytest.raises(InvalidOption, match=message) as caught:
        queue_account(workspace(), text, "contoso")

    assert "sig=abc" not in str(caught.value)


def test_http_needs_what_it_needs_for_blobs() -> None:
    with pytest.raises(ProtocolForbidden):
        queue_account(workspace(), "http://contoso.queue.core.windows.net/arrivals", "contoso")


def test_an_account_without_queues_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings = workspace(local=Account("local", folder=tmp_path), own=Account("own", endpoint="https://data.example"))

    for name, message in (("local", "is a folder, which has no queues"), ("own", "does not follow from")):
        with pytest.raises(BlobprepError, match=message):
            queue_account(settings, "arrivals", name)
