"""The SDK's client of an account, with its credential, its way through the network, and our policy of repetition."""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from azure.core.credentials import AzureNamedKeyCredential, AzureSasCredential
from azure.storage.blob import BlobServiceClient
from azure.storage.blob import __version__ as version

from blobprep.account import Account
from blobprep.errors import ProtocolForbidden
from blobprep.stores.azure.retry import RetryPolicy, Sleep
from blobprep.stores.azure.transport import Transport

if TYPE_CHECKING:
    from blobprep.stores.azure.tokens import TokenProvider

__all__ = ["client_options", "make_client"]


def make_client(account: Account, retries: int, sleep: Sleep) -> BlobServiceClient:
    """Return the client of an account; nothing is sent yet.

    Raises:
        ProtocolForbidden: an access token would be sent over http.
        SettingError: the settings of the identity are incomplete.
    """
    return BlobServiceClient(account.url, **client_options(account, retries, sleep, f"blob/{version}"))


def client_options(account: Account, retries: int, sleep: Sleep, library: str) -> dict[str, Any]:
    """Return the options of a client of the SDK, whichever service of an account it is for.

    Args:
        account: with the address of that service.
        retries: how often a request is repeated.
        sleep: waits before a repetition.
        library: name and version of the client's package, as the service is told.

    Raises:
        ProtocolForbidden, SettingError: as `make_client`.
    """
    network = account.network
    trust = {"connection_verify": network.ca_bundle} if network.ca_bundle else {}
    return {
        "credential": _credential(account),
        "retry_policy": RetryPolicy(account, retries, sleep),
        "transport": Transport(connection_timeout=network.connect_timeout, read_timeout=network.read_timeout, **trust),
        **_proxies(account),
        "user_agent": "blobprep",
        # The SDK would name the type of the processor, too, and starts a program to learn it.
        "base_user_agent": f"azsdk-python-storage-{library} Python/{platform.python_version()} ({sys.platform})",
    }


def _credential(account: Account) -> AzureNamedKeyCredential | AzureSasCredential | TokenProvider | None:
    secret = account.credential.secret
    if account.credential.kind == "token":
        if account.protocol != "https":
            raise ProtocolForbidden(
                f"account {account.name} would receive an access token over http",
                remedy="use https: access tokens are never sent over http",
            )
        from blobprep.stores.azure.tokens import token_provider

        return token_provider(account)
    if account.credential.kind == "key":
        return AzureNamedKeyCredential(account.name, secret)
    return AzureSasCredential(secret) if account.credential.kind == "sas" else None


def _proxies(account: Account) -> dict[str, Any]:
    """Return the SDK's option for a proxy; without it the SDK reads the environment."""
    if account.is_local:  # a proxy would look for the emulator on the proxy's machine
        return {"proxies": {"no_proxy": urlsplit(account.url).hostname}}
    proxy = account.network.proxy
    return {"proxies": {"http": proxy, "https": proxy}} if proxy else {}
