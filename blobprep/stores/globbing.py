"""The blobs that a reference names: one, or all that match its wildcards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from blobprep.errors import BlobNotFound, LimitError
from blobprep.reference import Reference, literal_prefix, matcher
from blobprep.reference.wildcards import is_flat
from blobprep.stores.base import BlobProperties
from blobprep.stores.folder_markers import is_folder_marker, require_data
from blobprep.stores.location import BlobLocation, PinnedBlob

__all__ = ["expand", "no_match"]


def expand(
    location: BlobLocation,
    reference: Reference | None,
    *,
    most: int | None = None,
    is_folder: Callable[[BlobProperties], bool] = is_folder_marker,
) -> list[PinnedBlob]:
    """Find the blobs that a reference names, leaving out those that only mark a folder.

    Only names that share the literal start of the pattern are listed, and only one level if no wildcard crosses a `/`.

    Args:
        location: the reference in its store.
        reference: the reference; None for a local path, which has no wildcards.
        most: how many blobs may match; None for any number.
        is_folder: returns whether a matching blob only marks a folder.

    Returns:
        At least one blob, sorted by name.

    Raises:
        BlobNotFound: no blob matches.
        ContainerNotFound: the container does not exist.
        LimitError: more than `most` blobs match.
    """
    if reference is None or reference.pattern is None:
        return [PinnedBlob(location, require_data(location))]
    blobs, folders = [], 0
    for matching in _matching(location, reference):
        if is_folder(matching):
            folders += 1
            continue
        blobs.append(matching)
        if most is not None and len(blobs) > most:
            raise LimitError(f"{location.printed} matches more than {most} blobs", remedy="use a narrower pattern")
    if not blobs:
        raise no_match(location.printed, folders)
    return [
        PinnedBlob(_sibling(location, reference.sibling(blob.blob)), blob)
        for blob in sorted(blobs, key=lambda blob: blob.blob)
    ]


def _matching(location: BlobLocation, reference: Reference) -> Iterator[BlobProperties]:
    matches = matcher(reference)
    delimiter = "/" if is_flat(reference) else ""
    listed = location.store.list(location.container, literal_prefix(reference), delimiter=delimiter)
    return (item for item in listed if isinstance(item, BlobProperties) and matches(item.blob))


def no_match(printed: str, folders: int) -> BlobNotFound:
    """Return the error for a reference that no blob matches, or only so many folders."""
    if folders:
        return BlobNotFound(f"only folders match {printed}", remedy="name the blobs in them: end the pattern with /*")
    return BlobNotFound(
        f"no blob matches {printed}",
        remedy="* stops at the next /, ** does not; write %2A for a literal * and %3F for a literal ?",
    )


def _sibling(location: BlobLocation, reference: Reference) -> BlobLocation:
    return replace(location, blob=reference.blob, printed=str(reference), exact=reference.exact)
