"""One batch: plan, claim the record, run the items, write the record, finish it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

from blobprep.batches.combination.combine import CombineOptions, combine, require_combinable
from blobprep.batches.combination.target import locate_target
from blobprep.batches.coordination.budget import allowed_failures
from blobprep.batches.coordination.coordinator import Coordinator
from blobprep.batches.coordination.decision import Settled, is_current
from blobprep.batches.coordination.outage import Outage, answers
from blobprep.batches.coordination.presence import are_standing, is_untouched
from blobprep.batches.coordination.progress import BatchProgress, Reporter
from blobprep.batches.coordination.stop import Stop
from blobprep.batches.dry_run import preview_batch
from blobprep.batches.engines.base import Engine
from blobprep.batches.engines.choice import open_engine
from blobprep.batches.fingerprints import Fingerprints
from blobprep.batches.job import BatchCode, make_job, place_code
from blobprep.batches.options import BatchOptions
from blobprep.batches.plan.divisions import DIVISIONS_NAME
from blobprep.batches.plan.lists import STANDARD_INPUT
from blobprep.batches.plan.outputs import RECORD_FOLDER
from blobprep.batches.plan.plan import Plan, plan_items
from blobprep.batches.record.complete import write_lines
from blobprep.batches.record.earlier import EarlierRecords
from blobprep.batches.record.open_record import OpenRecord
from blobprep.batches.record.summary import BATCH, SUMMARY_NAME, BatchSummary
from blobprep.batches.records import Counts
from blobprep.batches.result import Batch
from blobprep.batches.versions import versions_here
from blobprep.batches.work import Job
from blobprep.errors import BlobNotFound, ContainerNotFound, OutputExists
from blobprep.outputs.claim import claim
from blobprep.outputs.processes import this_process
from blobprep.runs.record import time_text
from blobprep.runs.request import new_run_id
from blobprep.settings.workspace import Workspace
from blobprep.stores.location import BlobLocation

__all__ = ["RECORD_FOLDER", "AskedBatch", "conduct"]


@dataclass(frozen=True, slots=True)
class AskedBatch:
    """A batch as it is asked for, with what its options cannot hold.

    Attributes:
        options: of the batch.
        code: what its items run.
        executor: in place of the engine that the options name.
        stop: ends it early.
        on_progress: called with how far it is.
        now: the clock.
        settled: tells which items are left as they are when a batch goes on.
    """

    options: BatchOptions
    code: BatchCode
    executor: object | None = None
    stop: Stop = field(default_factory=Stop)
    on_progress: Callable[[BatchProgress], None] | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    settled: Settled = is_current


def conduct(workspace: Workspace, asked: AskedBatch) -> Batch:
    """Run a script over many blobs.

    Returns:
        The batch, also if items failed or it was stopped; what would be done, if it is a dry run.

    Raises:
        UsageError, InputError, StoreError: the batch cannot begin.
        OutputExists: there is a record that may not be replaced.
        OutputError, AccessError, StoreUnavailable: the record could not be written.
    """
    options, started = asked.options, asked.now()
    with ExitStack() as life:
        reporter = life.enter_context(Reporter(asked.on_progress))
        plan = life.enter_context(_plan(workspace, options, started))
        workspace.warnings.extend(plan.notes)
        allowed = allowed_failures(options.max_failures, plan.matched)
        prefix = _locate_record(workspace, options, plan)
        job = make_job(workspace, options.run, asked.code, prefix, overwrite=options.run.overwrite)
        if options.combine is not None:
            locate_target(workspace, options.combine, options.combine_by)
            require_combinable(CombineOptions.of(options), options.run.format, next(iter(plan)))
        if options.dry_run:
            return _preview(plan, job, prefix, asked)
        engine = open_engine(options.engine, workspace, workers=options.workers, executor=asked.executor)
        life.callback(engine.close)
        untouched = is_untouched(workspace.locate(plan.fixed_output, prefix=True, names=()), prefix)
        first = _first_summary(asked, started, plan, engine)
        create, admit = options.run.create_container, partial(_admit, options, prefix)
        held = life.enter_context(claim(BATCH, prefix, first, overwrite=True, create_container=create, admit=admit))
        if held.took_over:
            workspace.warnings.append(held.took_over)
        if options.resume and held.previous is not None and held.previous.edition:
            held.write(replace(held.manifest, edition=held.previous.edition))
        job = replace(job, edition=held.manifest.edition, untouched=untouched)
        record = life.enter_context(OpenRecord(held, plan.matched, options, asked.now))
        if plan.divisions is not None and plan.divisions.has_changed:
            write_lines(prefix, plan.divisions.lines(), DIVISIONS_NAME)
        job = place_code(job, asked.code, prefix, is_local=engine.is_local)
        held.subscribe(asked.stop.give_up)
        coordinator = Coordinator(
            job,
            plan,
            Fingerprints(job),
            record.earlier,
            engine,
            record.spool,
            record.journal,
            attempts=options.attempts,
            allowed=allowed,
            stop=asked.stop,
            stand=partial(are_standing, workspace=workspace) if options.verify else None,
            settled=asked.settled,
            outage=Outage(options.patience),
            answers=partial(answers, workspace=workspace),
        )
        outage = coordinator.outage
        record.outages, reporter.held = outage.told, outage.waiting
        reporter.counts, reporter.running = lambda: record.spool.counts, engine.running
        reporter.begin("items", plan.matched)
        try:
            coordinator.run()
        finally:
            record.gone, record.exceeded = coordinator.gone, coordinator.exceeded
            record.stopped = asked.stop.level > 0
            record.unanswered = options.patience if outage.is_over_patience else 0.0
            reporter.begin("record", plan.matched)
        if options.combine is not None and record.is_complete:
            reporter.begin("combine", plan.matched)
            combine(record.spool.records(), CombineOptions.of(options), workspace, prefix)
            reporter.begin("record", plan.matched)
    return Batch(held.manifest, prefix)


def _plan(workspace: Workspace, options: BatchOptions, started: datetime) -> Plan:
    lines = sys.stdin.buffer if options.list == STANDARD_INPUT else ()
    return plan_items(options, workspace, today=started.date(), standard_input=lines)


def _preview(plan: Plan, job: Job, prefix: BlobLocation, asked: AskedBatch) -> Batch:
    """Return what would be done; what earlier items took is known even if the batch would do all of them again."""
    merged, edition, at_a_time, resumes = 0, "", None, asked.options.resume
    with suppress(BlobNotFound, ContainerNotFound, ValueError):
        previous = BatchSummary.decode(prefix.child(SUMMARY_NAME).read())
        merged, edition, at_a_time = previous.merged, previous.edition, previous.at_a_time
    job = replace(job, edition=edition if resumes else "")
    with closing(EarlierRecords(prefix, merged)) as earlier:
        settled = asked.settled
        preview = preview_batch(plan, Fingerprints(job), earlier, resumes=resumes, settled=settled, at_a_time=at_a_time)
        return Batch(None, prefix, preview)


def _locate_record(workspace: Workspace, options: BatchOptions, plan: Plan) -> BlobLocation:
    text = options.record or f"{plan.fixed_output}{RECORD_FOLDER}"
    return workspace.locate(text, prefix=True, names=())


def _admit(options: BatchOptions, prefix: BlobLocation, previous: BatchSummary | None) -> None:
    if previous is None:
        return
    if previous.script is None:
        raise OutputExists(
            f"{prefix.printed} holds the record of the copies {previous.batch_id}", remedy="choose another --record"
        )
    if not (options.resume or options.run.overwrite):
        raise OutputExists(
            f"{prefix.printed} holds the record of batch {previous.batch_id}, which {_ended(previous)}",
            remedy="go on with it with --resume, begin anew with --overwrite, or choose another --record",
        )


def _ended(previous: BatchSummary) -> str:
    return "was cut off" if previous.status == "running" else f"ended as {previous.status}"


def _first_summary(asked: AskedBatch, started: datetime, plan: Plan, engine: Engine) -> BatchSummary:
    code, batch_id = asked.code, new_run_id(started)
    begins_anew = asked.options.run.overwrite and not asked.options.resume
    return BatchSummary(
        batch_id,
        "running",
        time_text(started),
        asked.options.to_json(),
        code.script.record,
        code.bundle.record if code.bundle else None,
        engine.name,
        engine.workers,
        versions_here(),
        Counts(pending=plan.matched),
        claim=this_process(()),
        edition=batch_id if begins_anew else "",
    )
