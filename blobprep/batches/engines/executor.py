"""Items in the workers of any `concurrent.futures.Executor`: threads, processes, or a cluster behind one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from typing import Final

from blobprep.batches.engines.window import Window
from blobprep.batches.outcome import failed, lost_record, not_begun, started_record
from blobprep.batches.records import ItemError, ItemRecord
from blobprep.batches.work import WorkItem
from blobprep.batches.worker import run_work
from blobprep.errors import UsageError

__all__ = ["ExecutorEngine"]

_AHEAD: Final = 2  # items under way for each worker: one runs, one waits for it


class ExecutorEngine:
    """An engine over an executor, which stays the caller's.

    Args:
        executor: has the workers. A function that returns one is asked again when the workers of the last are lost.
        workers: how many it has; None to take what it says, or else the number of cores.
    """

    def __init__(self, executor: Executor | Callable[[], Executor], *, workers: int | None = None) -> None:
        self._make = None if isinstance(executor, Executor) else executor
        self._executor: Executor = executor if isinstance(executor, Executor) else executor()
        self._workers = workers
        self._window: Window | None = None

    @property
    def name(self) -> str:
        """Return the name of the executor's class."""
        return type(self._executor).__name__

    @property
    def workers(self) -> int:
        """Return how many items run at a time."""
        return self._workers or getattr(self._executor, "_max_workers", None) or os.cpu_count() or 1

    @property
    def is_local(self) -> bool:
        """Return whether the workers are threads of this process."""
        return isinstance(self._executor, ThreadPoolExecutor)

    def run(self, works: Iterable[WorkItem]) -> Iterator[ItemRecord]:
        """Run items; see `Engine.run`."""
        self._window = Window(self._submit, _record_of, lambda: self.workers * _AHEAD)
        yield from self._window.run(works)

    def running(self) -> tuple[str, ...]:
        """Return the keys of items that run now; see `Engine.running`."""
        return () if self._window is None else self._window.running()

    def stop(self) -> None:
        """Take no more items; see `Engine.stop`."""
        if self._window is not None:
            self._window.stop()

    def interrupt(self) -> None:
        """Take back what has not begun. What runs in an executor cannot be ended from outside."""
        if self._window is not None:
            self._window.take_back()

    def close(self) -> None:
        """Do nothing: the executor is the caller's."""

    def _submit(self, work: WorkItem) -> Future[str]:
        try:
            return self._executor.submit(run_work, work.encode())
        except BrokenExecutor as error:
            if self._make is None:
                raise _unusable(self.name, error) from error
        except RuntimeError as error:  # it was shut down
            raise _unusable(self.name, error) from error
        self._executor = self._make()
        return self._executor.submit(run_work, work.encode())


def _record_of(work: WorkItem, future: Future[str]) -> ItemRecord:
    try:
        return ItemRecord.from_json(json.loads(future.result()))
    except CancelledError:
        return not_begun(work)
    except BrokenExecutor as error:
        return lost_record(work, f"the worker of this item, or of one that ran beside it, ended: {error}")
    except Exception as error:  # of the executor, or of a worker that cannot import blobprep
        failure = ItemError(
            "WorkerFailed",
            f"the worker could not run the item: {type(error).__name__}: {error}",
            remedy="blobprep must be installed on the workers, in the version that starts the batch",
        )
        return failed(started_record(work), failure)


def _unusable(name: str, error: Exception) -> UsageError:
    return UsageError(
        f"the {name} takes no more items: {error}",
        remedy="resume the batch with a new one, or pass a function that makes one",
    )
