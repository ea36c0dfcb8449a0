"""`blobprep jobs`: list the jobs of web services, or cancel some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from blobprep.cli.command import add_command
from blobprep.cli.context import CommandContext
from blobprep.cli.options import INPUTS
from blobprep.cli.output import note, print_json
from blobprep.cli.tables import print_table

if TYPE_CHECKING:
    from blobprep.service.jobs.job import Job

__all__ = ["add_to"]

_EXAMPLES: Final = "blobprep jobs --service churn\nblobprep jobs --cancel 3f2a9c"
_HEADINGS: Final = ("job", "service", "state", "created", "started", "ended", "output")
_SHORT: Final = 12  # characters of an id that tell a job from others


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, "jobs", _jobs, _EXAMPLES)


def _jobs(
    context: CommandContext,
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="Jobs, by how their ids begin; all by default.")
    ] = None,
    service: Annotated[
        str | None,
        typer.Option("--service", metavar="NAME", help="Only the jobs of this service.", rich_help_panel=INPUTS),
    ] = None,
    cancel: Annotated[bool, typer.Option("--cancel", help="Cancel the jobs named.", rich_help_panel=INPUTS)] = False,
    state: Annotated[
        Path | None,
        typer.Option(
            "--state",
            metavar="FOLDER",
            help="Use the jobs in this state folder instead of that in the settings.",
            rich_help_panel=INPUTS,
        ),
    ] = None,
) -> int | None:
    """List the batch jobs of web services, or cancel some."""
    from blobprep.errors import InvalidOption
    from blobprep.service.jobs.listing import cancel_jobs, list_jobs

    folder = context.workspace.server_folder(state)
    if not cancel:
        _print(context, list_jobs(folder, service, ids or ()))
        return None
    if not ids:
        raise InvalidOption("--cancel needs the jobs", remedy="name them: blobprep jobs --cancel ID")
    cancelled = cancel_jobs(folder, ids)
    _print(context, [each.job for each in cancelled])
    late = [each.job for each in cancelled if each.too_late]
    for job in late:
        note(f"blobprep: job {job.id} had ended before: {job.state}")
    return 1 if late else None


def _print(context: CommandContext, jobs: Iterable[Job]) -> None:
    if context.as_json:
        print_json([_record(job) for job in jobs])
    elif rows := list(_rows(jobs)):
        print_table([_HEADINGS, *rows], headings=1, terminal=context.terminal)


def _rows(jobs: Iterable[Job]) -> Iterator[tuple[str, ...]]:
    for job in jobs:
        times = (_print_time(moment) for moment in (job.created, job.started, job.ended))
        yield (job.id[:_SHORT], job.service, job.state, *times, job.spec.outputs[0].blob)


def _record(job: Job) -> dict[str, Any]:
    moments = {name: getattr(job, name) for name in ("created", "started", "taken", "ended")}
    return {
        "id": job.id,
        "service": job.service,
        "state": job.state,
        **{name: moment and moment.isoformat() for name, moment in moments.items()},
        "attempts": job.attempts,
        "inputs": {name: job.spec.fixed[port] for port, name in job.spec.inputs.items()},
        "outputs": {place.output: place.blob for place in job.spec.outputs},
        "record": job.spec.record,
        "runs": list(job.runs),
        "details": job.details or None,
    }


def _print_time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%SZ}" if moment else "-"
