"""What a child confines itself to, as the parent says it. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["NotConfined", "Plan"]


class NotConfined(Exception):
    """Say why a child could not confine itself, or that its confinement does not hold."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Describe a confinement.

    Attributes:
        landlock: the ABI to use, 0 for none.
        namespace: whether the child finds itself in a file system and process namespace of its own.
        readable: paths whose content, and all below, may be read.
        writable: folders that are the run's own.
        devices: files that may be read and written, and hold nothing.
        canary: a file that must not be readable afterwards.
        processes: of the parent, whose environment must not be readable.
        tasks: threads the child may have, 0 for no limit; it counts per user, so it needs a user of its own.
    """

    landlock: int
    namespace: bool
    readable: tuple[str, ...]
    writable: tuple[str, ...]
    devices: tuple[str, ...]
    canary: str
    processes: tuple[int, ...]
    tasks: int = 0

    def encode(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def decode(cls, text: str) -> Plan:
        """Read it back."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(text).items()
        }
        return cls(**values)
