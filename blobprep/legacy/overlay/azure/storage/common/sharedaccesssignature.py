"""Shared access signatures of accounts, under the old SDK's name."""

from __future__ import annotations

from blobprep.legacy.sharedaccess import SharedAccessSignature
from blobprep.legacy.wire.conversions import signature as _sign_string
