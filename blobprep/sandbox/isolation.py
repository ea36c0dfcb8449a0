"""Levels of isolation. Pure.

`strict` is confinement by the kernel, and the default where there is one; `process` is a child of its own, with a
scrubbed environment, a private folder, limits and clean-up: stability, not confinement; `off` is this interpreter, for
debugging.
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
    "bounded_by",
    "require_level",
    "require_namespace",
]

Level = Literal["strict", "process", "off"]
LEVELS: Final[tuple[str, ...]] = get_args(Level)
DEFAULT_LEVEL: Final[Level] = "strict" if sys.platform == "linux" else "process"

Namespace = Literal["auto", "require", "off"]
NAMESPACES: Final[tuple[str, ...]] = get_args(Namespace)

PROCESS_NOTICE: Final = (
    'isolation "process" is no confinement: the script can read your files and use the network as you can'
)


@dataclass(frozen=True, slots=True)
class Confinement:
    """Say by what a child is confined, besides the filter of system calls and the loss of capabilities.

    Attributes:
        landlock: the ABI to use, which may be lower than the kernel's; 0 for none.
        uid: the spare user it becomes, None where it stays this one.
        namespace: whether bubblewrap gives it a file system and a process namespace of its own.
        controlled: whether the kernel's controller may bound its memory, processes and CPU time.
    """

    landlock: int
    uid: int | None = None
    namespace: bool = False
    controlled: bool = True


def bounded_by(controller: str) -> str:
    """Say what bounds memory, processes and CPU time: the kernel's controller, or the guard, where that is empty.

    >>> bounded_by("cgroup v2")
    'memory, processes and CPU time bounded by the kernel (cgroup v2)'
    """
    bounded = f"bounded by the kernel ({controller})" if controller else "counted by the guard"
    return f"memory, processes and CPU time {bounded}"


def require_level(level: str) -> Level:
    """Check that a level is one.

    Raises:
        InvalidOption: it is none.
    """
    if level not in LEVELS:
        raise InvalidOption(f"{level!r} is not a level of isolation", remedy=f"levels are {', '.join(LEVELS)}")
    return cast(Level, level)


def require_namespace(text: str) -> Namespace:
    """Check what is asked of namespaces.

    Raises:
        InvalidOption: it is nothing that can be asked.
    """
    if text not in NAMESPACES:
        raise InvalidOption(f"namespace = {text!r} says nothing", remedy=f"it may be {', '.join(NAMESPACES)}")
    return cast(Namespace, text)
