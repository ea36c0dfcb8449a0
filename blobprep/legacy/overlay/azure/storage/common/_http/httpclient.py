"""What sends, under the old SDK's name."""

from __future__ import annotations

from blobprep.legacy.wire.messages import HTTPResponse
from blobprep.legacy.wire.transport import HTTPClient as _HTTPClient
