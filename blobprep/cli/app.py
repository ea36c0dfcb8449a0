"""The commands, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from blobprep.cli.commands import check, cp, demo, doctor, look, run, settings

if TYPE_CHECKING:
    from typer._click.core import Command

__all__ = ["command"]

_FAMILIES = (run, look, cp, check, doctor, settings, demo)


def command() -> Command:
    """Build the command line."""
    # Without rich: it takes longer to import than everything else here, and boxes are hard to copy from.
    app = typer.Typer(
        name="blobprep",
        help="Run azureml_main on tables in Azure Blob Storage, and put what comes out back there.",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_everything)
    for family in _FAMILIES:
        family.add_to(app)
    return typer.main.get_command(app)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        from blobprep.cli.output import write

        write(f"blobprep {version('blobprep')}\n")
        raise typer.Exit


def _everything(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Run azureml_main on tables in Azure Blob Storage, and put what comes out back there."""
