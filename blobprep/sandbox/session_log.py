"""Where the lines of a child go: to the log of a call, and a child is started before the first call."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from blobprep.sandbox.run_log import RunLog

__all__ = ["SessionLog"]

_HELD: Final = 1 << 20  # bytes held for the first call; an interpreter that does not start says far less
_ENTRY: Final = 64  # bytes that each entry counts besides its own


class SessionLog:
    """The log of the latest call; before the first one, a bounded buffer that its log begins with.

    What arrives between two calls goes to the log of the earlier one, which left running what wrote it. May be written
    to from several threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._log: RunLog | None = None
        self._held: list[Callable[[RunLog], None]] = []
        self._size = self._dropped = 0

    def attach(self, log: RunLog) -> None:
        """Send all that follows to a log, and first what was held."""
        with self._lock:
            for write in self._held:
                write(log)
            if self._dropped:
                log.say(f"{self._dropped} bytes that the child wrote before it was asked anything were dropped")
            self._held, self._size, self._dropped = [], 0, 0
            self._log = log

    def record(self, stream: int, data: bytes) -> None:
        """Take bytes of a stream of the child."""
        self._take(lambda log: log.record(stream, data), len(data))

    def say(self, text: str) -> None:
        """Add a line of blobprep's own."""
        self._take(lambda log: log.say(text), len(text))

    def _take(self, write: Callable[[RunLog], None], size: int) -> None:
        with self._lock:  # held while writing, so that a line never overtakes those that were held
            if self._log is not None:
                write(self._log)
            elif self._size + size + _ENTRY <= _HELD:
                self._held.append(write)
                self._size += size + _ENTRY
            else:
                self._dropped += size
