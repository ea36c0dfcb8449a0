"""Append blobs, under the old SDK's name."""

from __future__ import annotations

from blobprep.legacy.beside import adopt as _adopt
from blobprep.legacy.services.append import AppendBlobService
from blobprep.legacy.models import ResourceProperties
from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.wire.constants import DEFAULT_PROTOCOL, SERVICE_HOST_BASE
from blobprep.legacy.wire.messages import HTTPRequest
from blobprep.legacy.wire.failures import VALUE_NEGATIVE as _ERROR_VALUE_NEGATIVE

_adopt(__name__, [AppendBlobService])
