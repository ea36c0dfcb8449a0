"""The blobs and folders in a folder, by name."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from blobprep.stores.folder import names
from blobprep.stores.folder.temp_files import lock_folder

__all__ = ["Entry", "Tree"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A blob, or a folder that holds blobs.

    Attributes:
        name: the full name of the blob, or of the folder with `/` at its end.
        stat: the status of the blob's file; None for a folder.
    """

    name: str
    stat: os.stat_result | None


@dataclass(frozen=True, slots=True)
class _Child:
    """One entry of a folder: its segment, its path, and for a file its status."""

    segment: str
    beside: bool
    path: Path
    stat: os.stat_result | None
    identity: tuple[int, int] = (0, 0)
    """Device and inode, to recognize a folder that links lead back to."""

    @property
    def order(self) -> tuple[str, bool]:
        """Return the key that sorts entries as full names sort: those below a folder begin with its name and a `/`."""
        return (self.segment if self.stat else self.segment + "/", self.beside)


@dataclass(frozen=True, slots=True)
class Tree:
    """The folder of a container, with all below it.

    Attributes:
        container: the folder.
        escape: names are escaped on disk, and links are skipped; otherwise names are unchanged, and links are followed
            unless they lead back to a folder they are in.
    """

    container: Path
    escape: bool

    def walk(
        self, start: Path, above: str, rest: str, *, deep: bool, trail: tuple[tuple[int, int], ...] = ()
    ) -> Iterator[Entry]:
        """Yield what is in a folder of the container, sorted by name (code points).

        Args:
            start: the folder; it need not exist.
            above: what its blobs' names begin with, up to and including the last `/`.
            rest: what the first segment after it begins with.
            deep: go into folders; otherwise a folder that holds a blob is one entry.
            trail: the identities of the folders above it, which no link may lead back to.
        """
        latest = None
        if not self.escape:
            trail = (*trail, _identity(start))
        for child in sorted(self._children(start), key=lambda child: child.order):
            if not child.segment.startswith(rest) or child.order[0] == latest:
                continue
            latest = child.order[0]
            if child.stat is not None:
                yield Entry(above + child.segment, child.stat)
                continue
            if child.identity in trail:
                continue
            below = self.walk(child.path, f"{above}{child.segment}/", "", deep=True, trail=trail)
            if deep:
                yield from below
            elif any(True for _ in below):
                yield Entry(f"{above}{child.segment}/", None)

    def _children(self, folder: Path) -> list[_Child]:
        try:
            if not self.escape:
                return _plain(folder)
            # Under the lock, so that a blob that moves beside a new folder is seen once, not twice or never.
            with lock_folder(self.container, shared=True):
                return _escaped(folder, ())
        except (FileNotFoundError, NotADirectoryError):
            return []


def _plain(folder: Path) -> list[_Child]:
    children = []
    for name, found in _entries(folder, follow=True):
        if names.plain_components(name) is not None:
            is_folder = stat.S_ISDIR(found.st_mode)
            identity = (found.st_dev, found.st_ino)
            children.append(_Child(name, False, folder / name, None if is_folder else found, identity))
    return children


def _identity(folder: Path) -> tuple[int, int]:
    try:
        found = folder.stat()
    except OSError:
        return (0, 0)  # removed meanwhile
    return (found.st_dev, found.st_ino)


def _escaped(folder: Path, begun: tuple[str, ...]) -> list[_Child]:
    children = []
    for name, found in _entries(folder, follow=False):
        path, parts = folder / name, (*begun, name)
        is_folder = stat.S_ISDIR(found.st_mode)
        if name.startswith(names.RESERVED):
            continue
        if is_folder and names.is_begun(parts):
            children += _escaped(path, parts)
            continue
        segment = names.segment_of(parts)
        if segment is not None and not (is_folder and segment[1]):
            children.append(_Child(*segment, path, None if is_folder else found))
    return children


def _entries(folder: Path, *, follow: bool) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the files and folders in a folder; skip devices, sockets and links that are not followed."""
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                found = entry.stat(follow_symlinks=follow)
            except OSError:
                continue  # removed meanwhile, or a broken link
            if stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode):
                yield entry.name, found
