"""What progress is in words, and lines of it where no terminal shows a bar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Final

from blobprep.cli.output import note, readable
from blobprep.progress import Progress

__all__ = ["ProgressLines", "describe_amount", "describe_stage", "describe_time"]

_INTERVAL: Final = 10.0
_STAGES: Final = {
    "list": "listing",
    "copy": "copying",
    "read": "reading",
    "head": "reading the first rows",
    "show": "reading the tables",
    "resolve": "resolving",
    "fetch": "fetching",
    "script": "reading the inputs",
    "commit": "writing outputs",
    "report": "making the report",
    "plan": "planning",
    "items": "running",
    "combine": "combining the results",
    "record": "writing the record",
}
_DOING: Final = {
    "start": "importing libraries",
    "read": "reading the inputs",
    "script": "running the script",
    "write": "writing results",
}


def describe_stage(progress: Progress) -> str:
    """Return what goes on; once all has arrived, that is what the child does."""
    doing = _DOING.get(progress.doing, "") if progress.stage == "script" else ""
    return doing or _STAGES.get(progress.stage, progress.stage)


def describe_amount(progress: Progress) -> str:
    """Return what is done, of how much, and how fast; empty where nothing is moved."""
    if progress.text:
        return progress.text
    if not (progress.done or progress.total):
        return ""
    count = readable if progress.unit == "bytes" else f"{{:,}} {progress.unit}".format
    total = "" if progress.total is None else f" of {count(progress.total)}"
    rate = f"  {count(int(progress.rate))}/s" if progress.rate else ""
    return f"{count(progress.done)}{total}{rate}"


def describe_time(progress: Progress) -> str:
    """Return the time left; where the end is not known, the time since the stage began."""
    if progress.total is None:
        return str(timedelta(seconds=int(progress.elapsed)))
    left = progress.remaining
    return "" if left is None else f"{timedelta(seconds=int(left))} left"


class ProgressLines:
    """A line to stderr for each stage, and now and then for one that goes on.

    Called by one thread at a time.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._stage = ""
        self._printed = 0.0

    def __call__(self, progress: Progress) -> None:
        """Print how far the work is, if that is due."""
        stage, now = describe_stage(progress), self._clock()
        if stage == self._stage and now - self._printed < _INTERVAL:
            return
        self._stage, self._printed = stage, now
        parts = (describe_amount(progress), describe_time(progress) if progress.elapsed >= 1 else "")
        said = "  ".join(filter(None, parts))
        note(f"blobprep: {stage}{f'  {said}' if said else ''}")
