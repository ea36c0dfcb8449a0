"""The record of copies: that of a batch whose items are copies, each named by its name below the source.

What it says of a copy made before is that this state of the target came of that state of its source. So it tells that
both are as they were without an MD5, and without reading a byte.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from blobprep.batches.coordination.decision import Known
from blobprep.batches.items import InputBlob
from blobprep.batches.job import full_reference
from blobprep.batches.record.earlier import EarlierRecords
from blobprep.batches.record.open_record import OpenRecord
from blobprep.batches.record.spool import encode_record
from blobprep.batches.record.summary import BATCH, SUMMARY_NAME, BatchSummary
from blobprep.batches.records import ItemError, ItemOutput, ItemRecord, ItemStatus
from blobprep.batches.worker.attempt import worker_name
from blobprep.errors import BlobNotFound, ContainerNotFound, OutputExists, StoreUnavailable
from blobprep.outputs.claim import Claim, claim
from blobprep.outputs.processes import this_process
from blobprep.progress import Meter
from blobprep.runs.record import time_text
from blobprep.runs.request import new_run_id
from blobprep.settings import Workspace
from blobprep.stores.location import BlobLocation
from blobprep.transfer.copies import Copies, CopyResult, CopyStatus
from blobprep.transfer.copy import CopyRequest, copy_selection
from blobprep.transfer.copy_plan import CopyPlan
from blobprep.transfer.equality import BlobState

__all__ = ["RecordedJob", "copy_with_record"]

_STATUSES: Final[Mapping[CopyStatus, ItemStatus]] = {
    "copied": "done",
    "deleted": "done",
    "skipped": "skipped",
    "failed": "failed",
    "pending": "pending",
}
_ENGINE: Final = "copies"
_SERVICE: Final = "server-side"
"""The worker of a copy that the service made."""
_Side = tuple[BlobLocation, BlobState]


@dataclass(frozen=True, slots=True)
class RecordedJob:
    """A job of copies that has a record.

    Attributes:
        prefix: of the record.
        asked: the job's options, for the record.
        resume: whether an earlier record is gone on with.
        overwrite: whether it may be replaced.
        max_failures: as it was given.
        report: whether its page is made too.
        combine: nothing, since copies are not.
    """

    prefix: BlobLocation
    asked: Mapping[str, Any]
    resume: bool
    overwrite: bool = False
    max_failures: str | None = None
    report: bool = False
    combine: str | None = None


def copy_with_record(request: CopyRequest, workspace: Workspace, meter: Meter, job: RecordedJob) -> Copies:
    """Make copies as `copy_selection` does, and record each.

    Raises:
        OutputExists: there is a record that is not gone on with, or of something else, or one that is being written.
        OutputError, AccessError, StoreUnavailable: the record could not be written.
        UsageError, StoreError: as `copy_selection`.
    """
    if request.options.dry_run:
        with _preview(job) as earlier:
            recorded = _Recorded(earlier if job.resume else ())
            return copy_selection(request, workspace, meter, recorded=recorded)
    started = datetime.now(UTC)
    first = BatchSummary(
        *(new_run_id(started), "running", time_text(started), dict(job.asked), None),
        engine=_ENGINE,
        claim=this_process(()),
    )
    admit = partial(_admit, job)
    create = request.create_container
    with ExitStack() as life:
        held = life.enter_context(claim(BATCH, job.prefix, first, overwrite=True, create_container=create, admit=admit))
        # Until it is planned, this job is as long as the one before: what is known stays if no plan can be made.
        matched = held.previous.counts.matched if held.previous is not None and job.resume else 0
        record = life.enter_context(OpenRecord(held, matched, job, lambda: datetime.now(UTC), report=job.report))
        lines = _Lines(held, record)
        copies = copy_selection(
            request,
            workspace,
            meter,
            recorded=_Recorded(record.earlier),
            planned=lines.plan,
            settled=lines.settle,
        )
        allowed = request.options.allowed(len(copies))
        record.exceeded = allowed is not None and copies.counts.failed > allowed
    copies.record = job.prefix.printed
    return copies


def _preview(job: RecordedJob) -> closing[EarlierRecords] | nullcontext[tuple[()]]:
    """Return what is known of earlier copies, without a claim."""
    try:
        merged = BatchSummary.decode(job.prefix.child(SUMMARY_NAME).read()).merged
    except (BlobNotFound, ContainerNotFound):
        return nullcontext(())
    except ValueError as error:
        raise BATCH.unknown(job.prefix.child(SUMMARY_NAME), error) from error
    return closing(EarlierRecords(job.prefix, merged))


def _admit(job: RecordedJob, previous: BatchSummary | None) -> None:
    if previous is None:
        return
    if previous.engine != _ENGINE:
        raise OutputExists(
            f"{job.prefix.printed} holds the record of batch {previous.batch_id}, which ran a script",
            remedy="choose another --record",
        )
    if not (job.resume or job.overwrite):
        raise OutputExists(
            f"{job.prefix.printed} holds the record of the copies {previous.batch_id}",
            remedy="go on with them with --resume, or choose another --record",
        )


class _Recorded:
    """Whether a record says that a target was copied from its source, both in a certain state.

    Args:
        earlier: the record, sorted by key.
    """

    def __init__(self, earlier: Iterable[Known]) -> None:
        self._earlier = iter(earlier)
        self._next = next(self._earlier, None)

    def __call__(self, name: str, source: _Side, target: _Side) -> bool:
        """Tell it of one copy; see `Recorded`."""
        key = _key(name, source[0])
        while self._next is not None and self._next[0].key < key:
            self._next = next(self._earlier, None)
        if self._next is None or self._next[0].key != key:
            return False
        record = self._next[0]
        if record.status not in ("done", "skipped"):
            return False
        if not record.inputs or not record.outputs:
            return False
        if (record.inputs[0].etag, record.outputs[0].etag) != (source[1].etag, target[1].etag):
            return False
        return [record.inputs[0].reference, record.output] == [full_reference(place) for place, _ in (source, target)]


class _Lines:
    """The lines of a record, as copies end.

    Args:
        held: the claim of its prefix.
        record: gets them.
    """

    def __init__(self, held: Claim[BatchSummary], record: OpenRecord) -> None:
        self._held, self._record = held, record
        self._places = array("q")  # in the record, in which deletions stand among the copies, by the place in the plan
        self._plan: CopyPlan | None = None

    def plan(self, plan: CopyPlan) -> None:
        """Note every copy and deletion as pending."""
        self._plan, record = plan, self._record
        record.matched = len(plan) + len(plan.surplus)
        self._places = array("q", [0]) * record.matched
        copies: Iterator[tuple[str, int, tuple[int, str] | None]] = (
            (row.name, index, (row.state.size, row.state.etag)) for index, row in enumerate(plan.read())
        )
        surplus = ((str(row[0]), index, None) for index, row in enumerate(plan.surplus, len(plan)))
        for name, index, state in heapq.merge(copies, surplus, key=lambda entry: entry[0]):
            line = encode_record(self._item(name, "pending", state))
            self._places[index] = record.spool.add("pending", line)

    def settle(self, index: int, result: CopyResult) -> None:
        """Note what became of one.

        Raises:
            ClaimLost: another job has taken the record over.
        """
        self._held.require_held()
        if result.status == "pending":
            return
        name = self._name(result)
        status = _STATUSES[result.status]
        item = self._item(name, status, (result.size, result.source_etag) if result.source else None)
        ended = datetime.now(UTC)
        started = ended - timedelta(seconds=result.seconds)
        item = replace(item, started=time_text(started), ended=time_text(ended), seconds=result.seconds)
        item = replace(item, attempt=result.attempts)
        if result.etag and result.source:
            output = ItemOutput(item.key.rpartition("/")[2], item.output, result.etag, result.size, "")
            item = replace(item, outputs=(output,), fingerprint=f"md5:{result.md5}" if result.md5 else "")
        if result.attempts:
            item = replace(item, worker=_SERVICE if result.server_side else worker_name())
        if result.error is not None:
            error = result.error
            passes = error.code == StoreUnavailable.__name__
            item = replace(item, error=ItemError(error.code, error.message, remedy=error.remedy, passes=passes))
        line = encode_record(item)
        self._record.spool.replace(self._places[index], status, line)
        if status != "skipped":
            self._record.journal.add(item.key, line)

    def _name(self, result: CopyResult) -> str:
        """Return the name below the prefix of the source, or of a target that has none."""
        plan = self._plan
        assert plan is not None
        base, printed = (plan.selection.base, result.source) if result.source else (plan.goal, result.target)
        return "" if plan.selection.is_single else base.parse_child(printed).blob[len(base.blob) :]

    def _item(self, name: str, status: ItemStatus, state: tuple[int, str] | None) -> ItemRecord:
        plan = self._plan
        assert plan is not None
        inputs = () if state is None else (InputBlob(full_reference(plan.source(name)), state[1], state[0]),)
        key = _key(name, plan.source(name))
        return ItemRecord(key, status, inputs, full_reference(plan.target(name)), "")


def _key(name: str, source: BlobLocation) -> str:
    """Return the key of a copy: its name; of the only one, that of its source."""
    return name or source.blob.rpartition("/")[2]
