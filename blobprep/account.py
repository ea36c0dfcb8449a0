"""Accounts, credentials and the protocol they are reached over. Pure: opens nothing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from blobprep.errors import ProtocolForbidden, SettingError

__all__ = [
    "EMULATOR_ACCOUNT",
    "EMULATOR_KEY",
    "Account",
    "AllowHttp",
    "Credential",
    "CredentialKind",
    "Protocol",
    "allowed_protocol",
    "emulator",
    "parse_connection_string",
]

Protocol = Literal["http", "https"]
AllowHttp = Literal["never", "emulator", "always"]
CredentialKind = Literal["key", "sas", "anonymous"]

EMULATOR_ACCOUNT: Final = "devstoreaccount1"
EMULATOR_KEY: Final = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The emulator's published account and key, the same on every machine; no secret."""


@dataclass(frozen=True, slots=True)
class Credential:
    """Hold what opens an account; masked wherever it is printed.

    Attributes:
        kind: `key` (account key), `sas` (SAS token, without `?`) or `anonymous`.
        secret: the key or token.
    """

    kind: CredentialKind
    secret: str = field(default="", repr=False)


ANONYMOUS: Final = Credential("anonymous")


@dataclass(frozen=True, slots=True)
class Account:
    """Describe a storage account, or the folder that stands for one.

    Attributes:
        name: the account's name.
        protocol: what its requests travel over.
        endpoint_suffix: of the cloud, `core.windows.net` for the public one.
        endpoint: full address where it does not follow from name and suffix (emulator, custom domain), else None.
        credential: what opens it.
        folder: the folder that stands for it, else None.
    """

    name: str
    protocol: Protocol = "https"
    endpoint_suffix: str = "core.windows.net"
    endpoint: str | None = None
    credential: Credential = ANONYMOUS
    folder: Path | None = None

    @property
    def url(self) -> str:
        """Return the address of the Blob service, with the protocol that is used."""
        if self.endpoint is None:
            return f"{self.protocol}://{self.name}.blob.{self.endpoint_suffix}"
        parts = urlsplit(self.endpoint)
        return parts._replace(scheme=self.protocol).geturl().rstrip("/")

    @property
    def is_local(self) -> bool:
        """Tell whether its requests stay on this machine (loopback)."""
        host = urlsplit(self.url).hostname or ""
        if host == "localhost" or host.endswith(".localhost"):
            return True
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return False


def allowed_protocol(account: Account, allow_http: AllowHttp, *, explicit: bool) -> tuple[Account, str | None]:
    """Hold an account's protocol against the policy.

    Args:
        account: with the protocol that is about to be used.
        allow_http: the setting.
        explicit: the account's own `protocol`, or `--protocol`, says http.

    Returns:
        The account, and a one-line warning where http leaves this machine, else None.

    Raises:
        ProtocolForbidden: the policy forbids http here.
    """
    if account.folder is not None or account.protocol == "https":
        return account, None
    if allow_http == "never":
        raise ProtocolForbidden(
            f'account {account.name} would be reached over http, which allow_http = "never" forbids',
            remedy='use https, or set allow_http to "emulator" or "always"',
        )
    if account.is_local:
        return account, None
    if allow_http == "emulator" and not explicit:
        raise ProtocolForbidden(
            f"account {account.name} would be reached over http, which is allowed for the emulator only",
            remedy='use https, or say it explicitly with --protocol http or protocol = "http" for the account',
        )
    return account, (f"account {account.name} is reached over http: data, names and any SAS token travel in the clear")


def parse_connection_string(text: str) -> Account:
    """Read a connection string of Azure Storage.

    Names are taken in any case, blanks around them are dropped, and the protocol is the one the text names.

    Raises:
        SettingError: it is not a connection string, or names no account; the text itself is never shown.
    """
    fields: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.strip().strip("\"'").split(";"))):
        name, equals, value = part.partition("=")
        if not equals:
            raise SettingError(
                "the connection string has a part without '='",
                remedy="copy it whole from the account's access keys; it looks like "
                "DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;EndpointSuffix=core.windows.net",
            )
        fields[name.strip().lower()] = value.strip()
    if fields.get("usedevelopmentstorage", "").lower() == "true":
        return emulator(fields.get("developmentstorageproxyuri", "http://127.0.0.1"))
    return _account_of(fields)


def emulator(address: str = "http://127.0.0.1") -> Account:
    """Return the account of an emulator that listens where emulators do (port 10000)."""
    parts = urlsplit(address)
    return Account(
        EMULATOR_ACCOUNT,
        protocol="https" if parts.scheme == "https" else "http",
        endpoint=f"{parts.scheme}://{parts.hostname}:{parts.port or 10000}/{EMULATOR_ACCOUNT}",
        credential=Credential("key", EMULATOR_KEY),
    )


def _account_of(fields: dict[str, str]) -> Account:
    endpoint = fields.get("blobendpoint", "").rstrip("/") or None
    scheme = urlsplit(endpoint).scheme if endpoint else fields.get("defaultendpointsprotocol") or "https"
    if scheme.lower() not in ("http", "https"):
        raise SettingError(
            "the connection string's protocol is neither http nor https",
            remedy="DefaultEndpointsProtocol is http or https, and BlobEndpoint begins with one of them",
        )
    name = fields.get("accountname", "") or _account_name(endpoint)
    if not name:
        raise SettingError("the connection string names no account", remedy="it needs AccountName=… or BlobEndpoint=…")
    account = Account(
        name,
        protocol="http" if scheme.lower() == "http" else "https",
        endpoint=endpoint,
        credential=_credential_of(fields),
    )
    suffix = fields.get("endpointsuffix")
    return replace(account, endpoint_suffix=suffix) if suffix else account


def _credential_of(fields: dict[str, str]) -> Credential:
    if key := fields.get("accountkey"):
        return Credential("key", key)
    if sas := fields.get("sharedaccesssignature"):
        return Credential("sas", sas.lstrip("?"))
    return ANONYMOUS


def _account_name(endpoint: str | None) -> str:
    if endpoint is None:
        return ""
    parts = urlsplit(endpoint)
    path = parts.path.strip("/")
    return path or (parts.hostname or "").partition(".")[0]
