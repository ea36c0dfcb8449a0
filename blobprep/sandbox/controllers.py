"""The kernel's controllers of memory and processes, and where on this machine a run can have a group under them.

With version 2 a group can only be made where no process is (its root apart), so one is made beside the caller's own
group or, where the caller's group was delegated to it, below that, after those in it have moved to one of their own.
The caller's group never loses what bounds it: a run is not put beside a group that has limits.

Standard library only, and little of it (no dataclasses, whose import takes longer than all this does): the guard runs
it. Source: the kernel's documentation, "Control Group v2" and
"Memory Resource Controller".
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

__all__ = ["NoController", "Place", "find_place", "make_room", "read", "write"]

_CALLERS = "callers-of-blobprep"  # where those go that were in a delegated group
_NEEDED = ("memory", "pids")
_ATTEMPTS = 5
_BOUNDS = ("memory.max", "memory.high", "cpu.max")


class NoController(Exception):
    """Say why no control group can be made here."""


class Place:
    """Where control groups of runs are made.

    Args:
        version: of control groups, 1 or 2.
        folders: by controller; with version 2 all the same.
        crowded: the processes in the caller's own group must move before one can be made below it.
    """

    __slots__ = ("crowded", "folders", "version")

    def __init__(self, version: int, folders: Mapping[str, str], *, crowded: bool = False) -> None:
        self.version, self.folders, self.crowded = version, folders, crowded

    def __str__(self) -> str:
        return f"cgroup v{self.version}"


def find_place(process: str = "/proc/self", caller: int | None = None) -> Place:
    """Find where a group can be made; makes nothing.

    Args:
        process: folder of the process whose groups count.
        caller: the process that wants it, this one where None; only its own family may have to move.

    Raises:
        NoController: nowhere; says why.
    """
    try:
        with open(f"{process}/cgroup") as file:
            own = {name: line.rstrip("\n").split(":", 2) for line in file for name in line.split(":", 2)[1].split(",")}
        with open(f"{process}/mountinfo") as file:
            mounts = [_Mount(line) for line in file]
    except OSError as error:
        raise NoController(f"there are no control groups: {error.strerror}") from None
    paths = {name: words[2] for name, words in own.items()}
    reasons = []
    for attempt in (_find_second, _find_first):
        try:
            return attempt(paths, mounts, os.getpid() if caller is None else caller)
        except NoController as error:
            reasons.append(str(error))
    raise NoController("; ".join(filter(None, reasons)) or "no memory controller is mounted")


def _find_first(paths: Mapping[str, str], mounts: Iterable[_Mount], _: int) -> Place:
    """Find where groups of version 1 can be made: below the caller's own, one for each controller."""
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
        raise NoController(f"this user may make none for {' and '.join(missing)} (cgroup v1)" if mounted else "")
    if read(f"{folders['memory']}/memory.use_hierarchy").strip() == "0":
        raise NoController("groups of memory do not bound those below them (memory.use_hierarchy is 0)")
    return Place(1, folders)


def _find_second(paths: Mapping[str, str], mounts: Iterable[_Mount], caller: int) -> Place:
    """Find where a group of version 2 can be made."""
    mount = next((each for each in mounts if each.kind == "cgroup2" and each.folder_of(paths.get("", ""))), None)
    if mount is None:
        raise NoController("")
    own = mount.folder_of(paths[""])
    if not set(_NEEDED) <= set(read(f"{own}/cgroup.controllers").split()):
        raise NoController("")  # version 1 has them, or they are not delegated
    above = os.path.dirname(own)
    if not os.path.exists(f"{own}/cgroup.type"):  # the root: processes may be in it
        if _may_make(own) and (_is_enabled(own) or os.access(f"{own}/cgroup.subtree_control", os.W_OK)):
            return _second(own, crowded=not _is_enabled(own))
    elif own != mount.point and _is_enabled(above) and _may_make(above) and not _is_bounded(own):
        return _second(above)
    if _may_make(own) and os.access(f"{own}/cgroup.subtree_control", os.W_OK):
        if _can_move(own, caller):
            return _second(own, crowded=True)
        raise NoController(f"other processes are in {own}, which would have to move (cgroup v2)")
    raise NoController("none is delegated to this user (cgroup v2)")


def _second(folder: str, *, crowded: bool = False) -> Place:
    return Place(2, dict.fromkeys((*_NEEDED, "cpuacct"), folder), crowded=crowded)


def make_room(place: Place) -> Place:
    """Move what is in the caller's own group to one of its own below it, and have the group pass its controllers on.

    Raises:
        OSError: others came in the meantime.
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
    """Tell whether all processes in a group are of the caller's family: started by the same one that is in it too."""
    parents: dict[int, int] = {}
    found = {int(word) for word in read(f"{own}/cgroup.procs").split()}
    family = [pid for pid in _line(caller, parents) if pid in found]
    return bool(family) and all(family[-1] in _line(pid, parents) for pid in found)


def _line(pid: int, parents: dict[int, int]) -> Iterator[int]:
    """Go from a process to the first of all that led to it."""
    while pid > 0:
        yield pid
        if pid not in parents:
            words = read(f"/proc/{pid}/stat").rpartition(")")[2].split()
            parents[pid] = int(words[1]) if len(words) > 1 else 0
        pid = parents[pid]


def _may_make(folder: str) -> bool:
    return os.access(folder, os.W_OK | os.X_OK) and os.access(f"{folder}/cgroup.procs", os.W_OK)


def _is_enabled(folder: str) -> bool:
    return set(_NEEDED) <= set(read(f"{folder}/cgroup.subtree_control").split())


def _is_bounded(folder: str) -> bool:
    """Tell whether a group has limits that one beside it would not have; what was moved here has those of its place."""
    return any(not (read(f"{folder}/{name}") or "max").startswith("max") for name in _BOUNDS)


class _Mount:
    __slots__ = ("kind", "options", "point", "root")

    def __init__(self, line: str) -> None:
        before, _, after = line.partition(" - ")
        words, kind = before.split(), after.split()
        self.root, self.point = (word.encode().decode("unicode_escape") for word in words[3:5])  # a space is \040
        self.kind, self.options = kind[0], kind[-1].split(",")

    def folder_of(self, path: str) -> str:
        """Return where a group is seen below this mount; empty where it is not."""
        inside = os.path.relpath(path, self.root) if path else ".."
        if inside.split("/")[0] == "..":
            return ""
        return os.path.normpath(os.path.join(self.point, inside))


def read(path: str) -> str:
    """Return the text of a file of the kernel's, empty where there is none to be had."""
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def write(path: str, text: str) -> None:
    """Tell the kernel something by a file; raises `OSError` where it refuses."""
    with open(path, "w") as file:
        file.write(text)
