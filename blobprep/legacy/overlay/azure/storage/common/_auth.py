"""What signs requests, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.wire.authentication import logger
