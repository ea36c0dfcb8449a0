"""A SAS token that lets who has it read one blob and nothing else, for a while."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from azure.storage.blob import UserDelegationKey, generate_blob_sas

from blobprep.account import Account
from blobprep.stores.azure.client import make_client
from blobprep.stores.azure.errors import convert_errors
from blobprep.stores.cancellation import pause

__all__ = ["read_token"]


def read_token(account: Account, container: str, blob: str, starts: datetime, expires: datetime) -> str:
    """Return a token without `?`; empty if the account's credential cannot sign one: a SAS token, or none.

    Args:
        account: its key signs, or the key that the service gives its identity for a while.
        container: of the blob.
        blob: its name.
        starts: when it begins to hold, aware UTC.
        expires: when it ends to hold, aware UTC.

    Raises:
        AccessError: the identity may not ask for such a key.
        StoreUnavailable: the service does not answer.
    """
    https: dict[str, Any] = {"protocol": "https"} if account.protocol == "https" else {}
    key: UserDelegationKey | None = None
    secret: str | None = None
    if account.credential.kind == "key":
        secret = account.credential.secret
    elif account.credential.kind == "token":
        with convert_errors("", "", account), make_client(account, account.network.retries, pause) as client:
            key = client.get_user_delegation_key(starts, expires)
    else:
        return ""
    return generate_blob_sas(
        account.name,
        container,
        blob,
        account_key=secret,
        user_delegation_key=key,
        permission="r",
        start=starts,
        expiry=expires,
        **https,
    )
