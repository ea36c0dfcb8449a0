"""The SDK's errors turned into ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qs, urlsplit

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    IncompleteReadError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)

from blobprep.account import Account
from blobprep.errors import StoreError, StoreUnavailable
from blobprep.stores.azure.headers import date_of
from blobprep.stores.refusals import service_refusal
from blobprep.stores.semantics import named

__all__ = ["converted"]

_CLOCK_TOLERANCE: Final = timedelta(minutes=14)
_STATUS_OF: Final[Mapping[type[AzureError], int]] = {
    ClientAuthenticationError: 401,
    ResourceNotFoundError: 404,
    ResourceExistsError: 409,
    ResourceModifiedError: 412,
}


@contextmanager
def converted(container: str, blob: str, account: Account) -> Iterator[None]:
    """Turn the SDK's errors into ours, naming the blob, the service's code and its request id.

    The SDK's own words are left out, and its error is not shown as the cause: they may hold addresses with a SAS
    token, and signatures.
    """
    try:
        yield
    except AzureError as error:
        raise _translated(error, container, blob, account) from None
    except UnicodeEncodeError:
        name = named(container, blob, account.name).encode("ascii", "backslashreplace").decode()
        raise StoreError(f"{name} is not text", remedy="choose another name") from None


def _translated(error: AzureError, container: str, blob: str, account: Account) -> StoreError:
    if isinstance(error, (ServiceRequestError, ServiceResponseError, IncompleteReadError)):
        return _unreachable(error, container, blob, account)
    response = error.response if isinstance(error, HttpResponseError) else None
    headers: Mapping[str, str] = getattr(response, "headers", {})
    code = getattr(error, "error_code", None) or headers.get("x-ms-error-code") or ""
    code = str(getattr(code, "value", code))
    status = error.status_code if isinstance(error, HttpResponseError) else None
    if status is None:
        status = next((known for kind, known in _STATUS_OF.items() if isinstance(error, kind)), None)
    return service_refusal(
        status,
        code or (type(error).__name__ if status is None else ""),
        (container, blob, account.name),
        request_id=headers.get("x-ms-request-id", ""),
        hint=_hint(status, code, account, date_of(headers)),
    )


def _unreachable(error: AzureError, container: str, blob: str, account: Account) -> StoreUnavailable:
    parts = urlsplit(account.url)
    remedy = f"check the account's name, the network and any proxy or firewall on the way to {parts.hostname}"
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        remedy = f"this machine does not trust the certificate shown for {parts.hostname}: look for a proxy in between"
    elif account.is_local and parts.scheme == "https":
        remedy = "the emulator speaks http unless it was started with a certificate: --protocol http"
    elif account.is_local:
        remedy = f"check that the emulator runs on port {parts.port or 80}"
    name = named(container, blob, account.name)
    return StoreUnavailable(f"{name} cannot be reached, or the connection was cut, after all retries", remedy=remedy)


def _hint(status: int | None, code: str, account: Account, served: datetime) -> str:
    """Say what the account's settings show about a refusal, empty where they show nothing."""
    if status == 404 and account.credential.kind == "anonymous":
        return "check its name; if it is there, it is private: give the account a key or a SAS token"
    if status not in (401, 403):
        return ""
    if account.is_local and code == "AuthorizationFailure" and account.credential.kind != "sas":
        return "check that the account's name and key are those of the emulator"
    if account.credential.kind == "sas":
        expiry = parse_qs(account.credential.secret).get("se", [""])[0]
        try:
            ends = datetime.fromisoformat(expiry)
        except ValueError:
            return ""
        ends = ends if ends.tzinfo else ends.replace(tzinfo=UTC)
        return f"the SAS token expired at {ends:%Y-%m-%d %H:%M} UTC: ask for a new one" if ends <= served else ""
    if account.credential.kind == "key" and abs(served - datetime.now(UTC)) > _CLOCK_TOLERANCE:
        return f"this machine's clock is wrong: the service says it is {served:%Y-%m-%d %H:%M} UTC"
    return ""
