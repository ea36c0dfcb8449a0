"""The options that every command has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

__all__ = ["ACCESS", "AccountOption", "ConfigOption", "JsonOption", "ProtocolOption", "QuietOption", "VerboseOption"]

ACCESS: Final = "Access"
"""The section of `--help` for the options that say which account is reached, and how."""

GENERAL: Final = "General"
"""The section of `--help` that comes last."""

AccountOption = Annotated[
    str | None,
    typer.Option("--account", metavar="NAME", help="The account of references that name none.", rich_help_panel=ACCESS),
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
        "--config", metavar="FILE", help="The file of settings, in place of blobprep.toml.", rich_help_panel=GENERAL
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
        help="Show retries; -vv also shows blobprep's own tracebacks.",
        rich_help_panel=GENERAL,
    ),
]
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print results and errors only.", rich_help_panel=GENERAL)
]
