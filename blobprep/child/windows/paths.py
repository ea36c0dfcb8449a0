r"""The meaning of Windows paths below a working folder, on a system without backslashes and with case-sensitive names.

A path that exists is used unchanged. Otherwise a backslash separates folders, and a part that exists only in another
case means that entry. A path that begins with a drive or a backslash is outside the working folder on Windows too, and
is not translated.
"""

from __future__ import annotations

import ntpath
import os
import posixpath
import re
from typing import Final

__all__ = ["WorkingFolder", "exists", "format_result", "ignore_case", "is_windows", "use_slashes"]

_DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]|\\")
_MAGIC: Final = re.compile(r"[*?[]")
_CLASS: Final = re.compile(r"\[!?\]?[^\]]*\]|.", re.DOTALL)

# Kept before `path_entries` replaces them: this module needs the originals.
_lstat, _scandir, _getcwd = os.lstat, os.scandir, os.getcwd
_abspath, _realpath = posixpath.abspath, posixpath.realpath


def is_windows(path: str) -> bool:
    r"""Tell whether a path has backslashes that separate folders: `a\b`, but neither `C:\a` nor `\a`."""
    return "\\" in path and not _DRIVE.match(path)


def use_slashes(path: str) -> str:
    r"""Return a path with slashes between its folders; `C:\a` and `\a` are not changed."""
    return path.replace("\\", "/") if is_windows(path) else path


class WorkingFolder:
    """A working folder in which paths are looked up as on Windows.

    Args:
        folder: the absolute path.

    Attributes:
        root: the absolute path.
    """

    def __init__(self, folder: str) -> None:
        self.root = folder
        self._roots = (posixpath.join(_abspath(folder), ""), posixpath.join(_realpath(folder), ""))

    def translate(self, path: str) -> str:
        """Translate a path with backslashes; a path without them, or one that exists, is not changed.

        Parts that do not exist in any case keep theirs, because the script may be about to create them.
        """
        if not is_windows(path) or exists(path):
            return path
        candidate = path.replace("\\", "/")
        return candidate if exists(candidate) else self.find_case(candidate) or candidate

    def find_case(self, path: str) -> str | None:
        """Return a path that does not exist in the case that its files have; None if no other case is found."""
        if not self.contains(path):
            return None
        made, following = "", path.split("/")
        while following:
            part = following.pop(0)
            if part not in ("", ".", "..") and not exists(made + part):
                known = self._find_entry(made, part)
                if known is None:
                    made += "/".join([part, *following])
                    break
                part = known
            made += f"{part}/" if following else part
        return None if made == path else made

    def contains(self, path: str) -> bool:
        """Tell whether a path is the working folder or below it."""
        if path.startswith("/") and not f"{path}/".startswith(self._roots):
            return False
        try:
            return posixpath.join(_abspath(path), "").startswith(self._roots)
        except OSError:  # the script removed its current folder
            return False

    def _find_entry(self, folder: str, part: str) -> str | None:
        """Return the only entry with this name in another case; None if there are none or several."""
        if not self.contains(folder or "."):
            return None
        folded = part.casefold()
        try:
            with _scandir(folder or ".") as entries:
                known = [entry.name for entry in entries if entry.name.casefold() == folded]
        except OSError:
            return None
        return known[0] if len(known) == 1 else None


def exists(path: str) -> bool:
    """Tell whether an entry of this name exists; a broken link counts."""
    try:
        _lstat(path)
    except (OSError, ValueError):
        return False
    return True


def ignore_case(pattern: str) -> str:
    """Return a `glob` pattern that finds names in any case; parts without wildcards are not changed."""
    return "/".join(_ignore_case(part) if _MAGIC.search(part) else part for part in pattern.split("/"))


def _ignore_case(part: str) -> str:
    return "".join(map(_match_either_case, _CLASS.findall(part)))


def _match_either_case(piece: str) -> str:
    if len(piece) > 1:  # a class: [abc], [a-c], [!abc]; one that contains a bracket is not changed
        inner = piece[1:-1].removeprefix("!")
        return piece if "]" in inner else f"{piece[:-1]}{inner.swapcase()}]"
    other = piece.swapcase()
    return f"[{piece}{other}]" if other != piece and len(other) == 1 else piece


def format_result(pattern: str, found: str) -> str:
    """Format a name that a pattern found as Windows would: the pattern's own folders, then backslashes."""
    magic = _MAGIC.search(pattern)
    literal = pattern[: magic.start()] if magic else pattern
    head = ntpath.split(literal)[0]
    prefix = literal[: len(head)]
    posix = prefix.replace("\\", "/")
    if prefix and found.startswith(posix):
        return prefix + found[len(posix) :].replace("/", "\\")
    return found.replace("/", "\\")
