"""`blobprep cp`: copy blobs and local files."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from blobprep.cli.command import add_command
from blobprep.cli.context import CommandContext
from blobprep.cli.options import OUTPUTS
from blobprep.cli.output import print_json, print_line, readable

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, "cp", _cp, "blobprep cp iris.csv az://raw/\nblobprep cp az://raw/2024/ backup/")


def _cp(
    context: CommandContext,
    source: Annotated[
        str, typer.Argument(metavar="FROM", help="A reference or path; if it ends with /, everything below it.")
    ],
    target: Annotated[
        str, typer.Argument(metavar="TO", help="A reference or path; if it ends with /, the names are kept.")
    ],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace blobs and files that exist.", rich_help_panel=OUTPUTS)
    ] = False,
    create_container: Annotated[
        bool,
        typer.Option(
            "--create-container", help="Create the target's container if it is missing.", rich_help_panel=OUTPUTS
        ),
    ] = False,
) -> None:
    """Copy blobs and local files, in any direction."""
    from blobprep.transfer.copy import cp

    with context.progress() as show:
        results = cp(
            source,
            target,
            overwrite=overwrite,
            create_container=create_container,
            workspace=context.workspace,
            on_progress=show,
        )
    if context.as_json:
        print_json([asdict(result) for result in results])
    elif not context.quiet:
        for result in results:
            print_line(f"{result.source} → {result.target}  {readable(result.size)}")
