"""Functions as scripts: cloudpickle carries them to the child, and nothing comes back that way."""

from __future__ import annotations

import inspect
import sys
import sysconfig
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from blobprep.errors import ScriptError
from blobprep.inputs.sources import FunctionScript

__all__ = ["pickle_function"]


def pickle_function(function: Callable[..., Any]) -> FunctionScript:
    """Pickle a function for the child.

    The child has the installed packages but not the user's modules, so the modules that the function needs are pickled
    with it.

    Args:
        function: the entry point; it may have any name, and may be a lambda.

    Raises:
        ScriptError: it cannot be pickled; the message names the cause.
    """
    import cloudpickle

    name = getattr(function, "__qualname__", type(function).__name__)
    with _pickle_by_value(_own_modules(function)):
        try:
            pickled = cloudpickle.dumps(function)
        except Exception as error:
            raise ScriptError(
                f"the function {name} cannot be sent to the child process: {error}",
                remedy="open files, sockets and locks inside the function, or pass the path of a script",
            ) from error
    return FunctionScript(name, pickled, _source(function))


def _own_modules(function: Callable[..., Any]) -> list[ModuleType]:
    """Return the function's module and the user's modules that it imports, directly or through others."""
    home = sys.modules.get(getattr(function, "__module__", None) or "")
    if home is None or not _is_own(home):
        return []
    modules = {home.__name__: home}
    waiting = [home]
    while waiting:
        for value in vars(waiting.pop()).values():
            name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
            found = sys.modules.get(name) if isinstance(name, str) else None
            if found is not None and found.__name__ not in modules and _is_own(found):
                modules[found.__name__] = found
                waiting.append(found)
    return list(modules.values())


def _is_own(module: ModuleType) -> bool:
    """Tell whether a module is the user's: a file outside the installed packages and the standard library."""
    file = getattr(module, "__file__", None)
    if file is None or module.__name__.partition(".")[0] in ("__main__", "__mp_main__", "blobprep"):
        return False  # cloudpickle includes __main__ by itself
    paths = sysconfig.get_paths()
    installed = {Path(paths[key]).resolve() for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    parents = Path(file).resolve().parents
    return not any(folder in installed or folder.name in ("site-packages", "dist-packages") for folder in parents)


@contextmanager
def _pickle_by_value(modules: list[ModuleType]) -> Iterator[None]:
    """Pickle the functions and classes of these modules whole instead of by name."""
    import cloudpickle

    known = cloudpickle.list_registry_pickle_by_value()
    added = [module for module in modules if module.__name__ not in known]
    for module in added:
        cloudpickle.register_pickle_by_value(module)
    try:
        yield
    finally:
        for module in added:
            cloudpickle.unregister_pickle_by_value(module)


def _source(function: Callable[..., Any]) -> str:
    try:
        return textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        return ""
