"""What lies in a folder, by name."""

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
    """Name a blob, or a folder that holds some.

    Attributes:
        name: the whole name of the blob; of a folder, with `/` at its end.
        stat: of the blob's file; None for a folder.
    """

    name: str
    stat: os.stat_result | None


@dataclass(frozen=True, slots=True)
class _Child:
    """Hold one entry of a folder: its segment, where it lies, and for a file what it is."""

    segment: str
    beside: bool
    path: Path
    stat: os.stat_result | None
    identity: tuple[int, int] = (0, 0)
    """Device and inode of a folder that links may lead to."""

    @property
    def order(self) -> tuple[str, bool]:
        """Sort as the whole names sort: those below a folder begin with its name and a `/`."""
        return (self.segment if self.stat else self.segment + "/", self.beside)


@dataclass(frozen=True, slots=True)
class Tree:
    """Look at the folder of a container.

    Attributes:
        container: the folder.
        escape: names are escaped on disk, and links are skipped; else names are as they are, and links are followed,
            but for those that lead back to a folder they are in.
    """

    container: Path
    escape: bool

    def walk(
        self, start: Path, above: str, rest: str, *, deep: bool, trail: tuple[tuple[int, int], ...] = ()
    ) -> Iterator[Entry]:
        """List what lies in a folder of the container, sorted by name (code points).

        Args:
            start: the folder; need not exist.
            above: what its blobs' names begin with, up to and with the last `/`.
            rest: how the first segment behind it begins.
            deep: go into folders; else a folder that holds a blob is one entry.
            trail: the identities of the folders it lies in, which no link may lead back to.
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
            # At one moment: a blob that moves beside a new folder is seen once, not twice or never.
            with lock_folder(self.container, shared=True):
                return _escaped(folder, ())
        except (FileNotFoundError, NotADirectoryError):
            return []


def _plain(folder: Path) -> list[_Child]:
    children = []
    for name, found in _look(folder, follow=True):
        if names.plain_components(name) is not None:
            is_folder = stat.S_ISDIR(found.st_mode)
            identity = (found.st_dev, found.st_ino)
            children.append(_Child(name, False, folder / name, None if is_folder else found, identity))
    return children


def _identity(folder: Path) -> tuple[int, int]:
    try:
        found = folder.stat()
    except OSError:
        return (0, 0)  # gone since; nothing lies in it
    return (found.st_dev, found.st_ino)


def _escaped(folder: Path, begun: tuple[str, ...]) -> list[_Child]:
    children = []
    for name, found in _look(folder, follow=False):
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


def _look(folder: Path, *, follow: bool) -> Iterator[tuple[str, os.stat_result]]:
    """Name the files and folders in a folder; nothing else (devices, sockets, links not followed) is of interest."""
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                found = entry.stat(follow_symlinks=follow)
            except OSError:
                continue  # gone since, or a link to nothing
            if stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode):
                yield entry.name, found
