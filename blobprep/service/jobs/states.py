"""The states of a job, and what leads from one to another, in one table. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

__all__ = ["ACTIVE", "ENDED", "STATUS_CODES", "TRANSITIONS", "Event", "State", "next_state"]

State = Literal["NotStarted", "Queued", "Running", "Cancelling", "Finished", "Failed", "Cancelled"]
Event = Literal["start", "take", "finish", "fail", "cancel", "release"]

TRANSITIONS: Final[Mapping[tuple[State, Event], State]] = {
    ("NotStarted", "start"): "Queued",
    ("NotStarted", "cancel"): "Cancelled",
    ("Queued", "take"): "Running",
    ("Queued", "cancel"): "Cancelled",
    ("Running", "finish"): "Finished",
    ("Running", "fail"): "Failed",
    ("Running", "cancel"): "Cancelling",
    ("Running", "release"): "Queued",  # its server ends, or is gone: another one takes the job
    ("Cancelling", "cancel"): "Cancelling",
    ("Cancelling", "finish"): "Finished",  # its results were in place before it could be stopped
    ("Cancelling", "fail"): "Cancelled",
    ("Cancelling", "release"): "Cancelled",
}
"""What becomes of a job in a state when something happens to it; all else is refused.

`start` and `cancel` are asked for by clients. A server takes a job, and then finishes it, fails it or releases it. A
job that has ended stays as it is until it is removed.
"""

ACTIVE: Final[tuple[State, ...]] = ("Running", "Cancelling")
"""States in which a server has the job."""

ENDED: Final[tuple[State, ...]] = ("Finished", "Failed", "Cancelled")

STATUS_CODES: Final[Mapping[State, str]] = {
    "NotStarted": "NotStarted",
    "Queued": "NotStarted",
    "Running": "Running",
    "Cancelling": "Running",
    "Finished": "Finished",
    "Failed": "Failed",
    "Cancelled": "Cancelled",
}
"""What clients are told: they know five codes and stop at a sixth.

`Cancelled` has two l in all of them but the PowerShell module azuremlps, which waits for `Canceled` and so never saw a
job of Studio end this way. The code of .NET and Data Factory is worth more: a text that is not in its enumeration is
an error there.
"""


def next_state(state: State, event: Event) -> State | None:
    """Return the state that follows; None if that may not happen now."""
    return TRANSITIONS.get((state, event))
