"""`blobprep head`: show the first rows of a dataset."""

from __future__ import annotations

from typing import Annotated

import typer

from blobprep.cli.command import add_command
from blobprep.cli.context import PATIENCE, CommandContext
from blobprep.cli.options import OUTPUTS, ReadOption, ReferenceArgument
from blobprep.cli.output import print_json, write
from blobprep.cli.tables import print_table

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, "head", _head, "blobprep head az://raw/iris.csv --rows 5")


def _head(
    context: CommandContext,
    reference: ReferenceArgument,
    rows: Annotated[
        int, typer.Option("--rows", "-n", metavar="N", help="Number of rows to show.", rich_help_panel=OUTPUTS)
    ] = 10,
    read: ReadOption = None,
) -> None:
    """Show the first rows of a dataset; only the start of a large blob is fetched."""
    from blobprep.formats import parse_options
    from blobprep.progress import Meter
    from blobprep.runs.preview import head

    with context.progress(patience=PATIENCE) as show, Meter(show) as meter:
        meter.begin("head")
        preview = head(reference, rows=rows, read=parse_options(read or ""), workspace=context.workspace)
    if context.as_json:
        columns = [{"name": name, "type": kind} for name, kind in zip(preview.names, preview.types, strict=True)]
        print_json({"columns": columns, "rows": preview.rows, "total": preview.total})
    elif preview.names:
        cells = [[cell or "" for cell in row] for row in (preview.names, preview.types, *preview.rows)]
        print_table(cells, headings=2, terminal=context.terminal)
        if preview.total is not None and not context.quiet:
            write(f"{len(preview.rows)} of {preview.total} rows\n")
