"""Which addresses belong to an account, so that they may see what opens it. Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from blobprep.account import Account

__all__ = ["in_microsofts_clouds", "is_home_of"]

_CLOUDS: Final = (
    *("core.windows.net", "core.chinacloudapi.cn", "core.usgovcloudapi.net", "core.cloudapi.de"),
    "storage.azure.net",
)
"""The suffixes that Microsoft hands out."""


def is_home_of(account: Account, endpoint: str) -> bool:
    """Tell whether an address that a reference spelled out belongs to an account, so that it may see its credential.

    The address belongs to it when it is the account's own, when it is that name in one of Microsoft's clouds, or when
    it stays on this machine: a SAS token sent anywhere else would be lost to whoever listens there.
    """
    there, own = urlsplit(endpoint), urlsplit(account.url)
    host = there.hostname or ""
    clouds = (*_CLOUDS, account.endpoint_suffix)
    return (
        (host, there.port, there.path) == (own.hostname, own.port, own.path)
        or any(_in_cloud(host, account.name, suffix) for suffix in clouds)
        or Account(account.name, endpoint=endpoint).is_local
    )


def in_microsofts_clouds(account: Account) -> bool:
    """Tell whether requests end in one of Microsoft's clouds; whoever gets a token opens all that its identity may."""
    host = urlsplit(account.url).hostname or ""
    return any(host.endswith(f".{suffix}") for suffix in _CLOUDS)


def _in_cloud(host: str, name: str, suffix: str) -> bool:
    return host in (f"{name}.blob.{suffix}", f"{name}-secondary.blob.{suffix}") or (
        # Accounts of an "Azure DNS zone": NAME.z12.blob.storage.azure.net
        suffix == "storage.azure.net"
        and re.fullmatch(rf"{re.escape(name)}\.z\d+\.blob\.storage\.azure\.net", host) is not None
    )
