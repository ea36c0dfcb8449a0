"""Rules of the service, for the stores that take its place, and the errors they share with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator

from blobprep.errors import BlobNotFound, BlobprepError, ConditionNotMet, ContainerNotFound, Defect, StoreError
from blobprep.reference.names import CONTAINER_RULE, is_container_name
from blobprep.stores.base import BLOCK_SIZE, BlobPrefix, BlobProperties, Condition, IfAbsent, IfMatch, Write

__all__ = [
    "StagedBlocks",
    "blob_missing",
    "collect",
    "collect_into",
    "container_missing",
    "format_name",
    "group_by_delimiter",
    "require",
    "require_container_name",
    "require_current",
]


def format_name(container: str, blob: str, account: str) -> str:
    """Return the name of a blob, container or account for a message; of a blob without a container, a local file's.

    >>> format_name("raw", "a.csv", "contoso"), format_name("", "data/a.csv", "local")
    ('raw/a.csv in account contoso', 'the file data/a.csv')
    """
    if blob and not container:
        return f"the file {blob}"
    place = "/".join(filter(None, (container, blob)))
    return f"{place} in account {account}" if place else f"account {account}"


def blob_missing(container: str, blob: str, account: str) -> BlobNotFound:
    """Return the error for a blob that does not exist; without a container it is a local file."""
    if not container:
        remedy = "check its path, including upper and lower case"
        if "*" in blob or "?" in blob:
            remedy = "name one file or its folder: of local paths, only those of blobprep batch and watch are patterns"
        return BlobNotFound(f"there is no file {blob}", remedy=remedy)
    return BlobNotFound(
        f"there is no blob {format_name(container, blob, account)}",
        remedy="check its name, including upper and lower case; `blobprep ls` lists what is there",
    )


def container_missing(container: str, account: str) -> ContainerNotFound:
    """Return the error for a container that does not exist; without a name it is a local folder."""
    if not container:
        return ContainerNotFound("there is no such folder", remedy="check its path, or create it")
    return ContainerNotFound(
        f"there is no container {format_name(container, '', account)}",
        remedy="check its name and the account, or create it",
    )


def require_container_name(container: str, account: str) -> None:
    """Check a new container's name by the rule of the service.

    Raises:
        StoreError: it breaks the rule, which the remedy states.
    """
    if not is_container_name(container):
        raise StoreError(
            f"{container!r} is not a valid name for a container, in account {account}", remedy=CONTAINER_RULE
        )


def require_current(container: str, blob: str, account: str, *, version_id: str | None, snapshot: str | None) -> None:
    """Check that no version or snapshot is requested: only accounts in Azure keep them.

    Raises:
        BlobNotFound: one is requested.
    """
    if version_id is not None or snapshot is not None:
        raise BlobNotFound(
            f"there is no such version or snapshot of {format_name(container, blob, account)}",
            remedy="leave it out: only accounts in Azure keep versions and snapshots",
        )


def require(condition: Condition, etag: str | None, name: str) -> None:
    """Check that a blob meets a condition.

    Args:
        condition: what is required.
        etag: the blob's present ETag, None if there is no blob.
        name: the blob's name, for the message.

    Raises:
        ConditionNotMet: it does not.
    """
    if isinstance(condition, IfAbsent) and etag is not None:
        raise ConditionNotMet(f"the blob {name} exists already", remedy="choose another name, or replace it")
    if isinstance(condition, IfMatch) and etag != condition.etag:
        state = "is gone now" if etag is None else f"has ETag {etag} now"
        raise ConditionNotMet(
            f"{name} has changed: ETag {condition.etag} was expected, but it {state}",
            remedy="check its present state and try again",
        )


def group_by_delimiter(
    found: Iterable[BlobProperties], prefix: str, delimiter: str
) -> Iterator[BlobProperties | BlobPrefix]:
    """Group names that contain the delimiter after the prefix.

    Args:
        found: the blobs, sorted by name.
        prefix: what their names begin with.
        delimiter: what ends a group; empty for no groups.
    """
    latest = None
    for properties in found:
        head, mark, _ = properties.blob[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
        if not mark:
            yield properties
        elif (group := prefix + head + mark) != latest:
            latest = group
            yield BlobPrefix(properties.container, group)


def collect(size: int, read: Callable[[Write], object]) -> memoryview:
    """Return the bytes that `read` passes piece by piece to what it is called with, `size` of them."""
    data = memoryview(bytearray(size))
    collect_into(data, read)
    return data


def collect_into(data: memoryview, read: Callable[[Write], object]) -> None:
    """Fill memory with the bytes that `read` passes piece by piece to what it is called with; as many as fit."""

    def write(piece: bytes | memoryview, at: int) -> None:
        data[at : at + len(piece)] = piece

    read(write)


class StagedBlocks:
    """A record of the blocks staged for one blob. Its methods may be called from several threads."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._sizes: dict[int, int] = {}
        self._ended = ""
        self._lock = threading.Lock()

    def admit(self, index: int, size: int) -> None:
        """Check that a block may be staged.

        Raises:
            Defect: the block is too large, or the upload has ended.
        """
        if index < 0 or size > BLOCK_SIZE:
            raise self._defect(f"block {index} has {size} bytes")
        self.total(0)

    def record(self, index: int, size: int) -> None:
        """Record a block that has been staged."""
        with self._lock:
            self._sizes[index] = size

    def total(self, count: int) -> int:
        """Return the total size of blocks 0 to `count` − 1.

        Raises:
            Defect: a block is missing or short, or the upload has ended.
        """
        with self._lock:
            if self._ended:
                raise self._defect(f"the upload was {self._ended} already")
            sizes = [self._sizes.get(index, -1) for index in range(count)]
        if -1 in sizes:
            raise self._defect(f"block {sizes.index(-1)} was never staged")
        if any(size < BLOCK_SIZE for size in sizes[:-1]):
            raise self._defect("a block that is not the last is short")
        return sum(sizes)

    def end(self, how: str) -> None:
        """Record that the upload is `committed` or `abandoned`; the first call counts."""
        with self._lock:
            self._ended = self._ended or how

    def _defect(self, what: str) -> BlobprepError:
        return Defect(f"{self._name} cannot be uploaded: {what}", remedy="please report it")
