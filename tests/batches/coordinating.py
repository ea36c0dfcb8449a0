"""Items without data, and an engine that does with them what a test says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from blobprep.batches.coordination.coordinator import Coordinator
from blobprep.batches.coordination.stop import Stop
from blobprep.batches.fingerprints import Fingerprints
from blobprep.batches.items import InputBlob, Item
from blobprep.batches.record.journal import Journal
from blobprep.batches.record.spool import RecordSpool
from blobprep.batches.records import ItemError, ItemRecord
from blobprep.batches.work import Job, WorkItem
from blobprep.batches.worker.outcome import started_record
from blobprep.stores.location import BlobLocation
from tests.runs.arranging import located, memory

__all__ = ["CLAIMED", "JOB", "PASSES", "REFUSED", "Engine", "Outcome", "coordinate", "done", "failed", "item", "items"]

JOB = Job("az://work/out/_batch/", "prep.py", "source", "ab" * 32)
PASSES = ItemError("LimitError", "the worker ran out of memory", passes=True)
REFUSED = ItemError("StoreUnavailable", "the service could not answer: ServerBusy", passes=True)
LOST = ItemError("WorkerLost", "the worker ended", passes=True)
CLAIMED = ItemError("OutputExists", "run 1 is writing there now", passes=True)
BROKEN = ItemError("0085", "Error 0085: …", "Traceback …\nKeyError: 'mass'\n")

Outcome = Callable[[WorkItem], ItemRecord]


def item(number: int, etag: str = "0x1") -> Item:
    """Return an item over one blob; items are sorted as their numbers are."""
    reference = f"az://contoso@raw/{number:07d}.csv"
    return Item(reference, (InputBlob(reference, etag, 10),), f"az://contoso@work/out/{number:07d}/")


def items(count: int) -> list[Item]:
    """Return so many items."""
    return [item(number) for number in range(count)]


def done(work: WorkItem) -> ItemRecord:
    """Return the record of an item that was done."""
    times = {"started": "2024-05-30T18:07:00.000Z", "ended": "2024-05-30T18:07:01.000Z"}
    record = replace(started_record(work, "here/1"), status="done", rows_in=3, rows_out=2, seconds=1.0, **times)
    return replace(record, run_id=f"run-{work.attempt}", timings={"compute": 0.5})


def failed(work: WorkItem, error: ItemError = BROKEN) -> ItemRecord:
    """Return the record of an item that failed."""
    return replace(started_record(work, "here/1"), status="failed", error=error, seconds=1.0)


class Engine:
    """An engine of this thread, which notes what it was given.

    Args:
        outcome: what becomes of an item.
        window: items that are taken before the first of them ends.

    Attributes:
        runs: the keys that each call of `run` took, in order.
    """

    name, workers, is_local = "test", 1, True

    def __init__(self, outcome: Outcome = done, window: int = 1) -> None:
        self.runs: list[list[str]] = []
        self.interrupted = False
        self._outcome, self._window = outcome, window
        self._held: list[WorkItem] = []
        self._stopped = False

    def run(self, works: Iterable[WorkItem]) -> Iterator[ItemRecord]:
        """Run items one after another."""
        self.runs.append([])
        self._stopped, source, more = False, iter(works), True
        while more or self._held:
            while more and not self._stopped and len(self._held) < self._window:
                work = next(source, None)
                more = work is not None
                if work is not None:
                    self.runs[-1].append(work.item.key)
                    self._held.append(work)
            if self._stopped:
                more = False
            if self._held:
                work = self._held.pop(0)
                yield started_record(work) if self.interrupted else self._outcome(work)

    def running(self) -> tuple[str, ...]:
        """Return what it holds."""
        return tuple(work.item.key for work in self._held)

    def stop(self) -> None:
        """Take no more."""
        self._stopped = True

    def interrupt(self) -> None:
        """Take no more, and hand back what is held as pending."""
        self._stopped = self.interrupted = True

    def close(self) -> None:
        """Do nothing."""


def coordinate(
    planned: Iterable[Item],
    engine: Engine,
    earlier: Iterable[tuple[ItemRecord, bytes]] = (),
    prefix: BlobLocation | None = None,
    **options: Any,
) -> tuple[list[ItemRecord], Coordinator]:
    """Run items, and return their records and what ran them."""
    settings = {"attempts": 3, "allowed": None, "stop": Stop(), "pause": lambda number: 0.0, **options}
    spool = RecordSpool()
    try:
        with Journal(prefix or located(memory(), "out/_batch/"), 1) as journal:
            coordinator = Coordinator(JOB, planned, Fingerprints(JOB), earlier, engine, spool, journal, **settings)
            coordinator.run()
        return list(spool.records()), coordinator
    finally:
        spool.close()
