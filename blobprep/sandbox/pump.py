"""The pump: a thread that reads all channels of a child until the child has ended."""

from __future__ import annotations

import os
import select
import selectors
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Final

__all__ = ["Pump", "Reader", "is_hung_up", "take_lines"]

Reader = Callable[[bytes], None]
"""Takes what a channel carried; from the pump's thread, so that it must return at once."""

_READ: Final = 1 << 16
_ROUNDS: Final = 64  # enough to empty the largest pipe


class Pump:
    """Read channels and pass on what they carry.

    Args:
        streams: readers of the child's output, by descriptor.
        channels: readers of all else.
        last: the descriptor, among `channels`, on which the child's end is heard.
        has_ended: whether the end was heard, besides that `last` was closed.
        on_end: called when the child has ended and the rest was read; whatever happens.
    """

    def __init__(
        self,
        streams: Mapping[int, Reader],
        channels: Mapping[int, Reader],
        last: int,
        has_ended: Callable[[], bool],
        on_end: Callable[[], None],
    ) -> None:
        self._streams = streams
        self._readers = {**streams, **channels}
        self._last, self._has_ended, self._on_end = last, has_ended, on_end
        self._thread = threading.Thread(target=self._run, name="blobprep-pump", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def join(self) -> None:
        """Wait for the end; only afterwards may the descriptors be closed: their numbers may be another file's next."""
        self._thread.join()

    def drain(self) -> None:
        """Read what the child's output holds now; to be called by a reader."""
        with selectors.DefaultSelector() as selector:
            for descriptor in self._streams:
                selector.register(descriptor, selectors.EVENT_READ)
            for _ in range(_ROUNDS):  # a child that goes on writing does not hold us
                ready = selector.select(0)
                if not ready:
                    return
                for key, _ in ready:
                    if data := _read(key.fd):
                        self._readers[key.fd](data)
                    else:
                        selector.unregister(key.fd)

    def _run(self) -> None:
        try:
            self._listen()
        finally:
            self._on_end()

    def _listen(self) -> None:
        """Read all channels until `last` says that the child has ended; then what is still in the others."""
        with selectors.DefaultSelector() as selector:
            for descriptor in self._readers:
                selector.register(descriptor, selectors.EVENT_READ)
            ended, rounds = False, 0
            while not ended or selector.get_map():
                ready = selector.select(0 if ended else None)
                rounds += ended
                if ended and (not ready or rounds > _ROUNDS):
                    return  # a process that outlived the child may hold a channel open, or go on writing
                # The streams first: a reader of another channel may `drain` them, and reading again would wait.
                for key, _ in sorted(ready, key=lambda event: event[0].fd not in self._streams):
                    data = _read(key.fd)
                    if data:
                        self._readers[key.fd](data)
                    else:
                        selector.unregister(key.fd)
                    ended |= key.fd == self._last and (not data or self._has_ended())
                    if ended and self._last in selector.get_map():
                        selector.unregister(self._last)


def is_hung_up(channel: socket.socket) -> bool:
    """Tell whether the other end of a channel is closed; what was sent before may still be there to read."""
    polled = select.poll()
    polled.register(channel, 0)  # an end is told of in any case
    return bool(polled.poll(0))


def take_lines(buffer: bytearray) -> list[bytes]:
    """Take the complete lines off the front of a buffer."""
    *lines, rest = bytes(buffer).split(b"\n")
    buffer[:] = rest
    return lines


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, _READ)
    except OSError:
        return b""
