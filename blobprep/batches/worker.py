"""One item, from work to record. Nothing that an item does raises here: whatever happens is in its record.

`run_item` is for engines whose workers share this process's settings; `run_work` for any other process, which opens
storage by its own. Both may be called from any number of threads.
"""

from __future__ import annotations

import errno
import os
import platform
import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from time import monotonic
from typing import Any, Final

from blobprep.batches.kept_code import KeptCode
from blobprep.batches.records import ItemError, ItemOutput, ItemRecord
from blobprep.batches.versions import check_versions, versions_here
from blobprep.batches.work import WorkItem
from blobprep.errors import BlobprepError, ClaimLost, Defect, OutputExists, StoreUnavailable, UsageError
from blobprep.manifest import MANIFEST_NAME, Manifest
from blobprep.runs.arguments import PassedObjects
from blobprep.runs.execute import execute
from blobprep.runs.options import RunOptions
from blobprep.runs.prepare import prepare
from blobprep.runs.record import time_text
from blobprep.sandbox.child_pool import ChildPool
from blobprep.sandbox.launch import Children
from blobprep.settings.workspace import Workspace

__all__ = ["Tools", "lost_record", "run_item", "run_work", "started_record", "worker_name"]

_PASSES: Final = (StoreUnavailable, ClaimLost)
_SHORTAGES: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.ENOSPC})


@dataclass(frozen=True, slots=True)
class Tools:
    """What a process keeps for all items that it runs.

    Attributes:
        workspace: opens their accounts.
        children: run their scripts.
        code: scripts and bundles that were read.
    """

    workspace: Workspace
    children: Children
    code: KeptCode = field(default_factory=KeptCode)


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
        record = _failed(record, ItemError("VersionMismatch", error.message, remedy=error.remedy, passes=True))
    else:
        record = _attempt(work, tools, record, now)
    return replace(record, ended=time_text(now()), seconds=round(monotonic() - clock, 4))


def run_work(text: str) -> str:
    """Run an item in whatever process this is: JSON in, JSON out.

    Args:
        text: of `WorkItem.encode`.

    Returns:
        The JSON of `ItemRecord.to_json`.
    """
    import json

    return json.dumps(run_item(WorkItem.decode(text), _own_tools(os.getpid())).to_json(), separators=(",", ":"))


def started_record(work: WorkItem, worker: str = "", started: str = "") -> ItemRecord:
    """Return the record of an item of which nothing more is known than that it was begun."""
    item = work.item
    return ItemRecord(
        item.key,
        "pending",
        (*item.inputs, *item.dataset2),
        item.output,
        work.fingerprint,
        dict(item.parts),
        work.attempt,
        started=started,
        worker=worker,
    )


def lost_record(work: WorkItem, message: str) -> ItemRecord:
    """Return the record of an item whose worker was lost; it may have been done all the same, which the next one sees.

    Args:
        work: what it was given.
        message: what is known of it.
    """
    error = ItemError(
        "WorkerLost",
        message,
        remedy="if it happens again, the item may need more memory than a worker has",
        passes=True,
    )
    return replace(started_record(work), status="failed", error=error)


@cache
def worker_name() -> str:
    """Return what tells this process from all others: host and process."""
    return f"{platform.node()}/{os.getpid()}"


def _attempt(work: WorkItem, tools: Tools, record: ItemRecord, now: Callable[[], datetime]) -> ItemRecord:
    run_id = ""
    try:
        options, objects = _options(work, tools)
        request = prepare(tools.workspace, options, objects, now=now())
        run_id = request.run_id
        manifest = execute(request, children=tools.children, now=now).manifest
    except OutputExists as error:
        return replace(_taken(work, tools, record, error), run_id=run_id)
    except BlobprepError as error:
        return replace(_failed(record, _error_of(error)), run_id=run_id)
    except Exception as error:
        return replace(_failed(record, _unexpected(error)), run_id=run_id)
    except BaseException:  # a signal, or `interrupt` of an engine
        stopped = ItemError("interrupted", "the item was interrupted", remedy="resume the batch", passes=True)
        return replace(record, status="pending", error=stopped, run_id=run_id)
    return _finished(record, manifest)


