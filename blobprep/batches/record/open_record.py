"""The record of a batch while it runs, from its claim to its last word.

The last things are done in an order that holds at whatever moment the process is killed: the claim is proved once
more, then the whole replaces the one before, then the report, then `batch.json` says that all of it is there and which
segments are part of it, and then these are deleted.

Threads: the journal's writes the counts into `batch.json` every few seconds, so that those of a batch that was killed
are seconds old. All else is done by the thread that holds the record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Final, Protocol

from blobprep.batches.coordination.decision import Known
from blobprep.batches.record.complete import delete_segments, delete_whole, write_lines, write_table
from blobprep.batches.record.earlier import EarlierRecords, list_segments
from blobprep.batches.record.journal import INTERVAL, Journal
from blobprep.batches.record.spool import RecordSpool
from blobprep.batches.record.summary import BatchSummary
from blobprep.batches.record.totals import Totals, describe_end
from blobprep.batches.records import Counts, Outages
from blobprep.batches.report.page import make_batch_report
from blobprep.errors import BlobprepError
from blobprep.manifest import ErrorRecord, Status
from blobprep.outputs.blob_write import output_errors, write
from blobprep.outputs.claim import Claim
from blobprep.outputs.ports import PORTS
from blobprep.runs.record import time_text
from blobprep.stores import ANY

__all__ = ["OpenRecord", "RecordOptions"]

_REPORT: Final = PORTS["report"]


class RecordOptions(Protocol):
    """What a record has to know of the options of a batch."""

    @property
    def resume(self) -> bool:
        """Return whether what is known of earlier items counts."""
        ...

    @property
    def max_failures(self) -> str | None:
        """Return how many may fail."""
        ...

    @property
    def combine(self) -> str | None:
        """Return what gets the results of all items as one dataset."""
        ...


class OpenRecord:
    """The record of a batch while it runs; a context manager that finishes it, however the batch ends.

    Args:
        held: the claim of its prefix, which is kept alive.
        matched: items of the batch.
        options: of the batch.
        now: the clock.
        report: whether its page is made too.
        interval: seconds between two segments, and between two writes of the counts.

    Attributes:
        matched: items of the batch, for a plan that was made since.
        earlier: what is known of items from batches before.
        spool: the records of this one.
        journal: those that were run, on their way into the store.
        gone: earlier items that are no longer planned.
        exceeded: whether more items failed than may.
        stopped: whether the batch was asked to end.
        unanswered: seconds of patience with storage, if the batch gave up since they were over; else 0.
        outages: returns how long the batch was held back so far.
    """

    earlier: Iterable[Known]
    journal: Journal

    def __init__(
        self,
        held: Claim[BatchSummary],
        matched: int,
        options: RecordOptions,
        now: Callable[[], datetime],
        *,
        report: bool = True,
        interval: float = INTERVAL,
    ) -> None:
        self.spool = RecordSpool()
        self._report, self._interval = report, interval
        self.gone, self.exceeded, self.stopped, self.unanswered = 0, False, False, 0.0
        self.outages: Callable[[], Outages] = Outages
        self.matched = matched
        self._held, self._options, self._now = held, options, now
        self._life = ExitStack()

    def __enter__(self) -> OpenRecord:
        previous = self._held.previous
        merged = previous.merged if previous is not None else 0
        try:
            self._open(merged)
        except BaseException as error:
            with suppress(BlobprepError):
                self._held.finish(self._last(Totals(), self._counts(), merged, error))
            raise
        return self

    def _open(self, merged: int) -> None:
        """Read what is known, and begin the segments of this batch behind those that are there."""
        prefix = self._held.prefix
        with ExitStack() as life:
            life.callback(self.spool.close)
            # Also behind those that are part of the whole and gone: with their numbers, new ones would not count.
            first = max(1, merged, *(number + 1 for number, _ in list_segments(prefix)))
            if self._options.resume:
                self.earlier = life.enter_context(closing(EarlierRecords(prefix, merged)))
            else:
                delete_whole(prefix)
                merged, self.earlier = first, ()
            self._held.write(replace(self._held.manifest, merged=merged))
            self.journal = Journal(prefix, first, interval=self._interval, tell=self._tell_counts)
            self.journal.__enter__()
            self._life = life.pop_all()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._life:
            self.journal.__exit__()
            if error is None:
                self._finish(None)
            else:
                with suppress(BlobprepError):  # what ended the batch counts for more
                    self._finish(error)

    def _finish(self, error: BaseException | None) -> None:
        held, prefix = self._held, self._held.prefix
        counts = self._counts()
        held.write(replace(held.manifest, counts=counts))  # nothing of another batch's record is replaced
        totals = Totals()
        merged = held.manifest.merged
        if len(self.spool) == self.matched:  # else the plan broke off, and what was known before stays
            write_lines(prefix, self.spool.lines())
            write_table(prefix, totals.over(self.spool.records()))
            merged = self.journal.next
        last = self._last(totals, counts, merged, error)
        if self._report:
            self._write_report(last)
        held.finish(last)
        delete_segments(prefix, merged)

    @property
    def is_complete(self) -> bool:
        """Return whether all items have results."""
        counts = self._counts()
        return not counts.failed and not counts.pending

    def _tell_counts(self) -> None:
        """Write how many items are where, if that has changed; the heartbeat sees to a claim that was lost."""
        written = self._held.manifest
        now = replace(written, counts=self._counts(), outages=self.outages())
        if now != written:
            with suppress(BlobprepError):
                self._held.write(now)

    def _counts(self) -> Counts:
        counts = self.spool.counts
        # What is on its way from one status to another while it is counted is pending, so that all is counted once.
        return replace(counts, pending=self.matched - counts.done - counts.skipped - counts.failed)

    def _last(self, totals: Totals, counts: Counts, merged: int, error: BaseException | None) -> BatchSummary:
        budget = str(self._options.max_failures) if self.exceeded else ""
        silent = self.unanswered
        message = describe_end(counts, totals.causes, exceeded=budget, stopped=self.stopped, unanswered=silent)
        if message and self._options.combine is not None:
            message += "; the results were not combined"
        return replace(
            self._held.manifest,
            status=self._status(counts, error),
            counts=counts,
            outages=self.outages(),
            gone=self.gone,
            size=totals.size,
            rows_in=totals.rows_in,
            rows_out=totals.rows_out,
            causes=totals.causes,
            message=message,
            error=_error_of(error),
            claim=None,
            merged=merged,
            ended=time_text(self._now()),
            seconds=round(totals.seconds, 3),
        )

    def _status(self, counts: Counts, error: BaseException | None) -> Status:
        if error is not None:
            return "failed" if isinstance(error, Exception) else "interrupted"
        if counts.pending and self.stopped and not self.exceeded:
            return "interrupted"
        return "failed" if counts.failed or counts.pending else "succeeded"

    def _write_report(self, last: BatchSummary) -> None:
        """Write the page; a batch whose page cannot be made or written is the same batch all the same."""
        prefix = self._held.prefix
        target = prefix.child(_REPORT.blob)
        with suppress(BlobprepError), output_errors(target):
            page = make_batch_report(prefix, last.to_json(), self.spool.records(), matched=self.matched)
            write(target, page, _REPORT.content_type, ANY)


def _error_of(error: BaseException | None) -> ErrorRecord | None:
    if error is None:
        return None
    if not isinstance(error, Exception):
        return ErrorRecord("interrupted", str(error) or "interrupted")
    return ErrorRecord(type(error).__name__, str(error), remedy=getattr(error, "remedy", ""))
