"""What an answer of the service means for one kind of credential, and what a SAS token shows about itself. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from blobprep.account import SasToken
from blobprep.errors import AccessError, BlobNotFound, ContainerNotFound, StoreError, StoreUnavailable
from blobprep.stores.error_codes import BY_CREDENTIAL, CODES, CodeMeaning, Explanation

__all__ = ["explain_sas_token", "meaning_of"]

_PRIVATE: Final = (
    "it does not exist, or it is private: an anonymous request gets the same answer for both",
    "check its name; if it exists, it is private: give the account a key or a SAS token",
)
_UNAVAILABLE_STATUS: Final = frozenset({408, 429, 500, 502, 503, 504})


def meaning_of(code: str, status: int | None, credential: str = "", *, emulator: bool = False) -> CodeMeaning:
    """Return what an answer of the service means.

    Args:
        code: the service's error code; may be empty or unknown.
        status: the HTTP status, which decides where the code is unknown; None where there is none.
        credential: the kind of credential that was sent (`key`, `sas`, `token` or `anonymous`); empty if unknown.
        emulator: whether an emulator answered, which refuses a wrong key by another code than the service.
    """
    meaning = CODES.get(code) or _meaning_of_status(status)
    if meaning.error in (BlobNotFound, ContainerNotFound) and credential == "anonymous":
        return CodeMeaning(meaning.error, *_PRIVATE)
    kind = "emulator" if emulator and credential != "sas" else credential
    rows = BY_CREDENTIAL.get(code, {})
    explanation = rows.get(kind) or rows.get(credential)
    return replace(meaning, cause=explanation[0], remedy=explanation[1]) if explanation else meaning


def _meaning_of_status(status: int | None) -> CodeMeaning:
    if status == 404:
        return CodeMeaning(BlobNotFound)
    if status in (401, 403):
        return CodeMeaning(AccessError, "the service denies it", "check the account's credential and its permissions")
    if status in (409, 412):
        return CODES["ConditionNotMet"]
    if status in _UNAVAILABLE_STATUS:
        return CodeMeaning(StoreUnavailable, "the service is unavailable", "try again later")
    return CodeMeaning(
        StoreError, "the service answered with an error", "look the code up in 'Blob Storage error codes'"
    )


def explain_sas_token(token: SasToken, now: datetime) -> Explanation | None:
    """Explain why a SAS token cannot work, as far as its own fields show it.

    Args:
        token: the fields of the token.
        now: the service's clock.

    Returns:
        None where nothing speaks against the token.
    """
    if token.expires is not None and token.expires <= now:
        return f"the SAS token expired at {token.expires:%Y-%m-%d %H:%M} UTC", "ask for a new SAS token"
    if token.starts is not None and token.starts > now:
        return (
            f"the SAS token is not valid before {token.starts:%Y-%m-%d %H:%M} UTC by the service's clock",
            "wait, or ask for a SAS token that starts 15 minutes earlier",
        )
    if token.services and "b" not in token.services:
        meaning = CODES["AuthorizationServiceMismatch"]
        return f"{meaning.cause} (ss={token.services})", meaning.remedy
    return None
