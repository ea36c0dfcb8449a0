"""Shared access signatures, where they were up to 0.36; and what those of 0.20 take."""

from __future__ import annotations

from azure.storage.common.sharedaccesssignature import SharedAccessSignature, _sign_string

from blobprep.legacy.early.models import ResourceType, SharedAccessPolicy
from blobprep.legacy.wire.constants import X_MS_VERSION
