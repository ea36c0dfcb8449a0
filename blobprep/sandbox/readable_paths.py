"""The paths that a confined child may read: the interpreter, its libraries, and the files that they look up."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from blobprep.sandbox.interpreter_paths import interpreter_paths, library_folders
from blobprep.sandbox.other_interpreter import other_interpreter_paths

__all__ = ["DEVICES", "carve", "readable_by", "readable_paths"]

DEVICES: Final = ("/dev/null", "/dev/full")
"""Devices without content. /dev/zero is not one of them: mapped, it is shared memory that is counted nowhere."""
_SYSTEM: Final = (
    # The parts of /usr that come from system packages; people may keep files in the others (etc, local, src).
    *(f"/usr/{name}" for name in ("bin", "games", "include", "lib", "lib32", "lib64", "libexec", "libx32", "sbin")),
    *("/usr/share", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store"),
)
_LOOKED_UP: Final = (
    *("/dev/urandom", "/dev/random"),
    *("/etc/ld.so.cache", "/etc/localtime", "/etc/timezone", "/etc/locale.alias", "/etc/mime.types"),
    *("/etc/fonts", "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/ssl/cert.pem", "/etc/pki/tls/certs"),
    *("/etc/pki/ca-trust/extracted", "/etc/crypto-policies", "/etc/matplotlibrc", "/etc/OpenCL/vendors"),
    # Of /proc only the process itself: what other processes run, and with which arguments, is private. And not all of
    # itself: not the machine's mounts, nor `net` (also below `task`), the connections of all processes, nor `fdinfo`,
    # whose texts a script can make a megabyte long, and the kernel keeps one for each that is open.
    *(f"/proc/self/{name}" for name in ("auxv", "cmdline", "comm", "environ", "fd", "io", "limits", "maps")),
    *(f"/proc/self/{name}" for name in ("oom_score", "smaps", "smaps_rollup", "stat", "statm", "status")),
    *("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/loadavg", "/proc/uptime", "/proc/version"),
    *("/proc/filesystems", "/proc/sys/vm/overcommit_memory", "/proc/sys/kernel/cap_last_cap"),
    *("/proc/sys/kernel/osrelease", "/proc/sys/kernel/ngroups_max", "/proc/sys/kernel/random"),
    *("/sys/devices/system/cpu", "/sys/devices/system/node", "/sys/kernel/mm/transparent_hugepage"),
    *("/sys/fs/cgroup/cpu.max", "/sys/fs/cgroup/memory.max"),
    *("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu/cpu.cfs_period_us"),
)
_PRIVATE: Final = (
    *("/", "/boot", "/etc", "/home", "/media", "/mnt", "/proc", "/root", "/run", "/srv", "/sys", "/tmp", "/var"),  # noqa: S108
)


def readable_paths() -> tuple[str, ...]:
    """Return the paths that a child may read, with everything below them; some may not exist here.

    The working folder of this process, the user's home and the folder of temporary files are never below one of them.
    The only exception are folders of libraries: if they lie in there, a child may read these folders.
    """
    here = _find_working_folder()
    carved = _carve_all((*map(os.path.realpath, _SYSTEM), *interpreter_paths()), here)
    return tuple(dict.fromkeys((*carved, *_find_libraries(_list_private(here) - {here}), *_LOOKED_UP)))


def readable_by(interpreter: str) -> tuple[str, ...]:
    """Return the paths that a script in another interpreter may read, by the same rule as `readable_paths`.

    Args:
        interpreter: the path of its executable.
    """
    broad = (*map(os.path.realpath, _SYSTEM), *other_interpreter_paths(interpreter))
    return tuple(dict.fromkeys((*_carve_all(broad, _find_working_folder()), *_LOOKED_UP)))


def _carve_all(paths: Iterable[str], here: str) -> list[str]:
    private = _list_private(here)
    return [part for path in paths for part in carve(path, private, _list_folder)]


def _list_private(here: str) -> set[str]:
    return {*_PRIVATE, *map(os.path.realpath, (here, *_find_home(), tempfile.gettempdir()))}


def carve(path: str, private: Iterable[str], entries: Callable[[str], Iterable[str]]) -> Iterator[str]:
    """Yield the parts of a path that hold nothing private.

    Args:
        path: a real path, like those in `private`.
        private: paths that must not be at or below what is yielded.
        entries: returns the names in a folder.
    """
    if path in private:
        return
    prefix = os.path.join(path, "")
    if not any(kept.startswith(prefix) for kept in private):
        yield path
        return
    for name in entries(path):
        yield from carve(os.path.join(path, name), private, entries)


def _find_libraries(private: Iterable[str]) -> Iterator[str]:
    for real in library_folders():
        if not any(f"{kept}/".startswith(os.path.join(real, "")) for kept in private):
            yield real


def _find_home() -> tuple[str, ...]:
    try:
        return (str(Path.home()),)
    except RuntimeError:  # neither HOME nor the user database has one
        return ()


def _find_working_folder() -> str:
    try:
        return os.path.realpath(os.getcwd())
    except OSError:  # it was removed
        return "/"


def _list_folder(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
