"""Which blobs a reference names: one, or all that match its wildcards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice

from blobprep.errors import BlobNotFound, LimitError
from blobprep.reference import Reference, literal_prefix, matcher
from blobprep.reference.wildcards import is_flat
from blobprep.stores.base import BlobProperties
from blobprep.stores.located import Located

__all__ = ["Found", "expand"]


@dataclass(frozen=True, slots=True)
class Found:
    """Hold a blob that is there, and its properties (its ETag among them) as they were seen."""

    located: Located
    properties: BlobProperties


def expand(located: Located, reference: Reference | None, *, most: int | None = None) -> list[Found]:
    """Find the blobs that a located reference names.

    Only names that begin as the pattern does are listed, and none behind the next `/` where the pattern has no more.

    Args:
        located: the reference in its store.
        reference: itself; None for a local path, where nothing is a wildcard.
        most: how many may match; None for any number.

    Returns:
        The blobs, sorted by name; never none.

    Raises:
        BlobNotFound: there is none.
        ContainerNotFound: there is no such container.
        LimitError: more than `most` match.
    """
    if reference is None or reference.pattern is None:
        return [Found(located, located.properties())]
    matches = matcher(reference)
    delimiter = "/" if is_flat(reference) else ""
    listed = located.store.list(located.container, literal_prefix(reference), delimiter=delimiter)
    matching = (each for each in listed if isinstance(each, BlobProperties) and matches(each.blob))
    blobs = list(islice(matching, None if most is None else most + 1))
    if most is not None and len(blobs) > most:
        raise LimitError(
            f"{located.printed} matches more than {most} blobs", remedy="name fewer with a narrower pattern"
        )
    if not blobs:
        raise BlobNotFound(
            f"no blob matches {located.printed}",
            remedy="* stops at the next /, ** does not; %2A is a * itself and %3F a ?",
        )
    return [
        Found(replace(located, blob=each.blob, printed=str(reference.sibling(each.blob))), each)
        for each in sorted(blobs, key=lambda each: each.blob)
    ]
