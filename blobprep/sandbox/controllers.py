"""The kernel's controllers of memory and processes, and where on this machine a run can have a control group.

In version 2, a group can only be made below a group that holds no processes (except the root). So one is made beside
the caller's own group or, if that group was delegated to the caller, below it, after the processes in it have moved to
a group of their own. A run never escapes the limits of the caller: it is not put beside a group that has limits.

Uses only the standard library, and little of it (no dataclasses, whose import would take longer than everything here):
the guard runs this. Source: the kernel's documentation, "Control Group v2" and "Memory Resource Controller".
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

__all__ = ["NoController", "Place", "find_place", "make_room", "read", "write"]

_CALLERS = "callers-of-blobprep"  # the group that the processes of a delegated group move to
_NEEDED = ("memory", "pids")
_ATTEMPTS = 5
_BOUNDS = ("memory.max", "memory.high", "cpu.max")


class NoController(Exception):
    """The reason why no control group can be made here."""


class Place:
    """A place for the control groups of runs.

    Args:
        version: of control groups, 1 or 2.
        folders: by controller; in version 2 all are the same.
        crowded: the processes in the caller's own group must move before a group can be made below it.
    """

    __slots__ = ("crowded", "folders", "version")

    def __init__(self, version: int, folders: Mapping[str, str], *, crowded: bool = False) -> None:
        self.version, self.folders, self.crowded = version, folders, crowded

    def __str__(self) -> str:
        return f"cgroup v{self.version}"


def find_place(process: str = "/proc/self", caller: int | None = None) -> Place:
    """Find where a group can be made, without making one.

    Args:
        process: the folder of the process whose groups count.
        caller: the process that wants the group, None for this one; only processes of its family may be moved.

    Raises:
        NoController: a group cannot be made anywhere; says why.
    """
    try:
        with open(f"{process}/cgroup") as file:
            own = {name: line.rstrip("\n").split(":", 2) for line in file for name in line.split(":", 2)[1].split(",")}
        with open(f"{process}/mountinfo") as file:
            mounts = [_Mount(line) for line in file]
    except OSError as error:
        raise NoController(f"control groups cannot be read: {error.strerror}") from None
    paths = {name: words[2] for name, words in own.items()}
    reasons = []
    for find in (_find_version2, _find_version1):
        try:
            return find(paths, mounts, os.getpid() if caller is None else caller)
        except NoController as error:
            reasons.append(str(error))
    raise NoController("; ".join(filter(None, reasons)) or "no memory controller is mounted")


def _find_version1(paths: Mapping[str, str], mounts: Iterable[_Mount], _: int) -> Place:
    """Find where groups of version 1 can be made: below the caller's own groups, one for each controller."""
    folders = {}
    for mount in mounts:
        for name in (*_NEEDED, "cpuacct"):
            if mount.kind == "cgroup" and name in mount.options and name in paths:
                folder = mount.folder_of(paths[name])
                if folder and os.access(folder, os.W_OK | os.X_OK):
                    folders[name] = folder
    missing = [name for name in _NEEDED if name not in folders]
    if missing:
        mounted = any(name in paths for name in _NEEDED)
        reason = f"this user may not make groups for {' and '.join(missing)} (cgroup v1)"
        raise NoController(reason if mounted else "")
    if read(f"{folders['memory']}/memory.use_hierarchy").strip() == "0":
        raise NoController("memory groups do not limit the groups below them (memory.use_hierarchy is 0)")
    return Place(1, folders)


