"""What every store promises.

The shape is Blob Storage's, not a file system's: flat names, ETags, conditional reads and writes, staged blocks and
one commit. All methods may be called from several threads at once. Any class that passes
`tests/stores/test_contract.py` is a store.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
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
    "Write",
]

BLOCK_SIZE: Final = 8 * 1024 * 1024
"""Bytes of a staged block; every block of a blob but the last has exactly this size."""

Write = Callable[[bytes | memoryview, int], object]
"""Takes a piece of a range and its place in the range; what it is given may change once it returns."""


@dataclass(frozen=True, slots=True)
class IfMatch:
    """The condition that the blob still has this ETag (`If-Match`)."""

    etag: str


@dataclass(frozen=True, slots=True)
class IfAbsent:
    """The condition that the blob does not exist (`If-None-Match: *`)."""


@dataclass(frozen=True, slots=True)
class _Any:
    """The condition that is always met."""


ANY: Final = _Any()

Condition = IfMatch | IfAbsent | _Any


@dataclass(frozen=True, slots=True)
class BlobProperties:
    """The properties of one blob, as a store answered.

    Attributes:
        container: the name of its container.
        blob: its name, as the service stores it (never percent-encoded).
        size: bytes.
        etag: version mark, without the quotes of the header.
        last_modified: aware UTC.
        as_of: the store's clock when it answered, aware UTC; compare `last_modified` with it, not with this machine's.
        content_type: as stored.
        metadata: names and values as stored.
        version_id: in a versioned account, else None.
        md5: the MD5 of its bytes, in base64 as in `Content-MD5`, as its writer stated it; empty if there is none.
            Folders keep none.
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
    md5: str = ""


@dataclass(frozen=True, slots=True)
class BlobPrefix:
    """A group of blobs in a listing with a delimiter; its prefix ends with `/`."""

    container: str
    prefix: str


class Upload(Protocol):
    """The staged blocks of one blob, until they are committed or abandoned."""

    def put(self, index: int, data: bytes | memoryview) -> None:
        """Stage block `index` (from 0), of `BLOCK_SIZE` bytes or, if it is the last, fewer. Any order, any thread."""
        ...

    def receive(self, index: int, size: int, read: Callable[[Write], object]) -> None:
        """Stage block `index`, of `size` bytes, which `read` passes piece by piece to what it is called with.

        A file takes each piece as it comes; a store that needs the whole block holds it until then.
        """
        ...

    def commit(
        self,
        count: int,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
        condition: Condition = ANY,
        md5: str = "",
    ) -> str:
        """Publish blocks 0 to `count` − 1 as the blob in one step, and return its ETag.

        Args:
            count: of the blocks.
            content_type: of the blob.
            metadata: of the blob.
            condition: what the blob's state must meet.
            md5: that of all bytes, as `BlobProperties.md5`; kept where the store has a place for it; not checked.

        Raises:
            ConditionNotMet: the blob's state does not meet `condition`; nothing was changed.
        """
        ...

    def abandon(self) -> None:
        """Discard the staged blocks; has no effect after `commit` or a second time."""
        ...


class Store(Protocol):
    """Access to one account."""

    @property
    def account(self) -> str:
        """Return the account's name."""
        ...

    @property
    def protocol(self) -> str:
        """Return the protocol that carries the bytes: `https`, `http`, `file` or `memory`."""
        ...

    @property
    def access(self) -> Access:
        """Return the account's address and the kind of its credential, for the manifest; holds no secret."""
        ...

    def properties(
        self,
        container: str,
        blob: str,
        *,
        version_id: str | None = None,
        snapshot: str | None = None,
    ) -> BlobProperties:
        """Return the properties of one blob.

        Raises:
            BlobNotFound, ContainerNotFound: it does not exist.
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
        """Read `length` bytes from `offset` (None: to the end; fewer bytes if the blob ends earlier).

        Raises:
            ConditionNotMet: the blob's ETag is not `if_match`.
            BlobNotFound, ContainerNotFound: it does not exist.
        """
        ...

    def read_into(
        self,
        container: str,
        blob: str,
        write: Write,
        *,
        offset: int = 0,
        length: int | None = None,
        if_match: str | None = None,
        version_id: str | None = None,
        snapshot: str | None = None,
    ) -> int:
        """Read a range as `read` does, but pass each piece to `write` as it comes, and return how many bytes came.

        Pieces of a long range come from several threads at once, and out of order; where an answer was not right, some
        places are written again. What `write` raises ends the reading; it must not be an `OSError`, which would be
        taken for one of the store.
        """
        ...

    def list(self, container: str, prefix: str = "", *, delimiter: str = "") -> Iterator[BlobProperties | BlobPrefix]:
        """List the blobs whose names start with `prefix`, sorted by name.

        With a delimiter, names that contain it after the prefix are grouped into one `BlobPrefix` each.

        Raises:
            ContainerNotFound: raised at the first item.
        """
        ...

    def unfit_names(self, container: str, names: Collection[str]) -> Mapping[str, str]:
        """Return which of these names cannot be written here side by side, and why.

        Returns:
            The reason by name, as a clause that could follow "because"; empty if all can be written.
        """
        ...

    def list_containers(self) -> Iterator[str]:
        """Yield the containers' names, sorted."""
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
        """Write a small blob (at most `BLOCK_SIZE` bytes) in one step and return its ETag.

        A store that keeps an MD5 sets it from the bytes that arrived.

        Raises:
            ConditionNotMet: the blob's state does not meet `condition`; nothing was changed.
            ContainerNotFound: its container does not exist.
        """
        ...

    def upload(self, container: str, blob: str) -> Upload:
        """Begin the upload of a blob of any size."""
        ...

    def delete(self, container: str, blob: str, *, condition: Condition = ANY) -> None:
        """Delete a blob.

        Raises:
            BlobNotFound, ContainerNotFound, ConditionNotMet
        """
        ...

    def create_container(self, container: str) -> bool:
        """Create a container; return False if it exists already."""
        ...

    def container_exists(self, container: str) -> bool:
        """Return whether the container exists."""
        ...
