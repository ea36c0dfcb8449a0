"""`blobprep cp`: copy blobs and local files."""

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
blobprep cp iris.csv az://raw/
blobprep cp az://raw/2024/ backup/
blobprep cp 'az://raw/2024/**/*.csv' az://backup/2024/ --resume
blobprep cp 'az://raw/{region}/*.csv' 'az://prepared/{region}-{stem}.csv'"""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, "cp", _cp, _EXAMPLES)


def _cp(
    context: CommandContext,
    source: Annotated[
        str,
        typer.Argument(
            metavar="FROM", help="A reference, also with wildcards, or a path; if it ends with /, everything below it."
        ),
    ],
    target: Annotated[
        str,
        typer.Argument(
            metavar="TO",
            help="A reference or path; if it ends with /, names are kept; {stem}, {name}, or parts of FROM's pattern.",
        ),
    ],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace blobs and files that exist.", rich_help_panel=OUTPUTS)
    ] = False,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Leave out what is at the target already and equal.", rich_help_panel=OUTPUTS),
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
    """Copy blobs and local files, in any direction."""
    from blobprep.batches.copies.jobs import cp
    from blobprep.cli.copy_output import print_copies

    with context.progress() as show:
        copies = cp(
            source,
            target,
            overwrite=overwrite,
            resume=resume,
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
    return print_copies(context, copies, is_job=copies.is_job, dry_run=dry_run)
