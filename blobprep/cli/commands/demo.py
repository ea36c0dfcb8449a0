"""`blobprep demo`: run the main job on embedded storage."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from blobprep.cli.command import add_command
from blobprep.cli.context import CommandContext
from blobprep.cli.exit_codes import code_of_run
from blobprep.cli.output import note, print_json, write
from blobprep.cli.run_summary import print_run

if TYPE_CHECKING:
    from blobprep.demonstration import Demonstration

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, "demo", _demo, "blobprep demo")


def _demo(
    context: CommandContext,
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="The folder for storage, scripts and results.")
    ] = "blobprep-demo",
) -> int:
    """Do the main job on embedded storage, with nothing to configure."""
    from blobprep.demonstration import demo

    if not context.quiet and not context.as_json:
        note("a folder stands in for the account; nothing leaves this machine")
    demonstration = demo(folder, echo=None if context.quiet else sys.stderr)
    runs = (demonstration.ranking, demonstration.hello)
    errors = [run.manifest.error for run in runs if run.status != "succeeded"]
    code = code_of_run(errors[0].code if errors[0] else "") if errors else 0
    if context.as_json:
        manifests = [json.loads(run.manifest.encode()) for run in runs]
        print_json({"folder": str(demonstration.folder), "table": demonstration.table, "runs": manifests, "exit": code})
        return code
    for run in runs:
        print_run(run, code, context)
    if not context.quiet:
        write(_next_steps(demonstration))
    return code


def _next_steps(demonstration: Demonstration) -> str:
    """Say where everything is, and what to try there."""
    without = (
        ""
        if demonstration.with_trees
        else 'scikit-learn is not installed (pip install "blobprep[demo]"): a small table was ranked by correlation.\n'
    )
    return f"""\
{without}
Everything is in {demonstration.folder}; its blobprep.toml makes the folder `blobs` an account. Try there:
  blobprep ls -r az://results/
  blobprep show az://results/ranking/
  blobprep run az://scripts/hello.py table --bundle hello
"""
