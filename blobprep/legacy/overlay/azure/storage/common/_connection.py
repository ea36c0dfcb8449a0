"""How an account is found, under the old SDK's name."""

from __future__ import annotations

from blobprep.legacy.connection import ConnectionParameters as _ServiceParameters
