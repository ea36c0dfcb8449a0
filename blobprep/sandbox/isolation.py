"""Levels of isolation. Pure.

`strict` is confinement by the kernel, and the default on Linux. `process` runs the script in a child process with a
clean environment, a private folder, limits and clean-up: stability, not confinement. `off` runs it in this interpreter,
for debugging.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from blobprep.errors import InvalidOption

__all__ = [
    "DEFAULT_LEVEL",
    "LEVELS",
    "NAMESPACES",
    "PROCESS_NOTICE",
    "Confinement",
    "Level",
    "Namespace",
    "describe_bounds",
    "require_level",
    "require_namespace",
]

Level = Literal["strict", "process", "off"]
LEVELS: Final[tuple[str, ...]] = get_args(Level)
DEFAULT_LEVEL: Final[Level] = "strict" if sys.platform == "linux" else "process"

Namespace = Literal["auto", "require", "off"]
NAMESPACES: Final[tuple[str, ...]] = get_args(Namespace)

PROCESS_NOTICE: Final = (
    'isolation "process" does not confine the script: it can read your files and use the network, as you can'
)


@dataclass(frozen=True, slots=True)
class Confinement:
    """The means that confine a child, besides the system call filter and the loss of capabilities.

    Attributes:
        landlock: the ABI to use, which may be lower than the kernel's; 0 for no Landlock.
        uid: the spare user that the child becomes; None if it stays this user.
        namespace: whether bubblewrap gives it a file system and a process namespace of its own.
        controlled: whether a control group may limit its memory, processes and CPU time.
    """

    landlock: int
    uid: int | None = None
    namespace: bool = False
    controlled: bool = True


def describe_bounds(controller: str) -> str:
    """Return what limits memory, processes and CPU time: the kernel's controller, or the guard if that is empty.

    >>> describe_bounds("cgroup v2")
    'memory, processes and CPU time limited by the kernel (cgroup v2)'
    """
    limited = f"limited by the kernel ({controller})" if controller else "counted by the guard"
    return f"memory, processes and CPU time {limited}"


def require_level(level: str) -> Level:
    """Check a level of isolation and return it.

    Raises:
        InvalidOption: there is no such level.
    """
    if level not in LEVELS:
        raise InvalidOption(f"invalid isolation level {level!r}", remedy=f"use one of {', '.join(LEVELS)}")
    return cast(Level, level)


def require_namespace(text: str) -> Namespace:
    """Check a value of `namespace` and return it.

    Raises:
        InvalidOption: there is no such value.
    """
    if text not in NAMESPACES:
        raise InvalidOption(f"invalid namespace {text!r}", remedy=f"use one of {', '.join(NAMESPACES)}")
    return cast(Namespace, text)
