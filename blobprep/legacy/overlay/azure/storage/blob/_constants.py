"""Versions, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.wire.constants import AUTHOR as __author__, VERSION as __version__, X_MS_VERSION

_LARGE_BLOB_UPLOAD_MAX_READ_BUFFER_SIZE = 4 * 1024 * 1024
