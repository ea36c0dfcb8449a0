"""What every service is, where it was up to 0.36."""

from __future__ import annotations

from azure.storage.common.storageclient import (
    DEFAULT_SOCKET_TIMEOUT,
    AzureException,
    ExponentialRetry,
    HTTPError,
    LocationMode,
    RetryContext,
    StorageClient,
    _OperationContext,
)
from azure.storage.constants import AZURE_STORAGE_ACCESS_KEY, AZURE_STORAGE_ACCOUNT, EMULATED

SOCKET_TIMEOUT = DEFAULT_SOCKET_TIMEOUT
