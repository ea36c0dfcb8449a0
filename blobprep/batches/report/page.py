"""The page of a batch, from its record and those of its items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any, Final

from blobprep.batches.job import full_reference
from blobprep.batches.options import BatchOptions
from blobprep.batches.records import ItemRecord
from blobprep.batches.report.view import gather_batch
from blobprep.report.batch_views import BatchHead
from blobprep.report.record import given_options
from blobprep.runs.options import OPTIONS
from blobprep.stores.location import BlobLocation

__all__ = ["FULL", "describe_outages", "make_batch_report", "read_head"]

FULL: Final = ("items.parquet", "items.jsonl")
"""The blobs of a record that has ended, which have all of its items."""

_APART: Final = ("script", "dataset1", "output")
"""Options that the page names by themselves."""


def make_batch_report(
    prefix: BlobLocation, document: Mapping[str, Any], records: Iterable[ItemRecord], *, matched: int = 0
) -> bytes:
    """Return the page of a batch that is about to end, for the place beside its record.

    Args:
        prefix: of its record.
        document: its `batch.json`, as it will be.
        records: of its items, each once, in the order of their keys; they are read once, and few of them are kept.
        matched: items of the batch; those of which there is no record are pending.
    """
    from blobprep.report.batch_page import render_batch

    head, home = read_head(prefix.printed, document), full_reference(prefix)
    notes = tuple(describe_outages(document))
    return render_batch(gather_batch(head, records, home=home, matched=matched, full=FULL, notes=notes))


def describe_outages(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield how long a batch waited for storage, if it did.

    Args:
        document: its `batch.json`.
    """
    outages = document.get("outages") or {}
    if outages.get("count"):
        waits = "waits for storage now, and waited" if outages["lasts"] else "waited"
        yield (
            f"The batch {waits} {timedelta(seconds=round(outages['seconds']))} in all, since storage refused what "
            f"{outages['refusals']:,} items asked, the last time: {outages['message']}"
        )


def read_head(name: str, document: Mapping[str, Any]) -> BatchHead:
    """Return what a page says of a batch as a whole.

    Args:
        name: the reference of the prefix of its record, as it is shown.
        document: its `batch.json`.
    """
    script = document.get("script") or {}
    options = document.get("options") or {}
    run = options.get("run") or {}
    copied = options if "run" not in options else {}  # `cp` and `sync`
    return BatchHead(
        name=name,
        status=str(document.get("status", "")),
        started=str(document.get("started") or ""),
        ended=str(document.get("ended") or ""),
        engine=str(document.get("engine") or ""),
        workers=int(document.get("workers") or 0),
        script=str(script.get("reference") or run.get("script") or ""),
        script_sha256=str(script.get("sha256") or ""),
        source=str(options.get("list") or run.get("dataset1") or copied.get("source") or ""),
        output=str(run.get("output") or copied.get("target") or ""),
        options=dict(given_options(_given(options, run) if not copied else _given_of_copies(copied))),
        message=str(document.get("message") or ""),
    )


def _given(options: Mapping[str, Any], run: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that are not as they are by default, without those that the page has a place for."""
    own = {slot.name: slot.default for slot in fields(BatchOptions) if slot.name not in ("run", "list")}
    of_run = {name: value for name, value in run.items() if name in OPTIONS and name not in _APART}
    given = {name: value for name, value in of_run.items() if value != OPTIONS[name].default}
    for name, default in own.items():
        value = options.get(name, default)
        if value != (list(default) if isinstance(default, tuple) else default):
            given[name] = value
    return given


def _given_of_copies(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of `cp` or `sync`, likewise."""
    return {name: value for name, value in options.items() if value and name not in ("source", "target")}
