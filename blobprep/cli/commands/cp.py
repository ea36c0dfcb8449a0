"""`blobprep cp`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from blobprep.cli.context import session
from blobprep.cli.help_pages import SectionedCommand
from blobprep.cli.options import (
    AccountOption,
    ConfigOption,
    JsonOption,
    ProtocolOption,
    QuietOption,
    VerboseOption,
)
from blobprep.cli.output import print_json, print_line, readable

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("cp", cls=SectionedCommand, epilog="blobprep cp az://raw/2024/ backup/")(_cp)


def _cp(
    source: Annotated[str, typer.Argument(metavar="FROM", help="A reference or path; ended by / all below it.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="A reference or path; ended by / the name is kept.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")] = False,
    create_container: Annotated[
        bool, typer.Option("--create-container", help="Create the target's container where it is missing.")
    ] = False,
    account: AccountOption = None,
    protocol: ProtocolOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
) -> None:
    """Copy blobs and local files, in any direction."""
    with session(account, protocol, config, as_json, verbose, quiet) as opened:
        from blobprep.transfer.copy import cp

        with opened.progress("copied") as progress:
            copied = cp(
                source,
                target,
                overwrite=overwrite,
                create_container=create_container,
                workspace=opened.workspace,
                progress=progress,
            )
        if as_json:
            print_json([asdict(each) for each in copied])
        elif not quiet:
            for each in copied:
                print_line(f"{each.source} → {each.target}  {readable(each.size)}")
