"""The working directory of a script, and its import path; both are restored afterwards."""

from __future__ import annotations

import os
import sys
import types
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from blobprep.child.script.entry import MODULE_NAME

__all__ = ["enter_directory"]


@contextmanager
def enter_directory(folder: str, *, kept: str = "") -> Iterator[None]:
    """Make a folder the working directory, and remove the modules imported from it afterwards.

    Restoring matters at level `off`, where the caller's interpreter goes on, and in a child that is asked again.

    Args:
        folder: its path.
        kept: the folder in it whose modules stay, with the script; empty where nothing does.
    """
    before, path, modules = os.getcwd(), list(sys.path), set(sys.modules)
    os.chdir(folder)
    try:
        with warnings.catch_warnings():
            # Sources unpacked from a bundle are compiled on every run; old ones would warn of their syntax each time.
            warnings.filterwarnings("ignore", category=SyntaxWarning, module=".*Script Bundle.*")
            yield
    finally:
        with suppress(OSError):  # if it is the folder itself, the script may have removed it
            os.chdir(before)
        sys.path[:] = path
        imported = set(sys.modules) - modules
        # All are found before the first is deleted, because the path of a namespace package looks up its parent.
        leaving = {name for name in imported if name == MODULE_NAME or _is_from(folder, sys.modules[name])}
        staying = {name for name in leaving if kept and (name == MODULE_NAME or _is_from(kept, sys.modules[name]))}
        for name in leaving - staying:
            del sys.modules[name]


def _is_from(folder: str, module: object) -> bool:
    """Tell whether a module's file, or a folder of a namespace package, is below a folder.

    This reads the module's dictionary, because `getattr` may run a module's code. A script may have put any object
    among the modules.
    """
    if not isinstance(module, types.ModuleType):
        return False
    names = vars(module)
    places = (names.get("__file__"), *(names.get("__path__") or ()))
    # A relative path is below the working directory.
    return any(isinstance(place, str) and os.path.join(folder, place).startswith(folder) for place in places)
