"""A local folder packed as a script bundle; the same files make the same zip."""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
from pathlib import Path
from typing import BinaryIO, Final

from blobprep.errors import BundleError
from blobprep.inputs.spool import InputSpool

__all__ = ["pack_folder"]

_LEFT_OUT: Final = frozenset({"__pycache__", ".git", ".hg", ".svn", ".venv", "node_modules"})
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_COPIED: Final = 1024 * 1024


def pack_folder(folder: Path) -> InputSpool:
    """Pack the files of a folder, leaving out caches, version control and virtual environments.

    Raises:
        BundleError: the path is not a folder, or a file in it cannot be packed.
    """
    if not folder.is_dir():
        raise BundleError(f"the bundle {folder} is not a folder", remedy="pass a zip file or a folder to --bundle")
    try:
        sizes = {path: _size_of(path) for path in sorted(_files(folder))}
        packed = InputSpool("bundle", sum(sizes.values()), growing=True)
        try:
            with open(packed.writable, "r+b", closefd=False) as file:
                _write_zip(file, folder, sizes)
                packed.size = file.truncate()
            packed.seal()
        except BaseException:
            packed.close()
            raise
    except OSError as error:
        file_name = f": {error.filename}" if error.filename else ""
        raise BundleError(
            f"the bundle {folder} cannot be packed: {error.strerror}{file_name}",
            remedy="check the file and its permissions, or move it out of the folder",
        ) from error
    except UnicodeEncodeError as error:
        raise BundleError(
            f"the bundle {folder} has a file whose name is not valid text: {error.object!r}",
            remedy="rename the file, or move it out of the folder",
        ) from error
    return packed


def _write_zip(file: BinaryIO, folder: Path, sizes: dict[Path, int]) -> None:
    """Write the files uncompressed, a piece at a time; the file's position is then at the end of the zip."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for path, size in sizes.items():
            info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
            info.external_attr = 0o600 << 16
            info.file_size = size
            with path.open("rb") as source, archive.open(info, "w") as entry:
                shutil.copyfileobj(source, entry, _COPIED)


def _files(folder: Path) -> list[Path]:
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _LEFT_OUT]
        found += [Path(parent, name) for name in names if not name.endswith(".pyc")]
    return found


def _size_of(path: Path) -> int:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):  # reading a pipe would never end
        raise BundleError(f"{path} in the bundle is not a regular file", remedy="move it out of the folder")
    return status.st_size
