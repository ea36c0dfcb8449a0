"""Page blobs, under the old SDK's name."""

from __future__ import annotations

from blobprep.legacy.beside import adopt as _adopt
from blobprep.legacy.services.page import PageBlobService
from blobprep.legacy.models import PageBlobProperties, ResourceProperties
from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.wire.constants import DEFAULT_PROTOCOL, SERVICE_HOST_BASE
from blobprep.legacy.wire.messages import HTTPRequest
from blobprep.legacy.wire.failures import (
    PAGE_BLOB_SIZE_ALIGNMENT as _ERROR_PAGE_BLOB_SIZE_ALIGNMENT,
    VALUE_NEGATIVE as _ERROR_VALUE_NEGATIVE,
)

_PAGE_ALIGNMENT = 512

_adopt(__name__, [PageBlobService])
