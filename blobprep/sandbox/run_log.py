"""The log of a run: what the script wrote, in order, line by line.

A script is not trusted to write only what is safe for a terminal, or for the reader of a log: control characters are
shown escaped, every line carries the name of its stream, so that no script can forge a line of blobprep, and only the
start and the end of a flood are kept. What blobprep's own part of the child reports is a `note`: a script in the same
process could have written it too.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TextIO

from blobprep.limits import DEFAULTS
from blobprep.printable import escape
from blobprep.protocol import NOTE_STREAM, STDERR_STREAM, STDOUT_STREAM

__all__ = ["RunLog"]

_LINE: Final = 64 * 1024
_OWN: Final = 0  # a number that a child cannot send
_NAMES: Final = {_OWN: "blobprep", STDOUT_STREAM: "out", STDERR_STREAM: "err", NOTE_STREAM: "note"}


@dataclass(frozen=True, slots=True)
class _Lines:
    """Complete lines of one stream as they came, and their number; the line end of the last one is left out."""

    stream: int
    data: bytes
    count: int

    @property
    def size(self) -> int:
        """Return the least number of bytes they have once formatted: empty lines count too."""
        return len(self.data) + self.count * len(f"{_NAMES[self.stream]} | ")

    def formatted(self) -> Iterator[str]:
        for line in self.data.split(b"\n"):
            yield f"{_NAMES[self.stream]} | {_printable(line)}\n"


class RunLog:
    """The lines of a log; may be written to from several threads.

    Lines are formatted at once while they are shown or belong to the start of the log. Later ones are kept as they
    came, since most of a flood is never seen: it costs this process little more than reading it.

    Args:
        echo: where each line is shown once it is complete, or None.
        kept: bytes that are kept: four fifths from the start and one fifth from the end; None for all.
    """

    def __init__(self, echo: TextIO | None = None, kept: int | None = DEFAULTS.log_kept) -> None:
        self._tail_limit = 0 if kept is None else kept // 5
        self._head_limit = float("inf") if kept is None else kept - self._tail_limit
        self._echo = echo
        self._lock = threading.Lock()
        self._pending = bytearray()
        self._stream = STDOUT_STREAM
        self._head: list[str] = []
        self._head_size = 0
        self._tail: deque[_Lines] = deque()
        self._tail_size = 0
        self._cut = self._cut_size = 0
        self._ended = False

    def record(self, stream: int, data: bytes) -> None:
        """Take bytes of a stream. A line that another stream interrupts ends there."""
        with self._lock:
            if self._ended and stream != _OWN:
                return
            if stream != self._stream:
                self._end_line()
                self._stream = stream
            whole, end, rest = data.rpartition(b"\n")
            if end:
                self._take(bytes(self._pending) + whole)
                self._pending.clear()
            self._pending += rest
            if len(self._pending) > _LINE:
                self._end_line()

    def say(self, text: str) -> None:
        """Add one line of blobprep's own; line ends in it are escaped, since it may quote names that others chose."""
        self._add(_OWN, escape(text))

    def quote(self, text: str) -> None:
        """Add lines that quote the child; they are notes, even where blobprep wrote the rest."""
        self._add(NOTE_STREAM, text.replace("\r\n", "\n").rstrip("\n"))

    def _add(self, stream: int, text: str) -> None:
        self.record(stream, text.encode("utf-8", "backslashreplace") + b"\n")

    def hush(self) -> None:
        """Stop showing lines; they are still kept."""
        self._echo = None

    def end(self) -> str:
        """Return the log, and drop what a child still writes: it is over. Further lines of blobprep's own are shown."""
        with self._lock:
            self._end_line()
            self._ended = True
        return self.text()

    def text(self) -> str:
        """Return the log so far; where lines were cut out, it says how many."""
        with self._lock:
            self._end_line()
            last = deque(line for lines in self._tail for line in lines.formatted())
            cut, size = self._cut, self._cut_size
            held = sum(map(_size, last))
            while held > self._tail_limit and len(last) > 1:
                oldest = _size(last.popleft())
                held, size, cut = held - oldest, size + oldest, cut + 1
            notice = f"… {cut} lines cut, {size} bytes; --limit log_kept=… keeps more …"
            return "".join([*self._head, *([f"blobprep | {notice}\n"] if cut else []), *last])

    def _end_line(self) -> None:
        if self._pending:
            self._take(bytes(self._pending))
            self._pending.clear()

    def _take(self, data: bytes) -> None:
        """Take complete lines of the current stream."""
        lines = _Lines(self._stream, data, data.count(b"\n") + 1)
        if self._head_size < self._head_limit or self._echo is not None:
            formatted = list(lines.formatted())
            if self._echo is not None:
                self._show("".join(formatted))
            taken = self._begin(formatted)
            if taken == lines.count:
                return
            lines = _Lines(lines.stream, data.split(b"\n", taken)[taken], lines.count - taken)
        self._tail.append(lines)
        self._tail_size += lines.size
        # Formatted lines are longer than unformatted ones: what is dropped here would be cut in any case.
        while self._tail_size - self._tail[0].size > self._tail_limit:
            oldest = self._tail.popleft()
            self._tail_size -= oldest.size
            self._cut += oldest.count
            self._cut_size += oldest.size + 1  # the end of the last one

    def _begin(self, lines: list[str]) -> int:
        """Add lines to the start of the log while there is room; return how many were added."""
        for taken, line in enumerate(lines):
            if self._head_size >= self._head_limit:
                return taken
            self._head.append(line)
            self._head_size += _size(line)
        return len(lines)

    def _show(self, lines: str) -> None:
        try:
            try:
                print(lines, end="", file=self._echo, flush=True)
            except UnicodeEncodeError as error:  # a terminal with fewer characters
                lines = lines.encode(error.encoding, "backslashreplace").decode(error.encoding)
                print(lines, end="", file=self._echo, flush=True)
        except (OSError, ValueError):  # the terminal is gone; the run goes on
            self._echo = None


def _size(line: str) -> int:
    return len(line) if line.isascii() else len(line.encode())


def _printable(data: bytes) -> str:
    """Return a line as text: what a carriage return overwrote is left out, other control characters are escaped."""
    text = data.decode("utf-8", "backslashreplace").rstrip("\r")
    return escape(text.rpartition("\r")[2])
