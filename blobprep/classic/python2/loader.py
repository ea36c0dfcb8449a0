"""What a source is, decided once: Python 3, which is compiled as it is, or Python 2, which is translated.

A text that Python 3 accepts is never translated, unless it would fail for certain on a name of Python 2.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import linecache
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from types import CodeType, ModuleType
from typing import Any, Final

from blobprep import python2_names
from blobprep.classic.python2.loaded import Loaded, split_lines

__all__ = ["FOLDER", "Loaded", "compile_as_is", "compile_source", "summarize", "translating_bundle"]

FOLDER: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "")
"""Frames of files in here are left out of tracebacks: they stand between the user's own."""
_SHOWN: Final = 5


def compile_source(source: bytes, name: str, *, forced: bool = False, folder: str = "", beside: bool = False) -> Loaded:
    """Compile a script or module, as Python 3 if it is.

    Args:
        source: its bytes.
        name: of its file, for tracebacks.
        forced: also translate what Python 3 accepts, if it names anything of Python 2.
        folder: of the bundle; what imports Python 2 from there is Python 2 itself.
        beside: whether it is a module at the side of a script in Python 2, and so is Python 2 if it can be.

    Raises:
        SyntaxError: it is neither.
    """
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            code = compile(source, name, "exec", dont_inherit=True)
            lines = split_lines(importlib.util.decode_source(source))  # the compiler does not look at all comments
    except (SyntaxError, ValueError) as error:
        from blobprep.classic.python2.decision import compile_other

        loaded = compile_other(source, name, error)
        if loaded is None:
            raise
        return loaded
    if folder or beside or python2_names.are_in(source):
        from blobprep.classic.python2.decision import compile_beside, compile_if_python2

        loaded = compile_if_python2(source, name, forced=forced, folder=folder)
        if loaded is None and beside:
            loaded = compile_beside(source, name)
        if loaded is not None:
            return loaded
    for warning in caught:
        warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    return Loaded(code, tuple(lines))


def compile_as_is(source: bytes, name: str) -> Loaded:
    """Compile a script for Python 3.

    Raises:
        SyntaxError: it is not valid.
    """
    code = compile(source, name, "exec", dont_inherit=True)
    return Loaded(code, tuple(split_lines(importlib.util.decode_source(source))))


def summarize(name: str, loaded: Loaded) -> Iterator[str]:
    """Yield what the log says about a source that was not compiled as it is, line by line."""
    if loaded.reasons:
        yield f"{name}: {'; '.join(loaded.reasons)}"
    lines: dict[str, list[int]] = {}
    for change in loaded.changes:
        lines.setdefault(change.what, []).append(change.line)
    for what, found in sorted(lines.items()):
        shown = ", ".join(map(str, found[:_SHOWN]))
        yield f"  {what}: {len(found)} (line {shown}{', …' if len(found) > _SHOWN else ''})"


class _Finder(MetaPathFinder):
    """A finder for modules below some folders; it takes over those that Python 3 rejects."""

    def __init__(self, folder: str, compiled: Callable[[bytes, str], Loaded]) -> None:
        self._folder = os.path.join(os.path.realpath(folder), "")
        self._compiled = compiled

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Return a spec with our loader, if the module is one of the bundle's and is not Python 3."""
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or type(spec.loader) is not importlib.machinery.SourceFileLoader or spec.origin is None:
            return None
        if not os.path.realpath(spec.origin).startswith(self._folder):
            return None
        with open(spec.origin, "rb") as file:
            source = file.read()
        try:
            loaded = self._compiled(source, spec.origin)
        except (SyntaxError, ValueError):
            return None
        if not loaded.reasons:
            return None
        spec.loader = _Loader(name, spec.origin, loaded)
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    """The loader of a module that was translated; it keeps no bytecode."""

    def __init__(self, name: str, path: str, loaded: Loaded) -> None:
        super().__init__(name, path)
        self._loaded = loaded

    def get_code(self, fullname: str) -> CodeType:
        """Return the translated code."""
        return self._loaded.code

    def get_source(self, fullname: str) -> str:
        """Return the source as it is in the file."""
        return "".join(self._loaded.lines)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module with its builtins."""
        self._loaded.prepare(module.__dict__)
        linecache.cache[self.path] = (sum(map(len, self._loaded.lines)), None, list(self._loaded.lines), self.path)
        super().exec_module(module)


@contextmanager
def translating_bundle(folder: str, compiled: Callable[[bytes, str], Loaded]) -> Iterator[None]:
    """Translate the modules below a folder as they are imported.

    Args:
        folder: of the bundle.
        compiled: compiles a module under its path.
    """
    finder = _Finder(folder, compiled)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
