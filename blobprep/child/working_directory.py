"""Where a script runs: its folder, its import path, its streams; all put back afterwards."""

from __future__ import annotations

import os
import sys
import types
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from blobprep.child.script.entry import MODULE_NAME

__all__ = ["working_in"]


@contextmanager
def working_in(folder: str) -> Iterator[None]:
    """Make a folder the working folder, and forget afterwards what was imported from it.

    In a child process nothing follows that would mind; at level `off` the caller's interpreter goes on.
    """
    before, path, modules = os.getcwd(), list(sys.path), set(sys.modules)
    os.chdir(folder)
    try:
        with warnings.catch_warnings():
            # Sources unpacked from a bundle are compiled each time; old ones warn of their syntax each time too.
            warnings.filterwarnings("ignore", category=SyntaxWarning, module=".*Script Bundle.*")
            yield
    finally:
        with suppress(OSError):  # where it was the folder itself, the script may have removed it
            os.chdir(before)
        sys.path[:] = path
        imported = set(sys.modules) - modules
        # All are found before one goes: the path of a package without a file asks for its parent.
        for name in [name for name in imported if name == MODULE_NAME or _is_from(folder, sys.modules[name])]:
            del sys.modules[name]


def _is_from(folder: str, module: object) -> bool:
    """Tell whether a module's file, or a folder of a package without one, is below a folder.

    Looked up below `getattr`, which in a module may run code; and a script may have put anything among the modules.
    """
    if not isinstance(module, types.ModuleType):
        return False
    names = vars(module)
    places = (names.get("__file__"), *(names.get("__path__") or ()))
    # A relative place is below the working folder.
    return any(isinstance(place, str) and os.path.join(folder, place).startswith(folder) for place in places)
