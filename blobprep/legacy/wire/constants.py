"""The constants of the old SDK: its version, its hosts and the emulator's account."""

from __future__ import annotations

import platform
from typing import Final

__all__ = [
    "AUTHOR",
    "AZURE_STORAGE_ACCESS_KEY",
    "AZURE_STORAGE_ACCOUNT",
    "BLOB_SERVICE_HOST_BASE",
    "DEFAULT_HTTP_TIMEOUT",
    "DEFAULT_PROTOCOL",
    "DEFAULT_SOCKET_TIMEOUT",
    "DEFAULT_USER_AGENT_STRING",
    "DEV_ACCOUNT_KEY",
    "DEV_ACCOUNT_NAME",
    "DEV_ACCOUNT_SECONDARY_NAME",
    "DEV_BLOB_HOST",
    "DEV_QUEUE_HOST",
    "EMULATED",
    "SERVICE_HOST_BASE",
    "USER_AGENT_STRING_PREFIX",
    "USER_AGENT_STRING_SUFFIX",
    "VERSION",
    "X_MS_VERSION",
]

AUTHOR: Final = "Microsoft Corp. <ptvshelp@microsoft.com>"
VERSION: Final = "2.1.0"
"""The version of the old SDK whose behavior this is."""

X_MS_VERSION: Final = "2019-02-02"

USER_AGENT_STRING_PREFIX: Final = f"Azure-Storage/{VERSION}-"
USER_AGENT_STRING_SUFFIX: Final = (
    f"(Python {platform.python_implementation()} {platform.python_version()}; {platform.system()} {platform.release()})"
)

DEFAULT_USER_AGENT_STRING: Final = f"{USER_AGENT_STRING_PREFIX}None {USER_AGENT_STRING_SUFFIX}"

SERVICE_HOST_BASE: Final = "core.windows.net"
DEFAULT_PROTOCOL: Final = "https"
DEFAULT_SOCKET_TIMEOUT: Final = (20, 2000)
"""Seconds to connect, and to wait for data: 100 MB at 50 KB a second."""

# The emulator's account, with its published key.
DEV_BLOB_HOST: Final = "127.0.0.1:10000"
DEV_QUEUE_HOST: Final = "127.0.0.1:10001"
DEV_ACCOUNT_NAME: Final = "devstoreaccount1"
DEV_ACCOUNT_SECONDARY_NAME: Final = "devstoreaccount1-secondary"
DEV_ACCOUNT_KEY: Final = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

# Other constants that modules of the old SDK had.
AZURE_STORAGE_ACCESS_KEY: Final = "AZURE_STORAGE_ACCESS_KEY"
AZURE_STORAGE_ACCOUNT: Final = "AZURE_STORAGE_ACCOUNT"
EMULATED: Final = "EMULATED"
BLOB_SERVICE_HOST_BASE: Final = f".blob.{SERVICE_HOST_BASE}"
DEFAULT_HTTP_TIMEOUT: Final = 65
_AUTHORIZATION_HEADER_NAME: Final = "Authorization"
_BLOB_NOT_FOUND_ERROR_CODE: Final = "BlobNotFound"
_CLIENT_REQUEST_ID_HEADER_NAME: Final = "x-ms-client-request-id"
_CONTAINER_ALREADY_EXISTS_ERROR_CODE: Final = "ContainerAlreadyExists"
_CONTAINER_NOT_FOUND_ERROR_CODE: Final = "ContainerNotFound"
_COPY_SOURCE_HEADER_NAME: Final = "x-ms-copy-source"
_LARGE_BLOB_UPLOAD_MAX_READ_BUFFER_SIZE: Final = 4 * 1024 * 1024
_PAGE_ALIGNMENT: Final = 512
_REDACTED_VALUE: Final = "REDACTED"
