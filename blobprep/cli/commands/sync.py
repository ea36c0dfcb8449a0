"""`blobprep sync`: make a prefix contain what another one contains."""

from __future__ import annotations

from typing import Annotated

import typer

from blobprep.cli.command import add_command
from blobprep.cli.context import CommandContext
from blobprep.cli.copy_options import (
    AttemptsOption,
    CheckOption,
    CreateContainerOption,
    DryRunOption,
    MaxFailuresOption,
    RecordOption,
    ReportOption,
    ServerSideOption,
)
from blobprep.cli.options import OUTPUTS

__all__ = ["add_to"]

_EXAMPLES = """\
blobprep sync az://raw/2024/ backup/2024/
blobprep sync data/ az://raw/ --delete --dry-run"""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, "sync", _sync, _EXAMPLES)


def _sync(
    context: CommandContext,
    source: Annotated[str, typer.Argument(metavar="FROM", help="A prefix, also with wildcards, or a folder.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="A prefix or a folder.")],
    delete: Annotated[
        bool,
        typer.Option("--delete", help="Delete what is below TO and not below FROM.", rich_help_panel=OUTPUTS),
    ] = False,
    check: CheckOption = "checksum",
    create_container: CreateContainerOption = False,
    max_failures: MaxFailuresOption = None,
    attempts: AttemptsOption = 3,
    record: RecordOption = None,
    report: ReportOption = False,
    server_side: ServerSideOption = "auto",
    dry_run: DryRunOption = False,
) -> int:
    """Make a prefix or folder contain what another one contains, copying only what differs."""
    from blobprep.batches.copies.jobs import sync
    from blobprep.cli.copy_output import print_copies

    with context.progress() as show:
        copies = sync(
            source,
            target,
            delete=delete,
            check=check,
            create_container=create_container,
            max_failures=max_failures,
            attempts=attempts,
            record=record,
            report=report,
            server_side=server_side,
            dry_run=dry_run,
            workspace=context.workspace,
            on_progress=show,
        )
    return print_copies(context, copies, is_job=True, dry_run=dry_run)
