"""Cycle after cycle, until the watch is stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from blobprep.batches.coordination.stop import Stop
from blobprep.batches.watch.hints import Hints
from blobprep.errors import BlobprepError, ClaimLost, OutputExists, StoreUnavailable, UsageError

__all__ = ["watch_cycles"]

_NAP: Final = 0.2  # seconds within which a stop is seen
_GATHER: Final = 1.0  # seconds that a hint waits for others: many blobs that arrive together are one cycle

_Made = TypeVar("_Made")


def watch_cycles(
    cycle: Callable[[], _Made],
    stop: Stop,
    *,
    every: float,
    hints: Hints | None,
    settle: float,
    once: bool,
    say: Callable[[str], None],
    is_whole: Callable[[_Made], bool],
    clock: Callable[[], float] = time.monotonic,
) -> _Made | None:
    """Run cycles, one at once and each other one after a pause, which hints make shorter.

    Args:
        cycle: brings the batch up to date.
        stop: ends the watch, and the cycle that runs.
        every: seconds from the end of a cycle to the begin of the next one.
        hints: that something has arrived; None where there are none.
        settle: seconds that a blob must not have changed, which a hint waits for as well.
        once: return after the first cycle.
        say: is told what the user should know, one sentence each.
        is_whole: tells from what a cycle made whether it has left nothing to the next one.
        clock: seconds that only grow.

    Returns:
        What the last cycle made; None if it failed.

    Raises:
        UsageError: options or settings are wrong.
        BlobprepError: the first cycle failed for a reason that will not pass.
    """
    is_first, stands_by = True, False
    while True:
        taken = hints.take(settle) if hints else ()
        made = None
        try:
            made = cycle()
        except BlobprepError as error:
            if hints:
                hints.give_back(taken)
            if isinstance(error, ClaimLost):
                stop.recover()
            if once or _lasts(error, is_first=is_first) or (stop.level and not _is_held(error)):
                raise
            if not _is_held(error):
                say(f"{error}; it is tried again in {every:g} s")
            elif not stands_by:  # told once: the next error says the same, with other seconds
                say(f"{error.message}; this watch stands by, and goes on once the record is free")
            stands_by = _is_held(error)
        else:
            if hints and is_whole(made):  # one that was stopped is whole as well if it had come to its end
                hints.cover(taken)
            is_first = stands_by = False
        if once or not _rest(stop, every, hints, _GATHER + settle, clock):
            return made


def _lasts(error: BlobprepError, *, is_first: bool) -> bool:
    """Tell whether an error is one to end with: of the settings, or in the first cycle one that will not pass."""
    return isinstance(error, UsageError) or (is_first and not (isinstance(error, StoreUnavailable) or _is_held(error)))


def _is_held(error: BlobprepError) -> bool:
    """Tell whether another holds the record, or has taken it over while this machine slept: it may become free."""
    return isinstance(error, ClaimLost) or (isinstance(error, OutputExists) and error.passes)


def _rest(stop: Stop, every: float, hints: Hints | None, wait: float, clock: Callable[[], float]) -> bool:
    """Wait for the next cycle; return whether there is to be one."""
    due = clock() + every
    # In naps: a signal's handler must not set what this thread waits for with a lock.
    while not stop.level and (left := due - clock()) > 0:
        news = hints.news() if hints is not None else None
        if news is not None and news + wait < due:
            due = news + wait
            continue
        time.sleep(min(left, _NAP))
    return not stop.level
