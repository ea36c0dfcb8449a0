"""Which addresses belong to an account, so that they may see what opens it. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from blobprep.account import Account
from blobprep.reference.hosts import CLOUDS, in_clouds, service_in

__all__ = ["in_microsofts_clouds", "is_home_of"]


def is_home_of(account: Account, endpoint: str) -> bool:
    """Tell whether an address that a reference spelled out belongs to an account, so that it may see its credential.

    The address belongs to it when it is the account's own, when it is that name in one of Microsoft's clouds, or when
    it stays on this machine: a SAS token sent anywhere else would be lost to whoever listens there.
    """
    there, own = urlsplit(endpoint), urlsplit(account.url)
    host = there.hostname or ""
    known = service_in(host)
    return (
        (host, there.port, there.path) == (own.hostname, own.port, own.path)
        or (known is not None and known.account == account.name and known.suffix in (*CLOUDS, account.endpoint_suffix))
        or Account(account.name, endpoint=endpoint).is_local
    )


def in_microsofts_clouds(account: Account) -> bool:
    """Tell whether requests end in one of Microsoft's clouds; whoever gets a token opens all that its identity may."""
    return in_clouds(urlsplit(account.url).hostname or "")
