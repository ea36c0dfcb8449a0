"""A child of a pool: what holds for its whole life, and how long it is kept."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Final

from blobprep.limits import Limits
from blobprep.protocol import Operation
from blobprep.sandbox.guard.process_usage import Usage
from blobprep.sandbox.isolation import Level, Namespace
from blobprep.sandbox.launch import start
from blobprep.sandbox.network.rules import Rules
from blobprep.sandbox.session import ChildSession
from blobprep.sandbox.template import Template

__all__ = ["Bounds", "Place", "PooledChild"]

_CPU: Final = 10.0  # seconds; the kernel's own bound of a child's whole life is that of a run and some thirty more


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a child is kept.

    Attributes:
        requests: it answers at most.
        age: seconds since it was started, at most.
        growth: bytes of memory that it may have more than after its first request.
    """

    requests: int = 1000
    age: float = 3600.0
    growth: int = 256 * 1024**2


@dataclass(frozen=True, slots=True)
class Place:
    """What holds for a child's whole life."""

    operation: Operation
    level: Level
    limits: Limits
    rules: Rules
    namespace: Namespace

    def start(self, template: Template | None) -> PooledChild:
        """Start a child; raises as `blobprep.sandbox.launch.start`."""
        return PooledChild(
            self,
            start(
                self.operation,
                self.level,
                self.limits,
                rules=self.rules,
                namespace=self.namespace,
                template=template,
            ),
        )


@dataclass(slots=True, eq=False)
class PooledChild:
    """A child of the pool; belongs to one run at a time."""

    place: Place
    session: ChildSession
    identity: str = ""
    requests: int = 0
    memory: int = 0  # bytes after its first request
    began: float = field(default_factory=time.monotonic)

    def is_worn(self, usage: Usage, bounds: Bounds) -> bool:
        """Return whether it is too old, or has taken too much, to be asked again.

        Args:
            usage: of its process now, after a request.
            bounds: how long a child is kept.
        """
        self.memory = self.memory or usage.memory
        return (
            self.requests >= bounds.requests
            or time.monotonic() - self.began > bounds.age
            or usage.memory > self.memory + bounds.growth
            or (self.place.limits.cpu is not None and usage.seconds > _CPU)
        )
