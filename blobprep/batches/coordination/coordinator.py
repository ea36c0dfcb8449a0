"""The items of a batch on their way: compared with what is known, handed to an engine, recorded, tried again.

Nothing here grows with the number of items but 13 bytes each in the spool. The plan and the earlier records are read
side by side, both in the order of keys; what is to be tried again waits in a file.

Threads: all of this runs in the thread that calls `run`, or, one call at a time, in that by which the engine takes
items. A signal's handler may call `Stop.request` in the middle of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Final

from blobprep.batches.coordination.decision import Settled, is_current, match
from blobprep.batches.coordination.outage import FREE, Outage, is_refusal
from blobprep.batches.coordination.presence import Matched, forget_fallen
from blobprep.batches.coordination.retries import Retries, Retry, pause_before
from blobprep.batches.coordination.stop import Stop
from blobprep.batches.engines.base import Engine
from blobprep.batches.fingerprints import Fingerprints
from blobprep.batches.items import Item
from blobprep.batches.record.journal import Journal
from blobprep.batches.record.spool import RecordSpool, encode_record
from blobprep.batches.records import ItemError, ItemRecord
from blobprep.batches.work import Job, WorkItem
from blobprep.batches.worker.outcome import started_record
from blobprep.errors import OutputExists
from blobprep.outputs.claim import STALE

__all__ = ["Coordinator"]

_NAP: Final = 0.2  # seconds within which a stop is seen
_LOST: Final = "WorkerLost"
_CLAIMED: Final = OutputExists.__name__


class Coordinator:
    """The items of one batch.

    Args:
        job: what they share.
        items: the plan, sorted by key.
        fingerprints: of the items.
        earlier: what is known of items from batches before, sorted by key, with their lines.
        engine: runs them.
        spool: gets the record of every item.
        journal: gets the records of those that were run.
        attempts: at an item whose failure can pass.
        allowed: items that may fail; None for any number.
        stop: ends it early.
        stand: tells whether the results of an item are what its record says; None to believe the record.
        settled: tells which known items are left as they are.
        pause: returns the seconds before a round of attempts.
        stale: the least seconds before the last one if another run claims an output: one whose worker is lost with
            its machine keeps its claim for so long.
        outage: sees whether storage refuses what items ask.
        answers: tells whether the storage of an item answers.

    Attributes:
        gone: earlier items that the plan no longer has, so far.
        exceeded: whether more items failed than may.
        outage: what is known of storage.
    """

    def __init__(
        self,
        job: Job,
        items: Iterable[Item],
        fingerprints: Fingerprints,
        earlier: Iterable[tuple[ItemRecord, bytes]],
        engine: Engine,
        spool: RecordSpool,
        journal: Journal,
        *,
        attempts: int,
        allowed: int | None,
        stop: Stop,
        stand: Callable[[ItemRecord], bool] | None = None,
        settled: Settled = is_current,
        pause: Callable[[int], float] = pause_before,
        stale: float = STALE,
        outage: Outage | None = None,
        answers: Callable[[Item], bool] = lambda item: True,
    ) -> None:
        self.gone = 0
        self.exceeded = False
        self._job, self._fingerprints = job, fingerprints
        self._engine, self._spool, self._journal = engine, spool, journal
        self._attempts, self._allowed, self._stop, self._pause = attempts, allowed, stop, pause
        self._settled, self._stale = settled, stale
        self.outage, self._answers = outage or Outage(), answers
        matched = match(items, earlier)
        self._left = self._undone(matched if stand is None else forget_fallen(matched, stand))
        self._next, self._refused = Retries(), Retries()
        self._under_way: dict[str, Retry] = {}
        self._last_refused: Item | None = None
        self._round = 1
        self._failed = 0  # for good
        self._meets_claims = False  # in the round that goes on

    def run(self) -> None:
        """Run the items; in the end each has its record in the spool.

        Raises:
            UsageError: the engine cannot be used.
            LimitError: the disk is full.
        """
        self._stop.attach(self._engine)
        try:
            self._take(self._left)
            while len(self._next) and self._round < self._attempts and self._rest(self._before(self._round + 1)):
                with closing(self._next) as again:
                    self._round, self._next, self._meets_claims = self._round + 1, Retries(), False
                    self._try_again(again)
        finally:
            self.outage.close()
            self._next.close()
            self._refused.close()
            for _ in self._left:  # was not begun, and stays pending
                pass

    @property
    def _ends(self) -> bool:
        return self.exceeded or self._stop.level > 0 or self.outage.is_over_patience

    def _undone(self, matched: Iterable[Matched]) -> Iterator[Retry]:
        """Yield the items that have to be run, once they are in the spool; others are only put there."""
        for item, known in matched:
            if item is None:
                self.gone += 1
                continue
            mark = self._fingerprints.of(item)
            if known is not None and self._settled(item, mark, known[0]):
                record, line = known
                if record.status == "done":
                    record = replace(record, status="skipped")
                    line = encode_record(record)
                self._spool.add(record.status, line)
                continue
            attempts = known[0].attempt if known is not None and known[0].fingerprint == mark else 0
            record = started_record(WorkItem(self._job, item, mark, attempts))
            yield Retry(self._spool.add("pending", encode_record(record)), item, mark, attempts + 1)

    def _try_again(self, again: Retries) -> None:
        """Try items once more.

        At the last attempt, those that lost their worker each time are run alone: if one of them is what ends workers,
        it takes no others with it.
        """
        with closing(Retries()) as alone:
            self._take(self._beside_others(again, alone))
            for retry in alone:
                if not self._ends:
                    self._take(iter((retry,)))

    def _beside_others(self, again: Retries, alone: Retries) -> Iterator[Retry]:
        for retry in again:
            if self._round == self._attempts and retry.lost == self._round - 1:
                alone.add(retry)
            else:
                yield retry

    def _take(self, retries: Iterator[Retry]) -> None:
        """Run items until each has ended, or waits for the next round.

        Those that storage refuses are run again after the others, once it answers.
        """
        with ExitStack() as files:
            while True:
                supply = _Supply(retries, self._begin)
                self._run(supply)
                if supply.is_empty:
                    if not len(self._refused):
                        return
                    files.callback(self._refused.close)
                    retries, self._refused = iter(self._refused), Retries()
                    if self.outage.is_silent:
                        self.outage.hold()
                elif not supply.is_held:
                    return  # the engine takes no more, for reasons of its own
                if not self._wait_for_storage():
                    return

    def _run(self, works: Iterable[WorkItem]) -> None:
        try:
            for record in self._engine.run(works):
                self._receive(record)
        except BaseException:
            self._engine.interrupt()
            raise

    def _begin(self, retries: Iterator[Retry]) -> WorkItem | None:
        """Return the next item to run; None if no more may be begun now.

        Raises:
            StopIteration: there is none.
        """
        if self._ends or not self._may_begin():
            return None
        retry = next(retries)
        self._under_way[retry.item.key] = retry
        return WorkItem(self._job, retry.item, retry.fingerprint, retry.attempt, retry.refused)

    def _may_begin(self) -> bool:
        refused = self._last_refused
        return self.outage.may_begin(len(self._under_way), lambda: refused is None or self._answers(refused))

    def _wait_for_storage(self) -> bool:
        """Wait until items may be begun; return False if none will be."""
        while not self._ends and not self._may_begin():
            self._rest(_NAP)
        return not self._ends

    def _receive(self, record: ItemRecord) -> None:
        retry = self._under_way.pop(record.key, None)
        if retry is None:  # a second answer
            return
        error = record.error
        self.outage.note(record, len(self._under_way))
        if is_refusal(error):
            self._last_refused = retry.item
        if is_refusal(error) and retry.refused < FREE:
            self._refused.add(replace(retry, refused=retry.refused + 1))
        elif record.status == "failed" and error is not None and error.passes:
            record = self._postpone(retry, record, error)
        elif record.status == "failed":
            self._failed += 1
        elif record.status == "skipped" and retry.refused:  # it was run, and only its last answer was lost
            record = replace(record, attempt=retry.attempt)
        line = encode_record(record)
        self._spool.replace(retry.place, record.status, line)
        if record.status != "pending":
            self._journal.add(record.key, line)
        if self._allowed is not None and self._failed > self._allowed and not self.exceeded:
            self.exceeded = True
            self._engine.stop()

    def _postpone(self, retry: Retry, record: ItemRecord, error: ItemError) -> ItemRecord:
        """Have an item tried again, if there are attempts left, and return its record until then."""
        lost = retry.lost + (error.code == _LOST)
        self._meets_claims |= error.code == _CLAIMED
        if self._round < self._attempts:
            if retry.refused and error.code == _CLAIMED:  # what its run left, which could not record its end
                self._next.add(replace(retry, refused=retry.refused + 1))
            else:
                self._next.add(replace(retry, attempt=retry.attempt + 1, lost=lost))
            return record
        self._failed += 1
        if lost < self._round or self._round == 1:
            return record
        message = (
            f"its worker was lost at each of {lost} attempts, the last time with no other item beside it: the item "
            f"itself seems to end workers ({error.message})"
        )
        remedy = "run it alone with blobprep run to see why; it may need more memory than a worker has"
        return replace(record, error=replace(error, message=message, remedy=remedy))

    def _before(self, number: int) -> float:
        """Return the seconds before a round."""
        waits = self._meets_claims and number == self._attempts
        return max(self._pause(number), self._stale if waits else 0.0)

    def _rest(self, seconds: float) -> bool:
        """Wait before the next round; return whether there is to be one."""
        end = time.monotonic() + seconds
        # In naps: a signal's handler must not set what this thread waits for with a lock.
        while not self._ends and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _NAP))
        return not self._ends


class _Supply:
    """What an engine takes its items from. It may end for now, and have more when it is asked again.

    An engine that asks each time it has room gets them then; for one that does not, its run is over and another begins.

    Args:
        retries: the items.
        begin: begins the next of them; None if none may be begun now.

    Attributes:
        is_empty: whether there are no more.
        is_held: whether it ended for now.
    """

    def __init__(self, retries: Iterator[Retry], begin: Callable[[Iterator[Retry]], WorkItem | None]) -> None:
        self._retries, self._begin = retries, begin
        self.is_empty = self.is_held = False

    def __iter__(self) -> Iterator[WorkItem]:
        return self

    def __next__(self) -> WorkItem:
        try:
            work = self._begin(self._retries)
        except StopIteration:
            self.is_empty = True
            raise
        self.is_held = work is None
        if work is None:
            raise StopIteration
        return work
