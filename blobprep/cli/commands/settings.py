"""`blobprep settings`."""

from __future__ import annotations

from dataclasses import asdict

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
from blobprep.cli.output import print_json, print_table, write

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("settings", cls=SectionedCommand, epilog="blobprep settings --account contoso")(_settings)


def _settings(
    account: AccountOption = None,
    protocol: ProtocolOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
) -> None:
    """Show every setting, its value (secrets masked) and where it came from."""
    with session(account, protocol, config, as_json, verbose, quiet) as opened:
        listed = opened.workspace.settings()
        if as_json:
            print_json([asdict(each) for each in listed])
            return
        rows = [(each.name, "not set" if each.value is None else str(each.value), each.source) for each in listed]
        print_table(rows if quiet else [("setting", "value", "source"), *rows])
        if not quiet:
            from blobprep.settings import PRECEDENCE

            write("\nwhat opens an account, first wins:\n")
            write("".join(f"  {number}. {told}\n" for number, told in enumerate(PRECEDENCE, 1)))
