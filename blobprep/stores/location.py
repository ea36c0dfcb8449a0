"""A reference together with the open store it leads to."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace

from blobprep.reference.percent import decode, encode_exact
from blobprep.reference.values import print_below
from blobprep.stores.base import BlobProperties, Store

__all__ = ["BlobLocation"]


@dataclass(frozen=True, slots=True)
class BlobLocation:
    """Name a blob, or a prefix, in an open store.

    Attributes:
        store: the account, or the folder that stands for it.
        container: its name; empty for a plain local path.
        blob: name of the blob, or a prefix (empty, or ended by `/`).
        printed: the reference as it is shown and recorded; holds no secret.
        version_id, snapshot: None for the blob as it is now.
        exact: whether `blob`, though it ends with `/`, is the name of a blob.
    """

    store: Store
    container: str
    blob: str
    printed: str
    version_id: str | None = None
    snapshot: str | None = None
    exact: bool = False

    @property
    def is_prefix(self) -> bool:
        """Tell whether it names a prefix, or a folder of local files, and not one blob."""
        return not self.exact and (not self.blob or self.blob.endswith("/"))

    @property
    def in_shell(self) -> str:
        """Return how it is written in a command."""
        return shlex.quote(self.printed)

    @property
    def prefix_remedy(self) -> str:
        """Say what to write in place of this prefix where one blob is wanted."""
        listed = f"name the blob itself: `blobprep ls {self.in_shell}` lists what is there"
        if not self.container or not self.blob:
            return listed
        return f"{listed}; a blob whose own name ends with / is written {encode_exact(self.printed)}"

    def child(self, name: str) -> BlobLocation:
        """Name a blob below this prefix."""
        printed = print_below(self.printed, name) if self.container else self.printed + name
        blob = self.blob + name
        return replace(self, blob=blob, printed=printed, exact=blob.endswith("/"))

    def subprefix(self, name: str) -> BlobLocation:
        """Name a prefix below this one; `name` ends with `/`."""
        printed = print_below(self.printed, name, prefix=True) if self.container else self.printed + name
        return replace(self, blob=self.blob + name, printed=printed, exact=False)

    def named(self, printed: str) -> BlobLocation:
        """Name the blob below this prefix that is printed so; undoes `child`."""
        name = printed.removeprefix(self.printed)
        return self.child(decode(name) if self.container else name)

    @property
    def folder(self) -> BlobLocation:
        """Return the prefix of what lies below this blob, were it a folder."""
        if not self.blob.endswith("/"):
            return replace(self.subprefix("/"), version_id=None, snapshot=None)
        return replace(self, printed=f"{self.printed.removesuffix(encode_exact('/'))}/", exact=False)

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
