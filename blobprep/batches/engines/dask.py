"""Items on a Dask cluster: one that is there, or one of processes of this machine's.

Only references and options go to the scheduler, as one text per item, and one text comes back. A worker opens storage
by its own settings. An item whose worker ends is begun again by the scheduler elsewhere, as often as it is configured
to (`distributed.scheduler.allowed-failures`); after that it is recorded as lost. When the scheduler goes, what was
under way is handed out again once it is back: an item that ended meanwhile is recognized by its results.

Threads: the batch's own calls `run`; Dask's complete futures; one more starts a cluster.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from blobprep.batches.engines.window import Window
from blobprep.batches.records import ItemRecord
from blobprep.batches.versions import check_versions, versions_here
from blobprep.batches.work import Job, WorkItem
from blobprep.batches.worker.attempt import run_work
from blobprep.batches.worker.outcome import lost_record, not_begun, worker_failed
from blobprep.errors import InvalidOption, UsageError

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

__all__ = ["DaskEngine"]

_AHEAD: Final = 8
"""Items that wait in the scheduler besides two for each thread: an adaptive cluster grows for what waits."""

_OWN: Final = {
    "distributed.scheduler.allowed-failures": 0,  # a batch has attempts of its own
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}
"""Settings of a cluster on this machine."""

_CONNECT: Final = 15.0  # seconds to find a scheduler that was never seen
_PATIENCE: Final = 120.0  # seconds for a scheduler to come back
_LOOK: Final = 0.1
_FRESH: Final = 1.0  # seconds that a count of workers holds


class DaskEngine:
    """An engine over a Dask cluster.

    Args:
        client: of the cluster; it stays the caller's.
        patience: seconds that a scheduler which was lost may take to come back.

    Raises:
        InvalidOption: the client is asynchronous.
    """

    def __init__(self, client: Client, *, patience: float = _PATIENCE) -> None:
        if client.asynchronous:
            raise InvalidOption(
                "an asynchronous dask Client cannot run a batch, which waits for its items",
                remedy="pass a Client without asynchronous=True, from a thread beside the event loop",
            )
        self._client: Any = client  # half of it has no types
        self._patience = patience
        self._connect: Callable[[float], Client] | None = None  # again, where this engine made the client
        self._cluster: LocalCluster | None = None
        self._asked: Mapping[str, str | None] | None = None
        self._mark = uuid.uuid4().hex[:12]  # of this engine's tasks: another batch may run the same item
        self._window = Window(self._submit, self._record_of, lambda: self.workers * 2 + _AHEAD)
        self._checked: Job | None = None
        self._interrupted = False
        self._threads, self._looked = 0, -_FRESH
        # What a client raises that has given its scheduler up.
        self._closed = (RuntimeError, _distributed().client.ClosedClientError)

    @classmethod
    def connect(cls, address: str, *, patience: float = _PATIENCE) -> DaskEngine:
        """Connect to a scheduler.

        Args:
            address: HOST:PORT.
            patience: as above.

        Raises:
            UsageError: none answers there, or Dask is not installed.
        """
        library = _distributed()

        def connect(seconds: float) -> Client:
            client: Client = library.Client(f"tcp://{address}", timeout=seconds, set_as_default=False)
            return client

        try:
            engine = cls(connect(_CONNECT), patience=patience)
        except (OSError, ValueError) as error:
            raise UsageError(
                f"no Dask scheduler answers at {address}: {error}",
                remedy="give the address that `dask scheduler` prints; for a cluster with TLS pass a Client in Python",
            ) from error
        engine._connect = connect
        return engine

    @classmethod
    def start(cls, workers: int, asked: Mapping[str, str | None]) -> DaskEngine:
        """Start a cluster of processes on this machine; only this user can reach it.

        Args:
            workers: processes, each of which runs one item at a time.
            asked: `Workspace.asked` of this process, which they use too.

        Raises:
            UsageError: Dask is not installed.
        """
        cluster = _started(workers)
        engine = cls(_distributed().Client(cluster, set_as_default=False))
        engine._cluster, engine._asked = cluster, dict(asked)
        return engine

    @property
    def name(self) -> str:
        """Return `dask`."""
        return "dask"

    @property
    def workers(self) -> int:
        """Return how many threads the workers have now, each of which runs an item."""
        if time.monotonic() - self._looked >= _FRESH:  # each look is a request
            try:
                known = self._client.scheduler_info(n_workers=-1)["workers"].values()
                self._threads = sum(worker["nthreads"] for worker in known)
            except (OSError, KeyError, AttributeError, *self._closed):  # it is being connected again
                pass
            self._looked = time.monotonic()
        return self._threads

    @property
    def is_local(self) -> bool:
        """Return whether the workers have this process's settings and files."""
        return self._cluster is not None

    def run(self, works: Iterable[WorkItem]) -> Iterator[ItemRecord]:
        """Run items; see `Engine.run`."""
        yield from self._window.run(works)

    def running(self) -> tuple[str, ...]:
        """Return the keys of items that run now, as far as is known without asking: those handed out first."""
        return self._window.running()[: self.workers]

    def stop(self) -> None:
        """Take no more items; see `Engine.stop`."""
        self._window.stop()

    def interrupt(self) -> None:
        """Take back what is under way. A worker goes on with the item it has begun; its results will be recognized."""
        self._interrupted = True
        self._window.take_back()

    def close(self) -> None:
        """Leave the cluster, and end it if this engine started it."""
        if self._connect is not None or self._cluster is not None:
            self._client.close()
        if self._cluster is not None:
            self._cluster.close()

    def _submit(self, work: WorkItem) -> _Task:
        digest = hashlib.sha256(f"{work.item.key}\n{work.attempt}\n{work.refused}".encode()).hexdigest()[:32]
        arguments = (work.encode(),) if self._asked is None else (work.encode(), self._asked)
        key = f"blobprep-{self._mark}-{digest}"
        while self._await_scheduler():
            try:
                if self._checked is not work.job:
                    self._check_workers(work.job)
                    self._checked = work.job
                return _Task(self._client.submit(run_work, *arguments, key=key, pure=False, retries=0))
            except (OSError, *self._closed):  # the scheduler was lost meanwhile
                continue
        raise UsageError("the batch was interrupted", remedy="resume it")

    def _check_workers(self, job: Job) -> None:
        """Check the workers that are there; those that come later are checked by each item.

        Raises:
            UsageError: one has other versions, or cannot run blobprep at all.
        """
        for worker, found in self._client.run(versions_here, on_error="return").items():
            if not isinstance(found, Mapping):
                raise UsageError(
                    f"the Dask worker {worker} cannot run blobprep: {type(found).__name__}: {found}",
                    remedy=f"install it there: pip install blobprep=={job.versions.get('blobprep', '')}",
                )
            check_versions(job.versions, found, worker)

    def _record_of(self, work: WorkItem, task: _Task) -> ItemRecord | None:
        future = task.future
        if future.status == "finished":
            try:
                return ItemRecord.from_json(json.loads(future.result()))
            except (OSError, *self._closed):  # the connection was lost before it came
                pass
        elif future.status == "error":
            error = future.exception()
            is_lost = type(error).__name__ == "KilledWorker"
            return lost_record(work, f"its Dask worker ended: {error}") if is_lost else worker_failed(work, error)
        if self._interrupted or not self._await_scheduler():
            return not_begun(work)
        return None

    def _await_scheduler(self) -> bool:
        """Wait until the scheduler is there again; False if that was interrupted.

        Raises:
            UsageError: it stays away.
        """
        deadline = time.monotonic() + self._patience
        while not self._interrupted:
            if self._client.status == "running":
                return True
            if self._client.status == "closed" and self._connect is not None:
                try:
                    self._client = self._connect(max(min(deadline - time.monotonic(), _CONNECT), _LOOK))
                    continue
                except OSError:
                    pass
            if time.monotonic() > deadline or (self._client.status == "closed" and self._connect is None):
                raise UsageError(
                    "the Dask scheduler is gone",
                    remedy="resume the batch when it is back; what its workers ended meanwhile is not run again",
                )
            time.sleep(_LOOK)
        return False


