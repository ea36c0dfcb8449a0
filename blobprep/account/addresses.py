"""The address of an account's Blob service, as people paste it: often with a container behind it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from blobprep.account.accounts import Protocol
from blobprep.account.secret_kinds import kind_of, unquoted
from blobprep.errors import InvalidReference, SettingError
from blobprep.reference.hosts import Address, Service, is_path_style, read_address, service_of

__all__ = ["AccountAddress", "parse_account_address"]

_UNREADABLE: Final = re.compile(r"[\s\x00-\x1f\x7f\\#@]")
_CONTAINER: Final = re.compile(r"\$?[a-z0-9][a-z0-9-]{2,62}")
_ACCOUNT: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_SCHEMELESS: Final = re.compile(r"(?!.*[?@])(?:[a-z0-9-]+\.)+[a-z]+(?::\d+)?(?:/|\Z)", re.IGNORECASE)
_LOOKS: Final = (
    "it looks like https://ACCOUNT.blob.core.windows.net, or http://127.0.0.1:10000/ACCOUNT for an emulator, without "
    "query and user name"
)


@dataclass(frozen=True, slots=True)
class AccountAddress:
    """The address of an account's Blob service.

    Attributes:
        account: its name, from the host, or for emulators from the path.
        endpoint: the address, without container and closing `/`; a Data Lake host is written as the blob host.
        protocol: that it begins with.
    """

    account: str
    endpoint: str
    protocol: Protocol


def parse_account_address(text: str, name: str = "") -> AccountAddress:
    """Read the address of an account.

    A container behind it is left out: Storage Explorer copies connection strings with one, and references name it.

    Args:
        text: as it was pasted.
        name: of the account, where that is known; an own domain does not tell it.

    Raises:
        SettingError: it is no address, one of another service, or has more than a container behind it; no part of the
            text is shown but its host, account and container.
    """
    clean = re.sub(r"\A<(.*://.*)>\Z", r"\1", unquoted(text))
    parts, address = _split(clean)
    path = parts.path.strip("/")
    service = _service(address, path)
    if service is not None:
        protocol: Protocol = "http" if parts.scheme == "http" else "https"
        base, account, below = f"{protocol}://{Address(service.host, address.port)}", service.account, path
    else:
        base, account, below = _without_service(parts.scheme, address, path, name)
    _require_at_most_a_container(base, below, is_own_domain=service is None and base.count("/") == 2)
    return AccountAddress(account, base, "http" if parts.scheme == "http" else "https")


def _split(text: str) -> tuple[SplitResult, Address]:
    try:
        parts = urlsplit(text)
        if parts.scheme in ("http", "https") and parts.query:
            raise _with_query(text)
        if parts.scheme not in ("http", "https") or _UNREADABLE.search(text) or "//" in parts.path or not parts.netloc:
            raise _no_address(text)
        address = read_address(f"{parts.scheme}://HOST", parts.netloc, parts.scheme)
    except (InvalidReference, ValueError):  # their texts hold the address, and that may hold a secret
        raise _no_address(text) from None
    if not address.host:
        raise _no_address(text)
    return parts, address


def _no_address(text: str) -> SettingError:
    kind = kind_of(text)
    if kind is not None and kind.words != "an address":
        return SettingError(f"it holds {kind.words} in place of an address", remedy=kind.remedy)
    if _SCHEMELESS.match(text):
        return SettingError("the address has no scheme", remedy="write https:// before it, or http:// for an emulator")
    return SettingError("it is not the address of a Blob service", remedy=_LOOKS)


def _with_query(text: str) -> SettingError:
    if re.search(r"(?i)[?&;]s(?:ig|v|e|p|r)=", text):
        return SettingError(
            "the address has a SAS token behind it",
            remedy="write the address without ? and what follows; the token belongs into AZURE_STORAGE_SAS_TOKEN or "
            "SharedAccessSignature=",
        )
    return SettingError("the address has a query behind it", remedy="write the address without ? and what follows")


def _service(address: Address, path: str) -> Service | None:
    try:
        return service_of(f"https://{address}", address.host, example="")
    except InvalidReference as error:
        raise SettingError(error.message, remedy=error.remedy) from None


def _without_service(scheme: str, address: Address, path: str, name: str) -> tuple[str, str, str]:
    """Return base, account and rest of an address whose host does not follow the service's pattern."""
    base = f"{scheme}://{address}"
    first, _, below = path.partition("/")
    if first and (first == name or is_path_style(address, path)):
        if not _ACCOUNT.fullmatch(first):
            raise SettingError(f"the address {base} has no account's name behind it", remedy=f"write {base}/ACCOUNT")
        return f"{base}/{first}", first.removesuffix("-secondary"), below
    if not first and is_path_style(Address(address.host), path):
        if not name:
            raise SettingError(f"the address {base} names no account", remedy=f"write {base}/ACCOUNT")
        return f"{base}/{name}", name, ""
    return base, name or address.host.partition(".")[0], path


def _require_at_most_a_container(base: str, below: str, *, is_own_domain: bool) -> None:
    if not below:
        return
    if _CONTAINER.fullmatch(below) and not is_own_domain:
        return
    what = f"the container {below}" if _CONTAINER.fullmatch(below) else "more than an account"
    raise SettingError(
        f"the address has {what} behind it",
        remedy=f"write {base}; references name container and blob: az://CONTAINER/BLOB",
    )
