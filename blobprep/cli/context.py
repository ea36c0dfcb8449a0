"""What every command works within: settings, signals, warnings, errors, and what its terminal can show."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

import typer

from blobprep.cli.exit_codes import Interrupted
from blobprep.cli.output import StdoutClosed, flush, note, print_error

if TYPE_CHECKING:
    from blobprep.cli.terminal import Terminal
    from blobprep.progress import Progress
    from blobprep.settings import Workspace

__all__ = ["PATIENCE", "CommandContext", "open_context"]

PATIENCE: Final = 5.0
"""Seconds after which a command that is mostly done at once shows a bar."""


@dataclass(frozen=True, slots=True)
class CommandContext:
    """What a command works with.

    Attributes:
        workspace: the settings in force.
        as_json: print one JSON document.
        verbose: 0 to 2.
        quiet: print results and errors only.
    """

    workspace: Workspace
    as_json: bool
    verbose: int
    quiet: bool

    @property
    def terminal(self) -> Terminal | None:
        """Return the terminal that stdout is; None where results are printed as plain lines."""
        if self.quiet or self.as_json or not sys.stdout.isatty():
            return None
        from blobprep.cli.terminal import Terminal  # which loads rich

        return Terminal.of(sys.stdout)

    @contextmanager
    def progress(self, *, shared: bool = False, patience: float = 0.0) -> Iterator[Callable[[Progress], None] | None]:
        """Show progress on stderr as long as this lasts, by what is yielded; None where it is not to be shown.

        A terminal gets a bar, above which `sys.stderr` writes meanwhile. Anything else gets a line now and then if the
        user wants to know more.

        Args:
            shared: whether something else writes to the same terminal, such as a debugger; a bar would disturb it.
            patience: seconds of a stage before a bar appears.
        """
        terminal = None
        if not (shared or self.quiet or self.as_json) and sys.stderr.isatty():
            from blobprep.cli.terminal import Terminal  # which loads rich

            terminal = Terminal.of(sys.stderr)
        if terminal is not None:
            from blobprep.cli.progress import show_progress

            with show_progress(terminal, patience) as bar:
                yield bar
        elif self.verbose and not self.quiet:
            from blobprep.cli.progress_lines import ProgressLines

            yield ProgressLines()
        else:
            yield None

    def warn(self) -> None:
        """Print the warnings that have come up, each once."""
        while self.workspace.warnings:
            note(f"blobprep: warning: {self.workspace.warnings.pop(0)}")


@contextmanager
def open_context(
    account: str | None, protocol: str | None, config: Path | None, as_json: bool, verbose: int, quiet: bool
) -> Iterator[CommandContext]:
    """Open the settings for a command; at its end print warnings and the error, if any.

    Raises:
        typer.Exit: with the code of the error.
    """
    context: CommandContext | None = None
    try:
        with _interruptible(), _print_retries(verbose):
            from blobprep.settings import Workspace

            workspace = Workspace(config=config, account=account, protocol=protocol)
            context = CommandContext(workspace, as_json, verbose, quiet)
            yield context
    except typer.Exit:
        raise
    except StdoutClosed:
        raise typer.Exit(flush(0)) from None
    except BaseException as error:
        if context is not None:
            context.warn()
        raise typer.Exit(print_error(error, as_json=as_json, trace=verbose > 1)) from None
    context.warn()


@contextmanager
def _print_retries(verbose: int) -> Iterator[None]:
    """Print one line to stderr for each request that is sent again, if the user wants to know more."""
    if not verbose:
        yield
        return
    import logging

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            note(f"blobprep: {record.getMessage()}")

    log, handler = logging.getLogger("blobprep"), Lines(logging.INFO)
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGINT, SIGTERM and SIGHUP raise `Interrupted` here, so that a run can finish its manifest.

    Under `nohup` this process was started to ignore SIGHUP, and goes on ignoring it.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise Interrupted(number)

    numbers = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
