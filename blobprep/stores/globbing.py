"""Which blobs a reference names: one, or all that match its wildcards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from blobprep.errors import BlobNotFound, LimitError
from blobprep.reference import Reference, literal_prefix, matcher
from blobprep.reference.wildcards import is_flat
from blobprep.stores.base import BlobProperties
from blobprep.stores.folder_markers import is_folder_marker, require_data
from blobprep.stores.location import BlobLocation

__all__ = ["ReferencedBlobs", "expand"]


@dataclass(frozen=True, slots=True)
class ReferencedBlobs:
    """Hold a blob that is there, and its properties (its ETag among them) as they were seen."""

    located: BlobLocation
    properties: BlobProperties


def expand(
    located: BlobLocation,
    reference: Reference | None,
    *,
    most: int | None = None,
    is_folder: Callable[[BlobProperties], bool] = is_folder_marker,
) -> list[ReferencedBlobs]:
    """Find the blobs that a located reference names; what only marks a folder is none.

    Only names that begin as the pattern does are listed, and none behind the next `/` where the pattern has no more.

    Args:
        located: the reference in its store.
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
        return [ReferencedBlobs(located, require_data(located))]
    blobs, folders = [], 0
    for matching in _matching(located, reference):
        if is_folder(matching):
            folders += 1
            continue
        blobs.append(matching)
        if most is not None and len(blobs) > most:
            raise LimitError(
                f"{located.printed} matches more than {most} blobs", remedy="name fewer with a narrower pattern"
            )
    if not blobs:
        raise _no_match(located, folders)
    return [
        ReferencedBlobs(_sibling(located, reference.sibling(each.blob)), each)
        for each in sorted(blobs, key=lambda each: each.blob)
    ]


def _matching(located: BlobLocation, reference: Reference) -> Iterator[BlobProperties]:
    matches = matcher(reference)
    delimiter = "/" if is_flat(reference) else ""
    listed = located.store.list(located.container, literal_prefix(reference), delimiter=delimiter)
    return (each for each in listed if isinstance(each, BlobProperties) and matches(each.blob))


def _no_match(located: BlobLocation, folders: int) -> BlobNotFound:
    if folders:
        return BlobNotFound(
            f"only folders match {located.printed}", remedy="name the blobs in them: the pattern ends with /*"
        )
    return BlobNotFound(
        f"no blob matches {located.printed}",
        remedy="* stops at the next /, ** does not; %2A is a * itself and %3F a ?",
    )


def _sibling(located: BlobLocation, reference: Reference) -> BlobLocation:
    return replace(located, blob=reference.blob, printed=str(reference), exact=reference.exact)
