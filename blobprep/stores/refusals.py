"""What the service's error codes and the operating system's mean here, and what to do about them. Pure."""

from __future__ import annotations

import errno
import os
from typing import Final

from blobprep.errors import (
    AccessError,
    BlobNotFound,
    ConditionNotMet,
    ContainerNotFound,
    HttpsRequired,
    StoreError,
    StoreUnavailable,
)
from blobprep.stores.error_codes import CODES, Refusal
from blobprep.stores.service_rules import blob_missing, container_missing, format_name

__all__ = ["disk_refusal", "service_refusal"]

_TRY_LATER: Final = "try again later"
_STATUS_UNAVAILABLE: Final = {408, 429, 500, 502, 503, 504}


def service_refusal(
    status: int | None, code: str, place: tuple[str, str, str], *, request_id: str = "", hint: str = "", tried: str = ""
) -> StoreError:
    """Return the error for an answer of the service.

    Args:
        status: of the HTTP answer, None where there is none.
        code: the service's error code; may be empty.
        place: container, blob (may be empty) and account.
        request_id: the service's, for those who look into its logs.
        hint: a remedy that fits better than the general one; empty for none.
        tried: how often and how long it was tried, where that is worth telling.
    """
    refused = _refusal(status, code, place, request_id, hint, tried)
    refused.code = code
    return refused


def _refusal(
    status: int | None, code: str, place: tuple[str, str, str], request_id: str, hint: str, tried: str
) -> StoreError:
    name = format_name(*place)
    told = ", ".join(
        filter(None, (code or (f"status {status}" if status else ""), request_id and f"request {request_id}"))
    )
    told = f" ({told})" if told else ""
    known = CODES.get(code) or _of_status(status)
    if known.kind in (BlobNotFound, ContainerNotFound):
        container, blob, account = place
        is_container = known.kind is ContainerNotFound or not blob
        missing = container_missing(container, account) if is_container else blob_missing(container, blob, account)
        return type(missing)(missing.message, remedy=hint or missing.remedy)
    if known.kind is HttpsRequired:
        return HttpsRequired(
            f"{name} cannot be reached over http: the account requires secure transfer{told}", remedy=known.remedy
        )
    if known.kind is ConditionNotMet:
        return ConditionNotMet(f"{name}: {known.reason}{told}", remedy=known.remedy)
    if known.kind is AccessError:
        return AccessError(f"access to {name} was refused{told}", remedy=hint or known.remedy)
    if known.kind is StoreUnavailable:
        message = f"{name}: the service could not answer {tried}".rstrip()
        return StoreUnavailable(f"{message}{told}", remedy=known.remedy)
    if code in CODES:
        return StoreError(f"{name} was refused{told}", remedy=known.remedy)
    return StoreError(f"{name}: the service answered with an error{told}", remedy=hint or known.remedy)


def _of_status(status: int | None) -> Refusal:
    """Return what a code that nobody has heard of becomes."""
    if status == 404:
        return Refusal(BlobNotFound, "")
    if status in (401, 403):
        return Refusal(AccessError, "check the account's credential and its permissions")
    if status in (409, 412):
        return CODES["ConditionNotMet"]
    if status in _STATUS_UNAVAILABLE:
        return Refusal(StoreUnavailable, _TRY_LATER)
    return Refusal(StoreError, "")


_NO_SPACE: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_PERMISSION: Final = {errno.EACCES, errno.EPERM, errno.EROFS}


def disk_refusal(error: OSError, container: str, blob: str, account: str) -> StoreError:
    """Return the error for one of the operating system; no path of this machine is named."""
    name = format_name(container, blob, account)
    reason = os.strerror(error.errno) if error.errno else type(error).__name__
    if error.errno in _NO_SPACE:
        return StoreError(f"{name} cannot be written: {reason}", remedy="make room on the disk, or use another one")
    if error.errno in _NO_PERMISSION:
        return AccessError(
            f"access to {name} was refused: {reason}", remedy="check who may read and write the account's folder"
        )
    if error.errno == errno.ENAMETOOLONG:
        return StoreError(f"{name} cannot be written: {reason}", remedy="choose a shorter name")
    if error.errno in {errno.ENOENT, errno.ESTALE}:
        return ContainerNotFound(
            f"{name} cannot be reached: its folder is gone", remedy="check that nothing else removes it, and repeat"
        )
    if error.errno in {errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ELOOP}:
        return StoreError(
            f"{name} cannot be written: something else has the name of one of its folders ({reason})",
            remedy="choose another name, or move it away",
        )
    return StoreError(f"{name} cannot be read or written: {reason}", remedy="check the disk")
