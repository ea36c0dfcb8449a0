"""Replacements for Python's functions that translate Windows paths (see `paths`) and then call the original.

Each behaves exactly like the original while no folder is in force, in threads that existed before the script, and for a
path that has neither a backslash nor a file in another case.
"""

from __future__ import annotations

import fnmatch
import functools
import ntpath
import os
import posixpath
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any, Final

from blobprep.child.windows.paths import WorkingFolder, exists, format_result, ignore_case, is_windows, use_slashes

__all__ = [
    "IN_FORCE",
    "DerivingFunction",
    "GlobFunction",
    "PathFunction",
    "Replacement",
    "SplitFunction",
    "decode_path",
    "replace_class",
    "script_folder",
    "translate",
]

_KEYWORDS: Final = frozenset(
    {"path", "file", "src", "dst", "start", "database", "source", "where", "dest", "root_path"}
)
_FOLDERS: Final = frozenset({"dir_fd", "src_dir_fd", "dst_dir_fd"})


class _Scope:
    """The folder in force, and the threads that existed before the script."""

    __slots__ = ("folder", "foreign")

    def __init__(self) -> None:
        self.folder: WorkingFolder | None = None
        self.foreign: weakref.WeakSet[threading.Thread] = weakref.WeakSet()


IN_FORCE: Final = _Scope()


def script_folder() -> WorkingFolder | None:
    """Return the folder in force for this thread; None if the thread is not the script's."""
    folder = IN_FORCE.folder
    return None if folder is None or threading.current_thread() in IN_FORCE.foreign else folder


def decode_path(path: object) -> str | None:
    """Return a path as text; None if it is not a path but, for example, a descriptor."""
    if isinstance(path, str):
        return path
    if isinstance(path, bytes | os.PathLike):
        try:
            return os.fsdecode(path)
        except Exception:  # a script's own object; the original function raises the error itself
            return None
    return None


def _restore_type(path: object, text: str) -> Any:
    return os.fsencode(text) if isinstance(path, bytes) else text


def translate(path: Any) -> Any:
    """Translate a path for the script's working folder; return the same object if nothing changes."""
    text = path if path.__class__ is str else decode_path(path)
    if text is None or "\\" not in text or (folder := script_folder()) is None:
        return path
    known = folder.translate(text)
    return path if known == text else _restore_type(path, known)


def _find_case(path: Any) -> Any:
    text, folder = decode_path(path), script_folder()
    known = folder.find_case(text) if text and folder is not None else None
    return path if known is None else _restore_type(path, known)


class Replacement:
    """A replacement for a function: like a built-in, it does not become a method in a class and is pickled by name."""

    def __init__(self, wrapped: Any) -> None:
        functools.update_wrapper(self, wrapped, updated=())
        self._function = wrapped

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Call the function."""
        raise NotImplementedError

    def __reduce__(self) -> str:
        return str(self.__dict__["__name__"])

    def __repr__(self) -> str:
        return repr(self._function)


class PathFunction(Replacement):
    """A function that passes its first arguments to the system as paths.

    Args:
        wrapped: the original function.
        paths: how many of its first arguments may be paths.
    """

    def __init__(self, wrapped: Any, paths: int) -> None:
        super().__init__(wrapped)
        self._paths = paths

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Call the function with translated paths, and once more in the files' own case if they were not found."""
        if IN_FORCE.folder is None or (named and any(named.get(name) is not None for name in _FOLDERS)):
            return self._function(*given, **named)
        used, keywords = self._change_paths(translate, given, named)
        try:
            answer = self._function(*used, **keywords)
            if answer is not False:  # `os.access` returns False if there is no such file
                return answer
        except FileNotFoundError as error:
            cased, keywords_cased = self._change_paths(_find_case, used, keywords)
            if all(new is old for new, old in zip(cased, used, strict=True)) and keywords_cased == keywords:
                _restore_names(error, used, given)
                raise
        except OSError as error:
            _restore_names(error, used, given)
            raise
        else:
            cased, keywords_cased = self._change_paths(_find_case, used, keywords)
        return self._function(*cased, **keywords_cased)

    def _change_paths(
        self, change: Callable[[Any], Any], given: tuple[Any, ...], named: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        count = self._paths
        used = (change(given[0]), *given[1:]) if count == 1 and given else (*map(change, given[:count]), *given[count:])
        if named:
            named = {name: change(value) if name in _KEYWORDS else value for name, value in named.items()}
        return used, named


def _restore_names(error: OSError, used: Sequence[Any], given: Sequence[Any]) -> None:
    """Make an error name the path as the script wrote it."""
    for attribute in ("filename", "filename2"):
        named = getattr(error, attribute)
        for new, old in zip(used, given, strict=True):
            if named is not None and new is not old and named == new:
                setattr(error, attribute, old)


class SplitFunction(Replacement):
    """A function that splits a path's text, as `ntpath` does for a Windows path."""

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Split the path."""
        text = decode_path(given[0]) if len(given) == 1 else None
        if text is None or "\\" not in text or script_folder() is None or exists(text):
            return self._function(*given, **named)
        return getattr(ntpath, self._function.__name__)(given[0])


class DerivingFunction(Replacement):
    """A function that derives a path with slashes from its arguments, such as `abspath`."""

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Call the function with translated paths."""
        if IN_FORCE.folder is None:
            return self._function(*given, **named)
        named = {name: translate(value) if name in _KEYWORDS else value for name, value in named.items()}
        return self._function(*map(translate, given), **named)


class GlobFunction(Replacement):
    """`glob` with Windows patterns: it finds names in any case and returns them with the pattern's backslashes."""

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Return the names found."""
        folder, pattern = script_folder(), given[0] if len(given) == 1 else None
        if folder is None or not isinstance(pattern, str) or named.get("dir_fd") is not None:
            return self._function(*given, **named)
        if is_windows(pattern):
            found = _find_backslashes(pattern)
            if not found:
                posix = self._function(_ignore_case_in(folder, use_slashes(pattern)), **named)
                found = [format_result(pattern, name) for name in posix]
            return found if self._function.__name__ == "glob" else iter(found)
        return self._function(_ignore_case_in(folder, pattern), **named)


def _find_backslashes(pattern: str) -> list[str]:
    """Return names that really contain the backslashes of a pattern."""
    head, _, tail = pattern.rpartition("/")
    try:
        names = [name for name in os.listdir(head or ".") if "\\" in name]
    except OSError:
        return []
    return [posixpath.join(head, name) for name in fnmatch.filter(names, tail)]


def _ignore_case_in(folder: WorkingFolder, pattern: str) -> str:
    """Return a pattern that finds names in any case if it is below the working folder."""
    return ignore_case(pattern) if folder.contains(pattern) else pattern


def replace_class(original: Any) -> Any:
    """Return a replacement for a class that opens files; objects of the original are instances of it too."""
    opening = PathFunction(original, 1)

    class Kind(type(original)):  # type: ignore[misc]  # usually plain `type`
        def __call__(cls, *given: Any, **named: Any) -> Any:
            return opening(*given, **named) if cls is made else super().__call__(*given, **named)

        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, original) if cls is made else super().__instancecheck__(instance)

    made = Kind(original.__name__, (original,), {"__module__": original.__module__, "__doc__": original.__doc__})
    return made
