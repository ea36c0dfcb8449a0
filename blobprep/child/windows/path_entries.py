r"""The places where paths enter Python; while a script runs, each of them understands Windows paths.

Almost everything that takes a path ends up in a few functions: `open`, the functions of `os` that pass a path to the
system, the functions of `os.path` that split a path, `glob`, the constructor of `pathlib.Path`, and the import system's
lookup of a `sys.path` entry. They are replaced by functions that translate paths first (see `functions`).

C libraries that open files themselves are not covered, except those in `_LIBRARIES`, whose functions are replaced too.

Nothing is replaced before the script is loaded, and everything is restored afterwards. At level `off` the caller's own
interpreter goes on, and its other threads are not affected meanwhile.
"""

from __future__ import annotations

import builtins
import functools
import glob
import importlib.abc
import importlib.machinery
import io
import os
import pathlib
import posix
import posixpath
import sys
import threading
import types
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from blobprep.child.windows.functions import (
    IN_FORCE,
    DerivingFunction,
    GlobFunction,
    PathFunction,
    Replacement,
    SplitFunction,
    decode_path,
    replace_class,
    script_folder,
    translate,
)
from blobprep.child.windows.paths import WorkingFolder, exists, ignore_case, use_slashes

__all__ = ["translate_paths"]

_ONE: Final = (
    *("access", "chdir", "chmod", "chown", "getxattr", "lchown", "listdir", "listxattr", "lstat", "mkdir", "mkfifo"),
    *("mknod", "open", "pathconf", "readlink", "remove", "removexattr", "rmdir", "scandir", "setxattr", "stat"),
    *("statvfs", "truncate", "unlink", "utime"),
)
_TWO: Final = ("link", "rename", "replace", "symlink")
_APART: Final = ("basename", "dirname", "split", "splitext")
_WHOLE: Final = ("abspath", "normpath", "realpath", "relpath")
_SUPPORTS: Final = ("supports_dir_fd", "supports_effective_ids", "supports_fd", "supports_follow_symlinks")

_LIBRARIES: Final[Mapping[str, Mapping[str, int]]] = {
    "_sqlite3": {"connect": 1},
    "sqlite3": {"connect": 1},
    "sqlite3.dbapi2": {"connect": 1},
    "ctypes": {"_dlopen": 1},
    "subprocess": {"_fork_exec": 5},  # the fifth is the working folder; the others are not paths
    # These three kept their own reference to `open` when they were imported.
    "bz2": {"_builtin_open": 1},
    "numpy.lib._datasource": {"open": 1},
    "tarfile": {"bltn_open": 1},
    "pyarrow": {"OSFile": 1, "memory_map": 1, "input_stream": 1, "output_stream": 1},
    "pyarrow.csv": {"read_csv": 1, "open_csv": 1, "write_csv": 2},
    "pyarrow.dataset": {"dataset": 1, "write_dataset": 2},
    "pyarrow.feather": {"read_table": 1, "read_feather": 1, "write_feather": 2},
    "pyarrow.ipc": {"open_file": 1, "open_stream": 1, "new_file": 1, "new_stream": 1},
    "pyarrow.json": {"read_json": 1, "open_json": 1},
    "pyarrow.parquet": {
        **dict.fromkeys(("read_table", "read_schema", "read_metadata", "read_pandas", "ParquetFile"), 1),
        **dict.fromkeys(("ParquetWriter", "ParquetDataset"), 1),
        **dict.fromkeys(("write_table", "write_to_dataset", "write_metadata"), 2),
    },
}
"""Functions and classes that open files without Python's functions, by module, with the number of path arguments."""


_made: Final[dict[tuple[Any, ...], tuple[Any, Any]]] = {}
"""Replacements by what makes them and what they replace, which is kept with them so that its identity stays its own."""


