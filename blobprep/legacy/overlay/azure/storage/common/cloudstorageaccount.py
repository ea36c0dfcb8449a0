"""An account, under the old SDK's name."""

from __future__ import annotations

from blobprep.legacy.accounts import CloudStorageAccount
