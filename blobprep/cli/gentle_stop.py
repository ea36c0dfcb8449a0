"""Signals that let running items end before a command does."""

from __future__ import annotations

import _thread
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING

from blobprep.cli.exit_codes import Interrupted
from blobprep.cli.output import note

if TYPE_CHECKING:
    from blobprep.batches.coordination.stop import Stop

__all__ = ["Stopped", "stopping_gently"]


@dataclass(slots=True)
class Stopped:
    """What asked a command to end.

    Attributes:
        number: of the signal; SIGINT until there was one.
        count: how many there were.
    """

    number: int = signal.SIGINT
    count: int = 0


@contextmanager
def stopping_gently(stop: Stop) -> Iterator[Stopped]:
    """Have signals end a batch by degrees as long as this lasts.

    The first SIGINT, SIGTERM or SIGHUP begins no more items; the second ends those that run; a third ends the command
    at once, as it would any other. So does the second as long as items are planned: a listing may take minutes.

    Args:
        stop: of the batch.
    """
    stopped = Stopped()

    def handle(number: int, frame: FrameType | None) -> None:
        stopped.number = number
        stopped.count += 1
        if stopped.count > 2 or (stopped.count > 1 and not stop.is_attached):
            raise Interrupted(number)
        running = stop.request()
        # From a thread of its own: the signal may have come in the middle of writing to stderr.
        _thread.start_new_thread(note, (_said(stopped, running, plans=not stop.is_attached),))

    numbers = [number for number in _signals() if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _signals() -> Iterator[int]:
    yield from (signal.SIGINT, signal.SIGTERM)
    if hasattr(signal, "SIGHUP"):
        yield signal.SIGHUP


def _said(stopped: Stopped, running: int, *, plans: bool) -> str:
    name = signal.Signals(stopped.number).name
    if stopped.count > 1:
        return f"blobprep: {name} once more: running items are ended"
    if plans:
        return f"blobprep: {name}: no items are begun; a second signal ends the planning"
    if not running:
        return f"blobprep: {name}: no more items are begun"
    items = f"{running} running item{'s' * (running != 1)}"
    return f"blobprep: {name}: no more items are begun; waiting for {items}, which a second signal ends"
