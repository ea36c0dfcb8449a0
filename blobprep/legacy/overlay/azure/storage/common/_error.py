"""Errors and the texts of refusals, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.wire.failures import (
    AzureConflictHttpError,
    AzureException,
    AzureHttpError,
    AzureMissingResourceHttpError,
    AzureSigningError,
)
