"""Another interpreter that a script runs in: where it is, and what it must be able to read.

Nothing is executed here: at level `strict` an interpreter runs only once it is confined, so that what it needs is told
from where it lies. What it lacks beyond that it tells itself (`blobprep.bridge.versions`).
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from blobprep.errors import InterpreterUnusable
from blobprep.sandbox.interpreter_paths import follow_links, prefix_paths

__all__ = ["find_interpreter", "list_needed", "loader_of", "other_interpreter_paths"]

_REGISTRY: Final = ".conda/environments.txt"
"""The file in a user's home in which conda writes down the folders of all environments."""

_ROOTS: Final = ("anaconda3", "anaconda2", "anaconda", "miniconda3", "miniconda2", "miniconda", "miniforge3", "conda")
_BRIDGE: Final = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bridge")
_ELF: Final = b"\x7fELF\x02"  # of 64 bits
_HEADER: Final = struct.Struct("<32xQ14xHH")  # where the segments are described, the size of one, their number
_SEGMENT: Final = struct.Struct("<I4xQ16xQ")  # kind, place, size
_LOADER: Final = 3
_USE: Final = "name the executable of a CPython from 2.7 on, such as /opt/anaconda2/bin/python, or a conda environment"


def find_interpreter(text: str, home: Path) -> str:
    """Return the path of an interpreter's executable.

    Args:
        text: a path, or the name of a conda environment.
        home: the user's, in which conda writes down its environments.

    Raises:
        InterpreterUnusable: there is no such interpreter, or it cannot be executed.
    """
    is_path = os.sep in text
    path = os.path.abspath(Path(text).expanduser()) if is_path else _find_environment(text, home)
    if os.path.isdir(path):  # an environment by its folder
        path = os.path.join(path, "bin", "python")
    if not os.path.exists(path):
        raise InterpreterUnusable(f"there is no interpreter at {path}", remedy=_USE)
    if not os.path.isfile(path) or not os.access(path, os.X_OK):
        raise InterpreterUnusable(f"the interpreter {path} is not a file that you may execute", remedy=_USE)
    _require_program(path)
    return path


def other_interpreter_paths(path: str) -> Iterator[str]:
    """Yield the real paths that another interpreter must read: itself, its libraries, and the bridge.

    A link among the libraries that leads out of the interpreter's own folders is not followed: who made the folders
    must not decide what else a script may read.

    Args:
        path: of its executable.
    """
    yield from follow_links(path)
    prefixes = _list_prefixes(path)
    inside = tuple(os.path.join(prefix, "") for prefix in prefixes)
    for prefix in prefixes:
        yield from (found for found in prefix_paths(prefix, _list_packages(prefix)) if found.startswith(inside))
    yield os.path.realpath(_BRIDGE)


def list_needed(path: str) -> list[str]:
    """Return what an interpreter cannot start without: its executable, and the folders of its standard library."""
    return [path, *(folder for prefix in _list_prefixes(path) for folder in _python_folders(prefix))]


def loader_of(path: str) -> tuple[str, ...]:
    """Return the real path of the program that the kernel loads an executable with; none where it needs none."""
    try:
        with open(path, "rb") as file:
            if file.read(len(_ELF)) != _ELF:
                return ()
            file.seek(0)
            start, size, count = _HEADER.unpack(file.read(_HEADER.size))
            for number in range(count):
                file.seek(start + number * size)
                kind, place, length = _SEGMENT.unpack(file.read(_SEGMENT.size))
                if kind == _LOADER:
                    file.seek(place)
                    return (os.path.realpath(file.read(min(length, 4096)).rstrip(b"\0").decode()),)
    except (OSError, struct.error, UnicodeDecodeError):
        pass
    return ()


def _find_environment(name: str, home: Path) -> str:
    folders = [folder for folder in _list_environments(home) if os.path.basename(folder) == name]
    if not folders:
        known = sorted({os.path.basename(folder) for folder in _list_environments(home)})
        told = f"; there are {', '.join(known)}" if known else "; none was found here"
        raise InterpreterUnusable(
            f"{name!r} is not the name of a conda environment{told}", remedy=f"{_USE}; a path has a slash"
        )
    return os.path.join(folders[0], "bin", "python")


def _list_environments(home: Path) -> list[str]:
    """List the folders of conda's environments: those that it wrote down, and those in its usual places."""
    try:
        listed = (home / _REGISTRY).read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        listed = []
    roots = [os.path.join(place, name) for place in (str(home), "/opt") for name in _ROOTS]
    for root in roots:
        listed += [root, *(os.path.join(root, "envs", name) for name in _list_folder(os.path.join(root, "envs")))]
    return [folder for folder in dict.fromkeys(line.strip() for line in listed) if _is_environment(folder)]


def _is_environment(folder: str) -> bool:
    return bool(folder) and os.path.isfile(os.path.join(folder, "bin", "python"))


def _require_program(path: str) -> None:
    """Check that an executable is a program of this system, not a script that starts one."""
    try:
        with open(path, "rb") as file:
            start = file.read(len(_ELF))
    except OSError as error:
        raise InterpreterUnusable(f"the interpreter {path} cannot be read: {error.strerror}", remedy=_USE) from error
    if start.startswith(b"#!"):
        raise InterpreterUnusable(
            f"{path} is a script that starts an interpreter",
            remedy="name the interpreter itself: import sys; print(sys.executable) says where it is",
        )
    if sys.platform == "linux" and start != _ELF:
        raise InterpreterUnusable(f"{path} is not a program of this system", remedy=_USE)


def _list_prefixes(path: str) -> list[str]:
    """List the folders that an interpreter's libraries are below: its own, and that of what it was made from."""
    found = [os.path.dirname(os.path.dirname(hop)) for hop in follow_links(path)]
    for prefix in found:  # grows meanwhile
        found += [base for base in _list_bases(prefix) if base not in found]
    return list(dict.fromkeys(map(os.path.realpath, found)))


def _list_bases(prefix: str) -> Iterator[str]:
    """Yield the folders from which a virtual environment was made."""
    for line in _read_text(os.path.join(prefix, "pyvenv.cfg")).splitlines():
        name, _, value = (part.strip() for part in line.partition("="))
        if name == "home" and value:
            yield os.path.dirname(value)
        if name in ("base-prefix", "base-exec-prefix") and value:
            yield value
    for folder in _python_folders(prefix):  # of virtualenv, before it wrote the file above
        if base := _read_text(os.path.join(folder, "orig-prefix.txt")).strip():
            yield base


def _python_folders(prefix: str) -> list[str]:
    names = ((lib, name) for lib in ("lib", "lib64") for name in _list_folder(os.path.join(prefix, lib)))
    return [os.path.join(prefix, lib, name) for lib, name in names if name.startswith("python")]


def _list_packages(prefix: str) -> Iterable[str]:
    return (
        os.path.realpath(os.path.join(folder, name))
        for folder in _python_folders(prefix)
        for name in ("site-packages", "dist-packages")
    )


def _read_text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", "replace")
    except OSError:
        return ""


def _list_folder(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
