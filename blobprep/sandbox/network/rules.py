"""What a script may connect to: endpoints, the rules that allow them, the addresses that are never allowed. Pure.

An endpoint is allowed by its exact host and port, and the addresses that its name resolves to are checked as well.
Metadata services and link-local addresses are never reached. This machine and private networks are reached only where
that was intended (`find_objection`), so that the owner of an allowed name cannot point a script at them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from blobprep.errors import InvalidOption

__all__ = [
    "DEFAULT_PORT",
    "Endpoint",
    "Rules",
    "explain_refusal",
    "find_objection",
    "is_allowed",
    "normalize_host",
    "parse_endpoint",
]

DEFAULT_PORT: Final = 443
"""The port of an endpoint that does not name one."""

_HOST_LIMIT: Final = 253
_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_SHOWABLE: Final = re.compile(r"[\w.:\[\]*-]{0,260}")
_NUMBER: Final = re.compile(r"\d+|0x[0-9a-f]*")
_NEVER: Final = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # on Linux this machine
        "169.254.0.0/16",  # link-local, with the metadata services of Azure, AWS, Google Cloud and others
        "168.63.129.16/32",  # the wire server of Azure
        "100.100.100.200/32",  # metadata of Alibaba Cloud
        "192.0.0.192/32",  # metadata of Oracle Cloud
        "224.0.0.0/4",  # multicast
        "255.255.255.255/32",
        "::/128",
        "fe80::/10",
        "fd00:ec2::/32",  # metadata of AWS
        "fd20:ce::254/128",  # metadata of Google Cloud
        "ff00::/8",
    )
)
_SPECIAL: Final = tuple(
    ip_network(text)
    for text in (
        # IANA's special-purpose address registries (RFC 6890), as of 2025: what is not globally reachable, or not
        # decided there. The standard library has them too, but each version has those of its release.
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "240.0.0.0/4"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)
_REACHABLE: Final = tuple(
    ip_network(text)
    for text in (
        # Parts of these ranges that the registries list as globally reachable.
        *("192.0.0.9/32", "192.0.0.10/32", "2001:1::1/128", "2001:1::2/128", "2001:1::3/128", "2001:3::/32"),
        *("2001:4:112::/48", "2001:20::/28", "2001:30::/28"),
    )
)
_UNICAST: Final = ip_network("2000::/3")  # the only IPv6 range assigned for use between networks (RFC 4291)
_TRANSLATED: Final = ip_network("64:ff9b::/96")
_PRIVATE_NAMES: Final = (".localhost", ".local", ".internal", ".home.arpa")


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """A host and a port; the host is as `normalize_host` returns it."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a script may reach.

    Attributes:
        named: endpoints that were named (`--allow-host`, `[script] allow`).
        accounts: endpoints of the accounts of the run's references, which the parent itself uses.
        allow_accounts: whether these are allowed too (`--allow-accounts`).
    """

    named: frozenset[Endpoint] = frozenset()
    accounts: frozenset[Endpoint] = frozenset()
    allow_accounts: bool = False

    @property
    def listed(self) -> tuple[str, ...]:
        """Return every allowed endpoint as text, sorted."""
        return tuple(map(str, sorted(self.named | (self.accounts if self.allow_accounts else frozenset()))))


def parse_endpoint(text: str, default: int = DEFAULT_PORT) -> Endpoint:
    """Read HOST or HOST:PORT.

    Args:
        text: as a user wrote it.
        default: the port if it does not name one.

    >>> str(parse_endpoint("Contoso.blob.core.windows.net")), str(parse_endpoint("[::1]:8080"))
    ('contoso.blob.core.windows.net:443', '[::1]:8080')

    Raises:
        InvalidOption: it is not of this form, has a wildcard, or names an address that is never reached.
    """
    clean = text.strip()
    if not _SHOWABLE.fullmatch(clean):  # a URL, or a secret in the wrong place: never shown
        raise InvalidOption("invalid host for a script to reach (not shown: it may hold a secret)", remedy=_FORM)
    if "*" in clean:
        raise InvalidOption(
            f"{clean!r} has a wildcard: a script may reach only hosts that are named exactly",
            remedy="name each host; --allow-accounts allows those of this run's accounts",
        )
    host, port = _split(clean, default)
    try:
        endpoint = Endpoint(normalize_host(host), port)
    except ValueError as error:
        raise InvalidOption(f"{clean!r} does not name a host: {error}", remedy=_FORM) from None
    if not 0 < port < 1 << 16:
        raise InvalidOption(f"the port of {clean!r} must be from 1 to 65535", remedy=_FORM)
    address = _address(endpoint.host)
    if address is not None and _is_forbidden(address):
        raise InvalidOption(
            f"a script may never reach {endpoint.host}: it is a metadata, link-local, multicast or unspecified address",
            remedy="leave it out; no option allows it",
        )
    return endpoint


_FORM: Final = "write HOST or HOST:PORT; for IPv6, [ADDRESS]:PORT"


def normalize_host(text: str) -> str:
    """Return a host in its normal form: lower case, ASCII, no trailing dot, addresses shortened.

    Raises:
        ValueError: it is neither a name nor an address.
    """
    try:
        host = text.encode("idna").decode().lower().removesuffix(".")
    except UnicodeError:  # too long, empty labels, or invalid characters, none of which an IPv6 address has
        raise ValueError("it is not a valid host name") from None
    try:
        if "%" not in host:  # `%` names an interface of one machine
            return str(ip_address(host))
    except ValueError:
        pass
    # The C library takes `127.1` and `0x7f000001` for addresses; here only the plain form is accepted.
    if len(host) > _HOST_LIMIT or not _NAME.fullmatch(host) or _NUMBER.fullmatch(host.rpartition(".")[2]):
        raise ValueError("it is neither a host name nor an address in plain form")
    return host


def is_allowed(endpoint: Endpoint, rules: Rules) -> bool:
    """Return whether the rules allow an endpoint."""
    return endpoint in rules.named or (rules.allow_accounts and endpoint in rules.accounts)


def find_objection(endpoint: Endpoint, address: str, rules: Rules) -> str:
    """Return why an allowed endpoint may not be reached at an address that its name resolved to; empty if it may.

    Metadata services are never reached. This machine and private networks are reached only if the parent itself goes
    there for its data, the name is one that only private networks have, or the address and port are allowed too.

    Args:
        endpoint: one that `is_allowed` allows.
        address: numeric.
        rules: the rules in force.
    """
    plain = _address(address)
    if plain is None or _is_forbidden(plain):
        return (
            f"{endpoint} resolves to {address}, a metadata, link-local, multicast or unspecified address, "
            "which a script may never reach"
        )
    found = Endpoint(str(plain), endpoint.port)
    if _is_public(_inner(plain)):
        return ""
    is_own = rules.allow_accounts and endpoint in rules.accounts
    if is_own or _is_private_name(endpoint.host) or found in rules.named:
        return ""
    return f"{endpoint} resolves to {found.host} on a private network; to allow that, add --allow-host {found}"


def explain_refusal(endpoint: Endpoint, rules: Rules) -> str:
    """Return the message that an endpoint is refused, and which option would allow it."""
    address = _address(endpoint.host)
    if address is not None and _is_forbidden(address):
        return f"a script may not reach {endpoint}, and no option allows it"
    besides = ", or with --allow-accounts" if endpoint in rules.accounts else ""
    return f"a script may not reach {endpoint}; allow it with --allow-host {endpoint}{besides}"


def _split(text: str, default: int) -> tuple[str, int]:
    """Split off the port; -1 if it is not a number of at most five digits."""
    if _address(text) is not None:  # IPv6 without brackets
        return text, default
    host, colon, port = text.rpartition(":")
    if text.startswith("["):
        host, _, port = text[1:].rpartition("]")
        colon, port = port[:1], port[1:]
        if _address(host) is None or ":" not in host or colon not in ("", ":"):
            return "", -1
    elif not colon:
        host = text
    if not colon:
        return host, default
    return host, int(port) if port.isascii() and port.isdigit() and len(port) < 6 else -1


def _is_private_name(host: str) -> bool:
    return ("." not in host and ":" not in host) or host.endswith(_PRIVATE_NAMES)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _is_forbidden(address: IPv4Address | IPv6Address) -> bool:
    return any(form in network for form in (address, _inner(address)) for network in _NEVER)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    """Return whether an address is globally unique, and not reused by each private network."""
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False  # site-local, unique local, segment routing, unassigned
    is_special = any(address in network for network in _SPECIAL)
    return not is_special or any(address in network for network in _REACHABLE)


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address embeds; the address itself if it does not embed one."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour or address
    if address.teredo:
        return address.teredo[1]
    if address in _TRANSLATED or (int(address) >> 32 == 0 and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
