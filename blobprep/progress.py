"""How far long work is: what it says about itself, and the thread that reports it. No file or socket is opened here."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, Final

__all__ = ["Meter", "Progress"]

_INTERVAL: Final = 0.25  # seconds between two reports of what moves
_WINDOW: Final = 5.0  # seconds that a rate is taken over: it follows the network, and not every pause of it
_LEAST: Final = 0.2  # seconds below which a rate means nothing

_STAGING: Final = ("script", "commit")  # stages in which results arrive


@dataclass(frozen=True, slots=True)
class Progress:
    """How far work is at one moment.

    Attributes:
        stage: of a run `resolve`, `fetch`, `script`, `commit` or `report`; of a copy `list` or `copy`; of a
            batch `plan`, `items` or `record`.
        done: what the stage has moved so far: bytes fetched, copied, or of results staged; 0 where nothing is moved.
        total: how much that will be in all; None where nobody knows yet.
        unit: what is counted.
        rate: units in a second, lately; None as long as it is not known.
        remaining: seconds to the end of the stage at that rate; None as long as it is not known.
        elapsed: seconds since the stage began.
        doing: what the child of a run does, as far as it can be seen: `start` (it imports its libraries), `read` (it
            decodes the inputs), `script`, or `write` (results come out of it); empty before and after.
        text: what is done in words, in place of `done`, `total` and `rate`; empty to tell these.
    """

    stage: str
    done: int = 0
    total: int | None = None
    unit: str = "bytes"
    rate: float | None = None
    remaining: float | None = None
    elapsed: float = 0.0
    doing: str = ""
    text: str = ""


class Meter:
    """What work says about how far it is, and a thread that reports it; a context manager.

    Any thread may call `begin`, `advance` and `change`: they note a value and return at once. Where nobody wants
    reports there is no thread. The thread reports every stage and every change of what the child does, in order;
    between them, a few times a second, what has moved; and once more at the end. What the receiver raises ends the
    reports and shows as in any thread; the work goes on.

    Args:
        report: called with each `Progress`, from the meter's own thread alone; None for no reports.
        moved: called with what is done and the total, by the thread that moved it.
        stage: called with each stage, by the thread that began it.
        clock: seconds that only grow.

    Attributes:
        staged: returns the bytes of results that are staged by now.
    """

    def __init__(
        self,
        report: Callable[[Progress], None] | None,
        *,
        moved: Callable[[int, int], None] | None = None,
        stage: Callable[[str], None] | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.staged: Callable[[], int] = int
        self._report, self._moved, self._stage, self._clock = report, moved, stage, clock
        self._lock = threading.Lock()  # guards the state and the samples
        self._state = Progress("")
        self._done = 0  # apart from the state: they change with each small blob of a copy
        self._total: int | None = None
        self._began = 0.0
        self._samples: deque[tuple[float, int]] = deque()
        self._due: SimpleQueue[Progress | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Meter:
        if self._report is not None:
            self._thread = threading.Thread(
                target=self._work, args=(self._report,), name="blobprep-progress", daemon=True
            )
            self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        if self._thread is not None:
            self._due.put(None)
            self._thread.join()

    def begin(self, stage: str, *, unit: str = "bytes") -> None:
        """Note that a stage begins."""
        if self._stage is not None:
            self._stage(stage)
        with self._lock:
            doing = self._state.doing if stage == "script" else "start" if stage == "fetch" else ""
            self._state, self._done, self._total = Progress(stage, unit=unit, doing=doing), 0, None
            self._began = self._clock()
            self._samples = deque([(self._began, self.staged() if stage in _STAGING else 0)])
            self._tell()

    def advance(self, done: int, total: int) -> None:
        """Note what is done in all, out of how much; 0 where the total is not known."""
        if self._moved is not None:
            self._moved(done, total)
        with self._lock:
            # Threads that finish together may say so in any order.
            self._done, self._total = max(done, self._done), total or None

    def change(self, doing: str) -> None:
        """Note what the child does from now on."""
        with self._lock:
            self._state = replace(self._state, doing=doing)
            self._tell()

    def look(self) -> Progress:
        """Return how far the work is now."""
        with self._lock:
            return self._seen()

    # The caller of the next three holds the lock.

    def _seen(self) -> Progress:
        now, state = self._clock(), replace(self._state, done=self._done, total=self._total)
        if state.stage in _STAGING and (staged := self.staged()):
            state = replace(state, done=staged, doing="write" if state.doing == "script" else state.doing)
        rate = self._rate(now, state.done)
        left = None if rate is None or state.total is None else (state.total - state.done) / rate
        return replace(state, rate=rate, remaining=left, elapsed=now - self._began)

    def _rate(self, now: float, done: int) -> float | None:
        samples = self._samples
        samples.append((now, done))
        # The wait for the first byte is no part of a rate: a script may run for hours before it returns.
        while len(samples) > 2 and (now - samples[1][0] >= _WINDOW or samples[1][1] == samples[0][1] == 0):
            samples.popleft()
        then, before = samples[0]
        return (done - before) / (now - then) if now - then >= _LEAST and done > before else None

    def _tell(self) -> None:
        if self._thread is not None:
            self._due.put(self._seen())

    def _work(self, report: Callable[[Progress], None]) -> None:
        goes_on = True
        while goes_on:
            try:
                due = self._due.get(timeout=_INTERVAL)
                goes_on = due is not None
            except Empty:
                due = None
            if due is None:
                with self._lock:
                    if goes_on and not self._due.empty():  # it comes first: what is seen now is later than that
                        continue
                    due = self._seen()
            report(due)
