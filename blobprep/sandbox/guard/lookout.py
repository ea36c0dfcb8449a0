"""The guard's second thread, which checks the limits: even if a check blocks, the main thread still hears the parent.

A script can make the kernel block a reader of `/proc`: the files about its memory maps and about the descriptors that
it polls need the same locks as its threads. A check that makes no progress therefore counts as an exceeded limit, the
one that it is checking; and sooner if the file system has lost more space than the script may use.

Uses only the standard library, and little of it: the guard runs this.
"""

from __future__ import annotations

import os
import threading
import time

from blobprep.sandbox.guard.monitor import Monitor

__all__ = ["Lookout"]

_PATIENCE = 10.0  # seconds without progress after which a check counts as an exceeded limit
_PATIENCE_WITH_DISKS = 30.0  # the same for disks, which can be slow for other reasons
_LOST = 1.0  # seconds after which the file system's free space is checked instead
_END = 1.0  # seconds to wait for the last check


class Lookout:
    """A thread that checks the limits of a run again and again, until one is exceeded.

    Args:
        monitor: what it checks with.

    Attributes:
        readable: a descriptor that becomes readable once a limit is exceeded.
    """

    # No lock: `_cause` is written once, by the lookout thread, before it writes to the pipe; the main thread reads it.
    # `looks_for` and `moved` of the monitor are written by the lookout thread and only read by the main thread. The
    # main thread must never wait for the lookout thread, which a script may have blocked in the kernel.

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor
        self._cause = ""
        self._ended = threading.Event()
        self.readable, self._writable = os.pipe()
        self._thread = threading.Thread(target=self._run, daemon=True)  # daemon: it must not keep the guard from ending
        self._thread.start()

    def check(self) -> str:
        """Return the name of the exceeded limit, empty if none is known to be exceeded; called by the main thread."""
        if self._cause:
            return self._cause
        waited = time.monotonic() - self._monitor.moved
        if not self._monitor.looks_for or waited < _LOST:
            return ""
        if self._monitor.has_lost_too_much():
            return "disk"
        most = _PATIENCE_WITH_DISKS if self._monitor.looks_for in ("disk", "files") else _PATIENCE
        return self._monitor.looks_for if waited > most else ""

    def close(self) -> bool:
        """Stop checking; wait a moment for the thread, and return whether it has ended."""
        self._ended.set()
        self._thread.join(_END)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._ended.is_set():
            if cause := self._monitor.check():
                self._cause = cause
                os.write(self._writable, b"!")
                return
            self._ended.wait(self._monitor.pause)
