"""Every error code of the service: the error it becomes, its cause and what to do about it. Pure.

The stores and the doctor both explain a code by this table, and add what they know about the account.

Source:
    Microsoft, "Common REST API error codes", "Blob Storage error codes" and "Azure Data Lake Storage error codes"; the
    SDK's list, `azure.storage.blob.StorageErrorCode`, which a test walks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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

__all__ = [
    "ACCOUNT_CODES",
    "BY_CREDENTIAL",
    "CODES",
    "CREDENTIAL_CODES",
    "CodeMeaning",
    "Explanation",
]

Explanation = tuple[str, str]
"""A cause and a remedy, each a clause without a full stop."""


@dataclass(frozen=True, slots=True)
class CodeMeaning:
    """The meaning of an error code.

    Attributes:
        error: the error it is raised as.
        cause: what is wrong; empty where the error's own message says it, as for a missing blob.
        remedy: what to do; empty as `cause`.
    """

    error: type[StoreError]
    cause: str = ""
    remedy: str = ""


CREDENTIAL_CODES: Final = frozenset(
    {
        "AuthenticationFailed",
        "InvalidAuthenticationInfo",
        "KeyBasedAuthenticationNotPermitted",
        "NoAuthenticationInformation",
        "PublicAccessNotPermitted",
    }
)
"""Codes that refuse the credential itself, whatever was requested."""

ACCOUNT_CODES: Final = frozenset({"AccountIsDisabled", "AccountRequiresHttps", "TlsVersionNotPermitted"})
"""Codes by which an account refuses every request, whatever its credential."""

_LATER: Final = "try again later"
_DELETING: Final = ("the container is being deleted, which takes half a minute or more", _LATER)
_EXISTS: Final = "the blob exists already"
_CONTAINER_EXISTS: Final = "the container exists already"
_STATE: Final = "its state is not, or is no longer, the one the request requires"
_NO_CREDENTIAL: Final = (
    "no credential was sent, and this is not public",
    "give the account a key or a SAS token, or sign in with `az login`",
)
_PERMISSION: Final = ("the credential does not permit this", "use a SAS token with this permission, or the account key")

_CONDITIONS: Final[Mapping[str, str]] = {
    "AppendPositionConditionNotMet": _STATE,
    "BlobAlreadyExists": _EXISTS,
    "BlobOverwritten": "it has been overwritten meanwhile",
    "ConditionNotMet": _STATE,
    "ContainerAlreadyExists": _CONTAINER_EXISTS,
    "CopyIdMismatch": "another copy of it has begun meanwhile",
    "FilesystemAlreadyExists": _CONTAINER_EXISTS,
    "InvalidBlobOrBlock": "another program is uploading it at the same time",
    "InvalidBlockList": "another upload of it was committed meanwhile and dropped these blocks",
    "MaxBlobSizeConditionNotMet": _STATE,
    "PathAlreadyExists": _EXISTS,
    "PathConflict": "its name, or the name of one of its folders, is taken by something else",
    "ResourceAlreadyExists": "the blob or container exists already",
    "SequenceNumberConditionNotMet": _STATE,
    "SourceConditionNotMet": "the state of its source is not, or is no longer, the one the request requires",
    "TargetConditionNotMet": _STATE,
    "UnauthorizedBlobOverwrite": "the blob exists already, and the SAS token may only create new ones",
}
_ACCESS: Final[Mapping[str, Explanation]] = {
    "AccountIsDisabled": (
        "the account is disabled, most often because its subscription is",
        "check the subscription in the Azure portal",
    ),
    "AuthenticationFailed": (
        "the credential was not accepted",
        "check that the key or SAS token belongs to this account and was copied in full, that it has not expired or "
        "been renewed, and that this machine's clock is right",
    ),
    "AuthorizationFailure": (
        "the account's firewall does not allow this network, or the credential does not permit this",
        "allow this network (Azure portal: Networking), or use a credential that permits this",
    ),
    "AuthorizationPermissionMismatch": _PERMISSION,
    "AuthorizationProtocolMismatch": (
        "the SAS token allows https only (spr=https)",
        "use https (--protocol https), or ask for a SAS token that allows http",
    ),
    "AuthorizationResourceTypeMismatch": (
        "the SAS token is for other kinds of resource",
        "ask for a SAS token for the service, its containers and its blobs (srt=sco)",
    ),
    "AuthorizationServiceMismatch": (
        "the SAS token is for another service",
        "ask for a SAS token for the Blob service (ss=b)",
    ),
    "AuthorizationSourceIPMismatch": (
        "the SAS token does not allow this machine's address (sip=)",
        "ask for a SAS token that allows the public address of this network, or any address",
    ),
    "BlobImmutableDueToPolicy": ("a retention policy or legal hold protects it", "choose another name"),
    "CannotVerifyCopySource": (
        "the service may not read the source of the copy",
        "give the source a SAS token that permits reading",
    ),
    "InsufficientAccountPermissions": _PERMISSION,
    "InvalidAuthenticationInfo": (
        "the credential was not accepted",
        "check that the key, SAS token or access token was copied in full and has not expired",
    ),
    "KeyBasedAuthenticationNotPermitted": (
        "the account accepts neither account keys nor SAS tokens signed with one",
        'use credential = "default" (Microsoft Entra ID, `az login`) or a user delegation SAS, or allow storage '
        "account key access on the account",
    ),
    "NoAuthenticationInformation": _NO_CREDENTIAL,
    "PublicAccessNotPermitted": (
        "the account does not allow anonymous access, whatever its containers say",
        _NO_CREDENTIAL[1],
    ),
    "TlsVersionNotPermitted": (
        "the account requires a later version of TLS than this machine used",
        "use a Python with OpenSSL 1.1.1 or later",
    ),
}
_UNAVAILABLE: Final[Mapping[str, Explanation]] = {
    "AccountBeingCreated": ("the account is being created", "try again in a minute"),
    "ContainerBeingDeleted": _DELETING,
    "FilesystemBeingDeleted": _DELETING,
    "InternalError": ("the service has an internal error", _LATER),
    "Md5Mismatch": ("the request arrived damaged", "try again, and look for a proxy that changes requests"),
    "OperationTimedOut": ("the operation timed out in the service", _LATER),
    "ServerBusy": ("the account is throttled", "send fewer requests at once, or try again later"),
    "SnapshotOperationRateExceeded": ("snapshots of it are taken too fast", _LATER),
    "SystemInUse": ("the service is busy", _LATER),
}
_MISSING: Final[Mapping[str, type[StoreError]]] = {
    "BlobNotFound": BlobNotFound,
    "ContainerDisabled": ContainerNotFound,
    "ContainerNotFound": ContainerNotFound,
    "FilesystemNotFound": ContainerNotFound,
    "ParentNotFound": BlobNotFound,
    "PathNotFound": BlobNotFound,
    "PreviousSnapshotNotFound": BlobNotFound,
    "RenameDestinationParentPathNotFound": BlobNotFound,
    "ResourceNotFound": BlobNotFound,
    "SourcePathNotFound": BlobNotFound,
}
_OTHER: Final[tuple[tuple[str, str, str], ...]] = (
    ("the blob is in the archive tier", "rehydrate it first", "BlobArchived"),
    ("the blob is being rehydrated from the archive tier", _LATER, "BlobBeingRehydrated"),
    ("the blob has snapshots", "delete them first", "SnapshotsPresent"),
    ("the blob is too large for one request", "split it into several blobs", "RequestBodyTooLarge"),
    ("the blob has too many blocks", "split it into several blobs", "BlockCountExceedsLimit BlockListTooLong"),
    (
        "its metadata is too large, or has a name the service does not accept",
        "shorten or rename its metadata",
        "MetadataTooLarge InvalidMetadata EmptyMetadataKey",
    ),
    ("an account of this name exists already", "choose another name", "AccountAlreadyExists"),
    (
        "the name of the container or blob breaks a rule of the service",
        "choose another name",
        "InvalidResourceName OutOfRangeInput InvalidUri RequestUrlFailedToParse InvalidFileOrDirectoryPathName",
    ),
    (
        "the request arrived damaged or cut short",
        "try again, and look for a proxy that changes requests",
        "InvalidMd5 MissingContentLengthHeader ContentLengthMustBeZero",
    ),
    (
        "it is an append or page blob, or a snapshot",
        "choose another name, or delete it first",
        "InvalidBlobType InvalidVersionForPageBlobOperation ResourceTypeMismatch InvalidOperation",
    ),
    (
        "a lease is held on it, or was held when the request was made",
        "wait, or break the lease",
        "LeaseAlreadyPresent LeaseAlreadyBroken LeaseIdMismatchWithBlobOperation LeaseIdMismatchWithContainerOperation "
        "LeaseIdMismatchWithLeaseOperation LeaseIdMissing LeaseIsBreakingAndCannotBeAcquired LeaseIsAlreadyBroken "
        "LeaseIsBreakingAndCannotBeChanged LeaseIsBrokenAndCannotBeRenewed LeaseLost LeaseNotPresentWithBlobOperation "
        "LeaseNotPresentWithContainerOperation LeaseNotPresentWithLeaseOperation InfiniteLeaseDurationRequired "
        "LeaseNameMismatch",
    ),
    (
        "a copy made by the service is in the way",
        "wait for the copy to end, or abort it",
        "CopyAcrossAccountsNotSupported PendingCopyOperation NoPendingCopyOperation InvalidSourceBlobType "
        "InvalidSourceBlobUrl IncrementalCopyBlobMismatch IncrementalCopyOfEarlierSnapshotNotAllowed "
        "IncrementalCopyOfEarlierVersionSnapshotNotAllowed IncrementalCopySourceMustBeSnapshot "
        "OperationNotAllowedOnIncrementalCopyBlob",
    ),
    (
        "its access tier does not fit the account's kind or the blob's size",
        "choose another tier",
        "BlobAccessTierNotSupportedForAccountType BlobTierInadequateForContentLength CannotChangeToLowerTier "
        "ContentLengthLargerThanTierLimit InvalidBlobTier BlobNotArchived",
    ),
    (
        "there are too many snapshots of it, or the one named is not its own",
        "check its snapshots in the Azure portal",
        "PreviousSnapshotCannotBeNewer PreviousSnapshotOperationNotSupported SnapshotCountExceeded",
    ),
    (
        "the address is not the Blob service's, but that of files, queues or a file system",
        "use the address of the Blob service, NAME.blob.core.windows.net",
        "MessageNotFound MessageTooLarge PopReceiptMismatch QueueAlreadyExists QueueBeingDeleted QueueDisabled "
        "QueueNotEmpty QueueNotFound CannotDeleteFileOrDirectory ClientCacheFlushDelay DeletePending DirectoryNotEmpty "
        "ContainerQuotaDowngradeNotAllowed FileLockConflict FileShareProvisionedBandwidthDowngradeNotAllowed "
        "FileShareProvisionedBandwidthInvalid FileShareProvisionedIopsDowngradeNotAllowed "
        "FileShareProvisionedIopsInvalid FileShareProvisionedStorageInvalid ReadOnlyAttribute ShareAlreadyExists "
        "ShareBeingDeleted ShareDisabled ShareNotFound SharingViolation ShareSnapshotInProgress ShareHasSnapshots "
        "ShareSnapshotCountExceeded ShareSnapshotNotFound ShareSnapshotOperationNotSupported "
        "TotalSharesProvisionedCapacityExceedsAccountLimit TotalSharesProvisionedIopsExceedsAccountLimit "
        "TotalSharesProvisionedBandwidthExceedsAccountLimit TotalSharesCountExceedsAccountLimit InvalidFlushPosition "
        "InvalidPropertyName InvalidSourceUri DestinationPathIsBeingDeleted InvalidDestinationPath "
        "InvalidRenameSourcePath InvalidSourceOrDestinationResourceType SourcePathIsBeingDeleted",
    ),
    (
        "the service did not understand the request",
        "look for a proxy that changes requests; if there is none, report this as a defect",
        "ConditionHeadersNotSupported InvalidHeaderValue InvalidHttpVerb InvalidInput InvalidQueryParameterValue "
        "InvalidRange InvalidXmlDocument InvalidXmlNodeValue MissingRequiredQueryParameter MissingRequiredHeader "
        "MissingRequiredXmlNode MultipleConditionHeadersNotSupported OutOfRangeQueryParameterValue UnsupportedHeader "
        "UnsupportedXmlNode UnsupportedQueryParameter UnsupportedHttpVerb FeatureVersionMismatch InvalidBlockId "
        "InvalidPageRange InvalidMarker SequenceNumberIncrementTooLarge UnsupportedRestVersion",
    ),
)


def _rows() -> Iterable[tuple[str, CodeMeaning]]:
    remedy = "check its present state and try again"
    yield from ((code, CodeMeaning(ConditionNotMet, cause, remedy)) for code, cause in _CONDITIONS.items())
    yield from ((code, CodeMeaning(AccessError, *explanation)) for code, explanation in _ACCESS.items())
    yield from ((code, CodeMeaning(StoreUnavailable, *explanation)) for code, explanation in _UNAVAILABLE.items())
    yield from ((code, CodeMeaning(error)) for code, error in _MISSING.items())
    yield from (
        (code, CodeMeaning(StoreError, cause, remedy)) for cause, remedy, codes in _OTHER for code in codes.split()
    )


CODES: Final[Mapping[str, CodeMeaning]] = {
    "AccountRequiresHttps": CodeMeaning(
        HttpsRequired,
        "the account requires https ('Secure transfer required')",
        'use https (--protocol https, or drop protocol = "http" from the account\'s settings), or turn '
        "'Secure transfer required' off on the account (Azure portal: Configuration)",
    ),
    **dict(_rows()),
}
"""By the service's code. The error for a missing blob or container names it, so its row needs no words."""

