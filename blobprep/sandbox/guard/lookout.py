"""Looks at what a child uses, in a thread of their own: whatever makes one last, the guard hears its parent.

A script can have the kernel keep a reader of `/proc` waiting: what tells of its memory maps, or of what it watches,
waits for the same locks as its threads. A look that gets no further counts as what it was looking for being too much,
sooner where the file system has lost more than the script may have taken.

Standard library only, and little of it: the guard runs this.
"""

from __future__ import annotations

import os
import threading
import time

from blobprep.sandbox.guard.monitor import Watch

__all__ = ["Lookout"]

_PATIENCE = 10.0  # seconds in which a look gets no further
_PATIENCE_WITH_DISKS = 30.0  # which can be slow without anybody's fault
_LOST = 1.0  # seconds where the file system tells already
_END = 1.0  # seconds to wait for the last look


class Lookout:
    """Look again and again until a limit is exceeded.

    Args:
        watch: what is looked through.

    Attributes:
        readable: descriptor that can be read once a limit is exceeded.
    """

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._cause = ""
        self._ended = threading.Event()
        self.readable, self._writable = os.pipe()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def exceeded(self) -> str:
        """Return the limit that is exceeded, in the word of its error; empty for none as far as is known."""
        if self._cause:
            return self._cause
        waited = time.monotonic() - self._watch.moved
        if not self._watch.looks_for or waited < _LOST:
            return ""
        if self._watch.has_lost_too_much():
            return "disk"
        most = _PATIENCE_WITH_DISKS if self._watch.looks_for in ("disk", "files") else _PATIENCE
        return self._watch.looks_for if waited > most else ""

    def close(self) -> None:
        """Look no more."""
        self._ended.set()
        self._thread.join(_END)

    def _look(self) -> None:
        while not self._ended.is_set():
            if cause := self._watch.exceeded():
                self._cause = cause
                os.write(self._writable, b"!")
                return
            self._ended.wait(self._watch.pause)
