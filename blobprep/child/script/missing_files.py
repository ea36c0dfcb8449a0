r"""Why a script did not find a file or module, and where it is: told below the traceback.

A path of another machine, a name of Windows in the hands of a library that opens files without Python, a bundle that
is not connected or has the file one folder deeper.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final

from blobprep.child.bundle import FOLDER_NAME, MAX_ENTRIES
from blobprep.child.windows.functions import folder_of_script
from blobprep.child.windows.paths import WorkingFolder, exists, is_windows

__all__ = ["explain_missing_file", "explain_missing_module", "module_place"]

ELSEWHERE: Final = (
    "is a path of another machine, and a script sees its working folder alone: put the file into the --bundle and open "
    r".\Script Bundle\NAME, or connect it as a dataset"
)
_PYTHON: Final = frozenset({".py", ".pyc", ".pyw", ".so", ".pyd"})
_DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]|\\\\\w")
_QUOTED: Final = re.compile(r"(['\"])((?:(?!\1)[^\n])*\\(?:(?!\1)[^\n])*)\1")


def explain_missing_file(error: BaseException) -> str:
    """Explain why a file was not found, and what names it; empty where that is not why the script failed.

    Args:
        error: ended the script; its own working folder is still in force.
    """
    folder = folder_of_script()
    if folder is None:
        return ""
    for path in _paths(error):
        if _DRIVE.match(path) and isinstance(error, OSError):
            return f"{path} {ELSEWHERE}"
        named = folder.translated(path)
        if is_windows(path) and exists(named):
            return (
                f"{path!r} was opened by a library in C or another process; Python's own functions in this one alone "
                f"know names of Windows: write {os.path.normpath(named)!r}, which works on Windows too"
            )
        if isinstance(error, FileNotFoundError) and (told := _in_bundle(named, folder)):
            return told
    return ""


def _paths(error: BaseException) -> Iterator[str]:
    """Return the paths that an error names, most of them as it has them itself."""
    if isinstance(error, OSError):
        yield from (each for each in (error.filename, error.filename2) if isinstance(each, str))
    yield from (match[2] for match in _QUOTED.finditer(str(error)[:2000]))


def _in_bundle(path: str, folder: WorkingFolder) -> str:
    """Say where in the bundle a file is that was looked for in another place of it."""
    inside = os.path.relpath(os.path.abspath(path), folder.root)
    first, _, rest = inside.partition("/")
    if first.casefold() != FOLDER_NAME.casefold() and "/" in inside:
        return ""
    if not os.path.isdir(os.path.join(folder.root, FOLDER_NAME)):
        if first.casefold() == FOLDER_NAME.casefold():
            return "no bundle is connected: pass the module zip, or a folder, with --bundle"
        return ""
    wanted = (rest or inside).casefold()
    found = [name for name in _bundled(folder) if f"/{name.casefold()}".endswith(f"/{wanted}")]
    if len(found) != 1:
        return ""
    return f"the bundle has it as {found[0]}: open '{FOLDER_NAME}/{found[0]}'"


def explain_missing_module(name: str) -> str:
    """Say where in the bundle a module is that Python did not find; empty where it is not there."""
    folder = folder_of_script()
    place = module_place(name.partition(".")[0], _bundled(folder)) if folder is not None else None
    return "" if place is None else f"{name} is in the bundle as {place[0]}, where Python does not look: {place[1]}"


def _bundled(folder: WorkingFolder) -> list[str]:
    """Return the files of the bundle, by their paths below it."""
    root, names = os.path.join(folder.root, FOLDER_NAME), list[str]()
    for parent, _, files in os.walk(root):
        names += [os.path.relpath(os.path.join(parent, file), root) for file in files]
        if len(names) > MAX_ENTRIES:
            break
    return sorted(names)


def module_place(top: str, names: Iterable[str]) -> tuple[str, str] | None:
    """Return where in a bundle a module lies that is not at its top, and what to do; None where it is not in it.

    Args:
        top: the module's name, up to its first dot.
        names: the files of the bundle, by their paths below it.
    """
    for path in sorted(map(PurePosixPath, names), key=lambda each: (len(each.parts), each)):
        if path.suffix in _PYTHON and path.name.partition(".")[0] == top:
            return _advised(top, path)
        if top in path.parts[:-1] and path.name == "__init__.py":
            return _advised(top, PurePosixPath(*path.parts[: path.parts.index(top) + 1]))
    return None


def _advised(top: str, place: PurePosixPath) -> tuple[str, str]:
    entry = f"{FOLDER_NAME}/{place.parent}"
    return str(place), f"pack the zip so that {top} is at its top, or: sys.path.append({entry!r})"
