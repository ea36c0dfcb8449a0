"""What every store promises.

The shape is Blob Storage's, not a file system's: flat names, ETags, conditional reads and writes, staged blocks and
one commit. All methods may be called from several threads at once. Any class that passes
`tests/stores/test_contract.py` is a store.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from blobprep.account import Access

__all__ = [
    "ANY",
    "BLOCK_SIZE",
    "BlobPrefix",
    "BlobProperties",
    "Condition",
    "IfAbsent",
    "IfMatch",
    "Store",
    "Upload",
]

BLOCK_SIZE: Final = 8 * 1024 * 1024
"""Bytes of a staged block; every block of a blob but the last has exactly this size."""


@dataclass(frozen=True, slots=True)
class IfMatch:
    """Demand that the blob still has this ETag (`If-Match`)."""

    etag: str


@dataclass(frozen=True, slots=True)
class IfAbsent:
    """Demand that the blob does not exist (`If-None-Match: *`)."""


@dataclass(frozen=True, slots=True)
class _Any:
    """Demand nothing."""


ANY: Final = _Any()

Condition = IfMatch | IfAbsent | _Any


@dataclass(frozen=True, slots=True)
class BlobProperties:
    """Describe one blob as a store answered.

    Attributes:
        container: name of its container.
        blob: its name, as the service holds it (never percent-encoded).
        size: bytes.
        etag: version mark, without the quotes of the header.
        last_modified: aware UTC.
        as_of: the store's own clock when it answered, aware UTC; compare `last_modified` with it and not with ours.
        content_type: as stored.
        metadata: names and values as stored.
        version_id: of a versioned account, else None.
    """

    container: str
    blob: str
    size: int
    etag: str
    last_modified: datetime
    as_of: datetime
    content_type: str = "application/octet-stream"
    metadata: Mapping[str, str] = field(default_factory=dict)
    version_id: str | None = None


@dataclass(frozen=True, slots=True)
class BlobPrefix:
    """Name a group of blobs in a listing with a delimiter; it ends with `/`."""

    container: str
    prefix: str


class Upload(Protocol):
    """Hold the staged blocks of one blob until they are committed or abandoned."""

    def put(self, index: int, data: bytes) -> None:
        """Stage block `index` (from 0); `BLOCK_SIZE` bytes, the last one fewer. Any order, any thread."""
        ...

    def commit(
        self,
        count: int,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
        condition: Condition = ANY,
    ) -> str:
        """Publish blocks 0 to `count` − 1 at once as the blob, and return its ETag.

        Raises:
            ConditionNotMet: the blob's state is not what `condition` demands; nothing changed.
        """
        ...

    def abandon(self) -> None:
        """Forget the staged blocks; harmless after `commit`, and twice."""
        ...


class Store(Protocol):
    """Give access to one account."""

    @property
    def account(self) -> str:
        """Return the account's name."""
        ...

    @property
    def protocol(self) -> str:
        """Return what bytes travel over: `https`, `http`, `file` or `memory`."""
        ...

    @property
    def access(self) -> Access:
        """Return where the account is and what kind of credential opens it, for the record; no secret."""
        ...

    def properties(
        self,
        container: str,
        blob: str,
        *,
        version_id: str | None = None,
        snapshot: str | None = None,
    ) -> BlobProperties:
        """Look at one blob.

        Raises:
            BlobNotFound, ContainerNotFound: it is not there.
        """
        ...

    def read(
        self,
        container: str,
        blob: str,
        *,
        offset: int = 0,
        length: int | None = None,
        if_match: str | None = None,
        version_id: str | None = None,
        snapshot: str | None = None,
    ) -> bytes:
        """Read `length` bytes from `offset` (to the end where None; fewer where the blob ends before).

        Raises:
            ConditionNotMet: the blob's ETag is not `if_match`.
            BlobNotFound, ContainerNotFound: it is not there.
        """
        ...

    def list(self, container: str, prefix: str = "", *, delimiter: str = "") -> Iterator[BlobProperties | BlobPrefix]:
        """List the blobs whose names start with `prefix`, sorted by name.

        With a delimiter, names that hold it behind the prefix are grouped as one `BlobPrefix`.

        Raises:
            ContainerNotFound: at the first item.
        """
        ...

    def unfit_names(self, container: str, names: Collection[str]) -> Mapping[str, str]:
        """Return why blobs of these names cannot be written here, all of them beside each other.

        Returns:
            The reason by name, a clause behind "because"; empty where all can be written.
        """
        ...

    def list_containers(self) -> Iterator[str]:
        """List the containers' names, sorted."""
        ...

    def write(
        self,
        container: str,
        blob: str,
        data: bytes,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
        condition: Condition = ANY,
    ) -> str:
        """Write a small blob at once (at most `BLOCK_SIZE` bytes) and return its ETag.

        Raises:
            ConditionNotMet: the blob's state is not what `condition` demands; nothing changed.
            ContainerNotFound: its container is not there.
        """
        ...

    def upload(self, container: str, blob: str) -> Upload:
        """Begin to stage a blob of any size."""
        ...

    def delete(self, container: str, blob: str, *, condition: Condition = ANY) -> None:
        """Delete a blob.

        Raises:
            BlobNotFound, ContainerNotFound, ConditionNotMet
        """
        ...

    def create_container(self, container: str) -> bool:
        """Create a container; False where it exists already."""
        ...

    def container_exists(self, container: str) -> bool:
        """Tell whether the container is there."""
        ...
