"""The blob names that files on disk can have, alone and side by side.

An account accepts names that a folder of plain files cannot hold: names with empty segments, `.` or `..`; both `x` and
`x/y`; several names that the file system treats as the same. They are found here before the first byte is written.
"""

from __future__ import annotations

import os
import tempfile
import unicodedata
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from blobprep.stores.folder.names import RESERVED, plain_components

__all__ = ["check_names", "find_folded"]

_SAME: Final = (("a", "A"), ("\u00e9", "e\u0301"))
"""Pairs of names that are the same to a file system that ignores case, or the form of an accent."""


def check_names(folder: Path, names: Collection[str], *, escape: bool) -> dict[str, str]:
    """Return which names files in a folder cannot have, and why.

    Args:
        folder: an existing folder.
        names: the names of all files to be written.
        escape: whether names are escaped on disk; then only names that the file system treats as the same clash.

    Returns:
        The reason for each name that does not fit, as a clause that could follow "because".
    """
    clashes = find_folded(names)
    if clashes and not _is_folding(folder):
        clashes = {}
    return clashes if escape else {**clashes, **_check_plain_names(folder, names)}


def find_folded(names: Collection[str]) -> dict[str, str]:
    """Return the names that differ from an earlier one only by case or the form of an accent, each with a reason."""
    latest: dict[str, str] = {}
    reasons = {}
    for name in names:
        other = latest.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
        if other != name:
            reasons[name] = f"the file system there treats it as the same name as {other}"
    return reasons


def _is_folding(folder: Path) -> bool:
    """Test whether a folder's file system treats such names as the same."""
    with tempfile.TemporaryDirectory(prefix=f"{RESERVED}-", dir=folder) as scratch:
        for first, _ in _SAME:
            Path(scratch, first).touch()
        return any(Path(scratch, second).exists() for _, second in _SAME)


def _check_plain_names(folder: Path, names: Collection[str]) -> dict[str, str]:
    folders = {above for name in names for above in _folders_above(name)}
    # Texts from here on: with a path object for each of thousands of names this took longer than all the rest.
    base = os.path.join(folder.absolute(), "")  # noqa: PTH118
    longest = os.pathconf(folder, "PC_NAME_MAX"), os.pathconf(folder, "PC_PATH_MAX") - 1
    start = len(os.fsencode(base))
    reasons: dict[str, str] = {}
    fitting = []
    for name in names:
        if reason := _check_alone(start, name, *longest) or _check_beside(name, folders):
            reasons[name] = reason
        else:
            fitting.append(name)
    files = {above for above in folders if plain_components(above) and _is_file(base + above)}
    return reasons | {name: reason for name in fitting if (reason := _check_on_disk(base, name, files))}


def _check_alone(start: int, name: str, longest: int, longest_path: int) -> str:
    if not name or name.endswith("/"):
        return "the name of a local file cannot be empty or end with /"
    if plain_components(name) is None or (os.sep == "\\" and "\\" in name):
        return f"a part of its name is empty, '.' or '..', or begins with {RESERVED}, which local files cannot have"
    size = len(os.fsencode(name))
    if size > longest and any(len(os.fsencode(segment)) > longest for segment in name.split("/")):
        return f"a part of its name is longer than {longest} bytes, the most the name of a local file may have"
    return f"its path would be longer than {longest_path} bytes" if start + size > longest_path else ""


def _check_beside(name: str, folders: Collection[str]) -> str:
    return (
        "other blobs have names below its own, and a local file cannot be a folder as well" if name in folders else ""
    )


def _check_on_disk(base: str, name: str, files: Collection[str]) -> str:
    if os.path.isdir(base + name):  # noqa: PTH112
        return "a folder has that name there"
    taken = next((above for above in _folders_above(name) if above in files), "") if files else ""
    return f"{taken} is a file there, not a folder" if taken else ""


def _is_file(path: str) -> bool:
    return os.path.lexists(path) and not os.path.isdir(path)  # noqa: PTH112


def _folders_above(name: str) -> Iterator[str]:
    """Yield the names of the folders above a file."""
    *segments, _ = name.split("/")
    for count in range(1, len(segments) + 1):
        yield "/".join(segments[:count])
