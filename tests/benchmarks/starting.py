"""How long a child takes to be confined, and to have its libraries: the levels in turn, within one process."""

from __future__ import annotations

from time import perf_counter

from blobprep.limits import Limits
from blobprep.sandbox.isolation import Level
from blobprep.sandbox.launch import start
from tests.benchmarks.measuring import Figures

__all__ = ["starts"]

_LEVELS: tuple[Level, ...] = ("process", "strict")


def starts(rounds: int) -> list[Figures]:
    """Start children that are asked nothing; at `process` there is nothing to confine, and the first frame is timed.

    The first round warms up and does not count.
    """
    seconds: dict[str, list[float]] = {}
    for turn in range(rounds + 1):
        for level in _LEVELS:
            for stage, spent in _started(level).items():
                kept = seconds.setdefault(f"{level}: {stage}", [])
                kept += [spent] if turn else []
    return [
        Figures(name, tuple(spent))
        for name, spent in sorted(seconds.items(), key=lambda each: each[0].partition(":")[2])
    ]


def _started(level: Level) -> dict[str, float]:
    began = perf_counter()
    with start("run", level, Limits()) as session:
        session.require_confined()
        confined = perf_counter() - began
        session.wait_until_prepared()
        imported = perf_counter() - began
    return {"start to confined": confined, "start to libraries imported": imported}
