"""The plan by which a child confines itself, made by the parent. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["NotConfined", "Plan"]


class NotConfined(Exception):
    """A child that could not confine itself, or whose confinement does not hold."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of confinement.

    Attributes:
        landlock: the Landlock ABI to use, 0 for none.
        namespace: whether the child is in a mount and process namespace of its own.
        readable: paths that may be read, with everything below them.
        writable: folders that belong to the run.
        devices: devices that may be read and written, and store nothing.
        canary: a file that must not be readable afterwards.
        processes: the parent's processes, whose environment must not be readable.
        executable: files that the process may execute once, to become another interpreter: that and what loads it; it
            must then have its second filter set, see `blobprep.bridge.confinement`. Empty for a process that stays.
        tasks: how many threads the child may have, 0 for no limit. The kernel counts per user, so a limit needs a user
            of its own.
    """

    landlock: int
    namespace: bool
    readable: tuple[str, ...]
    writable: tuple[str, ...]
    devices: tuple[str, ...]
    canary: str
    processes: tuple[int, ...]
    tasks: int = 0
    executable: tuple[str, ...] = ()

    def encode(self) -> str:
        """Encode the plan as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def decode(cls, text: str) -> Plan:
        """Decode a plan from JSON."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(text).items()
        }
        return cls(**values)
