"""Which names of blobs files on disk can have, and which of them beside each other.

An account takes names that a folder of plain files cannot: with empty segments, `.` or `..`; `x` and `x/y` at once; in
one folder names that its file system takes for the same. They are found here before the first byte is written.
"""

from __future__ import annotations

import os
import tempfile
import unicodedata
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from blobprep.stores.folder.names import RESERVED, plain_components

__all__ = ["find_folded", "unfit"]

_SAME: Final = (("a", "A"), ("\u00e9", "e\u0301"))
"""Pairs of names that are one name each where a file system ignores case, or the form of an accent."""


def unfit(folder: Path, names: Collection[str], *, escape: bool) -> dict[str, str]:
    """Return why names cannot be those of files in a folder.

    Args:
        folder: it exists.
        names: of all the files that are to be written.
        escape: whether the names are escaped on disk, so that any but those that the file system folds can be kept.

    Returns:
        The reason for each name that does not fit, a clause behind "because".
    """
    clashes = find_folded(names)
    if clashes and not _is_folding(folder):
        clashes = {}
    return clashes if escape else {**clashes, **_unfit_as_they_are(folder, names)}


def find_folded(names: Collection[str]) -> dict[str, str]:
    """Return which names differ from another one of them only by case or the form of an accent."""
    latest: dict[str, str] = {}
    reasons = {}
    for name in names:
        other = latest.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
        if other != name:
            reasons[name] = f"the file system there takes it for the name of {other}"
    return reasons


def _is_folding(folder: Path) -> bool:
    """Try out whether a folder's file system takes such names for one."""
    with tempfile.TemporaryDirectory(prefix=f"{RESERVED}-", dir=folder) as tried:
        for first, _ in _SAME:
            Path(tried, first).touch()
        return any(Path(tried, second).exists() for _, second in _SAME)


def _unfit_as_they_are(folder: Path, names: Collection[str]) -> dict[str, str]:
    folders = {above for name in names for above in _above(name)}
    longest = os.pathconf(folder, "PC_NAME_MAX"), os.pathconf(folder, "PC_PATH_MAX") - 1
    reasons = {}
    for name in names:
        if reason := _alone(folder, name, *longest) or _beside(name, folders) or _on_disk(folder, name):
            reasons[name] = reason
    return reasons


def _alone(folder: Path, name: str, longest: int, longest_path: int) -> str:
    if not name or name.endswith("/"):
        return "no local file has a name that ends with /"
    if plain_components(name) is None or (os.sep == "\\" and "\\" in name):
        return f"a part of its name is empty, '.', '..' or begins with {RESERVED}, as no local file's may"
    if any(len(os.fsencode(segment)) > longest for segment in name.split("/")):
        return f"a part of its name is longer than the {longest} bytes that a local file's name may have"
    if len(os.fsencode(folder.absolute() / name)) > longest_path:
        return f"its path would be longer than {longest_path} bytes"
    return ""


def _beside(name: str, folders: Collection[str]) -> str:
    return "others lie below its name, and a local file cannot be a folder too" if name in folders else ""


def _on_disk(folder: Path, name: str) -> str:
    if (folder / name).is_dir():
        return "a folder has that name there"
    taken = next((above for above in _above(name) if _is_file(folder / above)), "")
    return f"{taken} is a file there, and no folder" if taken else ""


def _is_file(path: Path) -> bool:
    return os.path.lexists(path) and not path.is_dir()


def _above(name: str) -> Iterator[str]:
    """Name the folders that a file lies in."""
    *segments, _ = name.split("/")
    for count in range(1, len(segments) + 1):
        yield "/".join(segments[:count])
