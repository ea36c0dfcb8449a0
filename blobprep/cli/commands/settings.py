"""`blobprep settings`: show every setting and its source."""

from __future__ import annotations

from dataclasses import asdict

import typer

from blobprep.cli.command import add_command
from blobprep.cli.context import CommandContext
from blobprep.cli.output import print_json, write
from blobprep.cli.tables import print_table

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, "settings", _settings, "blobprep settings --account contoso")


def _settings(context: CommandContext) -> None:
    """Show every setting, its value (secrets masked) and where it came from."""
    settings = context.workspace.settings()
    if context.as_json:
        print_json([asdict(setting) for setting in settings])
        return
    rows = [
        (setting.name, "not set" if setting.value is None else str(setting.value), setting.source)
        for setting in settings
    ]
    if context.quiet:
        print_table(rows)
        return
    from blobprep.settings import PRECEDENCE

    print_table([("setting", "value", "source"), *rows], headings=1, terminal=context.terminal)
    write("\nwhat opens an account, in this order:\n")
    write("".join(f"  {number}. {way}\n" for number, way in enumerate(PRECEDENCE, 1)))
