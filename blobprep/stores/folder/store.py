"""A folder that stands for an account: its sub-folders are the containers, their files the blobs.

Files put there by other programs are blobs like any other. An ETag follows from a file's inode, size and time, so it
changes with the content without reading it. Publishing, conditions and deleting happen under the container's lock.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from blobprep.account import Access
from blobprep.errors import ConditionNotMet, StoreError
from blobprep.formats.table import default_content_type
from blobprep.stores.base import ANY, BLOCK_SIZE, BlobPrefix, BlobProperties, Condition, IfAbsent, IfMatch
from blobprep.stores.folder.disk_errors import disk_error
from blobprep.stores.folder.disk_names import unfit
from blobprep.stores.folder.names import RESERVED
from blobprep.stores.folder.paths import ContainerPaths, etag_of, read_range
from blobprep.stores.folder.sidecars import BlobMetadata, Sidecars
from blobprep.stores.folder.temp_files import TempFile, lock_folder, remove_stale
from blobprep.stores.folder.walk import Tree
from blobprep.stores.service_rules import (
    StagedBlocks,
    blob_missing,
    container_missing,
    format_name,
    group_by_delimiter,
    require,
    require_container_name,
    require_current,
)

__all__ = ["FolderStore"]


class FolderStore:
    """Use a folder as an account.

    Args:
        root: the folder; a container is a folder in it, and the container named "" is the root itself.
        account: the name it goes by.
        escape: True for an account's folder: any name of a blob can be kept, links out of it are not followed. False
            for plain local files: names are taken as they are on disk, links are followed, the content type follows
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
        """Return what bytes travel over."""
        return "file"

    @property
    def access(self) -> Access:
        """Return where it is; as `Store.access`."""
        return Access(self._root.absolute().as_uri(), "none")

    def properties(
        self, container: str, blob: str, *, version_id: str | None = None, snapshot: str | None = None
    ) -> BlobProperties:
        """Look at one blob; as `Store.properties`."""
        with self._convert_errors(container, blob):
            places = self._places(container)
            found, facts = self._facts(places, container, blob)
            require_current(container, blob, self._account, version_id=version_id, snapshot=snapshot)
        return _describe(container, blob, found, facts)

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
        """Read a range; as `Store.read`, and `ConditionNotMet` too where the file changes meanwhile."""
        with self._convert_errors(container, blob):
            descriptor = self._places(container).open(blob)
            if descriptor is None:
                raise blob_missing(container, blob, self._account)
            try:
                require_current(container, blob, self._account, version_id=version_id, snapshot=snapshot)
                before = os.fstat(descriptor)
                name = format_name(container, blob, self._account)
                if if_match is not None:
                    require(IfMatch(if_match), etag_of(before), name)
                data = read_range(descriptor, offset, before.st_size - offset if length is None else length)
                require(IfMatch(etag_of(before)), etag_of(os.fstat(descriptor)), name)
            finally:
                os.close(descriptor)
        return data

    def list(self, container: str, prefix: str = "", *, delimiter: str = "") -> Iterator[BlobProperties | BlobPrefix]:
        """List blobs; as `Store.list`. Only the folder of the prefix is looked at, and what is below."""
        if delimiter not in ("", "/"):
            blobs = (blob for blob in self.list(container, prefix) if isinstance(blob, BlobProperties))
            yield from group_by_delimiter(blobs, prefix, delimiter)
            return
        with self._convert_errors(container, prefix):
            places = self._places(container)
            sidecars = self._sidecars(places)
            with_sidecar = sidecars.index()
            above = prefix[: prefix.rfind("/") + 1]
            start = places.start(above)
            if start is None:
                return
            tree = Tree(places.folder, self._escape)
            for entry in tree.walk(start, above, prefix[len(above) :], deep=not delimiter):
                if entry.stat is None:
                    yield BlobPrefix(container, entry.name)
                    continue
                kept = sidecars.read(entry.name, etag_of(entry.stat)) if entry.name in with_sidecar else None
                yield _describe(
                    container, entry.name, entry.stat, kept or BlobMetadata(default_content_type(entry.name))
                )

    def unfit_names(self, container: str, names: Collection[str]) -> Mapping[str, str]:
        """Return why names do not fit; as `Store.unfit_names`."""
        with self._convert_errors(container, ""):
            folder = self._folder(container)
            return {} if folder is None else unfit(folder, names, escape=self._escape)

    def list_containers(self) -> Iterator[str]:
        """List the containers' names, sorted."""
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
        """Write a small blob at once; as `Store.write`."""
        with self._convert_errors(container, blob):
            part = self._part(container, blob)
            try:
                part.write(data, 0)
                part.finish(len(data))
                return self._publish(container, blob, part, BlobMetadata(content_type, metadata or {}), condition)
            finally:
                part.discard()

    def upload(self, container: str, blob: str) -> _FolderUpload:
        """Begin to stage a blob; as `Store.upload`. The blocks stand in an unnamed file of the container."""
        return _FolderUpload(self, container, blob)

    def delete(self, container: str, blob: str, *, condition: Condition = ANY) -> None:
        """Delete a blob; as `Store.delete`."""
        with self._convert_errors(container, blob):
            places = self._places(container)
            with lock_folder(places.folder):
                found = places.find(blob)
                if found is None:
                    raise blob_missing(container, blob, self._account)
                path, existing = found
                require(condition, etag_of(existing), format_name(container, blob, self._account))
                path.unlink()
                self._sidecars(places).keep_only(blob, None)
                places.prune(path)

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
                self._places(container)
                return False
            return True

    def container_exists(self, container: str) -> bool:
        """Tell whether the container is there."""
        with self._convert_errors(container, ""):
            return self._folder(container) is not None

    @contextmanager
    def _convert_errors(self, container: str, blob: str) -> Iterator[None]:
        """Turn the operating system's errors into ours; ours pass, though some are its kin too."""
        try:
            yield
        except StoreError:
            raise
        except OSError as error:
            raise disk_error(error, container, blob, self._account) from None
        except UnicodeEncodeError:
            name = format_name(container, blob, self._account).encode("ascii", "backslashreplace").decode()
            raise StoreError(f"{name} is not text", remedy="choose another name") from None

    def _folder(self, container: str) -> Path | None:
        """Return a container's folder, None where there is none in the root."""
        if "/" in container or "\0" in container or container in {".", ".."} or container.startswith(RESERVED):
            return None
        folder = self._root / container
        if not folder.is_dir():
            return None
        return folder if not self._escape or folder.resolve().is_relative_to(self._root.resolve()) else None

    def _places(self, container: str) -> ContainerPaths:
        folder = self._folder(container)
        if folder is None:
            raise container_missing(container, self._account)
        return ContainerPaths(self._root, folder, self._account, self._escape)

    def _sidecars(self, places: ContainerPaths) -> Sidecars:
        return Sidecars(places.folder, keeps_content_types=self._escape)

    def _facts(self, places: ContainerPaths, container: str, blob: str) -> tuple[os.stat_result, BlobMetadata]:
        """Look at a file and its sidecar, both of one moment."""
        found = self._found(places, container, blob)
        facts = self._sidecars(places).read(blob, etag_of(found))
        if facts is None and etag_of(self._found(places, container, blob)) != etag_of(found):
            # Replaced in between, and its sidecar with it: look again while nobody can.
            with lock_folder(places.folder, shared=True):
                found = self._found(places, container, blob)
                facts = self._sidecars(places).read(blob, etag_of(found))
        return found, facts or BlobMetadata(default_content_type(blob))

    def _found(self, places: ContainerPaths, container: str, blob: str) -> os.stat_result:
        if found := places.find(blob):
            return found[1]
        raise blob_missing(container, blob, self._account)

    def _part(self, container: str, blob: str) -> TempFile:
        """Begin a part; the first of a folder sweeps what a crash left there."""
        folder = self._places(container).parts(blob)
        if folder not in self._swept:
            self._swept.add(folder)
            remove_stale(folder)
        return TempFile(folder)

    def _publish(self, container: str, blob: str, part: TempFile, facts: BlobMetadata, condition: Condition) -> str:
        """Make a finished part the blob, if the condition holds, and return its ETag."""
        places = self._places(container)
        sidecars = self._sidecars(places)
        with lock_folder(places.folder):
            found = places.find(blob)
            name = format_name(container, blob, self._account)
            require(condition, etag_of(found[1]) if found else None, name)
            path = found[0] if found else places.vacant(blob)
            etag = etag_of(part.stamp(found[1].st_mtime_ns if found else 0))
            places.make_room(blob, path)
            sidecars.write(blob, etag, facts)
            try:
                part.publish(path, replacing=found is not None)
            except FileExistsError:
                # A program that knows no lock has made it just now.
                if isinstance(condition, IfAbsent):
                    raise ConditionNotMet(f"there is a blob {name} already", remedy="choose another name") from None
                part.publish(path, replacing=True)
            sidecars.keep_only(blob, etag)
        return etag


