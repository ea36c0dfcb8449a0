"""Containers, blobs and what is said of them, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.beside import adopt as _adopt
from blobprep.legacy.early.models import (
    BlobEnumResults,
    BlobResult,
    BlobSharedAccessPermissions,
    ContainerEnumResults,
    ContainerSharedAccessPermissions,
    PageList,
    Properties,
)
from blobprep.legacy.models import (
    AccountInformation,
    AppendBlockProperties,
    BatchDeleteSubRequest,
    BatchSetBlobTierSubRequest,
    BatchSubResponse,
    Blob,
    BlobBlock,
    BlobBlockList,
    BlobBlockState,
    BlobPermissions,
    BlobPrefix,
    BlobProperties,
    BlobTypes as _BlobTypes,
    BlockListType,
    Container,
    ContainerPermissions,
    ContainerProperties,
    ContentSettings,
    CopyProperties,
    CustomerProvidedEncryptionKey,
    DeleteSnapshot,
    Include,
    LeaseActions as _LeaseActions,
    LeaseProperties,
    PageBlobProperties,
    PageRange,
    PremiumPageBlobTier,
    PublicAccess,
    RehydratePriority,
    ResourceProperties,
    SequenceNumberAction,
    StandardBlobTier,
    UserDelegationKey,
)

_adopt(__name__, globals().values())
