"""The registry, put to work on the libraries of this process, and taken back.

A module that is not imported yet is patched when it is: nothing is imported for it.
"""

from __future__ import annotations

import sys
import threading
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from blobprep.classic.runtime import special
from blobprep.classic.runtime.attributes import Undo, extend_class, extend_class_itself, extend_module, patch
from blobprep.classic.runtime.calls import Form, reread, wrap
from blobprep.classic.runtime.imports import ModuleWatch, RestoredModules
from blobprep.classic.runtime.registry import CALLS, MODULES, NAMES, OF_CLASSES
from blobprep.classic.runtime.rows import Call, Name
from blobprep.classic.runtime.targets import MISSING, owner_of

if TYPE_CHECKING:
    from blobprep.classic.runtime.columns_written import Places

__all__ = ["RUNTIME", "Runtime", "is_registered", "orders_then", "read_again"]


@cache
def orders_then() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Return the parameters of functions then, by full name; of two versions where they differ."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for line in Path(__file__).with_name("then.txt").read_text(encoding="ascii").splitlines():
        path, _, names = line.partition(": ")
        found[path] = (*found.get(path, ()), tuple(names.split()))
    return found


def module_of(path: str) -> str:
    """Return the module that a full name is in: classes begin with a capital letter, modules do not."""
    parts = path.split(".")[:-1]
    count = next((at for at, part in enumerate(parts) if part[:1].isupper()), len(parts))
    return ".".join(parts[:count])


@cache
def names_by_module() -> Mapping[str, tuple[tuple[str, Name], ...]]:
    """Return the rows of names by the module they are in, each with its full name."""
    found: dict[str, list[tuple[str, Name]]] = {}
    for row in NAMES:
        for path in row.paths.split():
            found.setdefault(module_of(path), []).append((path, row))
    return {module: tuple(rows) for module, rows in found.items()}


@cache
def calls_by_path() -> Mapping[str, tuple[Call, ...]]:
    """Return the rows of calls by the full name of the function."""
    found: dict[str, list[Call]] = {}
    for row in CALLS:
        for path in row.paths.split():
            found.setdefault(path, []).append(row)
    return {path: tuple(rows) for path, rows in found.items()}


@cache
def paths_by_module() -> Mapping[str, tuple[str, ...]]:
    """Return the functions whose calls may be read as then, by module."""
    found: dict[str, list[str]] = {}
    for path in dict.fromkeys((*orders_then(), *calls_by_path())):
        found.setdefault(module_of(path), []).append(path)
    return {module: tuple(paths) for module, paths in found.items()}


