"""Token credentials, under the old SDK's name."""

from __future__ import annotations

from blobprep.legacy.beside import adopt as _adopt
from blobprep.legacy.wire.authentication import TokenCredential

_adopt(__name__, [TokenCredential])
