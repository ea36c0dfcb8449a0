"""The command line: parse, one library call, print, exit code.

app             the commands, put together
commands        the commands, one module for each
command         what makes a command of a function
declared_options  the options of a run as a command's parameters
parameters      parameters that take what was given as it is
options         the sections of --help, and the options that every command has
help_pages      the help of a command, in sections
context         what a command works within: settings, signals, warnings, errors
output          results on stdout, messages on stderr
tables          tables and findings, as plain lines or for a terminal
terminal        tables and findings on a terminal           (rich)
progress        how far a command is, on a terminal         (rich)
progress_lines  how far a command is, in words and lines
run_summary     what became of a run
batch_summary   what became of a batch, or would
batch_progress  how far a batch is
gentle_stop     signals that let running items end
pictures        the figures of a run on a terminal that shows pictures
picture_protocols  pictures in the protocols of terminals  (pure)
terminal_query  the question a terminal answers about itself
kept_pages      pages that were opened in a browser
exit_codes      the exit code of each error                 (pure)
process_start   what a process is started with and may lack
"""

from __future__ import annotations

import atexit
import sys
from collections.abc import Sequence

from blobprep.errors import BlobprepError, UsageError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; see `blobprep.cli.exit_codes`.

    Args:
        arguments: without the program's name; None for those of this process.
    """
    from blobprep.cli.process_start import (
        complete_standard_streams,
        raise_descriptor_limit,
        skip_clean_up,
        spare_collections,
    )

    if arguments is None:  # this process is the command's alone
        spare_collections()
        atexit.register(skip_clean_up)
    complete_standard_streams()
    raise_descriptor_limit()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not _is_run(given):
        return _run_command(given)
    from blobprep.sandbox.guard_process import dismiss_waiting, start_waiting

    # Its interpreter starts while this one imports and parses; what it is for is decided later.
    start_waiting()
    try:
        return _run_command(given)
    finally:
        dismiss_waiting()


def _is_run(given: Sequence[str]) -> bool:
    """Tell whether a command line plainly is a run; under a debugger a run has another kind of child."""
    return given[:1] == ["run"] and not {"--help", "-h", "--debug"} & set(given)


def _run_command(given: Sequence[str]) -> int:
    import typer

    from blobprep.cli.app import command
    from blobprep.cli.output import StdoutClosed, flush, print_error, unwritable

    try:
        code = command().main(list(given) or ["--help"], prog_name="blobprep", standalone_mode=False)
    except typer.TyperException as error:  # the command line cannot be parsed
        context = getattr(error, "ctx", None)
        remedy = f"see {context.command_path} --help" if context else "see blobprep --help"
        return print_error(UsageError(error.format_message(), remedy=remedy), as_json="--json" in given)
    except typer.Abort:
        return 130
    except (StdoutClosed, BrokenPipeError):
        return flush(0)
    except BlobprepError as error:  # of --version
        return print_error(error)
    except OSError as error:  # of --help, which typer prints
        return print_error(unwritable(error))
    return flush(code if isinstance(code, int) else 0)
