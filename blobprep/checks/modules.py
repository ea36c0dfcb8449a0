"""Which modules a script can import: Python's own, installed ones, those of the bundle."""

from __future__ import annotations

import importlib.util
import posixpath
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Final

from blobprep.checks.subjects import Members
from blobprep.child.bundle import FOLDER_NAME
from blobprep.child.script.missing_files import locate_module
from blobprep.lint import Finding, Imported, Imports

__all__ = ["Modules", "is_installed"]

_PYTHON: Final = frozenset({".py", ".pyc", ".pyw", ".so", ".pyd"})


def is_installed(name: str) -> bool:
    """Tell whether a top-level module is Python's own or installed; nothing is imported.

    What lies in the working folder is not installed: a run does not see it.
    """
    if name == "blobprep" or name in sys.stdlib_module_names:
        return True
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return name in sys.modules
    if spec is None:
        return False
    places = [spec.origin, *(spec.submodule_search_locations or ())]
    here = Path.cwd()
    return not any(place and Path(place).parent == here for place in places)


class Modules:
    """Know which modules there are for a script and its bundle.

    Args:
        bundle: what is connected to port Script Bundle, None where nothing is.
        folders: what the script adds to `sys.path`; None for what only a run tells.
        beside: names of modules that lie beside the script, where a run does not see them.
    """

    def __init__(self, bundle: Members | None, folders: Sequence[str | None], beside: frozenset[str]) -> None:
        self._names = tuple(bundle.files) if bundle else ()
        self._bundle = bundle
        self._beside = beside
        self._unknown = None in folders
        roots = (_root(each, self._names) for each in folders if each is not None)
        self._roots = {"", *(root for root in roots if root is not None)}
        self._here = frozenset(name for root in self._roots for name in _modules_below(root, self._names))

    @property
    def top(self) -> frozenset[str]:
        """Return the names of the modules at the top of the bundle."""
        return frozenset(_modules_below("", self._names))

    def missing(self, imports: Imports, folder: str | None) -> Iterator[Finding]:
        """Find imports of what is nowhere.

        Args:
            imports: of one file.
            folder: of the bundle, in which the file lies; None for the script.
        """
        neighbors = frozenset(_modules_below(folder, self._names)) if folder else frozenset()
        seen = set()
        for each in imports.found:
            top = each.module.partition(".")[0]
            if top in seen or top in self._here or is_installed(top):
                continue
            seen.add(top)
            if top in neighbors:
                yield _neighbor(each, top)
            elif not self._unknown:
                yield replace(each.finding, message=self._message(top), remedy=self._remedy(top))

    def _message(self, top: str) -> str:
        if place := locate_module(top, self._names):
            return f"{top} is in the bundle as {place[0]}, where Python does not look"
        nowhere = "neither in the bundle nor installed" if self._bundle else "not installed, and no bundle is connected"
        return f"the module {top} is {nowhere}"

    def _remedy(self, top: str) -> str:
        if place := locate_module(top, self._names):
            return place[1]
        if top in self._beside:
            return "it lies beside the script: pass the folder with --bundle"
        return "put it into the bundle (--bundle ZIP|FOLDER), or install it beside blobprep"


def _neighbor(imported: Imported, top: str) -> Finding:
    found = imported.finding
    message = f"{top} is a neighbor in its package, which Python 3 does not look for without a dot"
    return replace(
        found,
        code="BP122",
        message=message,
        remedy=f"write from . import {top}",
        fixable=bool(imported.relative),
        edits=imported.relative,
    )


def _root(folder: str, names: Iterable[str]) -> str | None:
    """Return the folder of the bundle that an entry of `sys.path` names, None where it names no such folder."""
    path = posixpath.normpath(folder.replace("\\", "/"))
    first, _, rest = path.partition("/")
    if first.casefold() != FOLDER_NAME.casefold():
        return None
    if not rest:
        return ""
    same = (name[: len(rest)] for name in names if name.casefold().startswith(f"{rest}/".casefold()))
    return next(same, rest)


def _modules_below(folder: str, names: Iterable[str]) -> Iterator[str]:
    """Return the modules that a folder of the bundle offers, packages without `__init__.py` too."""
    start = f"{folder}/" if folder else ""
    for name in names:
        if not name.startswith(start):
            continue
        first, slash, _ = name.removeprefix(start).partition("/")
        if slash:
            yield first
        elif PurePosixPath(first).suffix in _PYTHON:
            yield first.partition(".")[0]
