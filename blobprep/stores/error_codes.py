"""Every error code of the service: which error it becomes, and what to do about it. Pure.

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

__all__ = ["CODES", "Refusal"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Say what a code becomes.

    Attributes:
        kind: the error.
        remedy: what to do.
        reason: what happened, where the code alone does not say; may be empty.
    """

    kind: type[StoreError]
    remedy: str
    reason: str = ""


_AGAIN: Final = "look at it again and repeat"
_LATER: Final = "try again later"
_NAME: Final = "the name of the container or blob breaks a rule of the service: choose another one"
_LEASE: Final = "somebody holds a lease on it, or held one: wait, or break the lease"
_COPY: Final = "a copy by the service is in the way: wait for it, or abort it"
_KIND: Final = "it is an append or page blob, or a snapshot: choose another name, or delete it first"
_TIER: Final = "the account's kind or the blob's size does not go with its access tier: choose another tier"
_NOT_PERMITTED: Final = "ask for a SAS with this permission, or use the account key"
_OTHER_SERVICE: Final = (
    "the address leads to files, queues or a file system: use the Blob service's, NAME.blob.core.windows.net"
)
_DEFECT: Final = "the request was not understood: look for a proxy that changes it; else report it as a defect"
_DAMAGED: Final = "the request arrived damaged or cut: repeat, and look for a proxy that changes it"
_SNAPSHOTS: Final = "look at the blob's snapshots in the portal: too many, too fast, or the one named is not its own"

