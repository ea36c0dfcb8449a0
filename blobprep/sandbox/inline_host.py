"""A host that runs the child's code in this interpreter, for debugging: level `off`."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from contextlib import suppress

from blobprep.sandbox.guard.remove_tree import remove_tree
from blobprep.sandbox.host import Channels, Report

__all__ = ["InlineHost"]


class InlineHost:
    """Run the child's code in this interpreter, for debugging; nothing is confined, limited or killed.

    The pump still takes the log over the same channels; `work` is called by the thread that waits.
    """

    def __init__(self) -> None:
        self.measures = ()
        self._root = tempfile.mkdtemp(prefix="blobprep-")
        self.folder = os.path.join(self._root, "work")
        os.mkdir(self.folder, 0o700)
        control, self._control = socket.socketpair()
        log, self._log = os.pipe()
        self.channels = Channels(control, log, None, None)
        self._worked = threading.Event()
        # The child's first frame, said here: there is nothing to start and nothing to confine.
        self._control.sendall(b'{"frame": "confined", "measures": []}\n')

    def work(self) -> None:
        """Run the script here and now."""
        from blobprep.child.main import serve

        if not self._worked.is_set():
            self._worked.set()
            try:
                serve(self._control, self._log)
            finally:
                self._finish()

    def life(self) -> None:
        """Return None: the end of `work` closes the control socket, which says the same."""

    def ended(self, line: bytes) -> Report | None:
        """Return None: never called."""
        return None

    def start_clock(self) -> None:
        """Do nothing: there is no limit here."""

    def kill(self) -> None:
        """See that nothing starts; of what has begun only the wait for inputs can be ended, not the script."""
        if not self._worked.is_set():
            self._worked.set()
            self._finish()
            return
        with suppress(OSError):
            self.channels.control.shutdown(socket.SHUT_WR)

    def end(self) -> None:
        """Remove the run's folder."""
        remove_tree(self._root)

    def close(self) -> None:
        """Close the parent's ends."""
        self.channels.close()

    def _finish(self) -> None:
        os.close(self._log)
        # Closing alone would not end it: the child's listener waits in the same socket, and keeps it open.
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        self._control.close()
