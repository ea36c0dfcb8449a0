"""`blobprep show`: show a dataset or a run, in a browser or here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from blobprep.cli.command import add_command
from blobprep.cli.context import PATIENCE, CommandContext
from blobprep.cli.options import INPUTS, OUTPUTS, ReadOption
from blobprep.cli.output import note, print_json, print_line, write

if TYPE_CHECKING:
    from blobprep.runs.page import Page

__all__ = ["add_to"]

_EXAMPLES = """\
blobprep show az://raw/iris.csv
blobprep show az://prepared/iris/ --open
blobprep show runs/before/ runs/after/ --key id"""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, "show", _show, _EXAMPLES)


def _show(
    context: CommandContext,
    what: Annotated[
        str,
        typer.Argument(
            metavar="REF|RUN",
            help="A dataset (reference, name or path), a run's output prefix, that of a batch's record, or one of many "
            "runs.",
        ),
    ],
    other: Annotated[
        str | None, typer.Argument(metavar="REF|RUN", help="Another dataset or run; the two are compared.")
    ] = None,
    read: ReadOption = None,
    read2: Annotated[
        str | None,
        typer.Option("--read2", metavar="KEY=VALUE,…", help="The same for the other one.", rich_help_panel=INPUTS),
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(
            "--key",
            metavar="COLUMN",
            help="With two: rows with the same value in this column belong together; may be repeated.",
            rich_help_panel=INPUTS,
        ),
    ] = None,
    exact: Annotated[
        bool,
        typer.Option("--exact", help="Estimate nothing, however long it takes.", rich_help_panel=OUTPUTS),
    ] = False,
    rows: Annotated[
        int | None,
        typer.Option(
            "--rows",
            "-n",
            metavar="N",
            help="Number of rows to show.  [default: 10 here, 100 on the page]",
            rich_help_panel=OUTPUTS,
        ),
    ] = None,
    values: Annotated[
        Literal["all", "none"] | None,
        typer.Option(
            "--values",
            metavar="all|none",
            help="Whether values of single rows may be shown, or statistics only.",
            rich_help_panel=OUTPUTS,
        ),
    ] = None,
    browse: Annotated[
        bool, typer.Option("--open", help="Open it as a page in a browser.", rich_help_panel=OUTPUTS)
    ] = False,
    html: Annotated[
        str | None, typer.Option("--html", metavar="FILE", help="Write the page to this file.", rich_help_panel=OUTPUTS)
    ] = None,
) -> None:
    """Show a dataset, a run, a batch, or what differs between two, as Visualize did in Studio."""
    from blobprep.display import show
    from blobprep.formats import parse_options
    from blobprep.progress import Meter

    with context.progress(patience=PATIENCE) as shown, Meter(shown) as meter:
        meter.begin("show")
        page = show(
            what,
            other,
            key=key or (),
            read=parse_options(read or ""),
            read2=parse_options(read2 or ""),
            rows=rows,
            exact=exact,
            values=values,
            workspace=context.workspace,
            progress=meter.advance,
        )
        if html is not None:
            page.save(html)
        opened = _keep(page) if browse else None
    if context.as_json:
        print_json(page.to_json())
    elif html is None and opened is None:
        _print(page, context)
    for path in filter(None, (html, opened)):
        if not context.as_json:
            print_line(str(path))
    if opened is not None:
        _open(opened)


def _print(page: Page, context: CommandContext) -> None:
    from blobprep.report.text.lines import Paper

    terminal = context.terminal
    if terminal is None:
        write(page.text)
        return
    for text in terminal.lines(page.lines(Paper(terminal.width, terminal.in_ascii))):
        write(text)
    if page.figures:
        from blobprep.cli.pictures import print_figures

        print_figures(page.figures, context.workspace, terminal.width)


def _keep(page: Page) -> Path:
    from blobprep.cli.kept_pages import keep_page

    return keep_page(page)


def _open(path: Path) -> None:
    """Open a file in a browser, or say that it cannot be."""
    import webbrowser

    if not webbrowser.open(path.as_uri()):
        note(f"blobprep: no browser could be started; open {path} in one, or write the page elsewhere with --html")
