"""Modules that are missing, and modules that are patched once they are imported: two finders on Python's import path.

The one for missing modules comes last: a module of the script's bundle, or of an installed library, has its name.
"""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Any, Final

from blobprep.classic.runtime.callers import importing_frame, is_prepared, outer_frame
from blobprep.classic.runtime.rows import Module
from blobprep.classic.runtime.targets import MISSING, resolve
from blobprep.classic.runtime.usage import USAGE

__all__ = ["ModuleWatch", "RestoredModules"]

_HERE: Final = __name__.rpartition(".")[0]


class RestoredModules(MetaPathFinder, Loader):
    """The finder of modules that libraries no longer have. Each has the names of its targets."""

    def __init__(self, rows: Mapping[str, Module], names: Mapping[str, Mapping[str, Any]]) -> None:
        self._rows = rows
        self._names = names
        self.made: list[str] = []

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module that is in the registry, for a script that imports it."""
        row = self._find_row(fullname)
        frame = importing_frame(outer_frame()) if row else None
        if row is None or frame is None or is_prepared(frame, fullname, ModuleNotFoundError):
            return None
        if not any(_import(name) for name in self._targets(row, fullname)):
            return None
        USAGE.note(fullname, row.gone, row.how, "", frame)
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        """Make the module; its names are looked up when they are reached for."""
        row = self._find_row(spec.name)
        assert row is not None
        targets = [module for name in self._targets(row, spec.name) if (module := _import(name)) is not None]
        self.made.append(spec.name)
        return _Restored(spec.name, targets, self._names.get(spec.name, {}))

    def exec_module(self, module: types.ModuleType) -> None:
        """Do nothing: the module is complete."""

    def _find_row(self, fullname: str) -> Module | None:
        """Return the row of a module, or that of the nearest module above it."""
        name = fullname
        while name:
            if name in self._rows:
                return self._rows[name]
            name = name.rpartition(".")[0]
        return None

    @staticmethod
    def _targets(row: Module, fullname: str) -> list[str]:
        below = fullname.removeprefix(row.name)
        return [(_HERE + target if target.startswith(".") else target) + below for target in row.targets.split()]


class _Restored(types.ModuleType):
    """A module with the names of others."""

    def __init__(self, name: str, targets: Sequence[types.ModuleType], names: Mapping[str, Any]) -> None:
        super().__init__(name, targets[0].__doc__ if targets else None)
        self.__dict__["_targets"] = tuple(targets)
        self.__dict__["_names"] = names
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return self._public()
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)
        if name in self.__dict__["_names"]:
            path, row = self.__dict__["_names"][name]
            found = resolve(path, row.target)
            if found is not MISSING:
                return found
        for target in self.__dict__["_targets"]:
            found = getattr(target, name, MISSING)
            if found is not MISSING:
                return found
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)

    def _public(self) -> list[str]:
        names = set(self.__dict__["_names"])
        for target in self.__dict__["_targets"]:
            names.update(
                getattr(target, "__all__", None) or (name for name in vars(target) if not name.startswith("_"))
            )
        return sorted(names)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._public()})


class ModuleWatch(MetaPathFinder):
    """The finder that patches modules once they are imported; it finds nothing itself."""

    def __init__(self, wanted: frozenset[str], patch: Callable[[types.ModuleType], None]) -> None:
        self._wanted = wanted
        self._patch = patch
        self._looking: set[str] = set()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module by the finders after this one, and have it patched when it is loaded."""
        if fullname not in self._wanted or fullname in self._looking:
            return None
        self._looking.add(fullname)
        try:
            for finder in sys.meta_path:
                if finder is self:
                    continue
                spec = finder.find_spec(fullname, path, target)
                if spec is not None:
                    if spec.loader is not None and not isinstance(spec.loader, RestoredModules):
                        spec.loader = _PatchingLoader(spec.loader, self._patch)
                    return spec
        finally:
            self._looking.discard(fullname)
        return None


class _PatchingLoader(Loader):
    """A loader that stands before a module's own one, and steps aside when the module is loaded."""

    def __init__(self, own: Loader, patch: Callable[[types.ModuleType], None]) -> None:
        self._own = own
        self._patch = patch

    def create_module(self, spec: ModuleSpec) -> types.ModuleType | None:
        return self._own.create_module(spec)

    def exec_module(self, module: types.ModuleType) -> None:
        spec = module.__spec__
        if spec is not None:
            spec.loader = self._own
        module.__loader__ = self._own
        self._own.exec_module(module)
        self._patch(module)


def _import(name: str) -> types.ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
