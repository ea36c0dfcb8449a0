"""Send frames to a child from a thread of its own, so that a child that does not listen holds nobody up."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from queue import SimpleQueue

__all__ = ["Announcer"]


class Announcer:
    """Send frames in their order.

    Args:
        control: the parent's end of the control socket; it stays its owner's.
    """

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._frames: SimpleQueue[bytes | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._send, name="blobprep-announcer", daemon=True)
        self._thread.start()

    def announce(self, frame: bytes) -> None:
        """Send a frame after those before; returns at once."""
        self._frames.put(frame)

    def close(self) -> None:
        """Send no more; the child is gone, or nothing it could hear matters any more."""
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)  # which ends a wait for a child that does not read
        self._frames.put(None)
        self._thread.join()

    def _send(self) -> None:
        with suppress(OSError):  # the child is gone; its ending says so
            while (frame := self._frames.get()) is not None:
                self._control.sendall(frame)
