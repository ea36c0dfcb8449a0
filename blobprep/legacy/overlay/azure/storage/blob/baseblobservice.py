"""What the three services share, under the old SDK's name."""

from __future__ import annotations

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
