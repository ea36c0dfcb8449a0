"""The errors that answers of the service become. Pure."""

from __future__ import annotations

from blobprep.errors import (
    BlobNotFound,
    ConditionNotMet,
    ContainerNotFound,
    HttpsRequired,
    StoreError,
    StoreUnavailable,
)
from blobprep.stores.error_codes import CodeMeaning
from blobprep.stores.service_rules import blob_missing, container_missing, format_name

__all__ = ["service_error"]


def service_error(
    meaning: CodeMeaning,
    place: tuple[str, str, str],
    *,
    status: int | None,
    code: str,
    request_id: str = "",
    tried: str = "",
) -> StoreError:
    """Return the error for an answer of the service.

    Args:
        meaning: what the answer means here.
        place: container, blob (may be empty) and account.
        status: of the HTTP answer, None where there is none.
        code: the service's error code; may be empty.
        request_id: the service's id of the request, for those who read its logs.
        tried: how often and how long it was tried, where that is worth reporting.
    """
    details = (code or (f"status {status}" if status else ""), request_id and f"request {request_id}")
    suffix = f" ({text})" if (text := ", ".join(filter(None, details))) else ""
    error = _convert(meaning, place, suffix, tried)
    error.code = code
    return error


def _convert(meaning: CodeMeaning, place: tuple[str, str, str], suffix: str, tried: str) -> StoreError:
    container, blob, account = place
    name = format_name(*place)
    if meaning.error in (BlobNotFound, ContainerNotFound):
        is_container = meaning.error is ContainerNotFound or not blob
        missing = container_missing(container, account) if is_container else blob_missing(container, blob, account)
        return type(missing)(missing.message, remedy=meaning.remedy or missing.remedy)
    if meaning.error is HttpsRequired:
        what = f"{name} cannot be reached over http"
    elif meaning.error is ConditionNotMet:
        what = name
    elif meaning.error is StoreUnavailable:
        what = f"{name}: the service could not answer {tried}".rstrip()
    elif meaning.error is StoreError:
        what = f"the request for {name} failed"
    else:
        what = f"access to {name} was refused"
    return meaning.error(f"{what}: {meaning.cause}{suffix}", remedy=meaning.remedy)
