"""What every service is, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.wire.sending import StorageClient, sleep
from blobprep.legacy.wire.telling import logger
from blobprep.legacy.models import LocationMode, OperationContext as _OperationContext, RetryContext
from blobprep.legacy.retry import ExponentialRetry
from blobprep.legacy.wire.constants import (
    DEFAULT_SOCKET_TIMEOUT,
    DEFAULT_USER_AGENT_STRING,
    USER_AGENT_STRING_PREFIX,
    USER_AGENT_STRING_SUFFIX,
    X_MS_VERSION as DEFAULT_X_MS_VERSION,
)
from blobprep.legacy.wire.failures import AzureException, AzureHttpError, AzureSigningError
from blobprep.legacy.wire.messages import HTTPError
