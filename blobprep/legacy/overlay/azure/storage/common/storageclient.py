"""What every service is, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.wire.sending import StorageClient, sleep
from blobprep.legacy.wire.telling import logger
