"""What is printed about a batch: its counts, where its record is, and why items failed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from blobprep.cli.output import mask_secrets, note, print_json, readable, write
from blobprep.printable import escape

if TYPE_CHECKING:
    from blobprep.batches.dry_run import Preview
    from blobprep.batches.record.summary import BatchSummary
    from blobprep.batches.result import Batch
    from blobprep.cli.context import CommandContext

__all__ = ["print_batch", "print_preview"]


def print_batch(batch: Batch, code: int, context: CommandContext) -> None:
    """Print a batch that has ended.

    Counts and references go to stdout, why items failed to stderr. With `--json` the document is `batch.json` with two
    more members: `record`, its prefix, and `exit`, the exit code.
    """
    summary = batch.summary
    assert summary is not None
    if context.as_json:
        print_json({**summary.to_json(), "record": batch.record.printed, "exit": code})
        return
    if summary.message:
        note(f"blobprep: {summary.message}")
        if code:
            when = "once its cause is gone, " if summary.counts.failed or summary.error else ""
            note(f"  {when}run it again with --resume: what is in place is skipped")
    if not context.quiet:
        write("\n".join(map(escape, _lines(batch, summary))) + "\n")


def _lines(batch: Batch, summary: BatchSummary) -> Iterator[str]:
    from blobprep.outputs.ports import PORTS

    counts = summary.counts
    told = {"done": counts.done, "skipped": counts.skipped, "failed": counts.failed, "not run": counts.pending}
    yield f"{summary.status}  batch {summary.batch_id}"
    yield f"items     {counts.matched:,}: {', '.join(f'{count:,} {name}' for name, count in told.items() if count)}"
    yield f"rows      {summary.rows_in:,} read, {summary.rows_out:,} written"
    for cause in summary.causes[:3]:
        yield f"failed    {cause.count:,} × {mask_secrets(cause.message)}; the first: {cause.item}"
    if summary.outages.count:
        waited = timedelta(seconds=round(summary.outages.seconds))
        message = mask_secrets(summary.outages.message)
        yield f"waited    {waited} for storage, {summary.outages.refusals:,} refused: {message}"
    if summary.options.get("combine") and summary.status == "succeeded":
        yield f"combined  {summary.options['combine']}"
    yield f"record    {batch.record.printed}"
    yield f"report    {batch.record.child(PORTS['report'].blob).printed}"


def print_preview(batch: Batch, context: CommandContext) -> None:
    """Print what a dry run found."""
    preview = batch.preview
    assert preview is not None
    if context.as_json:
        print_json({"status": batch.status, **preview.to_json(), "record": batch.record.printed})
    elif not context.quiet:
        write("\n".join(map(escape, _planned(batch, preview))) + "\n")


def _planned(batch: Batch, preview: Preview) -> Iterator[str]:
    from blobprep.batches.dry_run import REASONS

    skipped = preview.matched - preview.to_run
    yield f"planned   {preview.matched:,} items: {preview.to_run:,} to run, {skipped:,} in place"
    if preview.reasons:
        told = (f"{preview.reasons[name]:,} {words}" for name, words in REASONS.items() if name in preview.reasons)
        yield f"to run    {', '.join(told)}"
    yield f"reads     {readable(preview.size)}"
    if preview.largest:
        key, size = preview.largest[0]
        share = f"{preview.share_of_largest:.0%} of the bytes"
        yield f"largest   {key}, {readable(size)}; the largest hundredth of the items has {share}"
    for item in preview.first:
        yield f"item      {item.key} → {item.output}"
    if preview.to_run > len(preview.first):
        yield f"          and {preview.to_run - len(preview.first):,} more"
    yield f"time      {_time(preview)}"
    yield f"record    {batch.record.printed}"


def _time(preview: Preview) -> str:
    if preview.seconds is None:
        return "not known until some were run: begin, stop with Ctrl-C, and ask again with --resume"
    work, by = timedelta(seconds=round(preview.seconds)), f"by {preview.known:,} items of the record"
    if preview.elapsed is None:
        return f"about {work} of work, shared by the items that run at a time; {by}"
    return f"about {timedelta(seconds=round(preview.elapsed))}, as many at a time as before: {work} of work, {by}"