def _once(make: Callable[..., Any], function: Any, *given: Any) -> Any:
    """Return the replacement of a function; the same one for each run in this process, as making all takes a while."""
    key = (make, id(function), given)
    known = _made.get(key)
    if known is None:
        known = _made[key] = (function, make(function, *given))
    return known[1]


class _Patches:
    """The replacements made, so that they can be undone, and made again in the same way."""

    def __init__(self) -> None:
        self._done: list[tuple[Any, str, Any, Any]] = []
        self._supported: list[tuple[set[Any], Any]] = []

    def repeat(self, others: _Patches) -> bool:
        """Make the replacements that others were; return False, and make none, if one would replace something else."""
        if any(vars(owner).get(name) is not old for owner, name, old, _ in others._done):
            return False
        self._done, self._supported = [*others._done], [*others._supported]
        for owner, name, _, new in self._done:
            setattr(owner, name, new)
        for supports, new in self._supported:
            supports.add(new)
        return True

    def copy(self) -> _Patches:
        """Return the replacements made so far, apart from those made later."""
        copied = _Patches()
        copied._done, copied._supported = [*self._done], [*self._supported]
        return copied

    def put(self, owner: Any, name: str, new: Any) -> None:
        """Replace an attribute."""
        self._done.append((owner, name, vars(owner).get(name), new))
        setattr(owner, name, new)

    def put_function(self, owner: types.ModuleType, name: str, paths: int) -> Any:
        """Replace a function that takes paths, also in the sets in which `os` lists what functions support."""
        function = getattr(owner, name, None)
        if function is None or isinstance(function, Replacement):
            return function
        if isinstance(function, type):
            self.put(owner, name, _once(replace_class, function))
            return None
        new = _once(PathFunction, function, paths)
        self.put(owner, name, new)
        for supports in (getattr(os, attribute) for attribute in _SUPPORTS):
            if function in supports:
                supports.add(new)
                self._supported.append((supports, new))
        return new

    def restore(self) -> None:
        """Undo all replacements that have not been replaced again since."""
        for owner, name, old, new in reversed(self._done):
            if vars(owner).get(name) is new:
                if old is None:
                    delattr(owner, name)
                else:
                    setattr(owner, name, old)
        for supports, new in self._supported:
            supports.discard(new)


@contextmanager
def translate_paths(folder: str) -> Iterator[None]:
    """Make Python understand Windows paths below a working folder; everything is restored afterwards.

    Args:
        folder: the absolute path of the folder.
    """
    before = (IN_FORCE.folder, IN_FORCE.foreign)
    patches, finder = _Patches(), None
    IN_FORCE.foreign = weakref.WeakSet(
        thread for thread in threading.enumerate() if thread is not threading.current_thread()
    )
    IN_FORCE.folder = WorkingFolder(folder)
    try:
        _replace_all(patches)
        finder = _LibraryFinder(patches)
        sys.meta_path.insert(0, finder)
        sys.path_hooks.insert(0, _make_finder)
        yield
    finally:
        IN_FORCE.folder, IN_FORCE.foreign = before
        patches.restore()
        for hooks, own in ((sys.meta_path, finder), (sys.path_hooks, _make_finder)):
            if own in hooks:
                hooks.remove(own)  # type: ignore[arg-type]
        for entry in [entry for entry in sys.path_importer_cache if "\\" in entry]:
            del sys.path_importer_cache[entry]


_latest: Final[dict[frozenset[str], _Patches]] = {}
"""The replacements that were made when these libraries were loaded: to find all of them takes four times as long."""


def _replace_all(patches: _Patches) -> None:
    loaded = frozenset(_LIBRARIES.keys() & sys.modules.keys())
    if loaded in _latest and patches.repeat(_latest[loaded]):
        return
    _replace_functions(patches)
    _replace_parsing(patches)
    for name in loaded:
        _replace_library(sys.modules[name], patches)
    _latest.clear()
    _latest[loaded] = patches.copy()