class _Task:
    """A future of Dask's, as a window needs it."""

    def __init__(self, future: Any) -> None:
        self.future = future

    def add_done_callback(self, fn: Callable[[Any], object], /) -> None:
        self.future.add_done_callback(fn)

    def running(self) -> bool:
        return bool(self.future.status == "pending")

    def cancel(self) -> None:
        self.future.cancel()


def _started(workers: int) -> LocalCluster:
    """Start a cluster in a thread of its own.

    A signal that interrupts this one finds a cluster that is half started, which Dask can neither end nor forget: it
    fails when the process ends. So the thread goes on, ends the cluster once it has started, and the process waits.
    """
    library = _distributed()
    import dask

    def start() -> LocalCluster:
        with dask.config.set(_OWN):
            cluster: LocalCluster = library.LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                security=True,  # certificates made for it: without, any user of this machine could have it run code
                dashboard_address="127.0.0.1:0",  # nothing is shown there, see `_OWN`; None would take port 8787
                memory_limit=None,  # it would count the worker alone; the children have limits of their own
                silence_logs=logging.ERROR,
            )
        return cluster

    def end(made: Future[LocalCluster]) -> None:
        if made.exception() is None:
            made.result().close()

    starter = ThreadPoolExecutor(1, "blobprep-dask")
    future = starter.submit(start)
    try:
        return future.result()
    except BaseException:
        future.add_done_callback(end)
        raise
    finally:
        starter.shutdown(wait=False)


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise UsageError("Dask is not installed", remedy="pip install 'blobprep[dask]'") from error
    return distributed