def _find_version2(paths: Mapping[str, str], mounts: Iterable[_Mount], caller: int) -> Place:
    """Find where a group of version 2 can be made."""
    mount = next((item for item in mounts if item.kind == "cgroup2" and item.folder_of(paths.get("", ""))), None)
    if mount is None:
        raise NoController("")
    own = mount.folder_of(paths[""])
    if not set(_NEEDED) <= set(read(f"{own}/cgroup.controllers").split()):
        raise NoController("")  # version 1 has these controllers, or they are not delegated
    above = os.path.dirname(own)
    if not os.path.exists(f"{own}/cgroup.type"):  # the root: processes may be in it
        if _can_create_group(own) and (_is_enabled(own) or os.access(f"{own}/cgroup.subtree_control", os.W_OK)):
            return _version2_place(own, crowded=not _is_enabled(own))
    elif own != mount.point and _is_enabled(above) and _can_create_group(above) and not _is_bounded(own):
        return _version2_place(above)
    if _can_create_group(own) and os.access(f"{own}/cgroup.subtree_control", os.W_OK):
        if _can_move(own, caller):
            return _version2_place(own, crowded=True)
        raise NoController(f"other processes are in {own} and would have to move (cgroup v2)")
    raise NoController("no group is delegated to this user (cgroup v2)")


def _version2_place(folder: str, *, crowded: bool = False) -> Place:
    return Place(2, dict.fromkeys((*_NEEDED, "cpuacct"), folder), crowded=crowded)


def make_room(place: Place) -> Place:
    """Move the processes of the caller's own group to a new group below it, so that it can pass its controllers on.

    Raises:
        OSError: new processes kept appearing in the meantime.
    """
    folder = place.folders["memory"]
    below = os.path.join(folder, _CALLERS)
    for last in reversed(range(_ATTEMPTS)):
        if os.path.exists(f"{folder}/cgroup.type"):
            with suppress(FileExistsError):
                os.mkdir(below)
            for pid in read(f"{folder}/cgroup.procs").split():
                with suppress(ProcessLookupError):
                    write(f"{below}/cgroup.procs", pid)
        try:
            write(f"{folder}/cgroup.subtree_control", " ".join(f"+{name}" for name in _NEEDED))
            break
        except OSError as error:
            if error.errno != errno.EBUSY or not last:  # another guard started in between
                raise
    return Place(place.version, place.folders)


def _can_move(own: str, caller: int) -> bool:
    """Return whether all processes in a group descend from the caller's oldest ancestor in that group."""
    parents: dict[int, int] = {}
    found = {int(word) for word in read(f"{own}/cgroup.procs").split()}
    family = [pid for pid in _ancestors(caller, parents) if pid in found]
    return bool(family) and all(family[-1] in _ancestors(pid, parents) for pid in found)


def _ancestors(pid: int, parents: dict[int, int]) -> Iterator[int]:
    """Yield a process, its parent, and so on up to the first process."""
    while pid > 0:
        yield pid
        if pid not in parents:
            words = read(f"/proc/{pid}/stat").rpartition(")")[2].split()
            parents[pid] = int(words[1]) if len(words) > 1 else 0
        pid = parents[pid]


def _can_create_group(folder: str) -> bool:
    return os.access(folder, os.W_OK | os.X_OK) and os.access(f"{folder}/cgroup.procs", os.W_OK)


def _is_enabled(folder: str) -> bool:
    return set(_NEEDED) <= set(read(f"{folder}/cgroup.subtree_control").split())


def _is_bounded(folder: str) -> bool:
    """Return whether a group has limits that a group beside it would not have."""
    return any(not (read(f"{folder}/{name}") or "max").startswith("max") for name in _BOUNDS)


class _Mount:
    __slots__ = ("kind", "options", "point", "root")

    def __init__(self, line: str) -> None:
        before, _, after = line.partition(" - ")
        words, kind = before.split(), after.split()
        self.root, self.point = (word.encode().decode("unicode_escape") for word in words[3:5])  # a space is \040
        self.kind, self.options = kind[0], kind[-1].split(",")

    def folder_of(self, path: str) -> str:
        """Return the folder of a group below this mount; empty if it is not visible there."""
        inside = os.path.relpath(path, self.root) if path else ".."
        if inside.split("/")[0] == "..":
            return ""
        return os.path.normpath(os.path.join(self.point, inside))


def read(path: str) -> str:
    """Return the text of a file of the kernel; empty if it cannot be read."""
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def write(path: str, text: str) -> None:
    """Write to a file of the kernel; raises `OSError` if the kernel refuses."""
    with open(path, "w") as file:
        file.write(text)
