"""`blobprep demo`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from blobprep.cli.context import session
from blobprep.cli.exit_codes import code_of_run
from blobprep.cli.help_pages import SectionedCommand
from blobprep.cli.options import (
    AccountOption,
    ConfigOption,
    JsonOption,
    ProtocolOption,
    QuietOption,
    VerboseOption,
)
from blobprep.cli.output import note, print_json, write
from blobprep.cli.run_summary import print_run

if TYPE_CHECKING:
    from blobprep.demonstration import Demonstration

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo", cls=SectionedCommand, epilog="blobprep demo")(_demo)


def _demo(
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="Where everything is put.")] = "blobprep-demo",
    account: AccountOption = None,
    protocol: ProtocolOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
) -> int:
    """Do the main job on embedded storage, with nothing to configure."""
    with session(account, protocol, config, as_json, verbose, quiet) as opened:
        from blobprep.demonstration import demo

        if not quiet and not as_json:
            note("a folder stands in for the account; nothing leaves this machine")
        shown = demo(folder, echo=None if quiet else sys.stderr)
        runs = (shown.ranking, shown.hello)
        failed = [run.manifest.error for run in runs if run.status != "succeeded"]
        code = code_of_run(failed[0].code if failed[0] else "") if failed else 0
        if as_json:
            manifests = [json.loads(run.manifest.encode()) for run in runs]
            print_json({"folder": str(shown.folder), "table": shown.table, "runs": manifests, "exit": code})
            return code
        for run in runs:
            print_run(run, code, opened)
        if not quiet:
            write(_next_steps(shown))
    return code


def _next_steps(shown: Demonstration) -> str:
    """Say where everything is, and what to try there."""
    without = (
        ""
        if shown.with_trees
        else 'scikit-learn is not installed (pip install "blobprep[demo]"): a small table was ranked by correlation.\n'
    )
    return f"""\
{without}
Everything is in {shown.folder}; its blobprep.toml makes the folder `blobs` an account. Try there:
  blobprep ls -r az://results/
  blobprep head az://results/ranking/results.parquet
  blobprep run az://scripts/hello.py table --bundle hello
"""
