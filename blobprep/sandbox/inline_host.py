"""A host that runs the child's code in this interpreter, for debugging: level `off`."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from blobprep.protocol import encode_frame
from blobprep.sandbox.guard.remove_tree import remove_tree
from blobprep.sandbox.host import Channels, Report

if TYPE_CHECKING:
    from blobprep.child.channel import Channel

__all__ = ["InlineHost"]


class InlineHost:
    """The child's code in this interpreter, for debugging; nothing is confined, limited or killed.

    The pump still takes the log over the same channels; `work` is called by the thread that waits, once for each
    request.
    """

    def __init__(self) -> None:
        self.measures = ()
        self.pid = 0
        self.preparation = b""
        self._root = tempfile.mkdtemp(prefix="blobprep-")
        self.folder = os.path.join(self._root, "work")
        os.mkdir(self.folder, 0o700)
        control, self._control = socket.socketpair()
        log, self._log = os.pipe()
        self.channels = Channels(control, log, None, None)
        self._channel: Channel | None = None
        self._results: dict[str, Any] = {}  # what a run keeps for its profile; of the script itself nothing is kept
        self._lock = threading.Lock()  # guards the state: `kill` comes from any thread
        self._state = "idle"  # or "working", or "ended"
        # The child's first frames, said here: there is nothing to start and nothing to confine.
        self._control.sendall(encode_frame("confined", measures=[]) + encode_frame("prepared"))

    def work(self) -> None:
        """Answer a request here and now; does nothing once the child has ended."""
        from blobprep.child.channel import Channel
        from blobprep.child.kept_script import KeptScript
        from blobprep.child.main import answer
        from blobprep.child.script.streams import Recorder

        with self._lock:
            if self._state != "idle":
                return
            self._state = "working"
        self._channel = self._channel or Channel(self._control)
        goes_on = False
        try:
            recorder = Recorder(self._log)
            try:
                goes_on = answer(self._channel, recorder, KeptScript(self._results), alone=False)
            finally:
                recorder.close()
        finally:
            with self._lock:
                if self._state == "working" and goes_on:
                    self._state = "idle"
                else:
                    goes_on, self._state = False, "ended"
            if not goes_on:
                self._finish()

    def life(self) -> None:
        """Return None: the end of the child closes the control socket, which says the same."""

    def ended(self, line: bytes) -> Report | None:
        """Return None: never called."""
        return None

    def check(self) -> bool:
        """Return False: there is no limit here."""
        return False

    def start_clock(self) -> None:
        """Do nothing: there is no limit here."""

    def kill(self) -> None:
        """See that nothing starts; of what has begun only the wait for inputs can be ended, not the script."""
        with self._lock:
            before, self._state = self._state, "ended"
        if before == "idle":
            self._finish()
        elif before == "working":  # `work` finishes
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
        # Closing alone would not end it: the channel's reader waits in the same socket, and keeps it open.
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        if self._channel is not None:
            self._channel.close()
        self._control.close()