@dataclass(slots=True)
class Runtime:
    """What is put to work in this process.

    Attributes:
        calls: last parts of the names of functions whose calls may be read as then; None for all.
        special: whether what changed in silence is carried: copies that were views, texts that were objects.
        undo: how everything is taken back, to be called in reverse order.
    """

    calls: frozenset[str] | None = frozenset()
    special: bool = False
    undo: Undo = field(default_factory=list)
    _patched: dict[str, set[str]] = field(default_factory=dict)
    _finders: list[Any] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def installed(self) -> bool:
        """Whether anything is put to work."""
        return bool(self._finders)

    def install(self, calls: Iterable[str] | None = None, *, silent_changes: bool = False) -> None:
        """Put the registry to work; what is there already is kept.

        Args:
            calls: last parts of the names of functions whose calls may be read as then; None for all.
            silent_changes: whether to carry what changed without an error.
        """
        with self._lock:
            self.calls = None if calls is None or self.calls is None else self.calls | frozenset(calls)
            self.special = self.special or silent_changes
            modules = {*names_by_module(), *paths_by_module(), *special.MODULES}
            if not self._finders:
                restored = RestoredModules(
                    {row.name: row for row in MODULES},
                    {name: {path.rpartition(".")[2]: (path, row) for path, row in rows}
                     for name, rows in names_by_module().items()},
                )  # fmt: skip
                watch = ModuleWatch(frozenset(modules), self._patch)
                self._finders = [watch, restored]
                sys.meta_path.insert(0, watch)
                sys.meta_path.append(restored)
            for name in sorted(modules):
                if isinstance(module := sys.modules.get(name), types.ModuleType):
                    self._patch(module)

    def write_columns(self, places: Places) -> None:
        """Have statements that write to a column of a frame set the frame, in these places; after `install`."""
        from blobprep.classic.runtime import columns_written

        with self._lock:
            columns_written.install(self.undo, places)

    def uninstall(self) -> None:
        """Take everything back."""
        with self._lock:
            for finder in self._finders:
                if finder in sys.meta_path:
                    sys.meta_path.remove(finder)
                for name in getattr(finder, "made", ()):
                    _forget(name)
            self._finders.clear()
            while self.undo:
                self.undo.pop()()
            self._patched.clear()
            self.calls, self.special = frozenset(), False

    def _patch(self, module: types.ModuleType) -> None:
        """Patch a module that is imported, as far as it is not patched yet."""
        with self._lock:
            done = self._patched.setdefault(module.__name__, set())
            if "names" not in done:
                done.add("names")
                self._add_names(module)
            if module.__name__ in special.MODULES and "special" not in done:
                done.add("special")
                special.install(module, self.undo)
            if self.special and module.__name__ in special.SILENT and "silent" not in done:
                done.add("silent")
                special.install_silent(module, self.undo)
            for path in paths_by_module().get(module.__name__, ()):
                if path not in done and (self.calls is None or path.rpartition(".")[2] in self.calls):
                    done.add(path)
                    self._wrap(path)

    def _add_names(self, module: types.ModuleType) -> None:
        rows = names_by_module().get(module.__name__, ())
        of_module = {
            path.rpartition(".")[2]: (path, row) for path, row in rows if path.rpartition(".")[0] == module.__name__
        }
        if of_module:
            extend_module(module, of_module, self.undo)
        classes: dict[type, dict[str, tuple[str, Name]]] = {}
        for path, row in rows:
            if path.rpartition(".")[0] == module.__name__:
                continue
            owner, name = owner_of(path)
            if not isinstance(owner, type):
                continue
            if path in OF_CLASSES:
                extend_class_itself(owner, path, row, self.undo)
            else:
                classes.setdefault(owner, {})[name] = (path, row)
        for kind in dict.fromkeys(map(_where_attributes_miss, classes)):
            extend_class(kind, classes, self.undo)

    def _wrap(self, path: str) -> None:
        owner, name = owner_of(path)
        function = getattr(owner, name, MISSING) if owner is not MISSING else MISSING
        if function is MISSING or not callable(function):
            return
        rows = calls_by_path().get(path, ())
        orders = orders_then().get(path, ())
        if name == "__new__":
            patch(owner, name, staticmethod(wrap(function, Form(path, orders, rows, bound=True))), self.undo)
            return
        if isinstance(function, type):
            owner, name, bound = function, "__init__", True
            function = getattr(owner, name)
        else:
            bound = isinstance(owner, type)
            if bound and isinstance(vars_of(owner, name), classmethod | staticmethod):
                return
        patch(owner, name, wrap(function, Form(path, orders, rows, bound)), self.undo)


def vars_of(owner: type, name: str) -> object:
    """Return what a class or its parents hold under a name, without binding it."""
    return next((vars(kind)[name] for kind in owner.__mro__ if name in vars(kind)), None)


def _where_attributes_miss(kind: type) -> type:
    """Return the class that says what happens to a missing attribute: a parent that has `__getattr__`, or itself."""
    return next((parent for parent in kind.__mro__ if "__getattr__" in vars(parent)), kind)


def _forget(name: str) -> None:
    module = sys.modules.pop(name, None)
    parent, _, last = name.rpartition(".")
    above = sys.modules.get(parent)
    if above is not None and vars(above).get(last) is module:
        delattr(above, last)


RUNTIME: Final = Runtime()
"""Of this process."""


@cache
def _registered() -> frozenset[str]:
    return frozenset(path.rpartition(".")[2] for row in NAMES for path in row.paths.split())


def is_registered(name: str) -> bool:
    """Tell whether any class or module had a name that is restored."""
    return name in _registered()


def read_again(
    path: str,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    error: Exception,
    frame: types.FrameType,
) -> Any:
    """Read a call that a function refused as it was read then; raise the error if that is refused too."""
    form = Form(path, orders_then().get(path, ()), calls_by_path().get(path, ()), bound=path.count(".") > 1)
    if not isinstance(error, form.caught):
        raise error
    return reread(function, form, args, kwargs, error, frame)
