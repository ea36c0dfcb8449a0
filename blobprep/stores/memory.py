"""An account in memory, for the tests of this package and of programs that use it."""

from __future__ import annotations

import hashlib
import threading
from base64 import b64encode
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count as counter

from blobprep.account import Access
from blobprep.stores.base import ANY, BlobPrefix, BlobProperties, Condition, IfMatch, Write
from blobprep.stores.service_rules import (
    StagedBlocks,
    blob_missing,
    collect,
    container_missing,
    format_name,
    group_by_delimiter,
    require,
    require_container_name,
    require_current,
)

__all__ = ["MemoryStore"]


@dataclass(frozen=True, slots=True)
class _Blob:
    data: bytes
    etag: str
    last_modified: datetime
    content_type: str
    metadata: Mapping[str, str]
    md5: str


class MemoryStore:
    """An account in memory that lives as long as this object."""

    def __init__(self, account: str = "memory") -> None:
        self._account = account
        self._containers: dict[str, dict[str, _Blob]] = {}
        self._versions = counter(1)
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"MemoryStore({self._account!r})"

    @property
    def account(self) -> str:
        """Return the account's name."""
        return self._account

    @property
    def protocol(self) -> str:
        """Return the protocol; as `Store.protocol`."""
        return "memory"

    @property
    def access(self) -> Access:
        """Return its address; as `Store.access`."""
        return Access(f"memory:{self._account}", "none")

    def properties(
        self, container: str, blob: str, *, version_id: str | None = None, snapshot: str | None = None
    ) -> BlobProperties:
        """Return the properties of a blob; as `Store.properties`."""
        with self._lock:
            found = self._find(container, blob)
        require_current(container, blob, self._account, version_id=version_id, snapshot=snapshot)
        return _describe(container, blob, found)

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
        """Read a range; as `Store.read`."""
        with self._lock:
            found = self._find(container, blob)
        require_current(container, blob, self._account, version_id=version_id, snapshot=snapshot)
        if if_match is not None:
            require(IfMatch(if_match), found.etag, format_name(container, blob, self._account))
        return found.data[offset:] if length is None else found.data[offset : offset + length]

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
        """Read a range in one piece; as `Store.read_into`."""
        data = self.read(
            container,
            blob,
            offset=offset,
            length=length,
            if_match=if_match,
            version_id=version_id,
            snapshot=snapshot,
        )
        write(data, 0)
        return len(data)

    def list(self, container: str, prefix: str = "", *, delimiter: str = "") -> Iterator[BlobProperties | BlobPrefix]:
        """List blobs; as `Store.list`."""
        with self._lock:
            found = sorted(self._container(container).items())
        described = (_describe(container, name, blob) for name, blob in found if name.startswith(prefix))
        yield from group_by_delimiter(described, prefix, delimiter)

    def unfit_names(self, container: str, names: Collection[str]) -> Mapping[str, str]:
        """Return no names: all can be written. As `Store.unfit_names`."""
        return {}

    def list_containers(self) -> Iterator[str]:
        """Yield the containers' names, sorted."""
        with self._lock:
            names = sorted(self._containers)
        yield from names

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
        """Write a small blob; as `Store.write`."""
        md5 = b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
        return self._put((container, blob), bytes(data), content_type, metadata or {}, md5, condition)

    def upload(self, container: str, blob: str) -> _MemoryUpload:
        """Begin an upload; as `Store.upload`."""
        return _MemoryUpload(self, container, blob)

    def delete(self, container: str, blob: str, *, condition: Condition = ANY) -> None:
        """Delete a blob; as `Store.delete`."""
        with self._lock:
            etag = self._find(container, blob).etag
            require(condition, etag, format_name(container, blob, self._account))
            del self._containers[container][blob]

    def create_container(self, container: str) -> bool:
        """Create a container; as `Store.create_container`."""
        require_container_name(container, self._account)
        with self._lock:
            is_new = container not in self._containers
            self._containers.setdefault(container, {})
        return is_new

    def container_exists(self, container: str) -> bool:
        """Return whether the container exists."""
        with self._lock:
            return container in self._containers

    def _put(
        self,
        place: tuple[str, str],
        data: bytes,
        content_type: str,
        metadata: Mapping[str, str],
        md5: str,
        condition: Condition,
    ) -> str:
        container, blob = place
        with self._lock:
            blobs = self._container(container)
            existing = blobs.get(blob)
            require(condition, existing.etag if existing else None, format_name(container, blob, self._account))
            etag = f"0x{next(self._versions):08X}"
            blobs[blob] = _Blob(data, etag, datetime.now(UTC), content_type, dict(metadata), md5)
        return etag

    def _container(self, container: str) -> dict[str, _Blob]:
        try:
            return self._containers[container]
        except KeyError:
            raise container_missing(container, self._account) from None

    def _find(self, container: str, blob: str) -> _Blob:
        try:
            return self._container(container)[blob]
        except KeyError:
            raise blob_missing(container, blob, self._account) from None


def _describe(container: str, blob: str, found: _Blob) -> BlobProperties:
    return BlobProperties(
        container,
        blob,
        size=len(found.data),
        etag=found.etag,
        last_modified=found.last_modified,
        as_of=datetime.now(UTC),
        content_type=found.content_type,
        metadata=dict(found.metadata),
        md5=found.md5,
    )


class _MemoryUpload:
    """The staged blocks of one blob; as `Upload`."""

    def __init__(self, store: MemoryStore, container: str, blob: str) -> None:
        self._store = store
        self._container = container
        self._blob = blob
        self._blocks: dict[int, bytes] = {}
        self._staged = StagedBlocks(format_name(container, blob, store.account))

    def put(self, index: int, data: bytes | memoryview) -> None:
        """Stage a block; as `Upload.put`."""
        if not self._store.container_exists(self._container):
            raise container_missing(self._container, self._store.account)
        self._staged.admit(index, len(data))
        self._blocks[index] = bytes(data)
        self._staged.record(index, len(data))

    def receive(self, index: int, size: int, read: Callable[[Write], object]) -> None:
        """Stage a block; as `Upload.receive`."""
        self.put(index, collect(size, read))

    def commit(
        self,
        count: int,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
        condition: Condition = ANY,
        md5: str = "",
    ) -> str:
        """Publish the blocks; as `Upload.commit`."""
        self._staged.total(count)
        data = b"".join(self._blocks[index] for index in range(count))
        etag = self._store._put((self._container, self._blob), data, content_type, metadata or {}, md5, condition)
        self._staged.end("committed")
        self._blocks.clear()
        return etag

    def abandon(self) -> None:
        """Discard the blocks; as `Upload.abandon`."""
        self._staged.end("abandoned")
        self._blocks.clear()
