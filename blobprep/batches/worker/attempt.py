"""One item, from work to record. Nothing that an item does raises here: whatever happens is in its record.

`run_item` is for engines whose workers share this process's settings; `run_work` for any other process, which opens
storage by its own. Both may be called from any number of threads.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from time import monotonic
from typing import Any

from blobprep.batches.records import ItemError, ItemRecord
from blobprep.batches.versions import check_versions, versions_here
from blobprep.batches.work import WorkItem
from blobprep.batches.worker.outcome import error_of, failed, finished, skipped, started_record, unexpected
from blobprep.batches.worker.pins import pin_blobs
from blobprep.batches.worker.recognition import is_own, manifest_there, state_of_results
from blobprep.batches.worker.tools import Tools, tools_of_this_process
from blobprep.errors import BlobprepError, OutputExists, UsageError
from blobprep.manifest import BatchRecord, Manifest
from blobprep.runs.arguments import PassedObjects
from blobprep.runs.execute import execute
from blobprep.runs.options import RunOptions
from blobprep.runs.prepare import prepare
from blobprep.runs.record import time_text

__all__ = ["run_item", "run_work", "worker_name"]


def run_item(work: WorkItem, tools: Tools, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> ItemRecord:
    """Run an item, unless its results are there.

    Args:
        work: what to run.
        tools: of this process.
        now: the clock.

    Returns:
        Its record, whatever happened; `pending` if it was interrupted.
    """
    began, clock = now(), monotonic()
    record = started_record(work, worker_name(), time_text(began))
    try:
        check_versions(work.job.versions, _versions(), platform.node())
    except UsageError as error:
        record = failed(record, ItemError("VersionMismatch", error.message, remedy=error.remedy, passes=True))
    else:
        record = _Attempt(work, tools, record, now).outcome()
    return replace(record, ended=time_text(now()), seconds=round(monotonic() - clock, 4))


def run_work(text: str, asked: Mapping[str, str | None] | None = None) -> str:
    """Run an item in whatever process this is: JSON in, JSON out.

    Args:
        text: of `WorkItem.encode`.
        asked: the account, protocol and file of settings to use, as `Workspace.asked` has them; None for a process that
            finds its own.

    Returns:
        The JSON of `ItemRecord.to_json`.
    """
    work = WorkItem.decode(text)
    try:
        with tools_of_this_process.using(asked or {}) as tools:
            record = run_item(work, tools)
    except BlobprepError as error:  # its settings
        record = failed(started_record(work, worker_name(), time_text(datetime.now(UTC))), error_of(error))
    return json.dumps(record.to_json(), separators=(",", ":"))


def worker_name() -> str:
    """Return what tells this process from all others: host and process."""
    return f"{platform.node()}/{os.getpid()}"


class _Attempt:
    """One attempt at an item; `run_id` is that of its run once there is one."""

    def __init__(self, work: WorkItem, tools: Tools, record: ItemRecord, now: Callable[[], datetime]) -> None:
        self._work, self._tools, self._now = work, tools, now
        self._record = record

    def outcome(self) -> ItemRecord:
        """Run the item, unless its results are there; return its record, whatever happens."""
        try:
            return self._outcome()
        except BlobprepError as error:
            return failed(self._record, error_of(error))
        except Exception as error:
            return failed(self._record, unexpected(error))
        except BaseException:  # a signal, or `interrupt` of an engine
            stopped = ItemError("interrupted", "the item was interrupted", remedy="resume the batch", passes=True)
            return replace(self._record, error=stopped)

    def _outcome(self) -> ItemRecord:
        overwrite = self._work.job.overwrite
        if overwrite:  # else the claim of the output sees what is there
            found = self._manifest_there()
            if found is not None and self._state(found) == "there":
                return skipped(self._record, found)
        try:
            return self._run(overwrite=overwrite)
        except OutputExists as error:
            return self._taken(error)

    def _taken(self, error: OutputExists) -> ItemRecord:
        """Return the record where the output is taken: by the item's own results, by a run that goes on, or others."""
        found = self._manifest_there()
        state = "" if found is None else self._state(found)
        if found is not None and state == "there":
            return skipped(self._record, found)
        if state == "gone":  # what is left there, this item's own run wrote
            return self._run(overwrite=True)
        passes = found is not None and found.status == "running"
        return failed(self._record, replace(error_of(error), passes=passes))

    def _manifest_there(self) -> Manifest | None:
        return manifest_there(self._work, self._tools.workspace)

    def _state(self, found: Manifest) -> str:
        return state_of_results(found, self._tools.workspace) if is_own(self._work, found) else ""

    def _run(self, *, overwrite: bool) -> ItemRecord:
        work = self._work
        options, objects = _options(work, self._tools, overwrite=overwrite)
        request = prepare(self._tools.workspace, options, objects, now=self._now())
        self._record = replace(self._record, run_id=request.run_id)
        batch = BatchRecord(work.job.batch, work.item.key, work.fingerprint)
        request = replace(request, batch=batch, untouched=work.job.untouched)
        return finished(self._record, execute(request, children=self._tools.children, now=self._now).manifest)


def _options(work: WorkItem, tools: Tools, *, overwrite: bool) -> tuple[RunOptions, PassedObjects]:
    """Return the options of an item's run, with its script and the blobs that it reads."""
    job, item, workspace = work.job, work.item, tools.workspace
    objects: dict[str, Any] = {
        "script": tools.code.script(workspace, job),
        "dataset1": pin_blobs(workspace, item.inputs, item.partition_columns),
        "bundle": tools.code.bundle(workspace, job),
    }
    values: dict[str, Any] = {
        **job.options,
        "script": job.script,
        "dataset1": item.inputs[0].reference,
        "bundle": job.bundle or None,
        "output": item.output,
        "figures": item.figures or None,
        "parameters": dict(item.parameters),
        "overwrite": overwrite,
    }
    values["read1"] = {**job.options.get("read1", {}), **item.read1}
    values["read2"] = {**job.options.get("read2", {}), **item.read2}
    if item.dataset2:
        values["dataset2"] = item.dataset2[0].reference
        objects["dataset2"] = tools.code.dataset(workspace, item.dataset2)
    return RunOptions.from_json(values), PassedObjects(objects)


@cache
def _versions() -> Mapping[str, str]:
    return versions_here()
