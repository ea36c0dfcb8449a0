"""What surrounds every command: settings, signals, warnings, errors."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import typer

from blobprep.cli.exit_codes import Interrupted
from blobprep.cli.output import Progress, StdoutClosed, flush, note, print_error

if TYPE_CHECKING:
    from blobprep.settings import Workspace

__all__ = ["Session", "session"]


@dataclass(frozen=True, slots=True)
class Session:
    """Hold what a command works with.

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

    @contextmanager
    def progress(self, verb: str) -> Iterator[Progress | None]:
        """Show progress for as long as this lasts; None where nobody would see it."""
        if self.quiet or not sys.stderr.isatty():
            yield None
            return
        shown = Progress(sys.stderr, verb)
        try:
            yield shown
        finally:
            shown.close()

    def warn(self) -> None:
        """Print the warnings that have come up, each once."""
        while self.workspace.warnings:
            note(f"blobprep: warning: {self.workspace.warnings.pop(0)}")


@contextmanager
def session(
    account: str | None, protocol: str | None, config: Path | None, as_json: bool, verbose: int, quiet: bool
) -> Iterator[Session]:
    """Open a session; at its end print warnings and the error, if any.

    Raises:
        typer.Exit: with the code of the error.
    """
    opened: Session | None = None
    try:
        with _interruptible(), _retries_told(verbose):
            from blobprep.settings import Workspace

            workspace = Workspace(config=config, account=account, protocol=protocol)
            opened = Session(workspace, as_json, verbose, quiet)
            yield opened
    except typer.Exit:
        raise
    except StdoutClosed:
        raise typer.Exit(flush(0)) from None
    except BaseException as error:
        if opened is not None:
            opened.warn()
        raise typer.Exit(print_error(error, as_json=as_json, trace=verbose > 1)) from None
    opened.warn()


@contextmanager
def _retries_told(verbose: int) -> Iterator[None]:
    """Print one line to stderr for each request that is sent again, where the user wants to know more."""
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

    Under `nohup` this process was started to ignore SIGHUP, and does.
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
