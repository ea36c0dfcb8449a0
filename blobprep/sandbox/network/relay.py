"""One connection of a child: connect, then move bytes both ways until both sides have finished or one is gone.

Runs in a relay thread of the broker, which waits only in `poll`. `Broker.close` wakes it from another thread by
shutting the child's end down; nothing here closes that end. The child may keep a copy of the end that it sent, and can
change its flags at any time, so every call here says for itself (`NOW`) that it must not block.
"""

from __future__ import annotations

import errno
import os
import select
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

__all__ = ["NOW", "Address", "connect", "relay"]

Address = tuple[int, tuple[Any, ...]]
"""A socket's family and address, as `socket.getaddrinfo` returns them."""

NOW: Final = getattr(socket, "MSG_DONTWAIT", 0) | getattr(socket, "MSG_NOSIGNAL", 0)
_BUFFER: Final = 128 * 1024


def connect(addresses: Sequence[Address], near: socket.socket, seconds: float) -> socket.socket:
    """Connect to the first address that answers.

    Args:
        addresses: at least one.
        near: the child's end; connecting stops when the child closes its own.
        seconds: for all addresses together.

    Raises:
        OSError: none answered; it is the error of the last one.
    """
    deadline = time.monotonic() + seconds
    failure = OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
    for left, (family, address) in zip(range(len(addresses), 0, -1), addresses, strict=True):
        far = socket.socket(family, socket.SOCK_STREAM)
        try:
            far.setblocking(False)
            far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            far.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            number = far.connect_ex(address)
            if number == errno.EINPROGRESS:
                number = _wait_for_outcome(far, near, (deadline - time.monotonic()) / left)
        except BaseException:
            far.close()
            raise
        if number == 0:
            return far
        far.close()
        failure = OSError(number, os.strerror(number))
        if number == errno.ECONNABORTED:
            break
    raise failure


def _wait_for_outcome(far: socket.socket, near: socket.socket, seconds: float) -> int:
    """Wait until a connection is made or fails; return its errno, 0 if it was made."""
    poller = select.poll()
    poller.register(far, select.POLLOUT)
    poller.register(near, 0)  # no events: poll still reports that the child is gone
    ready = dict(poller.poll(max(seconds, 0) * 1000))
    if near.fileno() in ready:
        return errno.ECONNABORTED
    if far.fileno() not in ready:
        return errno.ETIMEDOUT
    return far.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


class _Flow:
    """The bytes of one direction, a buffer at a time: no more is read until the buffer has been passed on."""

    def __init__(self, source: socket.socket, sink: socket.socket) -> None:
        self._source, self._sink = source, sink
        self._buffer = memoryview(bytearray(_BUFFER))
        self._pending = self._buffer[:0]
        self.is_over = False

    def awaited(self) -> tuple[int, int]:
        """Return the descriptor and the event to wait for before bytes can move."""
        return (self._sink.fileno(), select.POLLOUT) if self._pending else (self._source.fileno(), select.POLLIN)

    def move(self) -> int:
        """Move what can be moved without blocking, and pass on the end of the stream; return the bytes passed on.

        Raises:
            OSError: one of the two sides is gone.
        """
        try:
            if not self._pending:
                size = self._source.recv_into(self._buffer, 0, NOW)
                self._pending = self._buffer[:size]
                if not size:
                    self.is_over = True
                    self._sink.shutdown(socket.SHUT_WR)
                    return 0
            sent = self._sink.send(self._pending, NOW)
        except BlockingIOError:
            return 0
        self._pending = self._pending[sent:]
        return sent


def relay(near: socket.socket, far: socket.socket, carried: Callable[[int, int], bool]) -> None:
    """Move bytes until both directions are over, or one side is gone.

    Args:
        near: the child's end.
        far: the connection.
        carried: receives the numbers of bytes sent and received; its False ends the connection.
    """
    out, back = _Flow(near, far), _Flow(far, near)
    try:
        while not (out.is_over and back.is_over):
            flows = [flow for flow in (out, back) if not flow.is_over]
            ready = _wait_for_any(flows, near if out.is_over else None)
            if out.is_over and ready.get(near.fileno(), 0) & (select.POLLHUP | select.POLLERR):
                return  # the child has closed its end: what may still arrive has no reader
            for flow in flows:
                if flow.awaited()[0] in ready:
                    moved = flow.move()
                    if moved and not carried(*((moved, 0) if flow is out else (0, moved))):
                        return
    except OSError:  # reset, or closed by one side
        return


def _wait_for_any(flows: Sequence[_Flow], near: socket.socket | None) -> dict[int, int]:
    wanted = {} if near is None else {near.fileno(): 0}
    for number, event in (flow.awaited() for flow in flows):
        wanted[number] = wanted.get(number, 0) | event
    poller = select.poll()
    for number, event in wanted.items():
        poller.register(number, event)
    return dict(poller.poll())
