"""Objects by their full names: what a row of the registry stands for, and what the installed libraries have."""

from __future__ import annotations

import functools
import importlib
import sys
import types
from typing import Any, Final

__all__ = ["MISSING", "find", "owner_of", "resolve"]

_HERE: Final = __name__.rpartition(".")[0]
MISSING: Final = object()
"""What `find` returns for a name that is not there."""


def _split(path: str) -> tuple[str, list[str]]:
    full = _HERE + path if path.startswith(".") else path
    parts = full.split(".")
    return parts[0], parts[1:]


@functools.cache
def find(path: str) -> Any:
    """Return the object with a full name; modules on the way are imported. `MISSING` if there is none."""
    first, rest = _split(path)
    try:
        found: Any = importlib.import_module(first)
    except ImportError:
        return MISSING
    name = first
    for part in rest:
        name = f"{name}.{part}"
        # A module that is being patched is not yet an attribute of the one above it.
        loaded = sys.modules.get(name) if isinstance(found, types.ModuleType) else None
        inner = getattr(found, part, MISSING) if loaded is None else loaded
        if inner is MISSING:
            try:
                inner = importlib.import_module(name)
            except ImportError:
                return MISSING
        found = inner
    return found


def resolve(path: str, target: str) -> Any:
    """Return what stands for a full name: the target, or its name of the same last part where it is a module."""
    found = find(target)
    if isinstance(found, types.ModuleType):
        return getattr(found, path.rpartition(".")[2], found)
    return found


def owner_of(path: str) -> tuple[Any, str]:
    """Return the owner of a name (a module or a class), and the name in it; the owner is `MISSING` if there is none."""
    owner, _, name = path.rpartition(".")
    if owner in _MADE:
        return _MADE[owner](find("pandas")), name
    return find(owner), name


_MADE: Final = {
    "pandas.Series.dt": lambda pandas: type(pandas.Series([pandas.Timestamp(0)]).dt),
    "pandas.DataFrame.loc": lambda pandas: type(pandas.DataFrame().loc),
    "pandas.DataFrame.iloc": lambda pandas: type(pandas.DataFrame().iloc),
    "pandas.DataFrame.at": lambda pandas: type(pandas.DataFrame().at),
    "pandas.DataFrame.iat": lambda pandas: type(pandas.DataFrame().iat),
    "pandas.Grouper.freq": lambda pandas: type(pandas.Grouper(freq="D")),
    "pandas.DataFrame.plot": lambda pandas: type(pandas.DataFrame([1]).plot),
}
"""Classes that have no public name, by the attribute that returns one of their instances."""
