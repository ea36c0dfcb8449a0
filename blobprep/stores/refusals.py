"""What the service's error codes and the operating system's mean here, and what to do about them. Pure."""

from __future__ import annotations

import errno
import os
from typing import Final

from blobprep.errors import (
    AccessError,
    ConditionNotMet,
    ContainerNotFound,
    HttpsRequired,
    StoreError,
    StoreUnavailable,
)
from blobprep.stores.semantics import blob_missing, container_missing, named

__all__ = ["disk_refusal", "service_refusal"]

_CONDITIONS: Final = {
    "BlobAlreadyExists": "there is such a blob already",
    "BlobOverwritten": "it was overwritten meanwhile",
    "ConditionNotMet": "its state is not, or no longer, what was demanded",
    "ContainerAlreadyExists": "there is such a container already",
    "InvalidBlobOrBlock": "another program is uploading it at the same time",
    "InvalidBlockList": "another upload of it was committed meanwhile and dropped these blocks",
    "TargetConditionNotMet": "its state is not, or no longer, what was demanded",
}
_NOT_PERMITTED: Final = "ask for a SAS with this permission, or use the account key"
_ACCESS: Final = {
    "AccountIsDisabled": "the account is disabled: look at the subscription in the Azure portal",
    "AuthenticationFailed": (
        "check that the key or SAS token belongs to this account and was copied whole, that it has not expired or been "
        "renewed, and that this machine's clock is right"
    ),
    "AuthorizationFailure": (
        "the account's firewall may not allow this network (portal: Networking), or the credential may not do this"
    ),
    "AuthorizationPermissionMismatch": _NOT_PERMITTED,
    "AuthorizationProtocolMismatch": "the SAS token allows https only: use https, or ask for one that allows http",
    "AuthorizationResourceTypeMismatch": "the SAS token is for another kind of resource: ask for another one",
    "AuthorizationServiceMismatch": "the SAS token is for another service: ask for one for the Blob service",
    "AuthorizationSourceIPMismatch": "the SAS token does not allow this machine's address: ask for one that does",
    "BlobImmutableDueToPolicy": "a retention policy or legal hold keeps it as it is: choose another name",
    "InsufficientAccountPermissions": _NOT_PERMITTED,
    "InvalidAuthenticationInfo": "check that the key or SAS token was copied whole",
    "KeyBasedAuthenticationNotPermitted": (
        "the account takes no keys: use a user delegation SAS, or allow storage account key access on the account"
    ),
    "NoAuthenticationInformation": "give the account a key or a SAS token",
    "PublicAccessNotPermitted": "the account allows no anonymous access: give it a key or a SAS token",
}
_UNAVAILABLE: Final = {
    "ContainerBeingDeleted": "the container is being deleted, which takes half a minute or more; try again later",
    "InternalError": "",
    "OperationTimedOut": "",
    "ServerBusy": "the account is throttled: send fewer requests at once, or try again later",
}
_OTHER: Final = {
    "BlobArchived": "it is in the archive tier: rehydrate it first",
    "BlobBeingRehydrated": "it is on its way back from the archive tier: try again later",
    "InvalidBlobType": "it is an append or page blob: choose another name, or delete it first",
    "InvalidResourceName": "the name of the container or blob breaks a rule of the service",
    "LeaseIdMissing": "somebody holds a lease on it: wait, or break the lease",
    "OutOfRangeInput": "the name of the container or blob breaks a rule of the service",
    "SnapshotsPresent": "it has snapshots: delete them first",
}
_TRY_LATER: Final = "try again later"
_STATUS_UNAVAILABLE: Final = {408, 429, 500, 502, 503, 504}


def service_refusal(
    status: int | None, code: str, place: tuple[str, str, str], *, request_id: str = "", hint: str = ""
) -> StoreError:
    """Return the error for an answer of the service.

    Args:
        status: of the HTTP answer, None where there is none.
        code: the service's error code; may be empty.
        place: container, blob (may be empty) and account.
        request_id: the service's, for those who look into its logs.
        hint: a remedy that fits better than the general one; empty for none.
    """
    name = named(*place)
    told = ", ".join(
        filter(None, (code or (f"status {status}" if status else ""), request_id and f"request {request_id}"))
    )
    told = f" ({told})" if told else ""
    if code == "AccountRequiresHttps":
        return HttpsRequired(
            f"{name} cannot be reached over http: the account requires secure transfer{told}",
            remedy='use https (--protocol https, or drop protocol = "http" from the account\'s settings), or turn '
            "'Secure transfer required' off on the account (Azure portal: Configuration)",
        )
    if code in _CONDITIONS:
        return ConditionNotMet(f"{name}: {_CONDITIONS[code]}{told}", remedy="look at it again and repeat")
    if code in _OTHER:
        return StoreError(f"{name} was refused{told}", remedy=_OTHER[code])
    if code in _ACCESS or status in (401, 403):
        remedy = hint or _ACCESS.get(code, "check the account's credential and its permissions")
        return AccessError(f"access to {name} was refused{told}", remedy=remedy)
    if code in _UNAVAILABLE or status in _STATUS_UNAVAILABLE:
        remedy = _UNAVAILABLE.get(code) or _TRY_LATER
        return StoreUnavailable(f"{name}: the service could not answer, after all retries{told}", remedy=remedy)
    return _by_status(status, code, place, told, hint)


def _by_status(status: int | None, code: str, place: tuple[str, str, str], told: str, hint: str) -> StoreError:
    container, blob, account = place
    if status == 404:
        is_container = code in {"ContainerNotFound", "ContainerDisabled"} or not blob
        missing = container_missing(container, account) if is_container else blob_missing(container, blob, account)
        return type(missing)(missing.message, remedy=hint or missing.remedy)
    if status in (409, 412):
        return ConditionNotMet(
            f"{named(*place)}: its state is not, or no longer, what was demanded{told}",
            remedy="look at it again and repeat",
        )
    return StoreError(f"{named(*place)}: the service answered with an error{told}", remedy=hint)


_NO_SPACE: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_PERMISSION: Final = {errno.EACCES, errno.EPERM, errno.EROFS}


def disk_refusal(error: OSError, container: str, blob: str, account: str) -> StoreError:
    """Return the error for one of the operating system; no path of this machine is named."""
    name = named(container, blob, account)
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
