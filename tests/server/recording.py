"""A request as it came over the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

__all__ = ["Request", "parse_request"]

_METADATA = "x-ms-meta-"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came over the wire, nothing masked.

    Attributes:
        method: such as `GET`.
        scheme: `http` or `https`, which is what the connection really was.
        host: as addressed, with a port where it was given.
        path: percent-encoded, with the account's name where the host does not hold it.
        query: percent-encoded, without `?`.
        headers: by names in lower case.
        metadata: of its headers, by names as they were written.
        proxied: it was sent to us as to a proxy.
        account, container, blob: what it is about; empty where it names none.
    """

    method: str
    scheme: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]
    metadata: Mapping[str, str]
    proxied: bool
    account: str
    container: str
    blob: str

    @property
    def parameters(self) -> dict[str, str]:
        """Return what the query says, by name."""
        pairs = (part.partition("=") for part in self.query.split("&") if part)
        return {unquote(name): unquote(value) for name, _, value in pairs}

    @property
    def client_header(self) -> str:
        """Return what the client says to prove who it is: the scheme of `Authorization`, `sas` or nothing."""
        scheme, _, _ = self.headers.get("authorization", "").partition(" ")
        return scheme or ("sas" if "sig" in self.parameters else "")


def parse_request(method: str, target: str, scheme: str, headers: Mapping[str, str], *, proxied: bool) -> Request:
    """Read a request line and headers; an absolute target is what a proxy is sent."""
    is_absolute = not target.startswith("/")
    parts = urlsplit(target if is_absolute else f"//-{target}")
    named = {name.lower(): value for name, value in headers.items()}
    host = parts.netloc if is_absolute else named.get("host", "")
    account, container, blob = _place(host, parts.path)
    return Request(
        method=method,
        scheme=scheme,
        host=host,
        path=parts.path,
        query=parts.query,
        headers=named,
        metadata={name[len(_METADATA) :]: value for name, value in headers.items() if _is_metadata(name)},
        proxied=proxied or is_absolute,
        account=account,
        container=container,
        blob=blob,
    )


def _is_metadata(name: str) -> bool:
    return name.lower().startswith(_METADATA)


def _place(host: str, path: str) -> tuple[str, str, str]:
    """Return account, container and blob: the account is the host's first label, or stands first in the path."""
    hostname = urlsplit(f"//{host}").hostname or ""
    segments = path.removeprefix("/")
    account = hostname.partition(".")[0]
    if _is_of_this_machine(hostname):
        account, _, segments = segments.partition("/")
    container, _, blob = segments.partition("/")
    return unquote(account), unquote(container), unquote(blob)


def _is_of_this_machine(hostname: str) -> bool:
    try:
        ip_address(hostname)
    except ValueError:
        return hostname == "localhost"
    return True
