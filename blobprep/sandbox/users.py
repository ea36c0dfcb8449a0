"""A spare user for a child: a user that owns nothing on this machine, if this process may switch to it."""

from __future__ import annotations

import functools
import importlib.util
import os
import random
import stat
import sys
import sysconfig
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

__all__ = ["SPARE_USERS", "find_closed", "spare_user"]

SPARE_USERS: Final = range(61184, 65520)
"""The range from which systemd takes users for services that do not have one of their own."""

# CHOWN, DAC_OVERRIDE, FOWNER, KILL, SETGID, SETUID: to give the run's folder away, end the child, and clean up.
_NEEDED: Final = (0, 1, 3, 5, 6, 7)
_IMPORTED: Final = ("numpy", "pandas", "pyarrow")


def spare_user(also: Iterable[str] = ()) -> tuple[int | None, str]:
    """Return the number of an unused user and an empty text, or None and the reason.

    Args:
        also: what that user must be able to read, besides what every child reads.
    """
    if os.geteuid() != 0:
        return None, "only root can change its user"
    effective = int(_read_status("CapEff"), 16)
    if any(not effective >> capability & 1 for capability in _NEEDED):
        return None, "this root lacks the capabilities to change its user"
    if not _is_mapped(Path("/proc/self/uid_map").read_text()) or not _is_mapped(Path("/proc/self/gid_map").read_text()):
        return None, "this user namespace does not map the spare users"
    if closed := find_closed([*_list_needed_paths(), *also, tempfile.gettempdir()]):
        return None, f"other users cannot read or enter {closed}"
    return random.SystemRandom().choice(SPARE_USERS), ""


def find_closed(paths: Iterable[str]) -> str:
    """Return the first path, or folder above one, that other users cannot read or enter; empty if they can."""
    seen: set[str] = set()
    for path in paths:
        full = os.path.realpath(path)
        for place in (*map(str, reversed(Path(full).parents)), full):
            if place in seen:
                continue
            seen.add(place)
            mode = os.stat(place).st_mode
            needed = stat.S_IXOTH if stat.S_ISDIR(mode) else stat.S_IROTH
            if place == full and stat.S_ISDIR(mode) and full != os.path.realpath(tempfile.gettempdir()):
                needed |= stat.S_IROTH
            if mode & needed != needed:
                return place
    return ""


@functools.cache
def _list_needed_paths() -> list[str]:
    """Return what a child must be able to read: the interpreter, the libraries, and this package."""
    paths = sysconfig.get_paths()
    libraries = (importlib.util.find_spec(name) for name in _IMPORTED)
    found = [
        sys.executable,
        *(paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")),
        os.__file__,
        *(library.origin for library in libraries if library is not None and library.origin),
        __file__,
    ]
    return [place for place in found if os.path.exists(place)]


def _is_mapped(table: str) -> bool:
    rows = (list(map(int, line.split())) for line in table.splitlines())
    return any(first <= SPARE_USERS.start and SPARE_USERS.stop <= first + count for first, _, count in rows)


def _read_status(name: str) -> str:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return line.split()[1]
    return "0"