def _replace_functions(patches: _Patches) -> None:
    for count, names in ((1, _ONE), (2, _TWO)):
        for name in names:
            if new := patches.put_function(posix, name, count):
                patches.put(os, name, new)
    opening = _once(PathFunction, io.open, 1)
    low: Any = sys.modules["_io"]
    for owner in (builtins, io, low):
        patches.put(owner, "open", opening)
    code = _once(PathFunction, io.open_code, 1)
    kind = _once(replace_class, io.FileIO)
    for owner in (io, low):
        patches.put(owner, "open_code", code)
        patches.put(owner, "FileIO", kind)
    for wrapper, names in ((SplitFunction, _APART), (DerivingFunction, _WHOLE)):
        for name in names:
            patches.put(posixpath, name, _once(wrapper, getattr(posixpath, name)))
    for name in ("glob", "iglob"):
        patches.put(glob, name, _once(GlobFunction, getattr(glob, name)))


def _replace_library(module: Any, patches: _Patches) -> None:
    for name, count in _LIBRARIES[module.__name__].items():
        patches.put_function(module, name, count)


def _replace_parsing(patches: _Patches) -> None:
    """Make the constructor of `Path` take backslashes as separators."""
    kind: Any = pathlib.PosixPath
    if hasattr(kind, "_parse_args"):  # up to Python 3.11
        parsed, child = kind._parse_args.__func__, kind._make_child
        patches.put(kind, "_parse_args", classmethod(lambda cls, given: parsed(cls, _convert_parts(given))))
        patches.put(kind, "_make_child", lambda self, given: child(self, _convert_parts((self, *given))[1:]))
    else:
        made = kind.__init__
        patches.put(kind, "__init__", lambda self, *given, **named: made(self, *_convert_parts(given), **named))
    for name in ("glob", "rglob"):
        patches.put(kind, name, _once(_wrap_glob, getattr(kind, name)))


def _convert_parts(given: Sequence[Any]) -> Sequence[Any]:
    """Return a path's parts with slashes, or unchanged if the path exists."""
    for part in given:
        if isinstance(part, str) and "\\" in part and script_folder() is not None:
            break
    else:
        return given
    texts = [decode_path(part) for part in given]
    if None in texts or exists(posixpath.join(*(text for text in texts if text is not None))):
        # A path object passes unchanged; a text would be split at its backslashes.
        return [pathlib.PurePosixPath(part) if isinstance(part, str) else part for part in given]
    return [use_slashes(part) if isinstance(part, str) else part for part in given]


def _wrap_glob(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def glob_windows(self: pathlib.Path, pattern: Any, *given: Any, **named: Any) -> Any:
        folder = script_folder()
        if folder is not None and isinstance(pattern, str):
            pattern = use_slashes(pattern)
            pattern = ignore_case(pattern) if folder.contains(str(self)) else pattern
        return method(self, pattern, *given, **named)

    return glob_windows


def _make_finder(entry: str) -> Any:
    r"""Return the finder for a `sys.path` entry such as `.\Script Bundle\libs`; a hook of `sys.path_hooks`.

    Raises:
        ImportError: the entry is not a Windows path, or nothing can be imported from it.
    """
    known = translate(entry)
    if known is entry:
        raise ImportError(entry)
    full = posixpath.abspath(known)
    for hook in sys.path_hooks:
        if hook is not _make_finder:
            try:
                return hook(full)
            except ImportError:
                continue
    raise ImportError(entry)


class _LibraryFinder(importlib.abc.MetaPathFinder):
    """A finder that finds a library of `_LIBRARIES` as usual, and replaces its functions once it is loaded."""

    def __init__(self, patches: _Patches) -> None:
        self._patches = patches

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in _LIBRARIES:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return spec
        loader: Any = spec.loader
        execute = loader.exec_module

        def exec_module(module: types.ModuleType) -> None:
            execute(module)
            if IN_FORCE.folder is not None:
                _replace_library(module, self._patches)

        loader.exec_module = exec_module
        return spec
