"""The shape of the first frame: what a child prepares for. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Network", "Operation", "OtherInterpreter", "Preparation"]

Operation = Literal["run", "head", "table", "profile", "compare", "picture", "interpreter", "divide", "combine"]
Network = Literal["brokered", "direct"]


@dataclass(frozen=True, slots=True)
class OtherInterpreter:
    """An interpreter that runs the script instead of the child's own.

    Attributes:
        path: of its executable, absolute.
        plan: how it is confined before it is executed, as `blobprep.confinement.plan.Plan.encode` returns it; empty for
            no confinement.
    """

    path: str
    plan: str = ""


@dataclass(frozen=True, slots=True)
class Preparation:
    """What a child prepares for before it is asked anything: the `prepare` frame.

    Attributes:
        operation: decides which libraries the child imports; it may be asked for another one.
        plan: how the child confines itself, as `blobprep.confinement.plan.Plan.encode` returns it; empty for no
            confinement.
        network: how sockets reach the network: through the broker, or directly.
        interpreter: runs the script; None for the child's own.
    """

    operation: Operation
    plan: str
    network: Network
    interpreter: OtherInterpreter | None = None
