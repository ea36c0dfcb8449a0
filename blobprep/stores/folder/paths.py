"""Where the blobs of one container are in its folder."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from blobprep.errors import AccessError, StoreError
from blobprep.stores.folder import names
from blobprep.stores.service_rules import format_name

__all__ = ["ContainerPaths", "etag_of", "read_range"]

_PIECE: Final = 1024 * 1024 * 1024
_ABSENT: Final = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG}
_NO_FILE: Final = _ABSENT | {errno.ELOOP, errno.ENXIO}
# Without O_NONBLOCK, opening a FIFO would wait for a writer.
_READ: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK


@dataclass(frozen=True, slots=True)
class ContainerPaths:
    """The paths of the blobs in the folder of a container.

    Attributes:
        root: the folder in place of the account.
        folder: the folder of the container.
        account: the account's name, for messages.
        escape: names are escaped and links may not leave the root; otherwise both are taken unchanged from the disk.
    """

    root: Path
    folder: Path
    account: str
    escape: bool

    def find(self, blob: str) -> tuple[Path, os.stat_result] | None:
        """Return the blob's file and its status; None if it does not exist."""
        for path in self._candidates(blob):
            try:
                found = path.stat(follow_symlinks=not self.escape)
            except OSError as error:
                if error.errno not in _ABSENT:
                    raise
                continue
            if stat.S_ISREG(found.st_mode):
                self._require_inside(path, blob)
                return path, found
        return None

    def open(self, blob: str) -> int | None:
        """Open the blob's file for reading; the caller closes the descriptor. None if the file does not exist."""
        for path in self._candidates(blob):
            try:
                descriptor = os.open(path, _READ | (os.O_NOFOLLOW if self.escape else 0))
            except OSError as error:
                if error.errno not in _NO_FILE:
                    raise
                continue
            try:
                if stat.S_ISREG(os.fstat(descriptor).st_mode):
                    self._require_inside(path, blob)
                    return descriptor
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)
        return None

    def temp_folder(self, blob: str) -> Path:
        """Return an existing folder on the same file system, for the blob's unpublished file."""
        if self.escape:
            return self.folder
        path = self._ordinary(blob).parent
        while not path.is_dir() and path != self.folder:
            path = path.parent
        return path

    def choose(self, blob: str) -> Path:
        """Choose the path of a blob that has no file yet; the caller holds the container's lock.

        Raises:
            StoreError: something that is not a blob is in its place.
        """
        path = self._ordinary(blob)
        if not os.path.lexists(path):
            return path
        if self.escape and path.is_dir() and not path.is_symlink():
            beside = self.folder.joinpath(*names.components_beside(blob))
            if not os.path.lexists(beside):
                return beside
        what = "a folder" if path.is_dir() else "something that is not a blob"
        raise StoreError(
            f"{self._format_name(blob)} cannot be written: {what} of that name is in its place",
            remedy="choose another name, or move what is in the way",
        )

    def make_room(self, blob: str, path: Path) -> None:
        """Create the folders above a blob's file; the caller holds the container's lock.

        A blob that has the name of such a folder moves beside it, in one step and with its ETag.
        """
        if self.escape:
            self._require_inside(path, blob)
            *above, _ = blob.split("/")
            for count in range(1, len(above) + 1):
                self._move_aside("/".join(above[:count]))
        path.parent.mkdir(parents=True, exist_ok=True)

    def prune(self, path: Path) -> None:
        """Remove the folders above a deleted file that are empty now, unless names are not escaped."""
        with suppress(OSError):
            while self.escape and (path := path.parent) != self.folder:
                path.rmdir()

    def folder_of(self, above: str) -> Path | None:
        """Return the folder of all names that begin with `above` (empty, or ending with `/`); None if there is none."""
        if not above:
            return self.folder
        if not self.escape and names.plain_components(above[:-1]) is None:
            return None
        folder = self._ordinary(above[:-1])
        try:
            self._require_inside(folder / "anything", above)
            folder.stat()
        except OSError as error:
            if error.errno not in _ABSENT:
                raise
            return None
        return folder

    def _move_aside(self, blob: str) -> None:
        path = self._ordinary(blob)
        try:
            is_blob = stat.S_ISREG(path.lstat().st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return
        if is_blob:
            beside = self.folder.joinpath(*names.components_beside(blob))
            beside.parent.mkdir(parents=True, exist_ok=True)
            path.rename(beside)

    def _candidates(self, blob: str) -> Iterator[Path]:
        if self.escape:
            yield self._ordinary(blob)
            yield self.folder.joinpath(*names.components_beside(blob))
        elif parts := names.plain_components(blob):
            yield self.folder.joinpath(*parts)

    def _ordinary(self, blob: str) -> Path:
        parts = names.components(blob) if self.escape else names.plain_components(blob)
        if parts is None:
            raise StoreError(
                f"{blob!r} is not a valid name for a local file",
                remedy="choose a name without '//', '.', '..' and '.blobprep…'",
            )
        return self.folder.joinpath(*parts)

    def _require_inside(self, path: Path, blob: str) -> None:
        """Check that no link leads a path out of the account's folder."""
        if self.escape and not path.parent.resolve().is_relative_to(self.root.resolve()):
            raise AccessError(
                f"{self._format_name(blob)} is reached through a link that leaves the account's folder",
                remedy="move the data into the folder, or configure its folder as an account of its own",
            )

    def _format_name(self, blob: str) -> str:
        return format_name(self.folder.name if self.folder != self.root else "", blob, self.account)


def etag_of(found: os.stat_result) -> str:
    """Return the ETag of a file in this state."""
    state = f"{found.st_ino}-{found.st_size}-{found.st_mtime_ns}"
    return hashlib.blake2b(state.encode(), digest_size=8).hexdigest()


def read_range(descriptor: int, offset: int, length: int) -> bytes:
    """Read up to `length` bytes; fewer if the file ends earlier."""
    pieces = []
    while length > 0 and (piece := os.pread(descriptor, min(length, _PIECE), offset)):
        pieces.append(piece)
        offset, length = offset + len(piece), length - len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
