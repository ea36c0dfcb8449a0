"""The log of a run: what the script wrote, in order, line by line.

A script is not trusted to write only what a terminal, or the reader of a log, can bear: control characters are shown
escaped, every line carries the name of its stream, so that no script can forge a line of blobprep, and of a flood only
the start and the end are kept. What blobprep's own part of the child says is a `note`: a script in the same process
could say it as well.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Final, TextIO

from blobprep.printable import escaped
from blobprep.protocol import NOTE_STREAM, STDERR_STREAM, STDOUT_STREAM
from blobprep.sandbox.levels import DEFAULTS

__all__ = ["LogBook"]

_LINE: Final = 64 * 1024
_OWN: Final = 0  # no number that a child can send
_NAMES: Final = {_OWN: "blobprep", STDOUT_STREAM: "out", STDERR_STREAM: "err", NOTE_STREAM: "note"}


class LogBook:
    """Gather records into lines; may be written to from several threads.

    Args:
        echo: where each line is shown as it is completed, or None.
        kept: bytes that are kept: the first four fifths and the last one; None for all.
    """

    def __init__(self, echo: TextIO | None = None, kept: int | None = DEFAULTS.log_kept) -> None:
        self._tail_limit = 0 if kept is None else kept // 5
        self._head_limit = float("inf") if kept is None else kept - self._tail_limit
        self._echo = echo
        self._lock = threading.Lock()
        self._pending = b""
        self._stream = STDOUT_STREAM
        self._head: list[str] = []
        self._head_size = 0
        self._tail: deque[str] = deque()
        self._tail_size = 0
        self._cut = self._cut_size = 0

    def record(self, stream: int, data: bytes) -> None:
        """Take bytes of a stream. A line that another stream interrupts ends there."""
        with self._lock:
            if stream != self._stream and self._pending:
                self._line(self._pending)
                self._pending = b""
            self._stream = stream
            *lines, self._pending = (self._pending + data).split(b"\n")
            for line in lines:
                self._line(line)
            if len(self._pending) > _LINE:
                self._line(self._pending)
                self._pending = b""

    def say(self, text: str) -> None:
        """Add a line of blobprep's own: one, whatever names that others chose are in it."""
        self._add(_OWN, escaped(text))

    def quote(self, text: str) -> None:
        """Add lines with words of the child's in them: they are notes, whoever wrote the rest."""
        self._add(NOTE_STREAM, text.replace("\r\n", "\n").rstrip("\n"))

    def _add(self, stream: int, text: str) -> None:
        self.record(stream, text.encode("utf-8", "backslashreplace") + b"\n")

    def hush(self) -> None:
        """Show no further line; they are still kept."""
        self._echo = None

    def text(self) -> str:
        """Return the log so far; where lines were cut out it says how many."""
        with self._lock:
            if self._pending:
                self._line(self._pending)
                self._pending = b""
            told = f"… {self._cut} lines cut, {self._cut_size} bytes; --limit log_kept=… keeps more …"
            cut = [f"blobprep | {told}\n"] if self._cut else []
            return "".join([*self._head, *cut, *self._tail])

    def _line(self, data: bytes) -> None:
        line = f"{_NAMES[self._stream]} | {_printable(data)}\n"
        if self._echo is not None:
            self._show(line)
        size = _size(line)
        if self._head_size < self._head_limit and not self._tail:
            self._head.append(line)
            self._head_size += size
            return
        self._tail.append(line)
        self._tail_size += size
        while self._tail_size > self._tail_limit and len(self._tail) > 1:
            oldest = _size(self._tail.popleft())
            self._tail_size -= oldest
            self._cut_size += oldest
            self._cut += 1

    def _show(self, line: str) -> None:
        try:
            try:
                print(line, end="", file=self._echo, flush=True)
            except UnicodeEncodeError as error:  # a terminal that knows fewer characters
                line = line.encode(error.encoding, "backslashreplace").decode(error.encoding)
                print(line, end="", file=self._echo, flush=True)
        except (OSError, ValueError):  # the terminal is gone; the run goes on
            self._echo = None


def _size(line: str) -> int:
    return len(line) if line.isascii() else len(line.encode())


def _printable(data: bytes) -> str:
    """Return one line as text: what a carriage return overwrote is gone, the rest of the control characters escaped."""
    text = data.decode("utf-8", "backslashreplace").rstrip("\r")
    return escaped(text.rpartition("\r")[2])
