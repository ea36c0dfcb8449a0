"""The SDK's errors turned into ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)

from blobprep.account import Account, SasToken
from blobprep.errors import AccessError, StoreError, StoreUnavailable
from blobprep.stores.azure.body import BrokenBody
from blobprep.stores.azure.headers import read_date
from blobprep.stores.azure.retry import UNTRUSTED, RetriesExhausted, is_cut
from blobprep.stores.refusals import service_refusal
from blobprep.stores.service_rules import format_name

__all__ = ["convert_errors"]

_CLOCK_TOLERANCE: Final = timedelta(minutes=14)
_STATUS_OF: Final[Mapping[type[AzureError], int]] = {
    ResourceNotFoundError: 404,
    ResourceExistsError: 409,
    ResourceModifiedError: 412,
}


@contextmanager
def convert_errors(container: str, blob: str, account: Account) -> Iterator[None]:
    """Turn the SDK's errors into ours, naming the blob, the service's code and its request id.

    The SDK's own words are left out, and its error is not shown as the cause: they may hold addresses with a SAS
    token, and signatures.

    Raises:
        AccessError: a SAS token has expired; nothing is sent then.
        StoreError: what became of the SDK's error.
    """
    _require_unexpired(container, blob, account)
    try:
        yield
    except AzureError as error:
        raise _translated(error, container, blob, account) from None
    except UnicodeEncodeError:
        name = format_name(container, blob, account.name).encode("ascii", "backslashreplace").decode()
        raise StoreError(f"{name} is not text", remedy="choose another name") from None


def _translated(error: AzureError, container: str, blob: str, account: Account) -> StoreError:
    if is_cut(error) or (isinstance(error, RetriesExhausted) and error.status is None):
        return _unreachable(error, container, blob, account)
    response: Any = error if isinstance(error, RetriesExhausted) else getattr(error, "response", None)
    headers: Mapping[str, str] = getattr(response, "headers", {})
    code = getattr(error, "error_code", None) or headers.get("x-ms-error-code") or ""
    code = str(getattr(code, "value", code))
    status = error.status if isinstance(error, RetriesExhausted) else getattr(error, "status_code", None)
    if status is None and isinstance(error, ClientAuthenticationError):  # the request was not even signed
        return AccessError(
            f"{format_name(container, blob, account.name)} was not asked for: its credential cannot sign a request",
            remedy="check the account's credential",
        )
    if status is None:
        status = next((known for kind, known in _STATUS_OF.items() if isinstance(error, kind)), None)
    return service_refusal(
        status,
        code or (type(error).__name__ if status is None else ""),
        (container, blob, account.name),
        request_id=headers.get("x-ms-request-id", ""),
        hint=_hint(status, code, account, read_date(headers)),
        tried=error.tried if isinstance(error, RetriesExhausted) else "",
    )


def _unreachable(error: AzureError, container: str, blob: str, account: Account) -> StoreUnavailable:
    parts = urlsplit(account.url)
    why, tried = (
        (error.why, f" {error.tried}") if isinstance(error, RetriesExhausted) else ("the connection was cut", "")
    )
    remedy = (
        f"check the account's name, the network and any proxy or firewall on the way to {parts.hostname}; "
        "if they are right, try again later"
    )
    if isinstance(error, RetriesExhausted) and isinstance(error.cause, BrokenBody):
        remedy = "try again later, and look for a proxy that cuts or changes what passes through it"
    elif "CERTIFICATE_VERIFY_FAILED" in str(error) or why == UNTRUSTED:
        remedy = (
            f"this machine does not trust the certificate shown for {parts.hostname}: where a proxy in between shows "
            "its own, name its certificates with ca_bundle in [network], or REQUESTS_CA_BUNDLE"
        )
    elif account.is_local and parts.scheme == "https":
        remedy = "the emulator speaks http unless it was started with a certificate: --protocol http"
    elif account.is_local:
        remedy = f"check that the emulator runs on port {parts.port or 80}"
    name = format_name(container, blob, account.name)
    return StoreUnavailable(f"{name} could not be reached{tried}: {why}", remedy=remedy)


def _require_unexpired(container: str, blob: str, account: Account) -> None:
    now = datetime.now(UTC)
    if ends := account.credential.expired_at(now):
        raise AccessError(
            f"{format_name(container, blob, account.name)} was not asked for: {_expired(ends)}",
            remedy=f"ask for a new one; this machine's clock says {now:%Y-%m-%d %H:%M} UTC",
        )


def _expired(ends: datetime) -> str:
    return f"the SAS token expired at {ends:%Y-%m-%d %H:%M} UTC"


def _sas_hint(code: str, token: SasToken, served: datetime) -> str:
    if token.expires is not None and token.expires <= served:
        return f"{_expired(token.expires)}: ask for a new one"
    if token.starts is not None and token.starts > served:
        return f"the SAS token is not valid before {token.starts:%Y-%m-%d %H:%M} UTC: wait, or ask for a new one"
    if token.services and "b" not in token.services:
        return "the SAS token is for another service: ask for one for the Blob service"
    if code == "AuthorizationPermissionMismatch" and token.permissions:
        return f"the SAS token permits {token.permissions!r} and not this: ask for one with this permission"
    return ""


def _hint(status: int | None, code: str, account: Account, served: datetime) -> str:
    """Say what the account's settings show about a refusal, empty where they show nothing."""
    if status == 404 and account.credential.kind == "anonymous":
        return "check its name; if it is there, it is private: give the account a key or a SAS token"
    if status not in (401, 403):
        return ""
    if account.is_local and code == "AuthorizationFailure" and account.credential.kind != "sas":
        return "check that the account's name and key are those of the emulator"
    if account.credential.kind == "sas":
        return _sas_hint(code, SasToken.parse(account.credential.secret), served)
    if account.credential.kind == "token" and code == "AuthorizationPermissionMismatch":
        return "give the identity a role on the account, such as Storage Blob Data Contributor; it takes minutes to act"
    if account.credential.kind == "token":
        return f"check that the identity ({account.credential.describe()}) is of the account's tenant and has a role"
    if account.credential.kind == "key" and abs(served - datetime.now(UTC)) > _CLOCK_TOLERANCE:
        return f"this machine's clock is wrong: the service says it is {served:%Y-%m-%d %H:%M} UTC"
    return ""
