"""What the account holds: a `MemoryStore`, and beside it what only the service keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import RLock

from blobprep.errors import BlobNotFound
from blobprep.stores import ANY, BlobProperties
from blobprep.stores.memory import MemoryStore
from tests.server.wire import Refused

__all__ = ["Kept", "Shelf"]

_NEXT_BYTE = bytes((value + 1) % 256 for value in range(256))


class _Store(MemoryStore):
    def delete_container(self, container: str) -> None:
        with self._lock:
            self._container(container)
            del self._containers[container]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a blob beside its bytes: the ETag it belongs to, content headers, committed blocks."""

    etag: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    blocks: tuple[tuple[str, int], ...] = ()


class Shelf:
    """Hold an account.

    Attributes:
        store: containers and blobs; a test may read and write it behind the service's back.
        lock: held over each step that looks first and then writes.
        staged: blocks not yet committed, by container and blob, by id.
        made: when each container was.
        public: containers open to everybody: `container` or `blob`.
    """

    def __init__(self, account: str) -> None:
        self.store = _Store(account)
        self.lock = RLock()
        self.staged: dict[tuple[str, str], dict[str, bytes]] = {}
        self.made: dict[str, datetime] = {}
        self.public: dict[str, str] = {}
        self._kept: dict[tuple[str, str], Kept] = {}

    def existing(self, container: str, blob: str) -> BlobProperties | None:
        """Look whether a blob is there; the container must be."""
        try:
            return self.store.properties(container, blob)
        except BlobNotFound:
            return None

    def require_container(self, container: str) -> None:
        """Refuse where the container is not there."""
        if not self.store.container_exists(container):
            raise Refused("ContainerNotFound")

    def kept(self, found: BlobProperties) -> Kept:
        """Return what is kept of a blob; nothing where a test wrote it itself."""
        kept = self._kept.get((found.container, found.blob), Kept())
        return kept if kept.etag == found.etag else Kept()

    def write(
        self, place: tuple[str, str], data: bytes, content_type: str, metadata: Mapping[str, str], kept: Kept
    ) -> str:
        """Write a blob, drop the blocks staged for it, and return its ETag."""
        with self.lock:
            etag = self.store.write(*place, data, content_type=content_type, metadata=metadata, condition=ANY)
            self._kept[place] = replace(kept, etag=etag)
            self.staged.pop(place, None)
        return etag

    def change(self, container: str, blob: str) -> None:
        """Change every byte of a blob and keep the rest."""
        self._rewrite(container, blob, lambda data: data.translate(_NEXT_BYTE), None)

    def describe(self, container: str, blob: str, metadata: Mapping[str, str]) -> str:
        """Replace a blob's metadata and return its new ETag."""
        return self._rewrite(container, blob, bytes, metadata)

    def _rewrite(
        self, container: str, blob: str, changed: Callable[[bytes], bytes], metadata: Mapping[str, str] | None
    ) -> str:
        with self.lock:
            found = self.store.properties(container, blob)
            data = changed(self.store.read(container, blob))
            kept = found.metadata if metadata is None else metadata
            return self.write((container, blob), data, found.content_type, kept, self.kept(found))
