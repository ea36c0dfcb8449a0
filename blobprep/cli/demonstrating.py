"""`blobprep demo`."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from blobprep.cli.exits import code_of_run
from blobprep.cli.options import (
    AccountOption,
    ConfigOption,
    JsonOption,
    ProtocolOption,
    QuietOption,
    VerboseOption,
)
from blobprep.cli.outcomes import print_run
from blobprep.cli.printing import print_json, write
from blobprep.cli.sessions import session

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(_demo)


def _demo(
    folder: Annotated[str, typer.Argument(metavar="[FOLDER]", help="Where everything is put.")] = "blobprep-demo",
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
            write(f"everything is in {shown.folder}; try there: blobprep ls az://data/\n")
    return code
