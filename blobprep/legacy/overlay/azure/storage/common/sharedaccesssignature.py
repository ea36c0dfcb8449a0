"""Shared access signatures of accounts, under the old SDK's name."""

from __future__ import annotations

from blobprep.legacy.beside import adopt as _adopt
from blobprep.legacy.sharedaccess import SharedAccessSignature
from blobprep.legacy.wire.conversions import signature as _sign_string
from blobprep.legacy.wire.constants import X_MS_VERSION as DEFAULT_X_MS_VERSION

_adopt(__name__, [SharedAccessSignature])
