"""Names that are missing: behind what a class or module does itself when it has no such name.

A class or module is left as it is: its own names come first, and so do the columns of a frame. Only where Python would
raise `AttributeError` is the registry asked.
"""

from __future__ import annotations

import types
import warnings
from collections.abc import Callable, Mapping
from typing import Any, Final

from blobprep.classic.runtime.callers import importing_frame, is_prepared, outer_frame, script_frame
from blobprep.classic.runtime.rows import Name
from blobprep.classic.runtime.targets import MISSING, resolve
from blobprep.classic.runtime.usage import USAGE

__all__ = ["Undo", "extend_class", "extend_module", "patch"]

Undo = list[Callable[[], None]]
"""What restores a class or module, to be called in reverse order."""

_ABSENT: Final = object()


def patch(owner: Any, name: str, value: object, undo: Undo) -> None:
    """Set a name of a class or module, and add to `undo` how that is taken back."""
    before = vars(owner).get(name, _ABSENT)

    def take_back() -> None:
        if vars(owner).get(name) is not value:  # somebody else has set it since
            return
        if before is _ABSENT:
            delattr(owner, name)
        else:
            setattr(owner, name, before)

    setattr(owner, name, value)
    undo.append(take_back)


def extend_class(kind: type, rows: Mapping[type, Mapping[str, tuple[str, Name]]], undo: Undo) -> None:
    """Ask the registry for attributes that instances of a class do not have.

    Args:
        kind: the class whose `__getattr__` is extended; its subclasses have other rows.
        rows: the names by class, each with its full name.
        undo: is added to.
    """
    own = getattr(kind, "__getattr__", None)

    def __getattr__(self: Any, name: str) -> Any:  # noqa: N807  it becomes the method of that name
        try:
            return object.__getattribute__(self, name) if own is None else own(self, name)
        except AttributeError:
            found = _find_row(type(self), name, rows)
            frame = script_frame(outer_frame()) if found else None
            if found is None or frame is None or is_prepared(frame, name, AttributeError):
                raise
        path, row = found
        USAGE.note(path, row.gone, row.how, row.choice, frame)
        return _bound(path, row, self)

    patch(kind, "__getattr__", __getattr__, undo)


def _find_row(kind: type, name: str, rows: Mapping[type, Mapping[str, tuple[str, Name]]]) -> tuple[str, Name] | None:
    for parent in kind.__mro__:
        if parent in rows and name in rows[parent]:
            return rows[parent][name]
    return None


def _bound(path: str, row: Name, instance: Any) -> Any:
    if row.kind == "own":
        return getattr(instance, row.target)
    found = resolve(path, row.target)
    if found is MISSING:
        raise AttributeError(f"{row.target} is not installed")
    if row.kind == "property":
        return found(instance)
    return types.MethodType(found, instance)


class _ClassName:
    """A name of a class itself, such as `DataFrame.from_csv`; its instances do not have it."""

    def __init__(self, path: str, row: Name) -> None:
        self._path = path
        self._row = row

    def __get__(self, instance: object, owner: type) -> Any:
        name = self._path.rpartition(".")[2]
        missing = AttributeError(f"type object {owner.__name__!r} has no attribute {name!r}", name=name, obj=owner)
        if instance is not None:  # then `__getattr__` is asked next, which knows the columns
            raise AttributeError(
                f"{type(instance).__name__!r} object has no attribute {name!r}", name=name, obj=instance
            )
        frame = script_frame(outer_frame())
        if frame is None or is_prepared(frame, name, AttributeError):
            raise missing
        USAGE.note(self._path, self._row.gone, self._row.how, self._row.choice, frame)
        return resolve(self._path, self._row.target)


def extend_class_itself(kind: type, path: str, row: Name, undo: Undo) -> None:
    """Give a class a name that it has no more; columns of that name stay reachable."""
    name = path.rpartition(".")[2]
    if not hasattr(kind, name):
        patch(kind, name, _ClassName(path, row), undo)


def extend_module(module: types.ModuleType, rows: Mapping[str, tuple[str, Name]], undo: Undo) -> None:
    """Ask the registry for names that a module does not have.

    Args:
        module: is given a `__getattr__`, which asks its own first.
        rows: the names, each with its full name.
        undo: is added to.
    """
    own = vars(module).get("__getattr__")

    def __getattr__(name: str) -> Any:  # noqa: N807  it becomes the function of that name
        found = rows.get(name)
        try:
            return _refuse(module, name) if own is None else _ask(own, name, quietly=found is not None)
        except AttributeError:
            frame = importing_frame(outer_frame()) if found else None
            if found is None or frame is None or is_prepared(frame, name, AttributeError):
                raise
            if _is_from_import(frame, name) and is_prepared(frame, name, ImportError):
                raise
            path, row = found
            value = resolve(path, row.target)
            if value is MISSING:
                raise
        USAGE.note(path, row.gone, row.how, row.choice, frame)
        return value

    patch(module, "__getattr__", __getattr__, undo)


def _ask(own: Callable[[str], Any], name: str, *, quietly: bool) -> Any:
    """Ask a module's own function; numpy warns of some names before it refuses them."""
    if not quietly:
        return own(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return own(name)


def _refuse(module: types.ModuleType, name: str) -> Any:
    raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}", name=name, obj=module)


def _is_from_import(frame: types.FrameType, name: str) -> bool:
    """Tell whether a frame imports a name from a module, where a missing one is an `ImportError`."""
    return name in frame.f_code.co_names
