"""Which modules a script can import: those of Python, installed ones, those of the bundle."""

from __future__ import annotations

import importlib.util
import posixpath
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Final

from blobprep.checks.subjects import BundleFiles
from blobprep.child.bundle import FOLDER_NAME
from blobprep.child.script.missing_files import locate_module
from blobprep.lint import Finding, ImportedModule, Imports

__all__ = ["Modules", "is_installed"]

_PYTHON: Final = frozenset({".py", ".pyc", ".pyw", ".so", ".pyd"})


def is_installed(name: str) -> bool:
    """Return whether a top-level module is part of Python or installed; nothing is imported.

    A module in the working folder is not installed: a run does not see it.
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
    """The modules that a script and its bundle can import.

    Args:
        bundle: the files connected to port Script Bundle; None if nothing is connected.
        folders: what the script adds to `sys.path`; None stands for a folder that is known only while it runs.
        beside: names of modules in the script's own folder, where a run does not see them.
    """

    def __init__(self, bundle: BundleFiles | None, folders: Sequence[str | None], beside: frozenset[str]) -> None:
        self._names = tuple(bundle.files) if bundle else ()
        self._bundle = bundle
        self._beside = beside
        self._unknown = None in folders
        roots = (_root(folder, self._names) for folder in folders if folder is not None)
        self._roots = {"", *(root for root in roots if root is not None)}
        self._here = frozenset(name for root in self._roots for name in _modules_below(root, self._names))

    @property
    def top(self) -> frozenset[str]:
        """Return the names of the modules at the top of the bundle."""
        return frozenset(_modules_below("", self._names))

    def missing(self, imports: Imports, folder: str | None) -> Iterator[Finding]:
        """Find imports of modules that cannot be found.

        Args:
            imports: the imports of one file.
            folder: the folder of the bundle that the file is in; None for the script.
        """
        neighbors = frozenset(_modules_below(folder, self._names)) if folder else frozenset()
        seen = set()
        for imported in imports.found:
            top = imported.module.partition(".")[0]
            if top in seen or top in self._here or is_installed(top):
                continue
            seen.add(top)
            if top in neighbors:
                yield _find_neighbor(imported, top)
            elif not self._unknown:
                yield replace(imported.finding, message=self._message(top), remedy=self._remedy(top))

    def _message(self, top: str) -> str:
        if place := locate_module(top, self._names):
            return f"the module {top} is in the bundle as {place[0]}, where Python does not look for it"
        missing = "neither in the bundle nor installed" if self._bundle else "not installed, and no bundle is connected"
        return f"the module {top} is {missing}"

    def _remedy(self, top: str) -> str:
        if place := locate_module(top, self._names):
            return place[1]
        if top in self._beside:
            return "it is in the script's folder: pass that folder with --bundle"
        return "put it into the bundle (--bundle ZIP|FOLDER), or install it beside blobprep"


def _find_neighbor(imported: ImportedModule, top: str) -> Finding:
    found = imported.finding
    message = f"{top} is in the same package, where Python 3 looks only if the import has a dot"
    return replace(
        found,
        code="BP122",
        message=message,
        remedy=f"write: from . import {top}",
        fixable=bool(imported.relative),
        edits=imported.relative,
    )


def _root(folder: str, names: Iterable[str]) -> str | None:
    """Return the folder of the bundle that an entry of `sys.path` means; None if it means another folder."""
    path = posixpath.normpath(folder.replace("\\", "/"))
    first, _, rest = path.partition("/")
    if first.casefold() != FOLDER_NAME.casefold():
        return None
    if not rest:
        return ""
    same = (name[: len(rest)] for name in names if name.casefold().startswith(f"{rest}/".casefold()))
    return next(same, rest)


def _modules_below(folder: str, names: Iterable[str]) -> Iterator[str]:
    """Yield the modules in a folder of the bundle, packages without `__init__.py` too."""
    start = f"{folder}/" if folder else ""
    for name in names:
        if not name.startswith(start):
            continue
        first, slash, _ = name.removeprefix(start).partition("/")
        if slash:
            yield first
        elif PurePosixPath(first).suffix in _PYTHON:
            yield first.partition(".")[0]
