"""Functions as scripts: they travel to the child with cloudpickle, in this direction only."""

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

__all__ = ["function_script"]


def function_script(function: Callable[..., Any]) -> FunctionScript:
    """Pickle a function for the child.

    The child has the installed packages and not the user's modules, so those the function needs travel with it.

    Args:
        function: the entry point, by any name; a lambda too.

    Raises:
        ScriptError: it cannot be pickled; the message names the cause.
    """
    import cloudpickle

    name = getattr(function, "__qualname__", type(function).__name__)
    with _travelling(_own_modules(function)):
        try:
            pickled = cloudpickle.dumps(function)
        except Exception as error:
            raise ScriptError(
                f"the function {name} cannot travel to the child: {error}",
                remedy="open files, sockets and locks inside the function, or pass the path of a script",
            ) from error
    return FunctionScript(name, pickled, _source(function))


def _own_modules(function: Callable[..., Any]) -> list[ModuleType]:
    """Return the module the function is from, and the user's modules that this one has imported."""
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
        return False  # cloudpickle takes __main__ along by itself
    paths = sysconfig.get_paths()
    installed = {Path(paths[key]).resolve() for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    parents = Path(file).resolve().parents
    return not any(each in installed or each.name in ("site-packages", "dist-packages") for each in parents)


@contextmanager
def _travelling(modules: list[ModuleType]) -> Iterator[None]:
    """Pickle these modules' functions and classes whole, and not by name."""
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
