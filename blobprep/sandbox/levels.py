"""Levels of isolation, and limits. Pure.

Until confinement by the kernel comes, two levels exist: `process` (a child of its own, with a scrubbed environment, a
private folder, limits and clean-up: stability, not confinement) and `off` (this interpreter, for debugging).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from blobprep.errors import InvalidOption, IsolationUnavailable

__all__ = ["DEFAULT_LEVEL", "LEVELS", "Level", "Limits", "require_level"]

Level = Literal["strict", "process", "off"]
LEVELS: Final[tuple[str, ...]] = get_args(Level)
DEFAULT_LEVEL: Final[Level] = "process"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bound what a script may use.

    Attributes:
        timeout: seconds from the start of the script to its end, None for no limit.
        memory: bytes the child and its own children may hold together, None for no limit.
    """

    timeout: float | None = None
    memory: int | None = None


def require_level(level: str) -> Level:
    """Check that a level is one, and that this version can enforce it.

    Raises:
        InvalidOption: it is none.
        IsolationUnavailable: it cannot be enforced; nothing was run.
    """
    if level not in LEVELS:
        raise InvalidOption(f"{level!r} is not a level of isolation", remedy=f"levels are {', '.join(LEVELS)}")
    if level == "strict":
        raise IsolationUnavailable(
            'isolation "strict" is not available in this version; nothing was run',
            remedy='use --isolation process (a child process of its own, not a confinement), or isolation = "process"',
        )
    return cast(Level, level)
