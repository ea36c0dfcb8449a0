"""Constants, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.wire.constants import (
    AUTHOR as __author__,
    DEFAULT_PROTOCOL,
    DEFAULT_SOCKET_TIMEOUT,
    DEFAULT_USER_AGENT_STRING,
    DEV_ACCOUNT_KEY,
    DEV_ACCOUNT_NAME,
    DEV_ACCOUNT_SECONDARY_NAME,
    DEV_BLOB_HOST,
    DEV_QUEUE_HOST,
    SERVICE_HOST_BASE,
    USER_AGENT_STRING_PREFIX,
    USER_AGENT_STRING_SUFFIX,
    VERSION as __version__,
    X_MS_VERSION as DEFAULT_X_MS_VERSION,
)

_ENCRYPTION_PROTOCOL_V1 = "1.0"
_AUTHORIZATION_HEADER_NAME = "Authorization"
_COPY_SOURCE_HEADER_NAME = "x-ms-copy-source"
_REDACTED_VALUE = "REDACTED"
_CLIENT_REQUEST_ID_HEADER_NAME = "x-ms-client-request-id"
