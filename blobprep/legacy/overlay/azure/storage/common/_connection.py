"""How an account is found, under the old SDK's name."""

from __future__ import annotations

from blobprep.legacy.connection import (
    EMULATED_HOSTS as _EMULATOR_ENDPOINTS,
    ConnectionParameters as _ServiceParameters,
)
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

_CONNECTION_ENDPOINTS = {service: f"{service.capitalize()}Endpoint" for service in _EMULATOR_ENDPOINTS}
_CONNECTION_ENDPOINTS_SECONDARY = {
    service: f"{service.capitalize()}SecondaryEndpoint" for service in _EMULATOR_ENDPOINTS
}
