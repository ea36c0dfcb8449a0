"""Append blobs, under the old SDK's name."""

from __future__ import annotations

from blobprep.legacy.services.append import AppendBlobService
