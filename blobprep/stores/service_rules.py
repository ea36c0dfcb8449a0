"""Rules of the service that the stores standing in for it follow."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

from blobprep.errors import BlobNotFound, BlobprepError, ConditionNotMet, ContainerNotFound, Defect, StoreError
from blobprep.reference.names import CONTAINER_RULE, is_container_name
from blobprep.stores.base import BLOCK_SIZE, BlobPrefix, BlobProperties, Condition, IfAbsent, IfMatch

__all__ = [
    "Staged",
    "blob_missing",
    "container_missing",
    "grouped",
    "named",
    "require",
    "require_container_name",
    "require_current",
]


def named(container: str, blob: str, account: str) -> str:
    """Say which blob or container, for a message: no path, no address, no secret."""
    place = "/".join(filter(None, (container, blob)))
    return f"{place} in account {account}" if place else f"account {account}"


def blob_missing(container: str, blob: str, account: str) -> BlobNotFound:
    """Return the error for a blob that is not there; without a container it is a local file."""
    if not container:
        return BlobNotFound(f"there is no file {blob}", remedy="check its path, upper and lower case too")
    return BlobNotFound(
        f"there is no blob {named(container, blob, account)}",
        remedy="check its name, upper and lower case too; `blobprep ls` lists what is there",
    )


def container_missing(container: str, account: str) -> ContainerNotFound:
    """Return the error for a container that is not there; the one without a name is a local folder."""
    if not container:
        return ContainerNotFound("there is no such folder", remedy="check its path, or create it")
    return ContainerNotFound(
        f"there is no container {named(container, '', account)}",
        remedy="check its name and the account, or create it",
    )


def require_container_name(container: str, account: str) -> None:
    """Refuse a name that the service would refuse for a new container.

    Raises:
        StoreError: it breaks the rule, which the remedy states.
    """
    if not is_container_name(container):
        raise StoreError(
            f"{container!r} is not a valid name for a container, in account {account}", remedy=CONTAINER_RULE
        )


def require_current(container: str, blob: str, account: str, *, version_id: str | None, snapshot: str | None) -> None:
    """Refuse a version or snapshot: what stands in for an account keeps none.

    Raises:
        BlobNotFound: one is asked for.
    """
    if version_id is not None or snapshot is not None:
        raise BlobNotFound(
            f"there is no such version or snapshot of {named(container, blob, account)}",
            remedy="only accounts in Azure keep versions and snapshots; leave it out",
        )


def require(condition: Condition, etag: str | None, name: str) -> None:
    """Hold a blob's state against a condition.

    Args:
        condition: what is demanded.
        etag: of the blob as it is, None where there is none.
        name: of the blob, for the message.

    Raises:
        ConditionNotMet: they differ.
    """
    if isinstance(condition, IfAbsent) and etag is not None:
        raise ConditionNotMet(f"there is a blob {name} already", remedy="choose another name, or replace it")
    if isinstance(condition, IfMatch) and etag != condition.etag:
        state = "is gone" if etag is None else f"has ETag {etag} now"
        raise ConditionNotMet(
            f"{name} has changed: ETag {condition.etag} was demanded and it {state}",
            remedy="look at it again and repeat",
        )


def grouped(found: Iterable[BlobProperties], prefix: str, delimiter: str) -> Iterator[BlobProperties | BlobPrefix]:
    """Group the names that hold the delimiter behind the prefix; `found` is sorted by name."""
    latest = None
    for properties in found:
        head, mark, _ = properties.blob[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
        if not mark:
            yield properties
        elif (group := prefix + head + mark) != latest:
            latest = group
            yield BlobPrefix(properties.container, group)


class Staged:
    """Keep account of the blocks staged for one blob."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._sizes: dict[int, int] = {}
        self._ended = ""
        self._lock = threading.Lock()

    def admit(self, index: int, size: int) -> None:
        """Let a block come.

        Raises:
            Defect: it is too large, or the upload has ended.
        """
        if index < 0 or size > BLOCK_SIZE:
            raise self._defect(f"block {index} has {size} bytes")
        self.total(0)

    def note(self, index: int, size: int) -> None:
        """Take note of a block that has come whole."""
        with self._lock:
            self._sizes[index] = size

    def total(self, count: int) -> int:
        """Return the size of blocks 0 to `count` − 1 together.

        Raises:
            Defect: one is missing or short, or the upload has ended.
        """
        with self._lock:
            if self._ended:
                raise self._defect(f"the upload is {self._ended}")
            sizes = [self._sizes.get(index, -1) for index in range(count)]
        if -1 in sizes:
            raise self._defect(f"block {sizes.index(-1)} was never staged")
        if any(size < BLOCK_SIZE for size in sizes[:-1]):
            raise self._defect("a block that is not the last is short")
        return sum(sizes)

    def end(self, how: str) -> None:
        """Take note that the upload is `committed` or `abandoned`; the first stays."""
        with self._lock:
            self._ended = self._ended or how

    def _defect(self, what: str) -> BlobprepError:
        return Defect(f"{self._name} cannot be uploaded: {what}", remedy="please report it")
