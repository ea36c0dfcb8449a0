"""The parts of a batch request, and of its answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

__all__ = ["BatchDeleteSubRequest", "BatchSetBlobTierSubRequest", "BatchSubResponse"]


class BatchDeleteSubRequest:
    """One blob that a batch deletes."""

    def __init__(
        self,
        container_name: str,
        blob_name: str,
        snapshot: str | None = None,
        lease_id: str | None = None,
        delete_snapshots: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
    ) -> None:
        self.container_name = container_name
        self.blob_name = blob_name
        self.snapshot = snapshot
        self.lease_id = lease_id
        self.delete_snapshots = delete_snapshots
        self.if_modified_since = if_modified_since
        self.if_unmodified_since = if_unmodified_since
        self.if_match = if_match
        self.if_none_match = if_none_match


class BatchSetBlobTierSubRequest:
    """One blob that a batch moves to another tier."""

    def __init__(
        self,
        container_name: str,
        blob_name: str,
        standard_blob_tier: str,
        rehydrate_priority: str | None = None,
    ) -> None:
        self.container_name = container_name
        self.blob_name = blob_name
        self.standard_blob_tier = standard_blob_tier
        self.rehydrate_priority = rehydrate_priority


class BatchSubResponse:
    """What became of one part of a batch."""

    def __init__(self, is_successful: bool, http_response: Any, batch_sub_request: Any) -> None:
        self.is_successful = is_successful
        self.http_response = http_response
        self.batch_sub_request = batch_sub_request
