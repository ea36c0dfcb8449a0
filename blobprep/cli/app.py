"""The commands, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from blobprep.cli.commands import batch, cat, check, cp, demo, doctor, head, jobs, ls, run, serve, settings, show, watch
from blobprep.cli.parameters import PlainGroup

if TYPE_CHECKING:
    from typer._click.core import Command

__all__ = ["command"]

_COMMANDS = (run, batch, watch, show, serve, jobs, ls, cat, head, cp, check, doctor, settings, demo)


def command() -> Command:
    """Build the command line."""
    # Without rich: it takes longer to import than everything else here, and boxes are hard to copy from.
    app = typer.Typer(
        name="blobprep",
        cls=PlainGroup,
        help="Run azureml_main on tables in Azure Blob Storage, and put what comes out back there.",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    for module in _COMMANDS:
        module.add_to(app)
    return typer.main.get_command(app)


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        from blobprep.cli.output import write

        write(f"blobprep {version('blobprep')}\n")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Run azureml_main on tables in Azure Blob Storage, and put what comes out back there."""
