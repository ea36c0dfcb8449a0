"""Hosts of the Blob service: the account that an address belongs to. Pure.

The kinds of addresses:

    ACCOUNT.blob.SUFFIX                  any suffix: the public cloud, sovereign clouds, Azure Stack
    ACCOUNT.dfs.SUFFIX                   the Data Lake host of the same account; read as its blob host
    ACCOUNT.z12.blob.storage.azure.net   an account with an endpoint in an "Azure DNS zone"
    ACCOUNT-secondary.blob.SUFFIX        the copy in the other region
    onelake.blob.fabric.microsoft.com    OneLake: a workspace is a container
    HOST[:PORT]/ACCOUNT                  path style, the emulator: an IP address, a name without dots, one with a port
    HOST                                 a custom domain; its first label is taken as the account
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from blobprep.errors import InvalidReference
from blobprep.reference.names import ACCOUNT_RULE, is_account_name
from blobprep.reference.sas import quote_text

__all__ = [
    "CLOUDS",
    "PORTS",
    "Address",
    "Service",
    "in_clouds",
    "is_onelake",
    "is_path_style",
    "is_secondary",
    "is_service",
    "read_address",
    "service_in",
    "service_of",
]

CLOUDS: Final = (
    *("core.windows.net", "core.chinacloudapi.cn", "core.usgovcloudapi.net", "core.cloudapi.de"),
    "storage.azure.net",
)
"""The suffixes of Microsoft's clouds."""

PORTS: Final = {"https": 443, "http": 80}
"""The port of each protocol, if an address has no port."""

_ZONED: Final = "storage.azure.net"
_ONELAKE: Final = "fabric.microsoft.com"
_ONELAKE_LABEL: Final = re.compile(r"(?:[a-z0-9]+-)*onelake")
_ADDRESS: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]*)(?::(?P<port>[0-9]{1,5}))?")
_SERVICE: Final = re.compile(
    r"(?P<label>(?P<account>[^.]+?)(?P<secondary>-secondary)?(?:-(?:microsoft|internet)routing)?(?P<zone>\.z\d+)?)"
    r"(?P<private>\.privatelink)?\.(?P<kind>blob|dfs|file|queue|table|web)\.(?P<suffix>.+)"
)
_EMULATOR: Final = re.compile(r"/?devstoreaccount1(?:-secondary)?(?:/|\Z)")


@dataclass(frozen=True, slots=True)
class Address:
    """The host and port of a reference; the port is None if it is the protocol's own."""

    host: str
    port: int | None = None

    def __str__(self) -> str:
        return self.host if self.port is None else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a host that follows the service's pattern of names.

    Attributes:
        account: the account's name.
        suffix: the cloud's suffix.
        host: the host of the account's Blob service.
    """

    account: str
    suffix: str
    host: str


def read_address(text: str, authority: str, protocol: str) -> Address:
    """Read host and port, in lower case.

    Raises:
        InvalidReference: they are not valid.
    """
    match = _ADDRESS.fullmatch(authority)
    host = match["host"].lower().removesuffix(".") if match else ""
    port = int(match["port"]) if match and match["port"] else None
    is_invalid = match is None or "" in host.split(".")
    if is_invalid or (port or 0) > 65535 or (host.startswith("[") and not _is_ip(host)):
        raise InvalidReference(
            f"{quote_text(text)} does not have a valid host",
            remedy="a host has letters, digits, hyphens and dots, and may have a port after a colon; "
            "write https://ACCOUNT.blob.core.windows.net/container/blob",
        )
    return Address(host, None if port == PORTS[protocol] else port)


def service_in(host: str) -> Service | None:
    """Return the parts of a Blob service's host; None if it does not follow the pattern."""
    match = _SERVICE.fullmatch(host)
    if match is None or match["kind"] not in ("blob", "dfs") or match["private"]:
        return None
    label, suffix = match["label"], match["suffix"]
    if suffix == _ONELAKE and _ONELAKE_LABEL.fullmatch(label):
        return Service("onelake", suffix, f"{label}.blob.{suffix}")
    fits = is_account_name(match["account"]) and (not match["zone"] or suffix == _ZONED)
    return Service(match["account"], suffix, f"{label}.blob.{suffix}") if fits else None


def service_of(text: str, host: str, path: str = "", *, example: str = "CONTAINER/BLOB") -> Service | None:
    """Return the parts of a host as `service_in` does, and refuse one that only looks like a Blob service's.

    Args:
        text: the reference, for messages.
        host: in lower case.
        path: the path after the host, for the remedy.
        example: stands for an empty path in the remedy; empty for the account alone.

    Raises:
        InvalidReference: the host belongs to another service, or no account can have it.
    """
    service, match = service_in(host), _SERVICE.fullmatch(host)
    if service is not None or match is None:
        return service
    account, kind, suffix = match["account"], match["kind"], match["suffix"]
    if kind not in ("blob", "dfs"):
        if suffix not in CLOUDS:
            return None
        below = f"$web/{path}" if kind == "web" and example else example
        raise InvalidReference(
            f"{quote_text(text)} is the address of another service than Blob: {kind}",
            remedy=f"write https://{account}.blob.{suffix}/{below}".rstrip("/"),
        )
    if match["private"]:
        raise InvalidReference(
            f"{quote_text(text)} has the name of a private endpoint in DNS, for which there is no certificate",
            remedy=f"write https://{account}.blob.{suffix}/{path or example}".rstrip("/")
            + "; DNS resolves it to the private endpoint",
        )
    raise InvalidReference(
        f"{quote_text(text)} has the host of an account {account!r}, which is not a valid account name",
        remedy=f"{ACCOUNT_RULE}: https://ACCOUNT.blob.{suffix}/…",
    )


def in_clouds(host: str) -> bool:
    """Tell whether a host, in lower case, is one of Microsoft's clouds, OneLake among them."""
    return any(host.endswith(f".{suffix}") for suffix in (*CLOUDS, _ONELAKE))


def is_path_style(address: Address, path: str) -> bool:
    """Tell whether an address outside the service's pattern has the account as the first segment of its path."""
    dotless = "." not in address.host
    return dotless or _is_ip(address.host) or address.port is not None or _EMULATOR.match(path) is not None


def is_service(endpoint: str) -> bool:
    """Tell whether an address follows the pattern of the service's names: ACCOUNT.blob.SUFFIX."""
    return service_in(urlsplit(endpoint).hostname or "") is not None


def is_onelake(endpoint: str | None) -> bool:
    """Tell whether an address is OneLake's, where workspaces take the place of containers and have other names."""
    match = _SERVICE.fullmatch(urlsplit(endpoint or "").hostname or "")
    return match is not None and match["suffix"] == _ONELAKE


def is_secondary(endpoint: str | None) -> bool:
    """Tell whether an address is that of the copy in the other region, which is read-only."""
    if endpoint is None:
        return False
    parts = urlsplit(endpoint)
    match = _SERVICE.fullmatch(parts.hostname or "")
    return bool(match and match["secondary"]) or parts.path.endswith("-secondary")


def _is_ip(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
