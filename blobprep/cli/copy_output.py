"""What `cp` and `sync` print."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from blobprep.cli.exit_codes import INCOMPLETE
from blobprep.cli.output import note, print_line, readable, write

if TYPE_CHECKING:
    from blobprep.cli.context import CommandContext
    from blobprep.transfer.copies import Copies, CopyResult

__all__ = ["print_copies"]


def print_copies(context: CommandContext, copies: Copies, *, is_job: bool, dry_run: bool = False) -> int:
    """Print what became of copies, and return the exit code."""
    if context.as_json:
        _print_json(copies, is_job=is_job)
    elif not is_job:
        for result in () if context.quiet else copies:
            print_line(f"{result.source} → {result.target}  {readable(result.size)}")
    else:
        _print_job(context, copies, dry_run=dry_run)
    return INCOMPLETE if copies.status == "failed" else 0


def _print_job(context: CommandContext, copies: Copies, *, dry_run: bool) -> None:
    for result in copies:
        if result.error is not None:
            note(f"blobprep: {result.error.message}")
            if result.error.remedy:
                note(f"  {result.error.remedy}")
        elif not context.quiet and (context.verbose or result.status != "skipped"):
            print_line(_line(result, dry_run=dry_run))
    if not context.quiet:
        counts = copies.counts
        told = {
            "copied": counts.copied,
            "equal": counts.skipped,
            "deleted": counts.deleted,
            "failed": counts.failed,
            ("to do" if dry_run else "not tried"): counts.pending,
        }
        size = sum(result.size for result in copies if result.status == "copied")
        parts = [f"{count:,} {name}{_by_service(copies, name)}" for name, count in told.items() if count]
        if copies.record:
            print_line(f"record  {copies.record}")
        print_line(f"{counts.matched:,} matched: {', '.join(parts)}{f'  {readable(size)}' if size else ''}")


def _by_service(copies: Copies, name: str) -> str:
    """Return how many of the copies the service made, for the word behind which it stands."""
    if name != "copied" or not copies.server_side:
        return ""
    made = copies.server_side
    return " (server-side)" if made == copies.counts.copied else f" ({made:,} of them server-side)"


def _line(result: CopyResult, *, dry_run: bool) -> str:
    would = "would " if dry_run and result.status == "pending" else ""
    if not result.source:
        verb = f"{would}delete" if result.status == "pending" else result.status
        return f"{verb} {result.target}  {readable(result.size)}"
    verb = {"skipped": "equal ", "pending": "would copy " if would else "not tried "}.get(result.status, "")
    return f"{verb}{result.source} → {result.target}  {readable(result.size)}"


def _print_json(copies: Copies, *, is_job: bool) -> None:
    """Print one document; each copy as it is read, for there may be any number."""
    if not is_job:
        _print_list((result.to_json() for result in copies), "")
        return
    counts = copies.counts
    numbers = {"matched": counts.matched, **{name: getattr(counts, name) for name in counts.__dataclass_fields__}}
    write(f'{{\n  "status": {json.dumps(copies.status)},\n  "counts": {json.dumps(numbers)},\n')
    write(f'  "record": {json.dumps(copies.record or None)},\n  "copies": ')
    _print_list((result.to_json() for result in copies), "  ")
    write("}\n")


def _print_list(values: Iterable[dict[str, Any]], indent: str) -> None:
    mark = "["
    for value in values:
        write(f"{mark}\n{indent}  {json.dumps(value)}")
        mark = ","
    write(f"\n{indent}]\n")
