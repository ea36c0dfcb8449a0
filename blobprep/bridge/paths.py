r"""Windows paths in scripts, and who hears of the files that are opened.

In this process the functions that take paths understand backslashes, and names in another case below the working
folder, as `blobprep.child.windows` does for a script in blobprep's own interpreter. A path that exists is used as is.
"""

from __future__ import absolute_import

import functools
import glob
import io
import ntpath
import os
import posixpath
import re
import sys

from .text import PY2, TEXT

__all__ = ["understand_windows"]

_ONE = "access chdir listdir lstat mkdir open readlink remove rmdir scandir stat truncate unlink utime".split()
_TWO = "link rename replace symlink".split()
_APART = "basename dirname split splitext".split()
_WHOLE = "abspath normpath realpath relpath".split()
_DRIVE = re.compile(r"[A-Za-z]:[\\/]|\\")
_MAGIC = re.compile(r"[*?[]")
_lstat, _listdir = os.lstat, os.listdir


_watching = []  # type: ignore[var-annotated]  # who hears of files that are opened: the watch of the script that runs


def understand_windows(folder, watch):
    """Replace the functions that take paths; they stay replaced, since this process is there for scripts alone.

    Args:
        folder: the working folder.
        watch: is called with the path of every file that is opened for writing.
    """
    is_done, _watching[:] = bool(_watching), [watch]
    if is_done:
        return
    translate = _Translation(folder)
    for count, names in ((1, _ONE), (2, _TWO)):
        for name in names:
            if hasattr(os, name):
                setattr(os, name, _taking(getattr(os, name), count, translate, name == "open"))
    builtins = sys.modules["__builtin__" if PY2 else "builtins"]
    for owner in (builtins, io):
        owner.open = _taking(owner.open, 1, translate, True)
    for name in _APART:
        setattr(posixpath, name, _splitting(getattr(posixpath, name), getattr(ntpath, name)))
    for name in _WHOLE:
        setattr(posixpath, name, _taking(getattr(posixpath, name), 2, translate))
    glob.glob = _globbing(glob.glob)
    glob.iglob = _globbing(glob.iglob)
    _replace_in_pandas(translate)
    sys.path_hooks.insert(0, functools.partial(_find_entry, translate))


class _Translation(object):
    """What a path means below a working folder; a path that is not Windows' own is returned as it is."""

    def __init__(self, folder):
        self._root = os.path.join(os.path.realpath(folder), "")

    def __call__(self, path):
        """Return the path to use."""
        if not isinstance(path, (str, TEXT)) or not _is_windows(path) or _exists(path):
            return path
        candidate = path.replace("\\", "/")
        return candidate if _exists(candidate) else self._in_case(candidate)

    def _in_case(self, path):
        """Return a path in the case that its files have; parts that do not exist keep theirs."""
        made, following = "", path.split("/")
        while following:
            part = following.pop(0)
            if part not in ("", ".", "..") and not _exists(made + part):
                known = self._entry(made, part)
                if known is None:
                    return made + "/".join([part] + following)
                part = known
            made += part + "/" if following else part
        return made

    def _entry(self, folder, part):
        try:
            place = os.path.join(os.path.realpath(folder or "."), "")
            names = [name for name in _listdir(folder or ".") if name.lower() == part.lower()]
        except EnvironmentError:
            return None
        return names[0] if len(names) == 1 and place.startswith(self._root) else None


def _is_windows(path):
    return "\\" in path and not _DRIVE.match(path)


def _exists(path):
    try:
        _lstat(path)
    except (EnvironmentError, ValueError, TypeError):
        return False
    return True


def _taking(function, count, translate, opens=False):
    """Return a function whose first arguments are paths, and that tells the watch what it opens for writing."""

    def replacement(*given, **named):
        given = tuple(translate(path) for path in given[:count]) + given[count:]
        if opens and given and isinstance(given[0], (bytes, TEXT)) and _writes(given, named):
            for watch in _watching:
                watch(given[0])
        return function(*given, **named)

    _copy_name(function, replacement)
    return replacement


def _writes(given, named):
    mode = given[1] if len(given) > 1 else named.get("mode", named.get("flags", "r"))
    if isinstance(mode, int):
        return bool(mode & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    return any(letter in str(mode) for letter in "wax+")


def _splitting(function, as_windows):
    def replacement(path, *given):
        text = isinstance(path, (str, TEXT))
        if not given and text and "\\" in path and not _exists(path):
            return as_windows(path)
        return function(path, *given)

    _copy_name(function, replacement)
    return replacement


def _globbing(function):
    def replacement(pattern, *given, **named):
        if given or not isinstance(pattern, (str, TEXT)) or not _is_windows(pattern):
            return function(pattern, *given, **named)
        found = [_as_windows(pattern, name) for name in function(pattern.replace("\\", "/"), **named)]
        return found if function.__name__ == "glob" else iter(found)

    _copy_name(function, replacement)
    return replacement


def _as_windows(pattern, found):
    """Return a name that a pattern found as Windows would: the pattern's own folders, then backslashes."""
    magic = _MAGIC.search(pattern)
    literal = pattern[: magic.start()] if magic else pattern
    prefix = literal[: len(ntpath.split(literal)[0])]
    if prefix and found.startswith(prefix.replace("\\", "/")):
        return prefix + found[len(prefix) :].replace("/", "\\")
    return found.replace("/", "\\")


def _copy_name(function, replacement):
    replacement.__name__ = function.__name__
    replacement.__doc__ = function.__doc__


def _replace_in_pandas(translate):
    """Have `read_csv` understand such paths in the versions of pandas that open files in C (up to 1.1)."""
    readers = sys.modules.get("pandas.io.parsers")
    opening = getattr(readers, "get_filepath_or_buffer", None)
    if opening is not None:
        readers.get_filepath_or_buffer = _taking(opening, 1, translate)


def _find_entry(translate, entry):
    """Return a finder for an entry of `sys.path` that is a Windows path; an `ImportError` leaves it to others."""
    known = translate(entry)
    if known == entry:
        raise ImportError("not a Windows path")
    for hook in sys.path_hooks[1:]:
        try:
            return hook(known)
        except ImportError:
            continue
    if not PY2:
        raise ImportError("there is no finder for %s" % known)
    import pkgutil

    return pkgutil.ImpImporter(known)
