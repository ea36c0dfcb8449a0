"""The parts of a batch request, and of its answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from blobprep.legacy.models.declared import model

__all__ = ["BatchDeleteSubRequest", "BatchSetBlobTierSubRequest", "BatchSubResponse"]


@model
class BatchDeleteSubRequest:
    """One blob that a batch deletes."""

    container_name: str
    blob_name: str
    snapshot: str | None = None
    lease_id: str | None = None
    delete_snapshots: str | None = None
    if_modified_since: datetime | None = None
    if_unmodified_since: datetime | None = None
    if_match: str | None = None
    if_none_match: str | None = None


@model
class BatchSetBlobTierSubRequest:
    """One blob that a batch moves to another tier."""

    container_name: str
    blob_name: str
    standard_blob_tier: str
    rehydrate_priority: str | None = None


@model
class BatchSubResponse:
    """What became of one part of a batch."""

    is_successful: bool
    http_response: Any
    batch_sub_request: Any
