"""A reference together with its open store, and a blob pinned to a state."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace

from blobprep.errors import BlobChanged, BlobNotFound, ContainerNotFound, InvalidReference, StoreError
from blobprep.reference.percent import decode, encode_exact
from blobprep.reference.values import print_below
from blobprep.stores.base import BlobProperties, Store, Write

__all__ = ["BlobLocation", "PinnedBlob", "blob_changed", "require_one_blob"]


@dataclass(frozen=True, slots=True)
class BlobLocation:
    """A blob, or a prefix, in an open store.

    Attributes:
        store: the account, or what is in its place.
        container: its name; empty for a plain local path.
        blob: the name of the blob, or a prefix (empty, or ending with `/`).
        printed: the reference as it is shown and recorded, without secrets.
        version_id, snapshot: None for the current blob.
        exact: whether `blob` is the name of a blob even though it ends with `/`.
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
        """Return whether it names a prefix, or a folder of local files, rather than one blob."""
        return not self.exact and (not self.blob or self.blob.endswith("/"))

    @property
    def in_shell(self) -> str:
        """Return the reference quoted for a shell."""
        return shlex.quote(self.printed)

    @property
    def prefix_remedy(self) -> str:
        """Return the remedy for a prefix where one blob is needed."""
        listed = f"name the blob itself: `blobprep ls {self.in_shell}` lists what is there"
        if not self.container or not self.blob:
            return listed
        return f"{listed}; write {encode_exact(self.printed)} for a blob whose own name ends with /"

    def child(self, name: str) -> BlobLocation:
        """Return the location of a blob below this prefix."""
        printed = print_below(self.printed, name) if self.container else self.printed + name
        blob = self.blob + name
        exact = blob.endswith("/")
        return BlobLocation(self.store, self.container, blob, printed, self.version_id, self.snapshot, exact)

    def subprefix(self, name: str) -> BlobLocation:
        """Return the location of a prefix below this one; `name` ends with `/`."""
        printed = print_below(self.printed, name, prefix=True) if self.container else self.printed + name
        return replace(self, blob=self.blob + name, printed=printed, exact=False)

    def parse_child(self, printed: str) -> BlobLocation:
        """Return the location of the blob below this prefix that is printed this way; the inverse of `child`."""
        name = printed.removeprefix(self.printed)
        return self.child(decode(name) if self.container else name)

    @property
    def folder(self) -> BlobLocation:
        """Return the prefix of the blobs below this one, as if it were a folder."""
        if not self.blob.endswith("/"):
            return replace(self.subprefix("/"), version_id=None, snapshot=None)
        return replace(self, printed=f"{self.printed.removesuffix(encode_exact('/'))}/", exact=False)

    def properties(self) -> BlobProperties:
        """Return the properties of the blob; raises as `Store.properties`."""
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

    def read_into(
        self, write: Write, *, offset: int = 0, length: int | None = None, if_match: str | None = None
    ) -> int:
        """Read a range of the blob piece by piece; raises as `Store.read_into`."""
        return self.store.read_into(
            self.container,
            self.blob,
            write,
            offset=offset,
            length=length,
            if_match=if_match,
            version_id=self.version_id,
            snapshot=self.snapshot,
        )


@dataclass(frozen=True, slots=True)
class PinnedBlob:
    """A blob pinned to the state in which a store showed it.

    Attributes:
        location: where its bytes are.
        properties: the store's answer; reads demand its ETag.
        offset: of its first byte, where several blobs are read end to end as one input.
        part: the bytes of it that are read; None for all.
    """

    location: BlobLocation
    properties: BlobProperties
    offset: int = 0
    part: range | None = None

    @property
    def length(self) -> int:
        """Return how many of its bytes are read."""
        return self.properties.size if self.part is None else len(self.part)

    @property
    def end(self) -> int:
        """Return the offset behind its last byte."""
        return self.offset + self.length


def blob_changed(location: BlobLocation, etag: str) -> BlobChanged:
    """Return the error for a blob that is no longer in the state it was pinned to.

    Args:
        location: of the blob; its present state is looked up for the message.
        etag: what it was pinned to.
    """
    try:
        now = f"it is {location.properties().etag} now"
    except (BlobNotFound, ContainerNotFound):
        now = "the blob is gone now"
    except StoreError:  # the present state is a detail; that the blob changed is what counts
        now = "it is another one now"
    return BlobChanged(
        f"{location.printed} changed while it was read: its ETag was {etag} and {now}",
        remedy="try again when nothing is writing it, or read a version or snapshot of it",
    )


def require_one_blob(location: BlobLocation, what: str) -> BlobLocation:
    """Return the location of a single blob.

    Args:
        location: of a blob.
        what: it is, for the message.

    Raises:
        InvalidReference: it is a prefix.
    """
    if location.is_prefix:
        raise InvalidReference(
            f"{what} must be a single blob: {location.printed} is not", remedy=location.prefix_remedy
        )
    return location
