"""The blobs of an item as an input of its run: nothing is listed or looked up again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from blobprep.batches.items import InputBlob
from blobprep.errors import BlobNotFound
from blobprep.inputs.sources import PinnedBlobs
from blobprep.settings.workspace import Workspace
from blobprep.stores import BlobProperties
from blobprep.stores.location import PinnedBlob

__all__ = ["pin_blobs"]

_UNKNOWN: Final = datetime.min.replace(tzinfo=UTC)  # an input's times play no part in a run


def pin_blobs(
    workspace: Workspace, blobs: Sequence[InputBlob], columns: Mapping[str, tuple[str, tuple[str, ...]]] | None = None
) -> PinnedBlobs:
    """Return blobs of an item as a dataset in the states that the plan saw.

    Args:
        workspace: opens their account, by the settings of the process that runs the item.
        blobs: at least one, in the order of their rows.
        columns: those that are added to the dataset; see `Item.partition_columns`.

    Raises:
        InvalidReference, SettingError, ProtocolForbidden: as `Workspace.locate`.
        BlobNotFound: one of them was not there when the batch was planned.
    """
    return PinnedBlobs(tuple(_pin(workspace, blob) for blob in blobs), columns or {})


def _pin(workspace: Workspace, blob: InputBlob) -> PinnedBlob:
    if not blob.etag:
        raise BlobNotFound(
            f"{blob.reference} was not there when the batch was planned", remedy="write it, and resume the batch"
        )
    location = workspace.locate(blob.reference, names=())
    properties = BlobProperties(
        location.container,
        location.blob,
        blob.size,
        blob.etag,
        _UNKNOWN,
        _UNKNOWN,
        blob.content_type,
        version_id=location.version_id,
    )
    return PinnedBlob(location, properties)
