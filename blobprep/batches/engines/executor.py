"""Items in the workers of any `concurrent.futures.Executor`: threads, processes, or a cluster behind one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any, Final

from blobprep.batches.engines.window import Window
from blobprep.batches.records import ItemRecord
from blobprep.batches.work import WorkItem
from blobprep.batches.worker.attempt import run_item, run_work
from blobprep.batches.worker.outcome import lost_record, not_begun, worker_failed
from blobprep.batches.worker.tools import Tools
from blobprep.errors import UsageError
from blobprep.sandbox.child_pool import ChildPool
from blobprep.settings.workspace import Workspace

__all__ = ["ExecutorEngine"]

_AHEAD: Final = 2  # items under way for each worker: one runs, one waits for it


class ExecutorEngine:
    """An engine over an executor, which stays the caller's.

    Args:
        executor: has the workers. A function that returns one is asked again when the workers of the last are lost.
        workspace: the settings of threads of this process, and those that processes of this machine open anew.
        workers: how many it has; None to take what it says, or else the number of cores.
    """

    def __init__(
        self, executor: Executor | Callable[[], Executor], workspace: Workspace, *, workers: int | None = None
    ) -> None:
        self._workspace = workspace
        self._tools: Tools | None = None  # of threads of this process
        self._make = None if isinstance(executor, Executor) else executor
        self._executor: Executor = executor if isinstance(executor, Executor) else executor()
        self._workers = workers
        self._window = Window(self._submit, _record_of, lambda: self.workers * _AHEAD)

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
        """Return whether the workers are threads of this process, or processes that it started."""
        return self._has_threads or _starts_processes(self._executor)

    @property
    def _has_threads(self) -> bool:
        return isinstance(self._executor, ThreadPoolExecutor)

    def run(self, works: Iterable[WorkItem]) -> Iterator[ItemRecord]:
        """Run items; see `Engine.run`."""
        yield from self._window.run(works)

    def running(self) -> tuple[str, ...]:
        """Return the keys of items that run now; see `Engine.running`."""
        return self._window.running()

    def stop(self) -> None:
        """Take no more items; see `Engine.stop`."""
        self._window.stop()

    def interrupt(self) -> None:
        """Take back what has not begun. What runs in an executor cannot be ended from outside."""
        self._window.take_back()

    def close(self) -> None:
        """End the children that threads of this process used; the executor is the caller's."""
        tools, self._tools = self._tools, None
        if tools is not None:
            tools.close()

    def _submit(self, work: WorkItem) -> Future[Any]:
        try:
            return self._hand_out(work)
        except BrokenExecutor as error:
            if self._make is None:
                raise _unusable(self.name, error) from error
        except RuntimeError as error:  # it was shut down
            raise _unusable(self.name, error) from error
        self._executor = self._make()
        return self._hand_out(work)

    def _hand_out(self, work: WorkItem) -> Future[Any]:
        if self._has_threads:
            self._tools = self._tools or Tools(self._workspace, ChildPool(kept=self.workers))
            return self._executor.submit(run_item, work, self._tools)
        if _starts_processes(self._executor):
            return self._executor.submit(run_work, work.encode(), self._workspace.asked)
        return self._executor.submit(run_work, work.encode())


def _starts_processes(executor: Executor) -> bool:
    """Return whether an executor's workers are processes of this machine, which see the same files."""
    names = {kind.__module__.partition(".")[0] for kind in type(executor).__mro__}
    return isinstance(executor, ProcessPoolExecutor) or "loky" in names


def _record_of(work: WorkItem, future: Future[Any]) -> ItemRecord:
    try:
        result = future.result()
        return result if isinstance(result, ItemRecord) else ItemRecord.from_json(json.loads(result))
    except CancelledError:
        return not_begun(work)
    except BrokenExecutor as error:
        return lost_record(work, f"the worker of this item, or of one that ran beside it, ended: {error}")
    except Exception as error:  # of the executor, or of a worker that cannot import blobprep
        return worker_failed(work, error)


def _unusable(name: str, error: Exception) -> UsageError:
    return UsageError(
        f"the {name} takes no more items: {error}",
        remedy="resume the batch with a new one, or pass a function that makes one",
    )
