"""What signs requests, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.wire.authentication import (
    NoAuthentication as _StorageNoAuthentication,
    SharedAccessSignatureAuthentication as _StorageSASAuthentication,
    SharedKeyAuthentication as _StorageSharedKeyAuthentication,
    logger,
)
from blobprep.legacy.wire.constants import DEV_ACCOUNT_NAME, DEV_ACCOUNT_SECONDARY_NAME
