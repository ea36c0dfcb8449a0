"""`blobprep cat`: write a blob or a file to stdout."""

from __future__ import annotations

import os
import stat
import sys
from typing import Any

import typer

from blobprep.cli.command import add_command
from blobprep.cli.context import CommandContext
from blobprep.cli.options import ReferenceArgument
from blobprep.cli.output import print_json, write

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, "cat", _cat, "blobprep cat az://raw/iris.csv")


def _cat(context: CommandContext, reference: ReferenceArgument) -> None:
    """Write the bytes of a blob or a file to stdout; with --json its text, or base64 if it is not text."""
    from blobprep.progress import Meter
    from blobprep.transfer.cat import cat

    with context.progress(shared=not _goes_to_file()) as show, Meter(show) as meter:
        meter.begin("read")
        pieces = cat(reference, workspace=context.workspace, progress=meter.advance)
        context.warn()
        if context.as_json:
            print_json(_content(b"".join(pieces)))
            return
        for piece in pieces:
            write(piece)


def _goes_to_file() -> bool:
    """Return whether stdout is a file: a terminal shows the bytes themselves, and so may what reads a pipe."""
    try:
        return stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):
        return False


def _content(data: bytes) -> dict[str, Any]:
    try:
        return {"size": len(data), "text": data.decode()}
    except UnicodeDecodeError:
        import base64

        return {"size": len(data), "base64": base64.b64encode(data).decode("ascii")}
