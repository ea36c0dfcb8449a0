"""The SDK's errors turned into ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
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
from blobprep.stores.error_codes import CodeMeaning
from blobprep.stores.explanations import explain_sas_token, meaning_of
from blobprep.stores.service_errors import service_error
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

    The SDK's text is left out, and its error is not kept as the cause: both may contain signatures, and addresses with
    a SAS token.

    Raises:
        AccessError: the SAS token has expired; no request is sent then.
        StoreError: the error that the SDK's becomes.
    """
    _require_unexpired(container, blob, account)
    try:
        yield
    except AzureError as error:
        raise _translate(error, container, blob, account) from None
    except UnicodeEncodeError:
        name = format_name(container, blob, account.name).encode("ascii", "backslashreplace").decode()
        raise StoreError(f"{name} is not valid text", remedy="choose another name") from None


def _translate(error: AzureError, container: str, blob: str, account: Account) -> StoreError:
    gave_up = error if isinstance(error, RetriesExhausted) else None
    if is_cut(error) or (gave_up is not None and gave_up.status is None):
        return _unreachable(error, container, blob, account)
    response: Any = gave_up or getattr(error, "response", None)
    headers: Mapping[str, str] = getattr(response, "headers", {})
    code = getattr(error, "error_code", None) or headers.get("x-ms-error-code") or ""
    code = str(getattr(code, "value", code))
    status = gave_up.status if gave_up is not None else getattr(error, "status_code", None)
    if status is None and isinstance(error, ClientAuthenticationError):  # the request was not even signed
        return AccessError(
            f"no request was sent for {format_name(container, blob, account.name)}: its credential cannot sign one",
            remedy="check the account's credential",
        )
    if status is None:
        status = next((known for kind, known in _STATUS_OF.items() if isinstance(error, kind)), None)
    translated = service_error(
        _explain(status, code, account, read_date(headers)),
        (container, blob, account.name),
        status=status,
        code=code or (type(error).__name__ if status is None else ""),
        request_id=headers.get("x-ms-request-id", ""),
        tried=gave_up.tried if gave_up is not None else "",
    )
    if gave_up is not None and isinstance(translated, StoreUnavailable):
        translated.wait = gave_up.asked
    return translated


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
        remedy = "try again later, and look for a proxy that cuts connections or changes what they carry"
    elif "CERTIFICATE_VERIFY_FAILED" in str(error) or why == UNTRUSTED:
        remedy = (
            f"this machine does not trust the certificate shown for {parts.hostname}: if a proxy shows its own, name "
            "a file of its certificates with ca_bundle in [network], or with REQUESTS_CA_BUNDLE"
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
            f"no request was sent for {format_name(container, blob, account.name)}: "
            f"the SAS token expired at {ends:%Y-%m-%d %H:%M} UTC",
            remedy=f"ask for a new SAS token; this machine's clock says {now:%Y-%m-%d %H:%M} UTC",
        )


def _explain(status: int | None, code: str, account: Account, served: datetime) -> CodeMeaning:
    """Return what an answer means, with what the account's settings show about it.

    Args:
        status: of the answer, None where there is none.
        code: of the service; may be empty.
        account: whose credential was sent.
        served: the service's clock.
    """
    credential = account.credential
    meaning = meaning_of(code, status, credential.kind, emulator=account.is_local)
    if status not in (401, 403):
        return meaning
    cause, remedy = meaning.cause, meaning.remedy
    if credential.kind == "sas":
        token = SasToken.parse(credential.secret)
        if fault := explain_sas_token(token, served):
            cause, remedy = fault
        elif code == "AuthorizationPermissionMismatch" and token.permissions:
            cause = f"{cause}; it permits {token.permissions!r}"
    elif credential.kind == "token":
        cause = f"{cause} (identity: {credential.describe()})"
    elif credential.kind == "key" and abs(served - datetime.now(UTC)) > _CLOCK_TOLERANCE:
        cause = f"this machine's clock is wrong: the service says it is {served:%Y-%m-%d %H:%M} UTC"
        remedy = "set this machine's clock"
    return replace(meaning, cause=cause, remedy=remedy)