class _FolderUpload:
    """Hold the blocks of one blob in an unpublished file; as `Upload`."""

    def __init__(self, store: FolderStore, container: str, blob: str) -> None:
        self._store = store
        self._place = (container, blob)
        self._part: TempFile | None = None
        self._staged = StagedBlocks(format_name(container, blob, store.account))
        self._lock = threading.Lock()

    def put(self, index: int, data: bytes) -> None:
        """Stage a block; as `Upload.put`."""
        self._staged.admit(index, len(data))
        with self._store._convert_errors(*self._place):
            part = self._opened()
            part.write(data, index * BLOCK_SIZE)
            self._staged.record(index, len(data))

    def commit(
        self,
        count: int,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
        condition: Condition = ANY,
    ) -> str:
        """Publish the blocks; as `Upload.commit`."""
        total = self._staged.total(count)
        with self._store._convert_errors(*self._place):
            part = self._opened()
            part.finish(total)
            with self._lock:  # against being abandoned meanwhile
                self._staged.total(0)
                etag = self._store._publish(*self._place, part, BlobMetadata(content_type, metadata or {}), condition)
        self._end("committed")
        return etag

    def abandon(self) -> None:
        """Forget the blocks; as `Upload.abandon`."""
        with self._store._convert_errors(*self._place):
            self._end("abandoned")

    def _opened(self) -> TempFile:
        with self._lock:
            self._staged.total(0)  # refuses when the upload has ended
            if self._part is None:
                self._part = self._store._part(*self._place)
            return self._part

    def _end(self, how: str) -> None:
        with self._lock:
            self._staged.end(how)
            part, self._part = self._part, None
        if part is not None:
            part.discard()


def _describe(container: str, blob: str, found: os.stat_result, facts: BlobMetadata) -> BlobProperties:
    return BlobProperties(
        container,
        blob,
        size=found.st_size,
        etag=etag_of(found),
        last_modified=datetime.fromtimestamp(found.st_mtime_ns / 1e9, UTC),
        as_of=datetime.now(UTC),
        content_type=facts.content_type,
        metadata=facts.metadata,
    )
