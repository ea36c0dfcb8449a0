"""How an account is found, under the old SDK's name."""

from __future__ import annotations

from blobprep.legacy.connection import ConnectionParameters as _ServiceParameters
from blobprep.legacy.wire.constants import (
    DEFAULT_PROTOCOL,
    DEV_ACCOUNT_KEY,
    DEV_ACCOUNT_NAME,
    DEV_ACCOUNT_SECONDARY_NAME,
    DEV_BLOB_HOST,
    DEV_QUEUE_HOST,
    SERVICE_HOST_BASE,
)
from blobprep.legacy.wire.failures import STORAGE_MISSING_INFO as _ERROR_STORAGE_MISSING_INFO
