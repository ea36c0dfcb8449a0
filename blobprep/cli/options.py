"""The options that every command has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["AccountOption", "ConfigOption", "JsonOption", "ProtocolOption", "QuietOption", "VerboseOption"]

AccountOption = Annotated[
    str | None, typer.Option("--account", metavar="NAME", help="The account of references that name none.")
]
ProtocolOption = Annotated[
    str | None, typer.Option("--protocol", metavar="http|https", help="Travel over this protocol, whatever else says.")
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="The file of settings, in place of blobprep.toml.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout, and nothing else there.")]
VerboseOption = Annotated[
    int,
    typer.Option(
        "--verbose", "-v", count=True, help="Say what is tried again; twice shows tracebacks of blobprep itself."
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print results and errors only.")]
