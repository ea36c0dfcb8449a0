"""A blob as the service may read it, for a copy that it makes.

What authorizes the service is in headers of the request alone: no address with a signature is kept, logged or shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import time
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from azure.storage.blob import generate_blob_sas

from blobprep.account import Account, is_in_microsoft_cloud
from blobprep.stores.server_side import ServerSource

__all__ = ["CopySource", "why_unreadable"]

_SCOPE: Final = "https://storage.azure.com/.default"
_LIFE: Final = timedelta(hours=1)
_SPARE: Final = 300  # seconds that a token must still hold: as long as the service may take for one request


class CopySource:
    """An account from which a service reads, and what shows that it may. Threads may use it at once.

    Args:
        account: whose key signs a token for one blob and one hour, whose SAS token is passed on, or whose identity's
            access token is.
        provider: of access tokens; None unless the account is opened with one.
    """

    def __init__(self, account: Account, provider: Any) -> None:
        self.account = account
        self._provider = provider
        self._token, self._ends = "", 0.0
        self._asking = Lock()

    def __repr__(self) -> str:
        return f"CopySource({self.account.name!r})"

    def headers(self, source: ServerSource) -> Mapping[str, str]:
        """Return the headers that name a blob in a request, and let the service read it in its state.

        Raises:
            AccessError: no access token can be obtained.
            StoreUnavailable: the sign-in service cannot be reached.
        """
        which = {"snapshot": source.snapshot, "versionid": source.version_id}
        query = urlencode({name: value for name, value in which.items() if value is not None}, quote_via=quote)
        address = f"{self.account.url}/{quote(source.container)}/{quote(source.blob, safe='~/')}"
        query = "&".join(filter(None, (query, self._signature(source))))
        headers = {
            "x-ms-copy-source": f"{address}?{query}" if query else address,
            "x-ms-source-if-match": f'"{source.etag}"',
        }
        if self.account.credential.kind == "token":
            headers["x-ms-copy-source-authorization"] = f"Bearer {self._access_token()}"
        return headers

    def _signature(self, source: ServerSource) -> str:
        """Return a SAS token; empty if none is needed."""
        credential = self.account.credential
        if credential.kind != "key":
            return credential.secret if credential.kind == "sas" else ""
        https: dict[str, Any] = {"protocol": "https"} if self.account.protocol == "https" else {}
        return generate_blob_sas(
            self.account.name,
            source.container,
            source.blob,
            snapshot=source.snapshot,
            version_id=source.version_id,
            account_key=credential.secret,
            permission="r",
            expiry=datetime.now(UTC) + _LIFE,
            **https,
        )

    def _access_token(self) -> str:
        with self._asking:  # some sources start a program for each token
            if time() > self._ends - _SPARE:
                given = self._provider.get_token(_SCOPE)
                self._token, self._ends = given.token, given.expires_on
            return self._token


def why_unreadable(source: Account, target: Account) -> str:
    """Return why the service of one account must not or cannot read from another; empty if it may try.

    A signature or an access token is sent to an address of Microsoft's, to that of the account which it is for, or
    between emulators of this machine; never over http to another machine.
    """
    is_same = urlsplit(source.url).netloc == urlsplit(target.url).netloc
    if source.is_local != target.is_local:
        return "Azure cannot read from an emulator, nor an emulator from Azure"
    if source.is_local:
        is_token = source.credential.kind == "token"
        return "" if is_same or not is_token else "an access token is not sent to another address of this machine"
    if "http" in (source.protocol, target.protocol):
        return "over http its signature would travel in the clear"
    known = is_same or is_in_microsoft_cloud(target)
    return "" if known else "the target's address is not in one of Microsoft's clouds"
