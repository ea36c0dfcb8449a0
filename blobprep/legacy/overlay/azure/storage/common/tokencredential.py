"""Token credentials, under the old SDK's name."""

from __future__ import annotations

from blobprep.legacy.wire.authentication import TokenCredential
