"""`blobprep.watch`: from options and objects to a batch that is kept up to date."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Unpack

from blobprep.batches.batch import read_batch
from blobprep.batches.conduct import AskedBatch, conduct
from blobprep.batches.coordination.decision import is_settled
from blobprep.batches.coordination.progress import BatchProgress
from blobprep.batches.coordination.stop import Stop
from blobprep.batches.job import read_code
from blobprep.batches.options import ATTEMPTS, PATIENCE, BatchOptions
from blobprep.batches.plan.sources import Source, locate_source
from blobprep.batches.result import Batch
from blobprep.batches.watch.events import BlobEvent
from blobprep.batches.watch.hints import Hints
from blobprep.batches.watch.loop import watch_cycles
from blobprep.errors import BlobNotFound, InvalidOption
from blobprep.runs.arguments import PassedObjects, spell_out_options
from blobprep.runs.options import RunKeywords
from blobprep.settings.queues import open_queue
from blobprep.settings.table import ROWS
from blobprep.settings.workspace import Workspace

__all__ = ["watch"]


@spell_out_options
def watch(
    script: str | os.PathLike[str] | Callable[..., Any],
    dataset1: str | os.PathLike[str],
    dataset2: str | os.PathLike[str] | None = None,
    *,
    every: float | None = None,
    queue: str | None = None,
    settle: float | None = None,
    once: bool = False,
    where: Iterable[str] = (),
    group_by: Iterable[str] = (),
    rows_per_run: int | None = None,
    record: str | os.PathLike[str] | None = None,
    max_failures: int | str | None = None,
    attempts: int = ATTEMPTS,
    patience: float = PATIENCE,
    workers: int | None = None,
    engine: str = "local",
    executor: object | None = None,
    workspace: Workspace | None = None,
    stop: Stop | None = None,
    on_cycle: Callable[[Batch], None] | None = None,
    on_progress: Callable[[BatchProgress], None] | None = None,
    say: Callable[[str], None] | None = None,
    **options: Unpack[RunKeywords],
) -> Batch | None:
    """Keep a batch up to date with the blobs that match: run what is new or has changed, until it is stopped.

    A cycle is the batch with `resume`, and differs from it in one thing: an item that failed for a reason of its own
    is not run again until it changes. What was done is told by the batch's record, so that nothing is done twice when
    a watch is started again, and nothing is missed when no event tells of it.

    Args:
        script: as in `blobprep.batch`; what it contains is read anew in each cycle.
        dataset1: a pattern of blobs, as in `blobprep.batch`.
        dataset2: the second dataset of every run; its reference may name parts.
        every: seconds between two cycles; by default the setting watch.every.
        queue: a storage queue with events of created blobs, which begin the next cycle at once: `NAME`, `ACCOUNT@NAME`
            or an address; by default the setting watch.queue.
        settle: seconds that a blob must not have changed before it is read, for blobs that are appended to; by default
            the setting watch.settle.
        once: return after one cycle.
        where: conditions on what matches, as in `blobprep.batch`.
        group_by: parts of the pattern, as in `blobprep.batch`.
        rows_per_run: rows at which a larger blob is divided among several runs, as in `blobprep.batch`.
        record: the prefix of the batch's own record; None for a folder below the fixed part of the output.
        max_failures: items that may fail in a cycle before no more are begun: a number, or `5%` of all.
        attempts: at an item whose failure can pass, in a cycle.
        patience: seconds for which storage may let nothing through, as in `blobprep.batch`.
        workers: items that run at a time; None for as many as the cores, or the cluster, allow.
        engine: where items run: `local`, `dask`, or `dask://HOST:PORT`.
        executor: in place of the engine, as in `blobprep.batch`.
        workspace: the settings in force; None for those of the working folder and this process.
        stop: ends the watch, from any thread; running items go on to their end, and the record is finished.
        on_cycle: called with the batch after each cycle that found something to do.
        on_progress: called a few times a second with how far a cycle is, from a thread of its own.
        say: called with what goes wrong and is tried again, one sentence each, from any thread.
        **options: the options of each run by name; here `report` is off by default:

    Returns:
        The batch as the last cycle left it; None if that found nothing to do.

    Raises:
        UsageError: a pattern, a template, an option or a setting is wrong.
        BlobprepError: the first cycle failed for a reason that will not pass.
    """
    workspace = workspace or Workspace()
    given = {**options, "script": script, "dataset1": dataset1, "dataset2": dataset2}
    asked, objects = read_batch(
        given,
        where=where,
        group_by=group_by,
        rows_per_run=rows_per_run,
        record=record,
        max_failures=max_failures,
        attempts=attempts,
        patience=patience,
        workers=workers,
        engine=engine,
        resume=True,
    )
    pause, age = _seconds(workspace, "every", every), _seconds(workspace, "settle", settle)
    if pause <= 0:
        raise InvalidOption(f"every is {pause:g}", remedy="use a number of seconds greater than zero")
    source = locate_source(workspace, asked.run.dataset1 or "")
    _require_steady(asked, source)
    ending = stop or Stop()
    tell = _Telling(say)
    cycles = _Cycles(workspace, asked, objects, ending, age, tell, executor, on_cycle, on_progress)
    with ExitStack() as life:
        hints = None if once else _hints(workspace, source, queue, tell, life)
        return watch_cycles(
            cycles.run, ending, every=pause, hints=hints, settle=age, once=once, say=tell, is_whole=_is_whole
        )


def _is_whole(batch: Batch | None) -> bool:
    """Tell whether a cycle began all items that it found; those of one that was interrupted are the next watch's."""
    return batch is None or batch.status != "interrupted"