_CREDENTIAL: Final[Mapping[str, Explanation]] = {
    "anonymous": _NO_CREDENTIAL,
    "key": (
        "the key is not one of this account: it belongs to another account, or has been renewed",
        "copy the key again, and check that this machine's clock is right",
    ),
    "sas": (
        "the signature of the SAS token does not match: it was not copied in full, belongs to another account or "
        "container, or the key or stored access policy behind it was renewed",
        "ask for a new SAS token",
    ),
    "token": (
        "the access token has expired, or belongs to another tenant than the account",
        "sign in to the account's tenant, and check that the identity has a role on the account",
    ),
}
_PERMISSION_OF: Final[Mapping[str, Explanation]] = {
    "anonymous": _NO_CREDENTIAL,
    "key": (
        "an account key permits everything, so a policy, a lock or the account's network rules forbid this",
        "check the account's policies, locks and network rules",
    ),
    "sas": (
        "the SAS token does not permit this",
        "ask for a SAS token with this permission, or use the account key",
    ),
    "token": (
        "the identity has no role that permits this",
        "give the identity a role on the account, such as Storage Blob Data Contributor, and wait some minutes",
    ),
}
_FIREWALL: Final = (
    "the account's firewall does not allow this network",
    "allow this network (Azure portal: Networking)",
)
_EMULATOR: Final = (
    "the account's name or key is not the emulator's",
    "use the name and key of the emulator",
)
BY_CREDENTIAL: Final[Mapping[str, Mapping[str, Explanation]]] = {
    "AuthenticationFailed": _CREDENTIAL,
    "AuthorizationFailure": {"anonymous": _FIREWALL, "key": _FIREWALL, "token": _FIREWALL, "emulator": _EMULATOR},
    "AuthorizationPermissionMismatch": _PERMISSION_OF,
    "InsufficientAccountPermissions": _PERMISSION_OF,
    "InvalidAuthenticationInfo": _CREDENTIAL,
}
"""Explanations that fit better than those of `CODES`, by code and kind of credential; `emulator` stands for its key."""
