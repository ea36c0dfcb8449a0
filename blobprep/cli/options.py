"""The sections of `--help`, and the options that every command has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

__all__ = [
    "ACCESS",
    "BATCH",
    "GENERAL",
    "INPUTS",
    "OUTPUTS",
    "SECTIONS",
    "AccountOption",
    "ConfigOption",
    "JsonOption",
    "ProtocolOption",
    "QuietOption",
    "ReadOption",
    "ReferenceArgument",
    "VerboseOption",
]

ARGUMENTS: Final = "Arguments"
INPUTS: Final = "Inputs"
OUTPUTS: Final = "Outputs"
ACCESS: Final = "Access"
BATCH: Final = "Batch"
GENERAL: Final = "General"
SECTIONS: Final = (
    ARGUMENTS,
    INPUTS,
    OUTPUTS,
    BATCH,
    "Service",
    "Script",
    "Isolation",
    ACCESS,
    "Server",
    "Keys",
    GENERAL,
)
"""The sections of `--help` in their order; a command has those that it has options for."""

ReferenceArgument = Annotated[
    str, typer.Argument(metavar="REF", help="A reference, a name from the settings, or a path.")
]

ReadOption = Annotated[
    str | None,
    typer.Option(
        "--read",
        "--read1",
        metavar="KEY=VALUE,…",
        help="Options for reading the dataset; format=… sets its format.",
        rich_help_panel=INPUTS,
    ),
]

AccountOption = Annotated[
    str | None,
    typer.Option(
        "--account",
        metavar="NAME",
        help="Use this account for references that do not name one.",
        rich_help_panel=ACCESS,
    ),
]
ProtocolOption = Annotated[
    str | None,
    typer.Option(
        "--protocol",
        metavar="http|https",
        help="Use this protocol, overriding references and settings.",
        rich_help_panel=ACCESS,
    ),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Read settings from this file instead of blobprep.toml.",
        rich_help_panel=GENERAL,
    ),
]
JsonOption = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON document on stdout, and nothing else there.", rich_help_panel=GENERAL),
]
VerboseOption = Annotated[
    int,
    typer.Option(
        "--verbose",
        "-v",
        count=True,
        show_default=False,
        help="Show retries, and progress where there is no terminal; -vv also shows blobprep's own tracebacks.",
        rich_help_panel=GENERAL,
    ),
]
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print results and errors only.", rich_help_panel=GENERAL)
]
