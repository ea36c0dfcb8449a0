"""Functions in place of Python's that understand names of Windows (`windows_paths`) and then call the original.

Each does just what the original does while no folder is in force, for other threads than the script's, and for a path
that has neither a backslash nor a file in another case.
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

from blobprep.child.windows.paths import WorkingFolder, caseless, exists, is_windows, windows_results, with_slashes

__all__ = [
    "IN_FORCE",
    "Asking",
    "Globbing",
    "Replacement",
    "TakingApart",
    "Whole",
    "as_text",
    "folder_of_script",
    "in_place_of",
    "translated",
]

_KEYWORDS: Final = frozenset(
    {"path", "file", "src", "dst", "start", "database", "source", "where", "dest", "root_path"}
)
_FOLDERS: Final = frozenset({"dir_fd", "src_dir_fd", "dst_dir_fd"})


class _InForce:
    """The folder in force, and the threads that were there before the script."""

    __slots__ = ("folder", "foreign")

    def __init__(self) -> None:
        self.folder: WorkingFolder | None = None
        self.foreign: weakref.WeakSet[threading.Thread] = weakref.WeakSet()


IN_FORCE: Final = _InForce()


def folder_of_script() -> WorkingFolder | None:
    """Return the folder in whose terms this thread speaks; None where it is not the script's."""
    folder = IN_FORCE.folder
    return None if folder is None or threading.current_thread() in IN_FORCE.foreign else folder


def as_text(path: object) -> str | None:
    """Return a path as text, None where it is none: a descriptor, or nothing."""
    if isinstance(path, str):
        return path
    if isinstance(path, bytes | os.PathLike):
        try:
            return os.fsdecode(path)
        except Exception:  # an object of the script's own; what it raises is for the function itself
            return None
    return None


def _like(path: object, text: str) -> Any:
    return os.fsencode(text) if isinstance(path, bytes) else text


def translated(path: Any) -> Any:
    """Return what a path names in the script's working folder; the same object where that is the path itself."""
    text = path if path.__class__ is str else as_text(path)
    if text is None or "\\" not in text or (folder := folder_of_script()) is None:
        return path
    known = folder.translated(text)
    return path if known == text else _like(path, known)


def _in_its_case(path: Any) -> Any:
    text, folder = as_text(path), folder_of_script()
    known = folder.in_its_case(text) if text and folder is not None else None
    return path if known is None else _like(path, known)


class Replacement:
    """A function in place of another: no method of a class that holds it, and pickled by its name, as the other is."""

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


class Asking(Replacement):
    """A function that asks the system about its first arguments.

    Args:
        wrapped: the function.
        paths: how many of its arguments may be paths.
    """

    def __init__(self, wrapped: Any, paths: int) -> None:
        super().__init__(wrapped)
        self._paths = paths

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Call the function with what its paths name; again in the case the files have where there are none."""
        if IN_FORCE.folder is None or (named and any(named.get(each) is not None for each in _FOLDERS)):
            return self._function(*given, **named)
        used, keywords = self._changed(translated, given, named)
        try:
            answer = self._function(*used, **keywords)
            if answer is not False:  # which is how `os.access` says that there is no such file
                return answer
        except FileNotFoundError as error:
            cased, keywords_cased = self._changed(_in_its_case, used, keywords)
            if all(new is old for new, old in zip(cased, used, strict=True)) and keywords_cased == keywords:
                _name_as_given(error, used, given)
                raise
        except OSError as error:
            _name_as_given(error, used, given)
            raise
        else:
            cased, keywords_cased = self._changed(_in_its_case, used, keywords)
        return self._function(*cased, **keywords_cased)

    def _changed(
        self, change: Callable[[Any], Any], given: tuple[Any, ...], named: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        count = self._paths
        used = (change(given[0]), *given[1:]) if count == 1 and given else (*map(change, given[:count]), *given[count:])
        if named:
            named = {name: change(value) if name in _KEYWORDS else value for name, value in named.items()}
        return used, named


def _name_as_given(error: OSError, used: Sequence[Any], given: Sequence[Any]) -> None:
    """Have an error name the path that the script wrote."""
    for attribute in ("filename", "filename2"):
        named = getattr(error, attribute)
        for new, old in zip(used, given, strict=True):
            if named is not None and new is not old and named == new:
                setattr(error, attribute, old)


class TakingApart(Replacement):
    """A function that takes a path apart by its text: that of `ntpath` for a name of Windows."""

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Take the path apart."""
        text = as_text(given[0]) if len(given) == 1 else None
        if text is None or "\\" not in text or folder_of_script() is None or exists(text):
            return self._function(*given, **named)
        return getattr(ntpath, self._function.__name__)(given[0])


class Whole(Replacement):
    """A function that makes another path of a path, which then has slashes."""

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Make the path, of what the given ones name."""
        if IN_FORCE.folder is None:
            return self._function(*given, **named)
        named = {name: translated(value) if name in _KEYWORDS else value for name, value in named.items()}
        return self._function(*map(translated, given), **named)


class Globbing(Replacement):
    """`glob` with patterns of Windows: names in any case are found, and named with the backslashes of the pattern."""

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Return the names that are found."""
        folder, pattern = folder_of_script(), given[0] if len(given) == 1 else None
        if folder is None or not isinstance(pattern, str) or named.get("dir_fd") is not None:
            return self._function(*given, **named)
        if is_windows(pattern):
            found = _with_backslashes(pattern)
            if not found:
                posix = self._function(_in_any_case(folder, with_slashes(pattern)), **named)
                found = [windows_results(pattern, each) for each in posix]
            return found if self._function.__name__ == "glob" else iter(found)
        return self._function(_in_any_case(folder, pattern), **named)


def _with_backslashes(pattern: str) -> list[str]:
    """Return names that really hold the backslashes of a pattern."""
    head, _, tail = pattern.rpartition("/")
    try:
        names = [name for name in os.listdir(head or ".") if "\\" in name]
    except OSError:
        return []
    return [posixpath.join(head, name) for name in fnmatch.filter(names, tail)]


def _in_any_case(folder: WorkingFolder, pattern: str) -> str:
    """Return a pattern that finds names in any case, for one of the working folder."""
    return caseless(pattern) if folder.holds(pattern) else pattern


def in_place_of(original: Any) -> Any:
    """Return a class that opens files in place of another; whatever that one made is an instance of it."""
    opening = Asking(original, 1)

    class Kind(type(original)):  # type: ignore[misc]  # most often plain `type`
        def __call__(cls, *given: Any, **named: Any) -> Any:
            return opening(*given, **named) if cls is made else super().__call__(*given, **named)

        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, original) if cls is made else super().__instancecheck__(instance)

    made = Kind(original.__name__, (original,), {"__module__": original.__module__, "__doc__": original.__doc__})
    return made
