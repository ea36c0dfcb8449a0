"""The options that `cp` and `sync` share."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from blobprep.cli.options import OUTPUTS

__all__ = [
    "AttemptsOption",
    "CheckOption",
    "CreateContainerOption",
    "DryRunOption",
    "MaxFailuresOption",
    "RecordOption",
    "ReportOption",
    "ServerSideOption",
]

CheckOption = Annotated[
    Literal["checksum", "size"],
    typer.Option(
        "--check",
        metavar="checksum|size",
        help="What makes a target equal: its size and MD5, or the size alone.",
        rich_help_panel=OUTPUTS,
    ),
]
CreateContainerOption = Annotated[
    bool,
    typer.Option("--create-container", help="Create the target's container if it is missing.", rich_help_panel=OUTPUTS),
]
MaxFailuresOption = Annotated[
    str | None,
    typer.Option(
        "--max-failures",
        metavar="N|P%",
        help="Begin no more copies once more than so many have failed.",
        rich_help_panel=OUTPUTS,
    ),
]
AttemptsOption = Annotated[
    int,
    typer.Option(
        "--attempts",
        metavar="N",
        min=1,
        help="Attempts at a copy whose failure can pass, or whose source changes meanwhile.",
        rich_help_panel=OUTPUTS,
    ),
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.", rich_help_panel=OUTPUTS)]
RecordOption = Annotated[
    str | None,
    typer.Option(
        "--record",
        metavar="PREFIX",
        help="Record each copy below this prefix; what is recorded there is known to --resume and sync.",
        rich_help_panel=OUTPUTS,
    ),
]
ReportOption = Annotated[
    bool, typer.Option("--report", help="Make a page of the copies too, beside their record.", rich_help_panel=OUTPUTS)
]
ServerSideOption = Annotated[
    Literal["auto", "always", "never"],
    typer.Option(
        "--server-side",
        metavar="auto|always|never",
        help="Let the service copy between accounts, so that no byte passes this machine; auto: where it can.",
        rich_help_panel=OUTPUTS,
    ),
]
