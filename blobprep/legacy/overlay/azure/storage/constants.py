"""Constants, where they were up to 0.20."""

from __future__ import annotations

from blobprep.legacy.wire.constants import (
    AUTHOR as __author__,
    DEV_ACCOUNT_KEY,
    DEV_ACCOUNT_NAME,
    DEV_BLOB_HOST,
    DEV_QUEUE_HOST,
    VERSION as __version__,
    X_MS_VERSION,
)

BLOB_SERVICE_HOST_BASE = ".blob.core.windows.net"
DEFAULT_HTTP_TIMEOUT = 65
AZURE_STORAGE_ACCOUNT = "AZURE_STORAGE_ACCOUNT"
AZURE_STORAGE_ACCESS_KEY = "AZURE_STORAGE_ACCESS_KEY"
EMULATED = "EMULATED"
