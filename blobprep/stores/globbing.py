"""The blobs that a reference names: one, or all that match its wildcards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from blobprep.errors import BlobNotFound, LimitError
from blobprep.reference import Reference, literal_prefix, matcher
from blobprep.reference.named_parts import PartPattern
from blobprep.reference.wildcards import is_flat
from blobprep.stores.base import BlobProperties
from blobprep.stores.folder_markers import is_folder_marker, require_data
from blobprep.stores.location import BlobLocation, PinnedBlob

__all__ = ["expand", "expand_parts", "list_matching", "no_match"]


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
        raise no_match(location, folders)
    return [
        PinnedBlob(_sibling(location, reference.sibling(blob.blob)), blob)
        for blob in sorted(blobs, key=lambda blob: blob.blob)
    ]


def _matching(location: BlobLocation, reference: Reference) -> Iterator[BlobProperties]:
    matches = matcher(reference)
    delimiter = "/" if is_flat(reference) else ""
    listed = location.store.list(location.container, literal_prefix(reference), delimiter=delimiter)
    return (item for item in listed if isinstance(item, BlobProperties) and matches(item.blob))


def list_matching(
    location: BlobLocation,
    pattern: PartPattern,
    *,
    is_folder: Callable[[BlobProperties], bool] = is_folder_marker,
) -> Iterator[tuple[BlobProperties, Mapping[str, str]]]:
    """Yield the blobs that match a pattern with their parts, as they are listed, leaving out those that mark a folder.

    Args:
        location: any place in the container.
        pattern: of the names.
        is_folder: returns whether a matching blob only marks a folder.

    Raises:
        BlobNotFound: no blob matches; raised at the end.
        ContainerNotFound: the container does not exist.
    """
    parts_of = pattern.matcher()
    found = folders = 0
    listed = location.store.list(location.container, pattern.prefix, delimiter="/" if pattern.is_flat else "")
    for item in listed:
        if not isinstance(item, BlobProperties) or (parts := parts_of(item.blob)) is None:
            continue
        if is_folder(item):
            folders += 1
        else:
            found += 1
            yield item, parts
    if not found:
        raise no_match(replace(location, printed=pattern.printed), folders)


def expand_parts(
    location: BlobLocation,
    reference: Reference,
    pattern: PartPattern,
    *,
    most: int,
    is_folder: Callable[[BlobProperties], bool] = is_folder_marker,
) -> list[PinnedBlob]:
    """Find the blobs that match a pattern with named parts; as `expand`, and raises likewise."""
    blobs = [found for found, _ in islice(list_matching(location, pattern, is_folder=is_folder), most + 1)]
    if len(blobs) > most:
        raise LimitError(f"{pattern.printed} matches more than {most} blobs", remedy="use a narrower pattern")
    return [
        PinnedBlob(_sibling(location, reference.sibling(blob.blob)), blob)
        for blob in sorted(blobs, key=lambda blob: blob.blob)
    ]


def no_match(location: BlobLocation, folders: int) -> BlobNotFound:
    """Return the error for a pattern that matches no blob, but perhaps some that mark folders."""
    if folders:
        return BlobNotFound(
            f"only folders match {location.printed}", remedy="name the blobs in them: end the pattern with /*"
        )
    return BlobNotFound(
        f"no blob matches {location.printed}",
        remedy="* stops at the next /, ** does not; write %2A for a literal * and %3F for a literal ?",
    )


def _sibling(location: BlobLocation, reference: Reference) -> BlobLocation:
    return replace(location, blob=reference.blob, printed=str(reference), exact=reference.exact)
