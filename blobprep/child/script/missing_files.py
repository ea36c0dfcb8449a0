r"""Hints about files and modules that a script did not find; they are shown below the traceback.

The reason may be a path of another machine, a Windows path given to a library that opens files without Python, or a
bundle that is not connected or has the file in another folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final

from blobprep.child.bundle import FOLDER_NAME, MAX_ENTRIES
from blobprep.child.windows.functions import script_folder
from blobprep.child.windows.paths import WorkingFolder, exists, is_windows

__all__ = ["explain_missing_file", "explain_missing_module", "locate_module"]

ELSEWHERE: Final = (
    "is a path of another machine, but a script sees only its working folder: put the file into the --bundle and open "
    r".\Script Bundle\NAME, or connect it as a dataset"
)
_PYTHON: Final = frozenset({".py", ".pyc", ".pyw", ".so", ".pyd"})
_DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]|\\\\\w")
_QUOTED: Final = re.compile(r"(['\"])((?:(?!\1)[^\n])*\\(?:(?!\1)[^\n])*)\1")


def explain_missing_file(error: BaseException) -> str:
    """Explain why a file was not found, and how to open it; empty if the script failed for another reason.

    Args:
        error: the exception that ended the script; its working folder is still in force.
    """
    folder = script_folder()
    if folder is None:
        return ""
    for path in _iter_paths(error):
        if _DRIVE.match(path) and isinstance(error, OSError):
            return f"{path} {ELSEWHERE}"
        translated = folder.translate(path)
        if is_windows(path) and exists(translated):
            return (
                f"{path!r} is a Windows path, but a C library or another process opened it, not Python: write "
                f"{os.path.normpath(translated)!r}, which works on Windows too"
            )
        if isinstance(error, FileNotFoundError) and (hint := _locate_in_bundle(translated, folder)):
            return hint
    return ""


def _iter_paths(error: BaseException) -> Iterator[str]:
    """Yield the paths that an error names, from its attributes and from its message."""
    if isinstance(error, OSError):
        yield from (name for name in (error.filename, error.filename2) if isinstance(name, str))
    yield from (match[2] for match in _QUOTED.finditer(str(error)[:2000]))


def _locate_in_bundle(path: str, folder: WorkingFolder) -> str:
    """Explain where in the bundle a file is that was looked for elsewhere; empty if it is not clear."""
    inside = os.path.relpath(os.path.abspath(path), folder.root)
    first, _, rest = inside.partition("/")
    if first.casefold() != FOLDER_NAME.casefold() and "/" in inside:
        return ""
    if not os.path.isdir(os.path.join(folder.root, FOLDER_NAME)):
        if first.casefold() == FOLDER_NAME.casefold():
            return "no bundle is connected: pass the module zip or a folder with --bundle"
        return ""
    wanted = (rest or inside).casefold()
    found = [name for name in _list_bundle(folder) if f"/{name.casefold()}".endswith(f"/{wanted}")]
    if len(found) != 1:
        return ""
    return f"the file is in the bundle as {found[0]}: open '{FOLDER_NAME}/{found[0]}'"


def explain_missing_module(name: str) -> str:
    """Explain where in the bundle a module is that Python did not find; empty if it is not there."""
    folder = script_folder()
    place = locate_module(name.partition(".")[0], _list_bundle(folder)) if folder is not None else None
    return "" if place is None else f"{name} is in the bundle as {place[0]}, where Python does not look: {place[1]}"


def _list_bundle(folder: WorkingFolder) -> list[str]:
    """List the files of the bundle, by their paths below it."""
    root, names = os.path.join(folder.root, FOLDER_NAME), list[str]()
    for parent, _, files in os.walk(root):
        names += [os.path.relpath(os.path.join(parent, file), root) for file in files]
        if len(names) > MAX_ENTRIES:
            break
    return sorted(names)


def locate_module(top: str, names: Iterable[str]) -> tuple[str, str] | None:
    """Return the place of a module that Python does not find in a bundle, and a remedy; None if it is not there.

    It is not at the top, or its name is in other case.

    Args:
        top: the module's name up to its first dot.
        names: the files of the bundle, by their paths below it.
    """
    paths = sorted(map(PurePosixPath, names), key=lambda path: (len(path.parts), path))
    for path in paths:
        if path.suffix in _PYTHON and path.name.partition(".")[0] == top:
            return _advise(top, path)
        if top in path.parts[:-1] and path.name == "__init__.py":
            return _advise(top, PurePosixPath(*path.parts[: path.parts.index(top) + 1]))
    for path in paths:
        name = path.name.partition(".")[0] if len(path.parts) == 1 else path.parts[0]
        if name != top and name.casefold() == top.casefold() and (path.suffix in _PYTHON or len(path.parts) > 1):
            return str(path), f"write import {name}: upper and lower case count"
    return None


def _advise(top: str, place: PurePosixPath) -> tuple[str, str]:
    entry = f"{FOLDER_NAME}/{place.parent}"
    return str(place), f"pack the zip with {top} at its top, or call sys.path.append({entry!r})"
