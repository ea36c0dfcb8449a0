"""`cat`: the bytes of a blob or a local file, unchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from blobprep.errors import InvalidReference
from blobprep.settings import Workspace
from blobprep.stores.folder_markers import require_data
from blobprep.transfer.ranges import read_in_order

__all__ = ["cat"]


def cat(
    reference: str, *, workspace: Workspace | None = None, progress: Callable[[int, int], None] | None = None
) -> Iterator[bytes]:
    """Read a blob or a local file from start to end.

    Args:
        reference: the reference of a blob, or a path.
        workspace: the settings in force; None for those of the working folder and this process.
        progress: called with the bytes taken so far and the bytes in all.

    Returns:
        The bytes in pieces. The blob is known to exist by then; the pieces are read as they are consumed.

    Raises:
        UsageError: the reference or a setting is wrong.
        BlobNotFound, ContainerNotFound, AccessError, StoreUnavailable: as the store answers.
        BlobChanged: the blob changed meanwhile; raised by the iterator.
    """
    location = (workspace or Workspace()).locate(reference)
    if location.is_prefix:
        raise InvalidReference(f"{location.printed} does not name a blob", remedy=location.prefix_remedy)
    properties = require_data(location)
    pieces = read_in_order(location, properties)
    return pieces if progress is None else _telling(pieces, properties.size, progress)


def _telling(pieces: Iterator[bytes], total: int, progress: Callable[[int, int], None]) -> Iterator[bytes]:
    done = 0
    for piece in pieces:
        yield piece
        done += len(piece)
        progress(done, total)