def _seconds(workspace: Workspace, name: str, given: float | None) -> float:
    value = workspace.setting(f"watch.{name}") if given is None else given
    value = ROWS[f"watch.{name}"].default if value is None else value
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise InvalidOption(f"{name} must be a number of seconds: {value!r}", remedy="give a number from 0")
    return seconds


def _require_steady(asked: BatchOptions, source: Source) -> None:
    """Refuse outputs that change by themselves: each day all items would be run again."""
    run = asked.run
    texts = (run.output, run.figures or "", run.dataset2 or "", *run.parameters.values())
    if "date" not in source.pattern.names and any("{date}" in text for text in texts):
        raise InvalidOption(
            "a watch cannot have {date}, the day of the run, in its options: each day all items would be run again",
            remedy="name a part of the pattern so, as in az://raw/{date}/*.csv, or leave it out",
        )


def _hints(
    workspace: Workspace, source: Source, queue: str | None, say: Callable[[str], None], life: ExitStack
) -> Hints | None:
    text = queue or str(workspace.setting("watch.queue") or "")
    if not text:
        return None
    if not source.location.container:
        raise InvalidOption(
            f"{source.pattern.printed} is a path, and a queue tells of blobs", remedy="leave out the queue"
        )
    concerns = _Concern(source)
    return life.enter_context(Hints(open_queue(workspace, text, source.location.store.account), concerns, say))


class _Concern:
    """Tells whether an event is about a blob that a pattern matches, whatever happened to it."""

    def __init__(self, source: Source) -> None:
        self._location = source.location
        self._parts_of = source.pattern.matcher()

    def __call__(self, event: BlobEvent) -> bool:
        place = self._location
        return (
            event.account.lower() in ("", place.store.account)
            and event.container == place.container
            and self._parts_of(event.blob) is not None
        )


class _Telling:
    """Passes sentences on, but none twice in a row."""

    def __init__(self, say: Callable[[str], None] | None) -> None:
        self._say, self._last = say, ""

    def __call__(self, text: str) -> None:
        if self._say is not None and text != self._last:
            self._last = text
            self._say(text)


@dataclass(slots=True)
class _Cycles:
    """The cycles of a watch.

    Attributes:
        has_record: whether one of them has run the batch, which ends a record that was cut off.
    """

    workspace: Workspace
    asked: BatchOptions
    objects: PassedObjects
    stop: Stop
    settle: float
    say: Callable[[str], None]
    executor: object | None
    on_cycle: Callable[[Batch], None] | None
    on_progress: Callable[[BatchProgress], None] | None
    has_record: bool = False

    def run(self) -> Batch | None:
        """Bring the batch up to date; return None if there is nothing to do."""
        code = read_code(self.workspace, self.asked.run, self.objects)
        asked = AskedBatch(self._dated(), code, self.executor, self.stop, self.on_progress, settled=is_settled)
        told = len(self.workspace.warnings)
        try:
            if self.has_record and not self._is_due(asked):
                return None
            batch = conduct(self.workspace, asked)
        except BlobNotFound as error:
            self.say(f"there is nothing to do yet: {error.message}")
            return None
        finally:
            del self.workspace.warnings[told:]  # the same ones in each cycle
        self.has_record = True
        if self.on_cycle is not None:
            self.on_cycle(batch)
        return batch

    def _dated(self) -> BatchOptions:
        """Return the options of a cycle that begins now, without blobs that may still be written."""
        if not self.settle:
            return self.asked
        latest = datetime.now(UTC) - timedelta(seconds=self.settle)
        return replace(self.asked, where=(*self.asked.where, f"modified<={latest.isoformat()}"))

    def _is_due(self, asked: AskedBatch) -> bool:
        """Tell whether an item is new or has changed, or failed and may succeed now."""
        dry = replace(asked, options=replace(asked.options, dry_run=True), on_progress=None)
        planned = conduct(self.workspace, dry)
        return planned.preview is not None and planned.preview.to_run > 0
