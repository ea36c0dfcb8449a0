"""The record of an item, from what became of it. Pure."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from blobprep.batches.records import ItemError, ItemOutput, ItemRecord
from blobprep.batches.work import WorkItem
from blobprep.errors import (
    BlobprepError,
    BundleError,
    ClaimLost,
    DatasetError,
    Defect,
    InterpreterUnusable,
    StoreUnavailable,
)
from blobprep.manifest import Manifest

__all__ = [
    "error_of",
    "failed",
    "finished",
    "lost_record",
    "not_begun",
    "skipped",
    "started_record",
    "unexpected",
    "worker_failed",
]

_PASSES: Final = (StoreUnavailable, ClaimLost)
_CODES: Final[Mapping[type[BlobprepError], str]] = {  # of manifests
    DatasetError: "dataset",
    BundleError: "bundle",
    InterpreterUnusable: "interpreter",
}
_SHORTAGES: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.ENOSPC})


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


def worker_failed(work: WorkItem, error: BaseException | None) -> ItemRecord:
    """Return the record of an item whose worker raised something, which one that has blobprep never does."""
    failure = ItemError(
        "WorkerFailed",
        f"the worker could not run the item: {type(error).__name__}: {error}",
        remedy="install blobprep on the workers, in the version that starts the batch",
    )
    return failed(started_record(work), failure)


def finished(record: ItemRecord, manifest: Manifest) -> ItemRecord:
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
        return failed(known, ItemError(manifest.status, f"run {manifest.run_id} was {manifest.status}"))
    return failed(known, ItemError(error.code, error.message, error.traceback, error.remedy))


def failed(record: ItemRecord, error: ItemError) -> ItemRecord:
    """Return the record of an item that failed."""
    return replace(record, status="failed", error=error)


def error_of(error: BlobprepError) -> ItemError:
    """Return the error of an item for one of blobprep's own."""
    code = _CODES.get(type(error), type(error).__name__)
    wait = error.wait if isinstance(error, StoreUnavailable) else 0.0
    return ItemError(code, error.message, remedy=error.remedy, passes=isinstance(error, _PASSES), wait=wait)


def unexpected(error: Exception) -> ItemError:
    """Return the error of an item for an exception that no part of blobprep should raise."""
    message = f"{type(error).__name__}: {error}"
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in _SHORTAGES):
        remedy = "give the worker more of it, or run fewer items at a time with --workers"
        return ItemError("LimitError", f"the worker ran out of a resource: {message}", remedy=remedy, passes=True)
    frames = "".join(traceback.format_exception(error))
    return ItemError(Defect.__name__, message, frames, "please report it")


def skipped(record: ItemRecord, found: Manifest) -> ItemRecord:
    """Return the record of an item that was not run, from the manifest of the run whose results are there."""
    return replace(finished(record, found), status="skipped", attempt=record.attempt - 1)


def not_begun(work: WorkItem) -> ItemRecord:
    """Return the record of an item that was taken back before it began."""
    return replace(started_record(work), attempt=work.attempt - 1)
