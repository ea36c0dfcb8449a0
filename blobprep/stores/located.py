"""A reference together with the open store it leads to."""

from __future__ import annotations

from dataclasses import dataclass, replace

from blobprep.reference.percent import decode
from blobprep.reference.values import printed_below
from blobprep.stores.base import BlobProperties, Store

__all__ = ["Located"]


@dataclass(frozen=True, slots=True)
class Located:
    """Name a blob, or a prefix, in an open store.

    Attributes:
        store: the account, or the folder that stands for it.
        container: its name; empty for a plain local path.
        blob: name of the blob, or a prefix (empty, or ended by `/`).
        printed: the reference as it is shown and recorded; holds no secret.
        version_id, snapshot: None for the blob as it is now.
    """

    store: Store
    container: str
    blob: str
    printed: str
    version_id: str | None = None
    snapshot: str | None = None

    def child(self, name: str) -> Located:
        """Name a blob below this prefix."""
        printed = printed_below(self.printed, name) if self.container else self.printed + name
        return replace(self, blob=self.blob + name, printed=printed)

    def named(self, printed: str) -> Located:
        """Name the blob below this prefix that is printed so; undoes `child`."""
        name = printed.removeprefix(self.printed)
        return self.child(decode(name) if self.container else name)

    def properties(self) -> BlobProperties:
        """Look at the blob; raises as `Store.properties`."""
        return self.store.properties(self.container, self.blob, version_id=self.version_id, snapshot=self.snapshot)

    def read(self, *, offset: int = 0, length: int | None = None, if_match: str | None = None) -> bytes:
        """Read a range of the blob; raises as `Store.read`."""
        return self.store.read(
            self.container,
            self.blob,
            offset=offset,
            length=length,
            if_match=if_match,
            version_id=self.version_id,
            snapshot=self.snapshot,
        )
