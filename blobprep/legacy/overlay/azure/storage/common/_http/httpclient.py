"""What sends, under the old SDK's name."""

from __future__ import annotations

import logging

from blobprep.legacy.wire.messages import HTTPResponse
from blobprep.legacy.wire.transport import HTTPClient as _HTTPClient

logger = logging.getLogger(__name__)
