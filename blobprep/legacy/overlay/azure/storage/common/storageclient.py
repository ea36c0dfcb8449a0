"""What every service is, under the old SDK's names."""

from __future__ import annotations

from azure.storage.common.sharedaccesssignature import _QueryStringConstants
from blobprep.legacy.beside import adopt as _adopt
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
from blobprep.legacy.wire.failures import DECRYPTION_FAILURE as _ERROR_DECRYPTION_FAILURE

_AUTHORIZATION_HEADER_NAME = "Authorization"
_COPY_SOURCE_HEADER_NAME = "x-ms-copy-source"
_REDACTED_VALUE = "REDACTED"
_CLIENT_REQUEST_ID_HEADER_NAME = "x-ms-client-request-id"

_adopt(__name__, [StorageClient])
