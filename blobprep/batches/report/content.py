"""What `show` shows of a batch: its record, read where it is, whether it has ended or still runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from blobprep.batches.job import full_reference
from blobprep.batches.record.earlier import EarlierRecords
from blobprep.batches.record.summary import SUMMARY_NAME, BatchSummary
from blobprep.batches.report.page import FULL, describe_outages, read_head
from blobprep.batches.report.view import gather_batch
from blobprep.errors import InputError
from blobprep.outputs.claim import STALE
from blobprep.outputs.processes import is_alive
from blobprep.report.batch_views import BatchView, ItemView
from blobprep.runs.contents import relative_link
from blobprep.runs.page import Content
from blobprep.runs.run_view import local_path
from blobprep.stores.location import BlobLocation

if TYPE_CHECKING:
    from blobprep.report.text.lines import Line, Paper

__all__ = ["batch_content", "gather_record"]

_LISTED: Final = 100
"""Items of each kind in the document; the record has all of them."""


def batch_content(prefix: BlobLocation) -> Content:
    """Return the content of a page about a batch.

    Args:
        prefix: of its record.

    Raises:
        InputError: the record cannot be read.
        BlobNotFound, AccessError, StoreUnavailable: as the store answers.
    """
    summary, view = gather_record(prefix)
    home = local_path(prefix)

    def render(limit: int, folder: Path | None) -> bytes:
        from blobprep.report.batch_page import render_batch

        way = relative_link(home, folder)
        return render_batch(replace(view, way=f"{way}/" if way else None), bytes=limit)

    def lines(paper: Paper) -> list[Line]:
        from blobprep.report.text.batch_text import batch_text

        return batch_text(view, paper)

    def record() -> dict[str, Any]:
        return {"batch": summary.to_json(), **_figures(view), "notes": list(view.notes)}

    return Content(render, lines, record)


def gather_record(prefix: BlobLocation) -> tuple[BatchSummary, BatchView]:
    """Read the record of a batch, and what is known of its items; of one that runs, of those that have ended.

    Raises:
        InputError, BlobNotFound, AccessError, StoreUnavailable: as `batch_content`.
    """
    summary = _read_summary(prefix.child(SUMMARY_NAME))
    head = read_head(prefix.printed, summary.to_json())
    runs = summary.status == "running"
    with closing(EarlierRecords(prefix, summary.merged)) as earlier:
        view = gather_batch(
            head,
            (record for record, _ in earlier),
            home=full_reference(prefix),
            matched=summary.counts.matched,
            full=() if runs else FULL,
            notes=(*(_state(prefix, summary) if runs else ()), *describe_outages(summary.to_json())),
        )
    return summary, view


def _state(prefix: BlobLocation, summary: BatchSummary) -> Iterator[str]:
    """Yield whether a batch whose record says that it runs does so."""
    properties = prefix.child(SUMMARY_NAME).properties()
    silent = (properties.as_of - properties.last_modified).total_seconds()
    if silent >= STALE or (summary.claim is not None and is_alive(summary.claim) is False):
        yield f"The batch was cut off: its last sign of life is {silent:,.0f} seconds old. --resume goes on with it."
    else:
        yield "The batch goes on; what is shown was so when it was read."


def _read_summary(place: BlobLocation) -> BatchSummary:
    try:
        return BatchSummary.decode(place.read())
    except ValueError as error:
        raise InputError(
            f"{place.printed} cannot be read: {error}", remedy="show it with the version of blobprep that wrote it"
        ) from error


def _figures(view: BatchView) -> dict[str, Any]:
    causes = [
        {**asdict(cause), "items": [item.key for item in cause.items], "traceback": cause.traceback}
        for cause in view.causes[:_LISTED]
    ]
    return {
        "counts": {"matched": view.matched, **view.counts},
        "causes": causes,
        "slowest": [_item(item) for item in view.slowest],
        "failed": [_item(item) for item in view.items if item.status == "failed"][:_LISTED],
        "times": asdict(view.times),
        "sizes": asdict(view.sizes),
    }


def _item(item: ItemView) -> dict[str, Any]:
    told = ("key", "status", "size", "started", "seconds", "rows_in", "rows_out", "attempts", "worker", "error")
    return {name: getattr(item, name) for name in told}
