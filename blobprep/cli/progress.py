"""A line at the bottom of a terminal that shows how far a command is, by rich; loaded only where there is one."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, suppress
from datetime import timedelta
from typing import IO, Final, cast

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn
from rich.table import Column
from rich.text import Text

from blobprep.cli.output import readable
from blobprep.cli.terminal import Terminal

__all__ = ["ProgressBar", "show_progress"]

_CLEAR: Final = "\r\x1b[2K"


class ProgressBar:
    """The line: stage, bar, bytes, rate and time left; of a stage without bytes how long it has taken.

    May be called from several threads: rich's `Progress` has a lock.

    Args:
        progress: rich's own.
        stage: what goes on at first.
    """

    def __init__(self, progress: Progress, stage: str) -> None:
        self._progress = progress
        self._task = progress.add_task(stage, total=None)
        self._done = 0

    def __call__(self, done: int, total: int) -> None:
        """Show bytes done of bytes in all."""
        self._done = max(done, self._done)  # threads that finish together may report in any order
        if total:
            self._progress.update(self._task, completed=self._done, total=total)

    def begin(self, stage: str) -> None:
        """Show that another stage has begun."""
        # The earlier task stays, out of sight: a thread may still be about to report to it.
        self._progress.update(self._task, visible=False)
        self._task = self._progress.add_task(stage, total=None)


@contextmanager
def show_progress(terminal: Terminal, stage: str) -> Iterator[ProgressBar]:
    """Show progress as long as this lasts; then the line is taken away.

    What is written to `sys.stderr` meanwhile appears above the line.
    """
    file = _PatientFile(terminal.console.file)
    console = Console(file=cast(IO[str], file), markup=False, emoji=False, highlight=False)
    numbers = (_Amount(Column(no_wrap=True)), _Time(Column(no_wrap=True)))
    columns = (SpinnerColumn("line"), TextColumn("{task.description}", markup=False), _Bar(None), *numbers)
    progress = Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
    with progress, _AboveTheLine(file) as above, redirect_stderr(above):
        yield ProgressBar(progress, stage)


class _Bar(BarColumn):
    """A bar as wide as the line leaves room for; none for a stage without bytes."""

    def render(self, task: Task) -> RenderableType:  # type: ignore[override]
        return Text("") if task.total is None else super().render(task)


class _Amount(ProgressColumn):
    """Bytes done of bytes in all, and bytes per second."""

    def render(self, task: Task) -> Text:
        if task.total is None:
            return Text("")
        rate = f"  {readable(int(task.speed))}/s" if task.speed else ""
        return Text(f"{readable(int(task.completed))} of {readable(int(task.total))}{rate}")


class _Time(ProgressColumn):
    """Time left; of a stage without bytes the time since it began."""

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        if task.total is None:
            return Text(str(timedelta(seconds=int(task.elapsed or 0))))
        left = task.time_remaining
        return Text("" if left is None else f"{timedelta(seconds=int(left))} left")


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
    """

    def __init__(self, file: _PatientFile) -> None:
        self._file = file
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
                self._file.write(f"{_CLEAR}{lines}\n")
                self._file.flush()
        return len(text)

    def close(self) -> None:
        """Write what was begun and never ended by a newline."""
        if self._pending:
            self.write("\n")
        super().close()
