"""How far a batch is, and the thread that reports it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from time import monotonic
from typing import Any, Final

from blobprep.batches.records import Counts

__all__ = ["BatchProgress", "Reporter"]

_INTERVAL: Final = 0.25
_WINDOW: Final = 60.0  # seconds that a rate is taken over: items take longer than pieces of a blob
_SAMPLES: Final = 240


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far a batch is at one moment.

    Attributes:
        stage: `plan`, `items`, `combine` or `record`.
        matched: items of the batch; 0 until the plan is made.
        done, skipped, failed: items so far; what failed and is tried again counts as failed until then.
        running: the keys of items that run now, the longest first.
        held: why no more items are begun for now: storage refuses what they ask. Empty if it does not.
        next_try: seconds until storage is asked again; None if the batch is not held back.
        rate: items that end in a second, lately; None as long as it is not known.
        remaining: seconds to the end at that rate; None as long as it is not known.
        elapsed: seconds since the batch began.
    """

    stage: str
    matched: int = 0
    done: int = 0
    skipped: int = 0
    failed: int = 0
    running: tuple[str, ...] = ()
    rate: float | None = None
    remaining: float | None = None
    elapsed: float = 0.0
    held: str = ""
    next_try: float | None = None

    @property
    def ended(self) -> int:
        """Return how many items have ended."""
        return self.done + self.skipped + self.failed

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {**asdict(self), "running": list(self.running)}


class Reporter:
    """A thread that reports how far a batch is; a context manager. Where no reports are wanted there is no thread.

    Args:
        report: called a few times a second, from the reporter's own thread alone; None for no reports.
        clock: seconds that only grow.

    Attributes:
        counts: returns how many items are where.
        running: returns the keys of items that run.
        held: returns why the batch is held back, and for how many seconds; None if it is not.
    """

    def __init__(self, report: Callable[[BatchProgress], None] | None, clock: Callable[[], float] = monotonic) -> None:
        self.counts: Callable[[], Counts] = Counts
        self.running: Callable[[], tuple[str, ...]] = tuple
        self.held: Callable[[], tuple[str, float] | None] = lambda: None
        self._report, self._clock = report, clock
        self._began = clock()
        self._stage, self._matched = "plan", 0
        self._samples: deque[tuple[float, int]] = deque(maxlen=_SAMPLES)
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Reporter:
        if self._report is not None:
            self._thread = threading.Thread(
                target=self._work, args=(self._report,), name="blobprep-progress", daemon=True
            )
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def begin(self, stage: str, matched: int) -> None:
        """Note that a stage begins, and how many items there are."""
        self._stage, self._matched = stage, matched

    def look(self) -> BatchProgress:
        """Return how far the batch is now."""
        now, counts = self._clock(), self.counts()
        worked = counts.done + counts.failed
        if not self._samples or now - self._samples[-1][0] >= _WINDOW / _SAMPLES:
            self._samples.append((now, worked))
        then, before = self._samples[0]
        rate = (worked - before) / (now - then) if worked > before and now - then >= 1 else None
        left = self._matched - worked - counts.skipped
        remaining = left / rate if rate and self._stage == "items" else None
        running = self.running() if self._stage == "items" else ()
        tally = (counts.done, counts.skipped, counts.failed)
        held, next_try = self.held() or ("", None)
        elapsed = now - self._began
        return BatchProgress(
            self._stage, self._matched, *tally, running, rate, remaining, elapsed, held=held, next_try=next_try
        )

    def _work(self, report: Callable[[BatchProgress], None]) -> None:
        while not self._ended.wait(_INTERVAL):
            report(self.look())
        report(self.look())
