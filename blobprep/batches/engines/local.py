"""Items on this machine's cores: warm children, while a thread for each item fetches, waits, and commits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from time import monotonic
from typing import Final

from blobprep.batches.engines.gated_children import GatedChildren
from blobprep.batches.engines.window import Window
from blobprep.batches.records import ItemRecord
from blobprep.batches.work import WorkItem
from blobprep.batches.worker.attempt import run_item
from blobprep.batches.worker.outcome import not_begun
from blobprep.batches.worker.tools import Tools
from blobprep.errors import InvalidOption
from blobprep.runs.pool import usable_cores
from blobprep.sandbox.admission import Admission, available_memory
from blobprep.sandbox.child_pool import ChildPool
from blobprep.settings.workspace import Workspace

__all__ = ["LocalEngine"]

_THREADS: Final = 3
"""Items under way for each child: one computes, one is fetched, one is committed."""

_LOOK: Final = 0.1
"""Seconds between two looks at the memory: less than a child takes to come to what it needs."""


class LocalEngine:
    """An engine of this process: its workspace, and children of a pool of its own.

    Args:
        workspace: opens the accounts.
        workers: children that compute at a time, where there is memory for them; None for one on each core.
        fresh: give each item a child in which nothing ran before.

    Raises:
        InvalidOption: there can be no such number of workers.
    """

    def __init__(self, workspace: Workspace, *, workers: int | None = None, fresh: bool = False) -> None:
        if workers is not None and workers < 1:
            raise InvalidOption(f"{workers} workers cannot run anything", remedy="use 1 or more")
        self._workers = workers or usable_cores()
        # As many as there are items under way: each has its child until its results are committed.
        self._pool = ChildPool(kept=self._workers * _THREADS, fresh=fresh)
        admission = Admission(self._workers, lambda: self._pool.largest, _MemoryLeft())
        self._children = GatedChildren(self._pool, admission)
        self._tools = Tools(workspace, self._children)
        self._threads = ThreadPoolExecutor(self._workers * _THREADS, "blobprep-item")
        self._window = Window(self._submit, _record_of, lambda: self._workers * _THREADS)

    @property
    def name(self) -> str:
        """Return `local`."""
        return "local"

    @property
    def workers(self) -> int:
        """Return how many children compute at a time."""
        return self._workers

    @property
    def is_local(self) -> bool:
        """Return True."""
        return True

    def run(self, works: Iterable[WorkItem]) -> Iterator[ItemRecord]:
        """Run items; see `Engine.run`. Those that run when it is left early are interrupted."""
        ended = False
        try:
            yield from self._window.run(works)
            ended = True
        finally:
            if not ended:
                self.interrupt()

    def running(self) -> tuple[str, ...]:
        """Return the keys of items that run now; see `Engine.running`."""
        return self._window.running()

    def stop(self) -> None:
        """Take no more items; see `Engine.stop`."""
        self._window.stop()

    def interrupt(self) -> None:
        """End the items that run; see `Engine.interrupt`. This engine runs nothing more."""
        self._window.take_back()
        self._children.interrupt()

    def close(self) -> None:
        """End the children, once the items that run have ended."""
        self._threads.shutdown()
        self._pool.close()
        self._tools.close()

    def _submit(self, work: WorkItem) -> Future[ItemRecord]:
        return self._threads.submit(run_item, work, self._tools)


class _MemoryLeft:
    """The bytes of memory that are left, looked up a few times a second: small items come more often.

    Threads: one of them looks at a time, under the lock of an `Admission`.
    """

    def __init__(self) -> None:
        self._bytes, self._until = 0.0, 0.0

    def __call__(self) -> float:
        now = monotonic()
        if now >= self._until:
            self._bytes, self._until = available_memory(), now + _LOOK
        return self._bytes


def _record_of(work: WorkItem, future: Future[ItemRecord]) -> ItemRecord:
    try:
        return future.result()
    except CancelledError:
        return not_begun(work)
