"""The address of an account's Blob service, as people paste it: often with a container after it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from blobprep.account.accounts import Protocol
from blobprep.account.secret_kinds import kind_of, strip_quotes
from blobprep.errors import InvalidReference, SettingError
from blobprep.reference.hosts import Address, Service, is_path_style, read_address, service_of
from blobprep.reference.names import is_container_name
from blobprep.reference.sas import has_token_field

__all__ = ["AccountAddress", "parse_account_address"]

_UNREADABLE: Final = re.compile(r"[\s\x00-\x1f\x7f\\#@]")
_EMULATED_ACCOUNT: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")  # emulators allow more names than the service
_SCHEMELESS: Final = re.compile(r"(?!.*[?@])(?:[a-z0-9-]+\.)+[a-z]+(?::\d+)?(?:/|\Z)", re.IGNORECASE)
_FORM: Final = (
    "write https://ACCOUNT.blob.core.windows.net, or http://127.0.0.1:10000/ACCOUNT for an emulator, without query "
    "and user name"
)


@dataclass(frozen=True, slots=True)
class AccountAddress:
    """The address of an account's Blob service.

    Attributes:
        account: the account's name, from the host, or for emulators from the path.
        endpoint: the address, without container and final `/`; a Data Lake host is written as the blob host.
        protocol: the protocol that the address begins with.
    """

    account: str
    endpoint: str
    protocol: Protocol


def parse_account_address(text: str, name: str = "") -> AccountAddress:
    """Parse the address of an account.

    A container after it is dropped: Storage Explorer copies connection strings with one, and references name it anyway.

    Args:
        text: the address as it was pasted.
        name: the account's name, if it is known; a custom domain does not contain it.

    Raises:
        SettingError: the text is not an address, is the address of another service, or has more than a container after
            it; the message shows no part of the text but host, account and container.
    """
    clean = re.sub(r"\A<(.*://.*)>\Z", r"\1", strip_quotes(text))
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
            raise _query_error(parts.query)
        if parts.scheme not in ("http", "https") or _UNREADABLE.search(text) or "//" in parts.path or not parts.netloc:
            raise _address_error(text)
        address = read_address(f"{parts.scheme}://HOST", parts.netloc, parts.scheme)
    except (InvalidReference, ValueError):  # their messages contain the address, which may contain a secret
        raise _address_error(text) from None
    if not address.host:
        raise _address_error(text)
    return parts, address


def _address_error(text: str) -> SettingError:
    kind = kind_of(text)
    if kind is not None and kind.words != "an address":
        return SettingError(f"it holds {kind.words} instead of an address", remedy=kind.remedy)
    if _SCHEMELESS.match(text):
        return SettingError("the address has no scheme", remedy="write https:// before it, or http:// for an emulator")
    return SettingError("it is not the address of a Blob service", remedy=_FORM)


def _query_error(query: str) -> SettingError:
    if has_token_field(query):
        return SettingError(
            "the address has a SAS token after it",
            remedy="remove the ? and the text after it; the token belongs in AZURE_STORAGE_SAS_TOKEN or "
            "SharedAccessSignature=",
        )
    return SettingError("the address has a query after it", remedy="remove the ? and the text after it")


def _service(address: Address, path: str) -> Service | None:
    try:
        return service_of(f"https://{address}", address.host, example="")
    except InvalidReference as error:
        raise SettingError(error.message, remedy=error.remedy) from None


def _without_service(scheme: str, address: Address, path: str, name: str) -> tuple[str, str, str]:
    """Return the base, the account and the rest of an address outside the service's pattern of hosts."""
    base = f"{scheme}://{address}"
    first, _, below = path.partition("/")
    if first and (first == name or is_path_style(address, path)):
        if not _EMULATED_ACCOUNT.fullmatch(first):
            raise SettingError(f"the address {base} has no account's name after it", remedy=f"write {base}/ACCOUNT")
        return f"{base}/{first}", first.removesuffix("-secondary"), below
    if not first and is_path_style(Address(address.host), path):
        if not name:
            raise SettingError(f"the address {base} does not name an account", remedy=f"write {base}/ACCOUNT")
        return f"{base}/{name}", name, ""
    return base, name or address.host.partition(".")[0], path


def _require_at_most_a_container(base: str, below: str, *, is_own_domain: bool) -> None:
    if not below:
        return
    if is_container_name(below) and not is_own_domain:
        return
    what = f"the container {below}" if is_container_name(below) else "more than an account"
    raise SettingError(
        f"the address has {what} after it",
        remedy=f"write {base}; references name container and blob: az://CONTAINER/BLOB",
    )
