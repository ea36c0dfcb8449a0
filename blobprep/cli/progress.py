"""A line at the bottom of a terminal that shows how far a command is, by rich; loaded only where there is one."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, suppress
from typing import IO, Final, cast

import rich.progress
from rich.console import Console, RenderableType
from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, Task, TaskID, TextColumn
from rich.table import Column
from rich.text import Text

from blobprep.cli.progress_lines import describe_amount, describe_stage, describe_time
from blobprep.cli.terminal import Terminal
from blobprep.progress import Progress

__all__ = ["ProgressBar", "show_progress"]

_CLEAR: Final = "\r\x1b[2K"


class ProgressBar:
    """The line: stage, bar, what is done, rate and time left; where the end is not known, how long it has taken.

    Called by one thread at a time.

    Args:
        live: rich's own; it is started here.
        patience: seconds of a stage before the line appears.
    """

    def __init__(self, live: rich.progress.Progress, patience: float) -> None:
        self._live, self._patience = live, patience
        self._task: TaskID | None = None
        self._stage = ""

    def __call__(self, progress: Progress) -> None:
        """Show how far the work is."""
        if progress.elapsed < self._patience:
            return
        self._live.start()
        stage = describe_stage(progress)
        if self._task is None or stage != self._stage:
            if self._task is not None:
                self._live.remove_task(self._task)
            self._task, self._stage = self._live.add_task(stage, total=progress.total, seen=progress), stage
        self._live.update(self._task, completed=progress.done, total=progress.total, seen=progress)


@contextmanager
def show_progress(terminal: Terminal, patience: float = 0.0) -> Iterator[ProgressBar]:
    """Show progress as long as this lasts; then the line is taken away.

    What is written to `sys.stderr` meanwhile appears above the line.

    Args:
        terminal: where to.
        patience: seconds of a stage before the line appears.
    """
    file = _PatientFile(terminal.console.file)
    console = Console(file=cast(IO[str], file), markup=False, emoji=False, highlight=False)
    numbers = (_Amount(Column(no_wrap=True)), _Time(Column(no_wrap=True)))
    columns = (SpinnerColumn("line"), TextColumn("{task.description}", markup=False), _Bar(None), *numbers)
    live = rich.progress.Progress(
        *columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
    )
    try:
        with _AboveTheLine(file, lambda: live.live.is_started) as above, redirect_stderr(above):
            yield ProgressBar(live, patience)
    finally:
        live.stop()


class _Bar(BarColumn):
    """A bar as wide as the line leaves room for; none where the end is not known."""

    def render(self, task: Task) -> RenderableType:  # type: ignore[override]
        return Text("") if task.total is None else super().render(task)


class _Amount(ProgressColumn):
    """What is done, of how much, and how fast."""

    def render(self, task: Task) -> Text:
        return Text(describe_amount(task.fields["seen"]))


class _Time(ProgressColumn):
    """Time left; where the end is not known, the time since the stage began."""

    def render(self, task: Task) -> Text:
        return Text(describe_time(task.fields["seen"]))


class _PatientFile(io.TextIOBase):
    """A terminal that may go away while a run goes on, and may know few characters.

    Args:
        file: the stream that leads there.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._encoding = getattr(file, "encoding", None) or "utf-8"

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def fileno(self) -> int:
        return self._file.fileno()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            self._file.write(text.encode(self.encoding, "backslashreplace").decode(self.encoding))
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._file.flush()


class _AboveTheLine(io.TextIOBase):
    """A stream that writes above the line: the script's output, warnings, retries.

    It clears the line and writes in its place; the thread that redraws the line, ten times a second, does so below.
    That thread writes each redrawing in one piece, as this does its lines: neither comes in between the other. A
    script that prints a lot is not slowed down, as it would be by a redrawing for each of its lines.

    Args:
        file: the terminal.
        is_shown: returns whether there is a line.
    """

    def __init__(self, file: _PatientFile, is_shown: Callable[[], bool]) -> None:
        self._file, self._is_shown = file, is_shown
        self._lock = threading.Lock()  # lines come from the main thread, and from that which reads the child's log
        self._pending = ""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._file.encoding

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        with self._lock:
            lines, end, self._pending = (self._pending + text).rpartition("\n")
            if end:
                self._file.write(f"{_CLEAR if self._is_shown() else ''}{lines}\n")
                self._file.flush()
        return len(text)

    def close(self) -> None:
        """Write what was begun and never ended by a newline."""
        if self._pending:
            self.write("\n")
        super().close()
