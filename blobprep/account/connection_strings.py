"""Connection strings of Azure Storage, read by ourselves. Pure.

The service's own SDK turns `DefaultEndpointsProtocol=http` into https where `EndpointSuffix` is missing, does not know
`UseDevelopmentStorage=True`, and ignores `DevelopmentStorageProxyUri`.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from blobprep.account.accounts import Account, emulator
from blobprep.account.credentials import ANONYMOUS, Credential
from blobprep.errors import SettingError

__all__ = ["account_name", "parse_connection_string"]


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
        _require_address(fields.get("developmentstorageproxyuri"))
        return emulator(fields.get("developmentstorageproxyuri", "http://127.0.0.1"))
    return _account_of(fields)


def _require_address(text: str | None) -> None:
    try:
        _ = urlsplit(text or "").port
    except ValueError:  # its text holds the address, and that may hold a secret
        raise SettingError(
            "the connection string has an address that is none", remedy="an address looks like https://HOST:PORT/PATH"
        ) from None


def _require_host(account: Account) -> None:
    """See that name and suffix make a host, and nothing besides: what else they hold may be a secret."""
    _require_address(account.url)
    host = f"{account.name}.blob.{account.endpoint_suffix}".lower()
    if account.endpoint is None and urlsplit(account.url).hostname != host:
        raise SettingError(
            "the connection string has an AccountName or an EndpointSuffix that is no part of a host's name",
            remedy="AccountName has letters, digits and hyphens; EndpointSuffix looks like core.windows.net",
        )


def _account_of(fields: dict[str, str]) -> Account:
    endpoint = fields.get("blobendpoint", "").rstrip("/") or None
    _require_address(endpoint)
    scheme = urlsplit(endpoint).scheme if endpoint else fields.get("defaultendpointsprotocol") or "https"
    if scheme.lower() not in ("http", "https"):
        raise SettingError(
            "the connection string's protocol is neither http nor https",
            remedy="DefaultEndpointsProtocol is http or https, and BlobEndpoint begins with one of them",
        )
    if endpoint and (urlsplit(endpoint).query or urlsplit(endpoint).username is not None):
        raise SettingError(
            "the connection string has a BlobEndpoint with more in it than an address",
            remedy="put the SAS token into SharedAccessSignature=…",
        )
    name = fields.get("accountname", "") or account_name(endpoint)
    if not name:
        raise SettingError("the connection string names no account", remedy="it needs AccountName=… or BlobEndpoint=…")
    account = Account(
        name,
        protocol="http" if scheme.lower() == "http" else "https",
        endpoint=endpoint,
        credential=_credential_of(fields),
    )
    suffix = fields.get("endpointsuffix")
    account = replace(account, endpoint_suffix=suffix) if suffix else account
    _require_host(account)
    return account


def _credential_of(fields: dict[str, str]) -> Credential:
    if key := fields.get("accountkey"):
        return Credential("key", key)
    if sas := fields.get("sharedaccesssignature"):
        return Credential("sas", sas.lstrip("?"))
    return ANONYMOUS


def account_name(endpoint: str | None) -> str:
    """Return the account that an address belongs to: its path, or the first label of its host; empty for None."""
    if endpoint is None:
        return ""
    parts = urlsplit(endpoint)
    path = parts.path.strip("/")
    return path or (parts.hostname or "").partition(".")[0]
