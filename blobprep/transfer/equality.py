"""Whether a copy is there already: complete, and with the bytes of its source."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from blobprep.stores import BLOCK_SIZE, BlobProperties
from blobprep.stores.location import BlobLocation
from blobprep.transfer.ranges import Range, read_range

__all__ = ["BlobState", "Check", "Verdict", "are_equal", "compare", "md5_of", "with_md5"]

Check = Literal["checksum", "size"]
"""What must agree for two blobs to be equal: the MD5 too, or the size alone."""

Verdict = Literal["equal", "different", "unread", "unknown"]
"""`unread`: a file must be read to tell. `unknown`: a blob has no MD5, and nothing else tells."""

_OCTETS: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class BlobState:
    """What a copy needs to know about a blob or local file, of one state of it.

    Attributes:
        size: bytes.
        etag: its version mark; reading demands it.
        md5: as `BlobProperties.md5`.
        content_type, metadata: as stored.
    """

    size: int
    etag: str
    md5: str = ""
    content_type: str = _OCTETS
    metadata: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, found: BlobProperties) -> BlobState:
        """Return the state that a store's answer shows."""
        return cls(found.size, found.etag, found.md5, found.content_type, found.metadata)


def compare(
    source: tuple[BlobLocation, BlobState], target: tuple[BlobLocation, BlobState], check: Check, *, recorded: bool
) -> Verdict:
    """Return whether what is at the target is a copy of the source, as far as it can be told without reading.

    Between accounts content type and metadata count too, since they are copied.

    Args:
        source: where it is, and its state.
        target: likewise.
        check: what must agree.
        recorded: whether a record says that this state of the target was copied from this state of the source.
    """
    (origin, first), (goal, second) = source, target
    if first.size != second.size:
        return "different"
    if recorded:
        return "equal"
    if origin.container and goal.container and not _same_headers(first, second):
        return "different"
    if check == "size":
        return "equal"
    if first.md5 and second.md5:
        return "equal" if first.md5 == second.md5 else "different"
    return "unread" if all(state.md5 or _is_file(place) for place, state in (source, target)) else "unknown"


def are_equal(source: tuple[BlobLocation, BlobState], target: tuple[BlobLocation, BlobState]) -> bool:
    """Return whether two blobs have the same bytes; files that have no MD5 are read.

    Raises:
        BlobChanged: one changed meanwhile.
        StoreError: one cannot be read.
    """
    return with_md5(*source).md5 == with_md5(*target).md5


def with_md5(location: BlobLocation, state: BlobState) -> BlobState:
    """Return a state with its MD5, for which the blob is read if it has none; raises as `are_equal`."""
    if state.md5:
        return state
    digest = hashlib.md5(usedforsecurity=False)
    for index, offset in enumerate(range(0, state.size, BLOCK_SIZE)):
        part = Range(index, offset, min(BLOCK_SIZE, state.size - offset))
        digest.update(read_range(location, state.etag, part))
    return replace(state, md5=b64encode(digest.digest()).decode())


def md5_of(data: bytes) -> str:
    """Return the MD5 of some bytes as `BlobProperties.md5` has it."""
    return b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def _is_file(location: BlobLocation) -> bool:
    return location.store.protocol == "file"


def _same_headers(first: BlobState, second: BlobState) -> bool:
    """Return whether content type and metadata agree; the service keeps no upper and lower case of names."""
    texts = [{name.lower(): value.strip() for name, value in state.metadata.items()} for state in (first, second)]
    return first.content_type == second.content_type and texts[0] == texts[1]