def _options(work: WorkItem, tools: Tools) -> tuple[RunOptions, PassedObjects]:
    """Return the options of an item's run, with its script and the blobs that it reads."""
    job, item = work.job, work.item
    tools.code.check_bundle(tools.workspace, job)
    objects: dict[str, Any] = {"script": tools.code.script(tools.workspace, job)}
    values: dict[str, Any] = {
        **job.options,
        "script": job.script,
        "dataset1": item.inputs[0].reference,
        "bundle": job.bundle or None,
        "output": item.output,
        "parameters": dict(item.parameters),
        "overwrite": job.overwrite,
    }
    values["read1"] = {**job.options.get("read1", {}), **item.read1}
    if item.dataset2:
        values["dataset2"] = item.dataset2[0].reference
    return RunOptions.from_json(values), PassedObjects(objects)


def _finished(record: ItemRecord, manifest: Manifest) -> ItemRecord:
    """Return the record of an item from the manifest of its run."""
    read = manifest.inputs.get("dataset1")
    results = next((output for output in manifest.outputs if output.port == "results"), None)
    ledger = manifest.translations
    known = replace(
        record,
        run_id=manifest.run_id,
        rows_in=read.rows if read else None,
        rows_out=results.rows if results else None,
        translations=len(ledger),
        lossy=sum(bool(entry.get("lossy")) for entry in ledger),
        outputs=tuple(
            ItemOutput(out.name, out.reference, out.etag, out.size, out.sha256, out.rows, out.columns)
            for out in manifest.outputs
        ),
        timings=dict(manifest.timings),
    )
    error = manifest.error
    if manifest.status == "succeeded":
        return replace(known, status="done")
    if error is None:
        return _failed(known, ItemError(manifest.status, f"run {manifest.run_id} was {manifest.status}"))
    return _failed(known, ItemError(error.code, error.message, error.traceback, error.remedy))


def _taken(work: WorkItem, tools: Tools, record: ItemRecord, error: OutputExists) -> ItemRecord:
    """Return the record of an item whose output is taken; by a run that goes on it may be free again later."""
    found = None
    with suppress(BlobprepError, ValueError):
        target = tools.workspace.locate(work.item.output, prefix=True, names=()).child(MANIFEST_NAME)
        found = Manifest.decode(target.read())
    passes = found is not None and found.status == "running"
    return _failed(record, replace(_error_of(error), passes=passes))


def _failed(record: ItemRecord, error: ItemError) -> ItemRecord:
    return replace(record, status="failed", error=error)


def _error_of(error: BlobprepError) -> ItemError:
    return ItemError(type(error).__name__, error.message, remedy=error.remedy, passes=isinstance(error, _PASSES))


def _unexpected(error: Exception) -> ItemError:
    """Return the error of an item for an exception that no part of blobprep should raise."""
    message = f"{type(error).__name__}: {error}"
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in _SHORTAGES):
        remedy = "give the worker more of it, or run fewer items at a time with --workers"
        return ItemError("LimitError", f"the worker ran out of a resource: {message}", remedy=remedy, passes=True)
    frames = "".join(traceback.format_exception(error))
    return ItemError(Defect.__name__, message, frames, "please report it")


@cache
def _versions() -> Mapping[str, str]:
    return versions_here()


_lock = threading.Lock()
_tools: dict[int, Tools] = {}  # by process, since one that was forked must not use its parent's


def _own_tools(process: int) -> Tools:
    with _lock:
        if process not in _tools:
            cores = os.cpu_count() or 1
            _tools[process] = Tools(Workspace(), ChildPool(kept=cores))
        return _tools[process]