_CONDITIONS: Final[Mapping[str, str]] = {
    "AppendPositionConditionNotMet": "its state is not, or no longer, what was demanded",
    "BlobAlreadyExists": "there is such a blob already",
    "BlobOverwritten": "it was overwritten meanwhile",
    "ConditionNotMet": "its state is not, or no longer, what was demanded",
    "ContainerAlreadyExists": "there is such a container already",
    "CopyIdMismatch": "another copy of it has begun meanwhile",
    "FilesystemAlreadyExists": "there is such a container already",
    "InvalidBlobOrBlock": "another program is uploading it at the same time",
    "InvalidBlockList": "another upload of it was committed meanwhile and dropped these blocks",
    "MaxBlobSizeConditionNotMet": "its state is not, or no longer, what was demanded",
    "PathAlreadyExists": "there is such a blob already",
    "PathConflict": "something else has its name, or the name of one of its folders",
    "ResourceAlreadyExists": "there is such a blob or container already",
    "SequenceNumberConditionNotMet": "its state is not, or no longer, what was demanded",
    "SourceConditionNotMet": "the state of its source is not, or no longer, what was demanded",
    "TargetConditionNotMet": "its state is not, or no longer, what was demanded",
    "UnauthorizedBlobOverwrite": "there is such a blob already, and the SAS token may only create new ones",
}
_ACCESS: Final[Mapping[str, str]] = {
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
    "CannotVerifyCopySource": "the service may not read the source of the copy: give it a SAS token that reads",
    "InsufficientAccountPermissions": _NOT_PERMITTED,
    "InvalidAuthenticationInfo": "check that the key, SAS token or token was copied whole and has not expired",
    "KeyBasedAuthenticationNotPermitted": (
        'the account takes no keys: credential = "default" (az login), or a user delegation SAS; or allow storage '
        "account key access on the account"
    ),
    "NoAuthenticationInformation": "give the account a key or a SAS token, or sign in with `az login`",
    "PublicAccessNotPermitted": (
        "the account allows no anonymous access: give it a key or a SAS token, or sign in with `az login`"
    ),
}
_UNAVAILABLE: Final[Mapping[str, str]] = {
    "AccountBeingCreated": "the account is being created: try again in a minute",
    "ContainerBeingDeleted": "the container is being deleted, which takes half a minute or more; try again later",
    "FilesystemBeingDeleted": "the container is being deleted, which takes half a minute or more; try again later",
    "InternalError": _LATER,
    "Md5Mismatch": _DAMAGED,
    "OperationTimedOut": _LATER,
    "ServerBusy": "the account is throttled: send fewer requests at once, or try again later",
    "SnapshotOperationRateExceeded": _LATER,
    "SystemInUse": _LATER,
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
_OTHER: Final[tuple[tuple[str, str], ...]] = (
    ("it is in the archive tier: rehydrate it first", "BlobArchived"),
    ("it is on its way back from the archive tier: try again later", "BlobBeingRehydrated"),
    ("it has snapshots: delete them first", "SnapshotsPresent"),
    ("it is too large for one request, or in too many blocks", "RequestBodyTooLarge BlockCountExceedsLimit"),
    ("it is in too many blocks", "BlockListTooLong"),
    ("its metadata is too large, or has a name that is none", "MetadataTooLarge InvalidMetadata EmptyMetadataKey"),
    ("there is an account of this name already: choose another one", "AccountAlreadyExists"),
    (_NAME, "InvalidResourceName OutOfRangeInput InvalidUri RequestUrlFailedToParse InvalidFileOrDirectoryPathName"),
    (_DAMAGED, "InvalidMd5 MissingContentLengthHeader ContentLengthMustBeZero"),
    (_KIND, "InvalidBlobType InvalidVersionForPageBlobOperation ResourceTypeMismatch InvalidOperation"),
    (
        _LEASE,
        "LeaseAlreadyPresent LeaseAlreadyBroken LeaseIdMismatchWithBlobOperation LeaseIdMismatchWithContainerOperation "
        "LeaseIdMismatchWithLeaseOperation LeaseIdMissing LeaseIsBreakingAndCannotBeAcquired LeaseIsAlreadyBroken "
        "LeaseIsBreakingAndCannotBeChanged LeaseIsBrokenAndCannotBeRenewed LeaseLost LeaseNotPresentWithBlobOperation "
        "LeaseNotPresentWithContainerOperation LeaseNotPresentWithLeaseOperation InfiniteLeaseDurationRequired "
        "LeaseNameMismatch",
    ),
    (
        _COPY,
        "CopyAcrossAccountsNotSupported PendingCopyOperation NoPendingCopyOperation InvalidSourceBlobType "
        "InvalidSourceBlobUrl IncrementalCopyBlobMismatch IncrementalCopyOfEarlierSnapshotNotAllowed "
        "IncrementalCopyOfEarlierVersionSnapshotNotAllowed IncrementalCopySourceMustBeSnapshot "
        "OperationNotAllowedOnIncrementalCopyBlob",
    ),
    (
        _TIER,
        "BlobAccessTierNotSupportedForAccountType BlobTierInadequateForContentLength CannotChangeToLowerTier "
        "ContentLengthLargerThanTierLimit InvalidBlobTier BlobNotArchived",
    ),
    (
        _SNAPSHOTS,
        "PreviousSnapshotCannotBeNewer PreviousSnapshotOperationNotSupported SnapshotCountExceeded",
    ),
    (
        _OTHER_SERVICE,
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
        _DEFECT,
        "ConditionHeadersNotSupported InvalidHeaderValue InvalidHttpVerb InvalidInput InvalidQueryParameterValue "
        "InvalidRange InvalidXmlDocument InvalidXmlNodeValue MissingRequiredQueryParameter MissingRequiredHeader "
        "MissingRequiredXmlNode MultipleConditionHeadersNotSupported OutOfRangeQueryParameterValue UnsupportedHeader "
        "UnsupportedXmlNode UnsupportedQueryParameter UnsupportedHttpVerb FeatureVersionMismatch InvalidBlockId "
        "InvalidPageRange InvalidMarker SequenceNumberIncrementTooLarge UnsupportedRestVersion",
    ),
)


def _rows() -> Iterable[tuple[str, Refusal]]:
    yield from ((code, Refusal(ConditionNotMet, _AGAIN, reason)) for code, reason in _CONDITIONS.items())
    yield from ((code, Refusal(AccessError, remedy)) for code, remedy in _ACCESS.items())
    yield from ((code, Refusal(StoreUnavailable, remedy)) for code, remedy in _UNAVAILABLE.items())
    yield from ((code, Refusal(kind, "")) for code, kind in _MISSING.items())
    yield from ((code, Refusal(StoreError, remedy)) for remedy, codes in _OTHER for code in codes.split())


CODES: Final[Mapping[str, Refusal]] = {
    "AccountRequiresHttps": Refusal(
        HttpsRequired,
        'use https (--protocol https, or drop protocol = "http" from the account\'s settings), or turn '
        "'Secure transfer required' off on the account (Azure portal: Configuration)",
    ),
    **dict(_rows()),
}
"""By the service's code; the remedy of what is missing names the blob, and is written with its error."""
