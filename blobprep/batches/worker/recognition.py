"""Whether an item's results are in place already, told by the manifest of the run that wrote them."""

from __future__ import annotations

from contextlib import suppress
from typing import Literal

from blobprep.batches.work import WorkItem
from blobprep.errors import BlobNotFound, ContainerNotFound
from blobprep.manifest import MANIFEST_NAME, Manifest
from blobprep.settings.workspace import Workspace

__all__ = ["is_own", "manifest_there", "state_of_results"]


def manifest_there(work: WorkItem, workspace: Workspace) -> Manifest | None:
    """Return the manifest at the place of an item's results; None if none of this version is there."""
    prefix = workspace.locate(work.item.output, prefix=True, names=())
    with suppress(BlobNotFound, ContainerNotFound, ValueError):
        return Manifest.decode(prefix.child(MANIFEST_NAME).read())
    return None


def is_own(work: WorkItem, found: Manifest) -> bool:
    """Return whether a manifest is of a run that depended on the same as this item, and succeeded."""
    return found.status == "succeeded" and found.batch is not None and found.batch.fingerprint == work.fingerprint


def state_of_results(found: Manifest, workspace: Workspace) -> Literal["there", "gone", "changed"]:
    """Return whether the results are still what a manifest says."""
    for output in found.outputs:
        if output.port == "results":
            try:
                etag = workspace.locate(output.reference, names=()).properties().etag
            except (BlobNotFound, ContainerNotFound):
                return "gone"
            if etag != output.etag:
                return "changed"
    return "there"
