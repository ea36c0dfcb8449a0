"""Copies that the service makes by itself, so that no byte passes this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from blobprep.stores.base import Condition, Store

__all__ = ["ServerCopies", "ServerCopy", "ServerSource", "server_copies"]


@dataclass(frozen=True, slots=True)
class ServerSource:
    """A blob in the state in which the service must find it.

    Attributes:
        container: the name of its container.
        blob: its name.
        size: bytes; not 0.
        etag: of that state.
        md5: as `BlobProperties.md5`.
        version_id, snapshot: None for the current blob.
    """

    container: str
    blob: str
    size: int
    etag: str
    md5: str = ""
    version_id: str | None = None
    snapshot: str | None = None


class ServerCopy(Protocol):
    """One blob that the service copies, in requests of a part each."""

    @property
    def parts(self) -> Sequence[tuple[int, int]]:
        """Return offset and length of each part; threads may copy several at once."""
        ...

    def copy_part(self, index: int) -> None:
        """Let the service copy a part; nothing is published yet.

        Raises:
            ConditionNotMet: the source is not in its state; `code` is `SourceConditionNotMet`.
            ChecksumMismatch: the blob has one part, and other bytes than its MD5 states.
            StoreError: the service refused.
        """
        ...

    def publish(self, *, content_type: str, metadata: Mapping[str, str], condition: Condition) -> tuple[str, str]:
        """Publish the blob, all parts of which were copied.

        Returns:
            Its ETag, and its MD5 as the service computed it; the latter is empty for a blob of several parts, which
            keeps the MD5 that its source states.

        Raises:
            ConditionNotMet: the target is not as `condition` demands, or as `copy_part`.
            ChecksumMismatch, StoreError: as `copy_part`.
        """
        ...


class ServerCopies(Protocol):
    """The service of an account, which reads from one account and writes to another, or to the same."""

    def begin(self, source: ServerSource, container: str, blob: str) -> ServerCopy:
        """Begin the copy of a blob; nothing is sent yet."""
        ...


class _ServerSide(Protocol):
    """An account whose service copies."""

    def copies_from(self, source: object) -> ServerCopies | str:
        """Return what copies to this account, or why nothing does."""
        ...


def server_copies(source: Store, target: Store) -> ServerCopies | str:
    """Return what lets the target's service read from the source, or the reason why bytes must pass this machine."""
    sides: list[_ServerSide | None] = [getattr(store, "server_side", None) for store in (source, target)]
    read, write = sides
    if read is None or write is None:
        which = "source" if read is None else "target"
        return f"the {which} is not in an account of Azure Storage"
    return write.copies_from(read)
