"""What the three services share, under the old SDK's name."""

from __future__ import annotations

from blobprep.legacy.beside import adopt as _adopt
from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.models import (
    Blob,
    BlobPermissions,
    BlobProperties,
    Container,
    ContainerPermissions,
    ContainerProperties,
    ListGenerator,
    Services,
)
from blobprep.legacy.sharedaccess import BlobSharedAccessSignature, SharedAccessSignature
from blobprep.legacy.wire.constants import (
    DEFAULT_PROTOCOL,
    SERVICE_HOST_BASE,
    VERSION as package_version,
    X_MS_VERSION,
)
from blobprep.legacy.wire.failures import AzureException, AzureHttpError
from blobprep.legacy.wire.messages import HTTPRequest
from blobprep.legacy.wire.sending import StorageClient
from blobprep.legacy.wire.failures import (
    INVALID_LEASE_BREAK_PERIOD as _ERROR_INVALID_LEASE_BREAK_PERIOD,
    INVALID_LEASE_DURATION as _ERROR_INVALID_LEASE_DURATION,
    PARALLEL_NOT_SEEKABLE as _ERROR_PARALLEL_NOT_SEEKABLE,
)

_CONTAINER_ALREADY_EXISTS_ERROR_CODE = "ContainerAlreadyExists"
_BLOB_NOT_FOUND_ERROR_CODE = "BlobNotFound"
_CONTAINER_NOT_FOUND_ERROR_CODE = "ContainerNotFound"

_adopt(__name__, [BaseBlobService])
