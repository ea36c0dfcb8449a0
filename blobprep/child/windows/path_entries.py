r"""Where paths enter Python: while a script is in charge, each of these places understands names of Windows.

Almost everything that takes a path gets to a few functions: `open`, those of `os` that ask the system, those of
`os.path` that take a path apart, `glob`, the making of a `pathlib.Path`, and the import system's way from an entry of
`sys.path` to a folder. They are replaced by what translates first (`windows_functions`).

Libraries in C that open files by themselves are not reached, but for those of `_LIBRARIES`, whose functions are
replaced too.

Nothing is replaced before the script is loaded, and everything is put back afterwards: at level `off` the caller's own
interpreter goes on, and its other threads are left alone meanwhile.
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
    Asking,
    Globbing,
    Replacement,
    TakingApart,
    Whole,
    as_text,
    folder_of_script,
    in_place_of,
    translated,
)
from blobprep.child.windows.paths import WorkingFolder, caseless, exists, with_slashes

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
    "subprocess": {"_fork_exec": 5},  # the fifth is the working folder; the others are no paths
    # These three took `open` for themselves when they were imported.
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
"""Functions and classes that open files without Python: by module, with how many arguments may be paths."""


class _Patches:
    """What was replaced, to be put back."""

    def __init__(self) -> None:
        self._done: list[tuple[Any, str, Any, Any]] = []
        self._supported: list[tuple[set[Any], Any]] = []

    def put(self, owner: Any, name: str, new: Any) -> None:
        """Put something in the place of an attribute."""
        self._done.append((owner, name, vars(owner).get(name), new))
        setattr(owner, name, new)

    def put_asking(self, owner: types.ModuleType, name: str, paths: int) -> Any:
        """Replace a function that asks the system; say so where `os` keeps what functions can do."""
        function = getattr(owner, name, None)
        if function is None or isinstance(function, Replacement):
            return function
        if isinstance(function, type):
            self.put(owner, name, in_place_of(function))
            return None
        new = Asking(function, paths)
        self.put(owner, name, new)
        for supports in (getattr(os, each) for each in _SUPPORTS):
            if function in supports:
                supports.add(new)
                self._supported.append((supports, new))
        return new

    def put_back(self) -> None:
        """Undo all that nobody has replaced again."""
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
    """Have Python understand names of Windows below a working folder; all is put back afterwards.

    Args:
        folder: its absolute path.
    """
    before = (IN_FORCE.folder, IN_FORCE.foreign)
    patches, finder = _Patches(), None
    IN_FORCE.foreign = weakref.WeakSet(each for each in threading.enumerate() if each is not threading.current_thread())
    IN_FORCE.folder = WorkingFolder(folder)
    try:
        _replace_functions(patches)
        _replace_parsing(patches)
        for name in _LIBRARIES.keys() & sys.modules.keys():
            _replace_in(sys.modules[name], patches)
        finder = _LibraryFinder(patches)
        sys.meta_path.insert(0, finder)
        sys.path_hooks.insert(0, _finder_of_entry)
        yield
    finally:
        IN_FORCE.folder, IN_FORCE.foreign = before
        patches.put_back()
        for hooks, own in ((sys.meta_path, finder), (sys.path_hooks, _finder_of_entry)):
            if own in hooks:
                hooks.remove(own)  # type: ignore[arg-type]
        for entry in [entry for entry in sys.path_importer_cache if "\\" in entry]:
            del sys.path_importer_cache[entry]


def _replace_functions(patches: _Patches) -> None:
    for count, names in ((1, _ONE), (2, _TWO)):
        for name in names:
            if new := patches.put_asking(posix, name, count):
                patches.put(os, name, new)
    opening = Asking(io.open, 1)
    low: Any = sys.modules["_io"]
    for owner in (builtins, io, low):
        patches.put(owner, "open", opening)
    code = Asking(io.open_code, 1)
    kind = in_place_of(io.FileIO)
    for owner in (io, low):
        patches.put(owner, "open_code", code)
        patches.put(owner, "FileIO", kind)
    for wrapper, names in ((TakingApart, _APART), (Whole, _WHOLE)):
        for name in names:
            patches.put(posixpath, name, wrapper(getattr(posixpath, name)))
    for name in ("glob", "iglob"):
        patches.put(glob, name, Globbing(getattr(glob, name)))


def _replace_in(module: Any, patches: _Patches) -> None:
    for name, count in _LIBRARIES[module.__name__].items():
        patches.put_asking(module, name, count)


def _replace_parsing(patches: _Patches) -> None:
    """Have a `Path` take backslashes between folders for what they are when it is made."""
    kind: Any = pathlib.PosixPath
    if hasattr(kind, "_parse_args"):  # up to Python 3.11
        parsed, child = kind._parse_args.__func__, kind._make_child
        patches.put(kind, "_parse_args", classmethod(lambda cls, given: parsed(cls, _parts(given))))
        patches.put(kind, "_make_child", lambda self, given: child(self, _parts((self, *given))[1:]))
    else:
        made = kind.__init__
        patches.put(kind, "__init__", lambda self, *given, **named: made(self, *_parts(given), **named))
    for name in ("glob", "rglob"):
        patches.put(kind, name, _globbed(getattr(kind, name)))


def _parts(given: Sequence[Any]) -> Sequence[Any]:
    """Return the parts of a path with slashes, as they are where that path exists."""
    for each in given:
        if isinstance(each, str) and "\\" in each and folder_of_script() is not None:
            break
    else:
        return given
    texts = [as_text(each) for each in given]
    if None in texts or exists(posixpath.join(*(each for each in texts if each is not None))):
        # A path goes through where a text would be taken apart.
        return [pathlib.PurePosixPath(each) if isinstance(each, str) else each for each in given]
    return [with_slashes(each) if isinstance(each, str) else each for each in given]


def _globbed(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def globbed(self: pathlib.Path, pattern: Any, *given: Any, **named: Any) -> Any:
        folder = folder_of_script()
        if folder is not None and isinstance(pattern, str):
            pattern = with_slashes(pattern)
            pattern = caseless(pattern) if folder.holds(str(self)) else pattern
        return method(self, pattern, *given, **named)

    return globbed


def _finder_of_entry(entry: str) -> Any:
    r"""Return the finder of an entry of `sys.path` such as `.\Script Bundle\libs`; a hook of `sys.path_hooks`.

    Raises:
        ImportError: it is no name of Windows, or of nothing that can be imported from.
    """
    known = translated(entry)
    if known is entry:
        raise ImportError(entry)
    full = posixpath.abspath(known)
    for hook in sys.path_hooks:
        if hook is not _finder_of_entry:
            try:
                return hook(full)
            except ImportError:
                continue
    raise ImportError(entry)


class _LibraryFinder(importlib.abc.MetaPathFinder):
    """A finder that finds a library of `_LIBRARIES` as ever, and replaces its functions once it is loaded."""

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
                _replace_in(module, self._patches)

        loader.exec_module = exec_module
        return spec
