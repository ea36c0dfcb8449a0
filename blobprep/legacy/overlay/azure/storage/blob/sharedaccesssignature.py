"""Shared access signatures of blobs, under the old SDK's name."""

from __future__ import annotations

from blobprep.legacy.beside import adopt as _adopt
from blobprep.legacy.sharedaccess import BlobSharedAccessSignature, SharedAccessSignature
from blobprep.legacy.wire.constants import X_MS_VERSION

_adopt(__name__, [BlobSharedAccessSignature])
