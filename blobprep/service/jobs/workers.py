"""The part of a server that works on jobs: takes them from the queue, runs each in a thread, stops what is cancelled.

Threads: `blobprep-jobs` takes, beats, recovers and sweeps, and is the only one that starts threads for jobs
(`blobprep-job`), which run one job each. Clients' requests only wake it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from blobprep.errors import BlobprepError
from blobprep.service.definitions import ServiceDefinition
from blobprep.service.jobs.execution import RunJob
from blobprep.service.jobs.job import Job
from blobprep.service.jobs.queue import JobQueue
from blobprep.service.jobs.stopping import StopSwitch

__all__ = ["MOST_JOBS", "WorkerLimits", "Workers"]

MOST_JOBS: Final = 40
"""Jobs at a time, as a service of Studio (classic) ran them; the others wait."""

_CANCELLED: Final = "cancelled by a client"
_ENDING: Final = "its server ends; the job goes back to the queue"
_LOG: Final = logging.getLogger("blobprep.service.jobs")


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """How a server works on jobs.

    Attributes:
        here: jobs at a time in this process.
        together: jobs at a time of all servers that share the queue.
        days: after which jobs that have ended are removed, and those that were never started.
        look: seconds between two looks at the queue, for what other servers put or cancelled there.
        beat: seconds between two signs of life.
        sweep: seconds between two removals.
    """

    here: int = 2
    together: int = MOST_JOBS
    days: float = 30.0
    look: float = 0.5
    beat: float = 10.0
    sweep: float = 3600.0


class Workers:
    """The threads that work on jobs; a context manager that ends them.

    Args:
        queue: has the jobs.
        services: whose jobs are taken; looked through each time, so that a service may come later.
        run: runs one job to its end; it may be a batch engine's.
        limits: how many, how often.
        has_room: tells whether this machine has memory for another job.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        queue: JobQueue,
        services: Iterable[ServiceDefinition],
        run: RunJob,
        limits: WorkerLimits | None = None,
        *,
        has_room: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue, self._services, self._run = queue, services, run
        self._limits, self._has_room, self._clock = limits or WorkerLimits(), has_room, clock
        self._lock = threading.Lock()  # guards the jobs at work
        self._at_work: dict[str, tuple[StopSwitch, threading.Thread]] = {}
        self._woken, self._ending = threading.Event(), threading.Event()
        self._due = dict.fromkeys(("beat", "recover", "sweep", "compact"), float("-inf"))
        self._wiped = False  # whether a job ended since the database was compacted; the loop's thread sets it back
        self._loop = threading.Thread(target=self._work, name="blobprep-jobs", daemon=True)

    def __enter__(self) -> Workers:
        self._queue.on_change(self._woken.set)
        self._loop.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def at_work(self) -> int:
        """Return the number of jobs that run here now."""
        with self._lock:
            return len(self._at_work)

    def close(self, seconds: float = 0.0) -> None:
        """Take no more jobs, and end those that run here; they go back to the queue and are run again.

        Args:
            seconds: that they may take to end by themselves.
        """
        self._ending.set()
        self._woken.set()
        if self._loop.is_alive():
            self._loop.join()
        deadline = self._clock() + seconds
        for _, thread in self._current():
            thread.join(max(deadline - self._clock(), 0))
        while current := self._current():
            for switch, thread in current:
                switch.stop(_ENDING)
                thread.join(self._limits.look)

    def _current(self) -> list[tuple[StopSwitch, threading.Thread]]:
        with self._lock:
            return list(self._at_work.values())

    def _work(self) -> None:
        while not self._ending.is_set():
            self._woken.clear()
            try:
                self._look()
            except BlobprepError as error:
                _LOG.error("the queue of jobs: %s", error.message)
            except Exception as error:  # a disk that is full now may not be the next time
                _LOG.error("the queue of jobs: %s", type(error).__name__)
            self._woken.wait(self._limits.look)

    def _look(self) -> None:
        """Do what is due."""
        if self._is_due("recover", self._limits.beat):
            with self._lock:
                at_work = set(self._at_work)
            for job in self._queue.recover(at_work):
                _LOG.warning("job %s: its server is gone; it is %s now", job.id, job.state)
        if self.at_work:
            if self._is_due("beat", self._limits.beat):
                self._queue.beat()
            self._stop_cancelled()
        if self._is_due("sweep", self._limits.sweep):
            self._queue.sweep(self._limits.days)
        if self._wiped and self._is_due("compact", self._limits.beat):
            self._wiped = False
            self._wiped |= not self._queue.compact()
        while not self._ending.is_set() and self._may_take() and self._take():
            pass

    def _may_take(self) -> bool:
        """Tell whether there is room for another job. The only one always has it: waiting would not help it."""
        at_work = self.at_work
        return at_work < self._limits.here and (not at_work or self._has_room())

    def _is_due(self, what: str, interval: float) -> bool:
        now = self._clock()
        if now - self._due[what] < interval:
            return False
        self._due[what] = now
        return True

    def _stop_cancelled(self) -> None:
        cancelled = self._queue.cancelling()
        with self._lock:
            switches = [switch for job, (switch, _) in self._at_work.items() if job in cancelled]
        for switch in switches:
            switch.stop(_CANCELLED)

    def _take(self) -> bool:
        """Take a job and start its thread; return False if there is none."""
        known = {service.name: service for service in self._services}
        job = self._queue.take(known, self._limits.together)
        if job is None:
            return False
        switch = StopSwitch()
        thread = threading.Thread(
            target=self._run_one, args=(job, known[job.service], switch), name="blobprep-job", daemon=True
        )
        with self._lock:
            self._at_work[job.id] = (switch, thread)
        thread.start()
        return True

    def _run_one(self, job: Job, service: ServiceDefinition, switch: StopSwitch) -> None:
        try:
            self._run(job, service, switch)
        except Exception as error:  # the queue itself failed: the job is seen to be dropped, and taken again
            _LOG.error("job %s: %s", job.id, type(error).__name__)
        finally:
            self._wiped = True
            with self._lock:
                del self._at_work[job.id]
            self._woken.set()
