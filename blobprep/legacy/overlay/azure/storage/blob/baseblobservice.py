"""What the three services share, under the old SDK's name."""

from __future__ import annotations

from blobprep.legacy.services.base import BaseBlobService
