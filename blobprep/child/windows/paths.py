r"""What a name of Windows means below a working folder on a system that knows neither backslashes nor case-blind names.

A name that exists stays as it is, whatever letters it has. Otherwise a backslash separates folders, and a part that
exists in another case alone is that part. A name that begins with a drive or a backslash is outside the working folder
on Windows too, and means nothing here.
"""

from __future__ import annotations

import ntpath
import os
import posixpath
import re
from typing import Final

__all__ = ["WorkingFolder", "caseless", "exists", "is_windows", "windows_results", "with_slashes"]

_DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]|\\")
_MAGIC: Final = re.compile(r"[*?[]")
_CLASS: Final = re.compile(r"\[!?\]?[^\]]*\]|.", re.DOTALL)

# Taken before they are replaced (`path_entries`): what is asked here is the system.
_lstat, _scandir, _getcwd = os.lstat, os.scandir, os.getcwd
_abspath, _realpath = posixpath.abspath, posixpath.realpath


def is_windows(path: str) -> bool:
    r"""Tell whether a path has backslashes that can separate folders here: `a\b`, but neither `C:\a` nor `\a`."""
    return "\\" in path and not _DRIVE.match(path)


def with_slashes(path: str) -> str:
    r"""Return a path with slashes between its folders; `C:\a` and `\a` as they are."""
    return path.replace("\\", "/") if is_windows(path) else path


class WorkingFolder:
    """A working folder whose files are named as on Windows.

    Args:
        folder: its absolute path.

    Attributes:
        root: the same.
    """

    def __init__(self, folder: str) -> None:
        self.root = folder
        self._roots = (posixpath.join(_abspath(folder), ""), posixpath.join(_realpath(folder), ""))

    def translated(self, path: str) -> str:
        """Return what a path with backslashes names; as it is where it exists so, or has none.

        The parts that exist in no case keep theirs: they may be about to be made.
        """
        if not is_windows(path) or exists(path):
            return path
        candidate = path.replace("\\", "/")
        return candidate if exists(candidate) else self.in_its_case(candidate) or candidate

    def in_its_case(self, path: str) -> str | None:
        """Return a path that does not exist in the case its files have; None where they have the one that is given."""
        if not self.holds(path):
            return None
        made, following = "", path.split("/")
        while following:
            part = following.pop(0)
            if part not in ("", ".", "..") and not exists(made + part):
                known = self._in_case(made, part)
                if known is None:
                    made += "/".join([part, *following])
                    break
                part = known
            made += f"{part}/" if following else part
        return None if made == path else made

    def holds(self, path: str) -> bool:
        """Tell whether a path is the working folder's, or below it."""
        if path.startswith("/") and not f"{path}/".startswith(self._roots):
            return False
        try:
            return posixpath.join(_abspath(path), "").startswith(self._roots)
        except OSError:  # the script removed the folder it is in
            return False

    def _in_case(self, folder: str, part: str) -> str | None:
        """Return the one entry that has this name in another case."""
        if not self.holds(folder or "."):
            return None
        folded = part.casefold()
        try:
            with _scandir(folder or ".") as entries:
                known = [entry.name for entry in entries if entry.name.casefold() == folded]
        except OSError:
            return None
        return known[0] if len(known) == 1 else None


def exists(path: str) -> bool:
    """Tell whether there is an entry of this name, a link that leads nowhere too."""
    try:
        _lstat(path)
    except (OSError, ValueError):
        return False
    return True


def caseless(pattern: str) -> str:
    """Return a pattern of `glob` that finds names in any case; parts without wildcards are left to `in_its_case`."""
    return "/".join(_caseless(part) if _MAGIC.search(part) else part for part in pattern.split("/"))


def _caseless(part: str) -> str:
    return "".join(map(_either_case, _CLASS.findall(part)))


def _either_case(piece: str) -> str:
    if len(piece) > 1:  # a class: [abc], [a-c], [!abc]; one that holds a bracket is left as it is
        inner = piece[1:-1].removeprefix("!")
        return piece if "]" in inner else f"{piece[:-1]}{inner.swapcase()}]"
    other = piece.swapcase()
    return f"[{piece}{other}]" if other != piece and len(other) == 1 else piece


def windows_results(pattern: str, found: str) -> str:
    """Return a name that a pattern found as Windows would: the pattern's own folders, then backslashes."""
    magic = _MAGIC.search(pattern)
    literal = pattern[: magic.start()] if magic else pattern
    head = ntpath.split(literal)[0]
    prefix = literal[: len(head)]
    posix = prefix.replace("\\", "/")
    if prefix and found.startswith(posix):
        return prefix + found[len(posix) :].replace("/", "\\")
    return found.replace("/", "\\")
