"""The command line: parse, one library call, print, exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from blobprep.errors import UsageError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; see `blobprep.cli.exits`.

    Args:
        arguments: without the program's name; None for those of this process.
    """
    import typer

    from blobprep.cli.application import command
    from blobprep.cli.printing import flush, print_error

    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = command().main(given or ["--help"], prog_name="blobprep", standalone_mode=False)
    except typer.TyperException as error:  # the command line cannot be parsed
        context = getattr(error, "ctx", None)
        remedy = f"see {context.command_path} --help" if context else "see blobprep --help"
        return print_error(UsageError(error.format_message(), remedy=remedy), as_json="--json" in given)
    except typer.Abort:
        return 130
    return flush(code if isinstance(code, int) else 0)
