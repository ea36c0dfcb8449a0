"""Send frames to a child from a thread of its own, so that a child that does not listen holds up no one."""

from __future__ import annotations

import array
import os
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue

__all__ = ["Announcer"]


@dataclass(frozen=True, slots=True)
class _Announcement:
    """A frame to send.

    Attributes:
        frame: its bytes.
        descriptors: copies of those that go with it; the announcer's, which closes them.
        on_sent: called with whether it was sent.
    """

    frame: bytes
    descriptors: tuple[int, ...] = ()
    on_sent: Callable[[bool], None] = lambda sent: None

    def close(self) -> None:
        for descriptor in self.descriptors:
            os.close(descriptor)


class Announcer:
    """A queue of frames, sent in their order by one thread, which alone writes to the control socket.

    Args:
        control: the parent's end of the control socket; it stays its owner's.
    """

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._queue: SimpleQueue[_Announcement | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="blobprep-announcer", daemon=True)
        self._thread.start()

    def announce(
        self, frame: bytes, descriptors: Iterable[int] = (), on_sent: Callable[[bool], None] = lambda sent: None
    ) -> None:
        """Send a frame after those before; returns at once, from any thread.

        Args:
            frame: its bytes.
            descriptors: go with its first bytes; they are copied here, and the caller may close its own at once.
            on_sent: called with whether it was sent, from the announcer's thread.
        """
        self._queue.put(_Announcement(frame, tuple(map(os.dup, descriptors)), on_sent))

    def close(self) -> None:
        """Send nothing more: the child is gone, or does not need to hear anything more."""
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)  # which ends a wait for a child that does not read
        self._queue.put(None)
        self._thread.join()
        with suppress(Empty):  # what a thread announced that had not heard of the end yet
            while True:
                if (announcement := self._queue.get_nowait()) is not None:
                    announcement.close()

    def _run(self) -> None:
        sent = True
        while (announcement := self._queue.get()) is not None:
            # Part of a frame may be gone when sending fails: nothing that followed would be understood.
            sent = sent and self._send(announcement)
            announcement.close()  # a stream that the child writes ends with the last copy
            announcement.on_sent(sent)

    def _send(self, announcement: _Announcement) -> bool:
        frame, rights = announcement.frame, array.array("i", announcement.descriptors)
        try:
            if rights:
                done = self._control.sendmsg([frame], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
                frame = frame[done:]
            self._control.sendall(frame)
        except OSError:  # the child is gone; its ending says so
            return False
        return True
