"""Write a blob whose bytes are at hand, and the container it needs."""

from __future__ import annotations

from blobprep.errors import OutputContainerMissing
from blobprep.stores import BLOCK_SIZE, Condition
from blobprep.stores.location import BlobLocation

__all__ = ["make_container", "write"]


def write(target: BlobLocation, content: bytes, content_type: str, condition: Condition) -> str:
    """Write a blob of any size in one step, and return its ETag; raises as `Store.write`."""
    store = target.store
    if len(content) <= BLOCK_SIZE:
        return store.write(target.container, target.blob, content, content_type=content_type, condition=condition)
    upload = store.upload(target.container, target.blob)
    try:
        starts = range(0, len(content), BLOCK_SIZE)
        for index, start in enumerate(starts):
            upload.put(index, content[start : start + BLOCK_SIZE])
        return upload.commit(len(starts), content_type=content_type, condition=condition)
    finally:
        upload.abandon()


def make_container(prefix: BlobLocation, *, create: bool) -> None:
    """Create the container a prefix lacks; a folder on this machine needs no leave.

    Raises:
        OutputContainerMissing: it was not to be created.
    """
    if not (create or (prefix.store.protocol == "file" and not prefix.container)):
        raise OutputContainerMissing(
            f"the container {prefix.container} of output {prefix.printed} does not exist",
            remedy="create it, or run again with --create-container",
        )
    prefix.store.create_container(prefix.container)
