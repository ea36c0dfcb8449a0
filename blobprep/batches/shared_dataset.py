"""The second dataset that all items of a batch read: found once, in one state for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from blobprep.batches.items import InputBlob, Item
from blobprep.batches.job import full_reference
from blobprep.formats import format_by_name
from blobprep.runs.options import RunOptions
from blobprep.settings.workspace import Workspace
from blobprep.stores.location import PinnedBlob

__all__ = ["find_shared_dataset", "share_dataset"]


def find_shared_dataset(workspace: Workspace, options: RunOptions) -> tuple[InputBlob, ...]:
    """Return the blobs of the second dataset; empty if there is none, or if it goes by the item.

    Raises:
        UsageError: it is not a reference, a name or a path.
        StoreError: it is not there, or cannot be reached.
    """
    text = options.dataset2
    if text is None or "{" in text:
        return ()
    return tuple(map(_input, workspace.expand(text)))


def share_dataset(items: Iterable[Item], dataset2: tuple[InputBlob, ...]) -> Iterator[Item]:
    """Yield items with the second dataset that they share, if they have none of their own."""
    return (item if item.dataset2 or not dataset2 else replace(item, dataset2=dataset2) for item in items)


def _input(blob: PinnedBlob) -> InputBlob:
    found = blob.properties
    content_type = "" if format_by_name(found.blob).format else found.content_type
    return InputBlob(full_reference(blob.location), found.etag, found.size, content_type)
