"""Shared access signatures of blobs, under the old SDK's name."""

from __future__ import annotations

from blobprep.legacy.sharedaccess import BlobSharedAccessSignature, SharedAccessSignature
