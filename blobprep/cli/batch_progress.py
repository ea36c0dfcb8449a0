"""How far a batch is: on a line at the bottom of a terminal, in lines now and then, or as JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING, Final

from blobprep.printable import escape

if TYPE_CHECKING:
    from blobprep.batches.coordination.progress import BatchProgress
    from blobprep.cli.context import CommandContext
    from blobprep.progress import Progress

__all__ = ["describe_batch", "show_batch_progress"]

_KEY: Final = 40  # characters of the key of an item that runs


@contextmanager
def show_batch_progress(context: CommandContext, as_lines: bool) -> Iterator[Callable[[BatchProgress], None] | None]:
    """Show how far a batch is as long as this lasts, by what is yielded; None where it is not to be shown.

    Args:
        context: of the command.
        as_lines: write JSON lines to stderr, whatever stderr is.
    """
    if as_lines:
        yield _JsonLines()
        return
    with context.progress() as show:
        yield None if show is None else lambda progress: show(describe_batch(progress))


def describe_batch(progress: BatchProgress) -> Progress:
    """Return how far a batch is as what the house's bars and lines show."""
    from blobprep.progress import Progress

    text = ", ".join(_tally(progress)) if progress.matched and progress.stage == "items" else ""
    return Progress(
        progress.stage,
        done=progress.ended,
        total=progress.matched or None,
        unit="items",
        rate=progress.rate,
        remaining=progress.remaining,
        elapsed=progress.elapsed,
        text=text,
    )


def _tally(progress: BatchProgress) -> Iterator[str]:
    yield f"{progress.ended:,} of {progress.matched:,} items"
    if progress.failed:
        yield f"{progress.failed:,} failed"
    if progress.skipped:
        yield f"{progress.skipped:,} skipped"
    if progress.rate is not None:
        yield f"{progress.rate:.1f}/s" if progress.rate >= 0.1 else f"{progress.rate * 3600:.0f}/h"
    if progress.next_try is not None:
        yield f"held back, storage is asked again in {progress.next_try:.0f} s: {escape(progress.held)}"
    elif progress.running:
        key = escape(progress.running[0])
        shown = key if len(key) <= _KEY else f"…{key[-_KEY:]}"
        others = len(progress.running) - 1
        yield f"now {shown}" + (f" and {others} more" if others else "")


class _JsonLines:
    """A line of JSON for each second, and one at each change of the stage."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._next, self._stage = 0.0, ""

    def __call__(self, progress: BatchProgress) -> None:
        now = self._clock()
        if now < self._next and progress.stage == self._stage:
            return
        self._next, self._stage = now + 1, progress.stage
        with suppress(OSError, ValueError):  # progress is not a result
            sys.stderr.write(json.dumps({"progress": progress.to_json()}) + "\n")
            sys.stderr.flush()
