"""A folder in place of an account: its sub-folders are the containers, and their files the blobs.

Files that other programs put there are blobs like any other. An ETag is computed from a file's inode, size and time, so
it changes with the content, which need not be read. Publishing, deleting and their conditions happen under the
container's lock.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from blobprep.account import Access
from blobprep.errors import ConditionNotMet
from blobprep.formats.table import default_content_type
from blobprep.stores.base import ANY, BlobPrefix, BlobProperties, Condition, IfAbsent, IfMatch, Write
from blobprep.stores.folder.disk_errors import convert_errors
from blobprep.stores.folder.disk_names import check_names
from blobprep.stores.folder.names import RESERVED
from blobprep.stores.folder.paths import ContainerPaths, etag_of, read_range
from blobprep.stores.folder.sidecars import BlobMetadata, Sidecars
from blobprep.stores.folder.temp_files import TempFile, lock_folder, remove_stale
from blobprep.stores.folder.upload import FolderUpload
from blobprep.stores.folder.walk import Tree
from blobprep.stores.service_rules import (
    blob_missing,
    container_missing,
    format_name,
    group_by_delimiter,
    require,
    require_container_name,
    require_current,
)

__all__ = ["FolderStore"]

_PIECE: Final = 64 * 1024


class FolderStore:
    """A folder used as an account.

    Args:
        root: the folder; a container is a folder in it, and the container named "" is the root itself.
        account: the account's name.
        escape: True for the folder of an account: blobs can have any name, and links out of it are not followed. False
            for plain local files: names are taken unchanged from the disk, links are followed, the content type follows
            from the extension alone, and deleting leaves empty folders.
    """

    def __init__(self, root: Path, account: str = "folder", *, escape: bool = True) -> None:
        self._root = root
        self._account = account
        self._escape = escape
        self._swept: set[Path] = set()

    def __repr__(self) -> str:
        return f"FolderStore({str(self._root)!r}, {self._account!r}, escape={self._escape})"

    @property
    def account(self) -> str:
        """Return the account's name."""
        return self._account

    @property
    def protocol(self) -> str:
        """Return the protocol; as `Store.protocol`."""
        return "file"

    @property
    def access(self) -> Access:
        """Return its address; as `Store.access`."""
        return Access(self._root.absolute().as_uri(), "none")

    def properties(
        self, container: str, blob: str, *, version_id: str | None = None, snapshot: str | None = None
    ) -> BlobProperties:
        """Return the properties of a blob; as `Store.properties`."""
        with self._convert_errors(container, blob):
            paths = self._paths(container)
            found, metadata = self._read_state(paths, container, blob)
            require_current(container, blob, self._account, version_id=version_id, snapshot=snapshot)
        return _describe(container, blob, found, metadata)

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
        """Read a range; as `Store.read`, and raise `ConditionNotMet` also if the file changes meanwhile."""
        which = (if_match, version_id, snapshot)
        with self._convert_errors(container, blob), self._opened(container, blob, *which) as (descriptor, size):
            return read_range(descriptor, offset, size - offset if length is None else length)

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
        """Read a range piece by piece; as `Store.read_into`, and raise as `read`."""
        which = (if_match, version_id, snapshot)
        place = 0
        with self._convert_errors(container, blob), self._opened(container, blob, *which) as (descriptor, size):
            end = size - offset if length is None else min(length, size - offset)
            while place < end and (piece := os.pread(descriptor, min(_PIECE, end - place), offset + place)):
                write(piece, place)
                place += len(piece)
        return place

    def list(self, container: str, prefix: str = "", *, delimiter: str = "") -> Iterator[BlobProperties | BlobPrefix]:
        """List blobs; as `Store.list`. Only the folder of the prefix is read, and what is below it."""
        if delimiter not in ("", "/"):
            blobs = (blob for blob in self.list(container, prefix) if isinstance(blob, BlobProperties))
            yield from group_by_delimiter(blobs, prefix, delimiter)
            return
        with self._convert_errors(container, prefix):
            paths = self._paths(container)
            sidecars = self._sidecars(paths)
            with_sidecar = sidecars.index()
            above = prefix[: prefix.rfind("/") + 1]
            start = paths.folder_of(above)
            if start is None:
                return
            tree = Tree(paths.folder, self._escape)
            for entry in tree.walk(start, above, prefix[len(above) :], deep=not delimiter):
                if entry.stat is None:
                    yield BlobPrefix(container, entry.name)
                    continue
                kept = sidecars.read(entry.name, etag_of(entry.stat)) if entry.name in with_sidecar else None
                yield _describe(
                    container, entry.name, entry.stat, kept or BlobMetadata(default_content_type(entry.name))
                )

    def unfit_names(self, container: str, names: Collection[str]) -> Mapping[str, str]:
        """Return the names that cannot be written; as `Store.unfit_names`."""
        with self._convert_errors(container, ""):
            folder = self._folder(container)
            return {} if folder is None else check_names(folder, names, escape=self._escape)

    def list_containers(self) -> Iterator[str]:
        """Yield the containers' names, sorted."""
        with self._convert_errors("", ""):
            entries = self._root.iterdir() if self._root.is_dir() else ()
            folders = sorted(entry.name for entry in entries if entry.is_dir())
        yield from filter(self.container_exists, folders)

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
        with self._convert_errors(container, blob):
            part = self._temp_file(container, blob)
            try:
                part.write(data, 0)
                part.finish(len(data))
                return self._publish(container, blob, part, BlobMetadata(content_type, metadata or {}), condition)
            finally:
                part.discard()

    def upload(self, container: str, blob: str) -> FolderUpload:
        """Begin an upload; as `Store.upload`. The blocks are kept in an unpublished file of the container."""
        return FolderUpload(
            (container, blob, self._account),
            lambda: self._temp_file(container, blob),
            lambda *finished: self._publish(container, blob, *finished),
        )

    def delete(self, container: str, blob: str, *, condition: Condition = ANY) -> None:
        """Delete a blob; as `Store.delete`."""
        with self._convert_errors(container, blob):
            paths = self._paths(container)
            with lock_folder(paths.folder):
                found = paths.find(blob)
                if found is None:
                    raise blob_missing(container, blob, self._account)
                path, existing = found
                require(condition, etag_of(existing), format_name(container, blob, self._account))
                path.unlink()
                self._sidecars(paths).keep_only(blob, None)
                paths.prune(path)

    def create_container(self, container: str) -> bool:
        """Create a container; as `Store.create_container`."""
        if container:
            require_container_name(container, self._account)
        with self._convert_errors(container, ""):
            folder = self._root / container
            folder.parent.mkdir(parents=True, exist_ok=True)
            try:
                folder.mkdir()
            except FileExistsError:
                self._paths(container)
                return False
            return True

    def container_exists(self, container: str) -> bool:
        """Return whether the container exists."""
        with self._convert_errors(container, ""):
            return self._folder(container) is not None

    def _convert_errors(self, container: str, blob: str) -> AbstractContextManager[None]:
        return convert_errors(container, blob, self._account)

    def _folder(self, container: str) -> Path | None:
        """Return a container's folder; None if the root has no such folder."""
        if "/" in container or "\0" in container or container in {".", ".."} or container.startswith(RESERVED):
            return None
        folder = self._root / container
        if not folder.is_dir():
            return None
        return folder if not self._escape or folder.resolve().is_relative_to(self._root.resolve()) else None

    def _paths(self, container: str) -> ContainerPaths:
        folder = self._folder(container)
        if folder is None:
            raise container_missing(container, self._account)
        return ContainerPaths(self._root, folder, self._account, self._escape)

    def _sidecars(self, paths: ContainerPaths) -> Sidecars:
        return Sidecars(paths.folder, keeps_content_types=self._escape)

    def _read_state(self, paths: ContainerPaths, container: str, blob: str) -> tuple[os.stat_result, BlobMetadata]:
        """Return a file's status and its metadata, both of the same moment."""
        found = self._find(paths, container, blob)
        metadata = self._sidecars(paths).read(blob, etag_of(found))
        if metadata is None and etag_of(self._find(paths, container, blob)) != etag_of(found):
            # Replaced in between, and its sidecar with it: read again under the lock, when no writer can replace it.
            with lock_folder(paths.folder, shared=True):
                found = self._find(paths, container, blob)
                metadata = self._sidecars(paths).read(blob, etag_of(found))
        return found, metadata or BlobMetadata(default_content_type(blob))

    def _find(self, paths: ContainerPaths, container: str, blob: str) -> os.stat_result:
        if found := paths.find(blob):
            return found[1]
        raise blob_missing(container, blob, self._account)

    @contextmanager
    def _opened(
        self, container: str, blob: str, if_match: str | None, version_id: str | None, snapshot: str | None
    ) -> Iterator[tuple[int, int]]:
        """Open a file for reading; yield its descriptor and its size, and check that it did not change meanwhile."""
        descriptor = self._paths(container).open(blob)
        if descriptor is None:
            raise blob_missing(container, blob, self._account)
        try:
            require_current(container, blob, self._account, version_id=version_id, snapshot=snapshot)
            before = os.fstat(descriptor)
            name = format_name(container, blob, self._account)
            if if_match is not None:
                require(IfMatch(if_match), etag_of(before), name)
            yield descriptor, before.st_size
            require(IfMatch(etag_of(before)), etag_of(os.fstat(descriptor)), name)
        finally:
            os.close(descriptor)

    def _temp_file(self, container: str, blob: str) -> TempFile:
        """Begin an unpublished file; the first in a folder removes what a crash left there."""
        folder = self._paths(container).temp_folder(blob)
        if folder not in self._swept:
            self._swept.add(folder)
            remove_stale(folder)
        return TempFile(folder)

    def _publish(self, container: str, blob: str, part: TempFile, metadata: BlobMetadata, condition: Condition) -> str:
        """Publish a finished file as the blob if the condition is met, and return its ETag."""
        paths = self._paths(container)
        sidecars = self._sidecars(paths)
        with lock_folder(paths.folder):
            found = paths.find(blob)
            name = format_name(container, blob, self._account)
            require(condition, etag_of(found[1]) if found else None, name)
            path = found[0] if found else paths.choose(blob)
            etag = etag_of(part.stamp(found[1].st_mtime_ns if found else 0))
            paths.make_room(blob, path)
            sidecars.write(blob, etag, metadata)
            try:
                part.publish(path, replacing=found is not None)
            except FileExistsError:
                # Another program, which does not take the lock, created it just now.
                if isinstance(condition, IfAbsent):
                    raise ConditionNotMet(f"the blob {name} exists already", remedy="choose another name") from None
                part.publish(path, replacing=True)
            sidecars.keep_only(blob, etag)
        return etag


def _describe(container: str, blob: str, found: os.stat_result, metadata: BlobMetadata) -> BlobProperties:
    return BlobProperties(
        container,
        blob,
        size=found.st_size,
        etag=etag_of(found),
        last_modified=datetime.fromtimestamp(found.st_mtime_ns / 1e9, UTC),
        as_of=datetime.now(UTC),
        content_type=metadata.content_type,
        metadata=metadata.metadata,
    )
