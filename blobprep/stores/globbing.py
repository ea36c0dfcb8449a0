"""Which blobs a reference names: one, or all that match its wildcards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from blobprep.errors import BlobNotFound, LimitError
from blobprep.reference import Reference, literal_prefix, matcher
from blobprep.reference.wildcards import is_flat
from blobprep.stores.base import BlobProperties
from blobprep.stores.folder_markers import is_folder_marker, require_data
from blobprep.stores.location import BlobLocation, PinnedBlob

__all__ = ["expand"]


def expand(
    location: BlobLocation,
    reference: Reference | None,
    *,
    most: int | None = None,
    is_folder: Callable[[BlobProperties], bool] = is_folder_marker,
) -> list[PinnedBlob]:
    """Find the blobs that a location reference names; what only marks a folder is none.

    Only names that begin as the pattern does are listed, and none behind the next `/` where the pattern has no more.

    Args:
        location: the reference in its store.
        reference: itself; None for a local path, where nothing is a wildcard.
        most: how many may match; None for any number.
        is_folder: tells of a blob that matches whether it only marks a folder.

    Returns:
        The blobs, sorted by name; never none.

    Raises:
        BlobNotFound: there is none.
        ContainerNotFound: there is no such container.
        LimitError: more than `most` match.
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
            raise LimitError(
                f"{location.printed} matches more than {most} blobs", remedy="name fewer with a narrower pattern"
            )
    if not blobs:
        raise _no_match(location, folders)
    return [
        PinnedBlob(_sibling(location, reference.sibling(each.blob)), each)
        for each in sorted(blobs, key=lambda each: each.blob)
    ]


def _matching(location: BlobLocation, reference: Reference) -> Iterator[BlobProperties]:
    matches = matcher(reference)
    delimiter = "/" if is_flat(reference) else ""
    listed = location.store.list(location.container, literal_prefix(reference), delimiter=delimiter)
    return (each for each in listed if isinstance(each, BlobProperties) and matches(each.blob))


def _no_match(location: BlobLocation, folders: int) -> BlobNotFound:
    if folders:
        return BlobNotFound(
            f"only folders match {location.printed}", remedy="name the blobs in them: the pattern ends with /*"
        )
    return BlobNotFound(
        f"no blob matches {location.printed}",
        remedy="* stops at the next /, ** does not; %2A is a * itself and %3F a ?",
    )


def _sibling(location: BlobLocation, reference: Reference) -> BlobLocation:
    return replace(location, blob=reference.blob, printed=str(reference), exact=reference.exact)
