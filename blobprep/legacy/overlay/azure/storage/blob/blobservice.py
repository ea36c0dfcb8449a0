"""The one service of all kinds of blobs, where it was up to 0.20."""

from __future__ import annotations

from blobprep.legacy.early import BlobService
