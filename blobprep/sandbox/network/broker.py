"""The broker: the only way from a script to the network.

A child asks for a connection (`blobprep.dialing`); the broker holds the request against the rules, resolves the name
once, looks at what it resolved to, connects, and moves bytes. The child never has a socket that it could point
elsewhere. Each attempt is counted, and each refusal explained in the log when it is first made.

What a child sends is not trusted: a message that is no request, or brings no end of a socket pair, is dropped.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from array import array
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from blobprep.dialing import DIAL_LIMIT, Answer, Dial, DialError, decode_dial, encode_answer
from blobprep.sandbox.network.connection_log import Attempt, Attempts, Outcome
from blobprep.sandbox.network.relay import NOW, Address, connect, relay
from blobprep.sandbox.network.rules import Endpoint, Rules, advice, allowed, normal_host, objection

__all__ = ["Broker", "Caps", "Resolve", "resolve"]

Resolve = Callable[[str, int], list[Address]]

# Messages keep their bounds; macOS knows them for datagrams only.
_KIND: Final = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_DGRAM
_CLOEXEC: Final = getattr(socket, "MSG_CMSG_CLOEXEC", 0)
_CONNECT: Final = 20.0  # seconds
_GRACE: Final = 2.0  # seconds; a name that is being resolved cannot be interrupted
_ADDRESSES: Final = 16  # of a name, that are tried
_SHOWN: Final = 80  # characters of what is no host
_MANY: Final = 1000  # messages that lead to nothing, after which each takes as long:
_SLOW: Final = 0.01  # seconds


@dataclass(frozen=True, slots=True)
class Caps:
    """Bound what a script may ask of the network.

    Attributes:
        connections: open at once.
        carried: bytes, of all connections together, both ways.
    """

    connections: int = 128
    carried: int = 1 << 40


def resolve(host: str, port: int) -> list[Address]:
    """Resolve a name as this machine does; raises `socket.gaierror`."""
    return [(each[0], each[4]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Broker:
    """Connect a child to the endpoints that the rules allow.

    Args:
        rules: in force.
        say: takes a line for the log.
        caps: on connections and bytes.
        resolver: of names.

    Attributes:
        child_end: what the child inherits; closed here by whoever starts it.
    """

    def __init__(
        self, rules: Rules, say: Callable[[str], None], *, caps: Caps | None = None, resolver: Resolve = resolve
    ) -> None:
        self._rules, self._say, self._resolve = rules, say, resolver
        self._caps = caps or Caps()
        self._attempts = Attempts()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._closing = threading.Event()
        self._vain = 0
        self._control, self.child_end = socket.socketpair(socket.AF_UNIX, _KIND)
        self._listener = threading.Thread(target=self._listen, name="blobprep-broker", daemon=True)
        self._listener.start()

    def attempts(self) -> tuple[Attempt, ...]:
        """Return what was tried so far."""
        return self._attempts.rows()

    def close(self) -> None:
        """End all connections and threads; harmless when it is done."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._closing.set()
            for near in self._open:
                with suppress(OSError):
                    near.shutdown(socket.SHUT_RDWR)  # which its thread hears, whatever it is doing
            threads = [self._listener, *self._threads]
        self.child_end.close()
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        deadline = time.monotonic() + _GRACE
        for thread in threads:
            thread.join(max(deadline - time.monotonic(), 0))
        self._control.close()

    def _listen(self) -> None:
        size = socket.CMSG_LEN(array("i").itemsize)  # one descriptor; the kernel closes what is more
        while not self._closed:
            try:
                data, ancillary, _, _ = self._control.recvmsg(DIAL_LIMIT + 1, size, _CLOEXEC)
            except OSError:
                return
            near = _received(b"".join(rights for _, _, rights in ancillary))
            if near is None and not data:  # the last of the child's processes is gone
                return
            if near is None or not self._take(data, near):
                self._slow_down()

    def _slow_down(self) -> None:
        """Wait where a script goes on asking for what it does not get: it would cost this process as much as itself."""
        self._vain += 1
        if self._vain > _MANY:
            self._closing.wait(_SLOW)

    def _take(self, data: bytes, near: socket.socket) -> bool:
        """Answer a request, or give it to a thread of its own; False where it leads to nothing."""
        try:
            dial = decode_dial(data)
            endpoint = Endpoint(normal_host(dial.host), dial.port)
            shown = str(endpoint)
        except DialError:
            near.close()
            return False
        except ValueError as error:
            shown = repr(f"{dial.host}:{dial.port}"[:_SHOWN])
            self._refuse(near, shown, f"a script may not reach {shown}: {error}")
            return False
        if not allowed(endpoint, self._rules):
            self._refuse(near, shown, advice(endpoint, self._rules))
            return False
        thread = threading.Thread(target=self._serve, args=(dial, endpoint, near), name="blobprep-relay", daemon=True)
        if self._begin(near, thread):
            return True
        if self._closed:
            near.close()
            return False
        limit = f"{self._caps.connections} connections are open, and no more are allowed at once"
        self._refuse(near, shown, f"a script may not reach {shown} now: {limit}; close some first")
        return False

    def _begin(self, near: socket.socket, thread: threading.Thread) -> bool:
        """Start a connection's thread; False where there are too many."""
        with self._lock:
            if len(self._open) >= self._caps.connections:
                return False
            try:
                if not self._closed:
                    thread.start()
                    self._open.add(near)
                    self._threads = [thread, *(each for each in self._threads if each.is_alive())]
                    return True
            except RuntimeError:  # the machine gives us no more
                pass
            return False

    def _serve(self, dial: Dial, endpoint: Endpoint, near: socket.socket) -> None:
        try:
            with self._connected(dial, endpoint, near) as far:
                relay(near, far, lambda sent, received: self._carry(endpoint, sent, received))
        except _Unreached as unreached:
            self._note(str(endpoint), unreached.outcome, unreached.answer.text)
            if dial.wait:
                _send(near, unreached.answer)
        finally:
            with self._lock:
                self._open.discard(near)
            near.close()

    def _connected(self, dial: Dial, endpoint: Endpoint, near: socket.socket) -> socket.socket:
        """Connect, and tell the child so; where it does not wait it is told first."""
        if not dial.wait:
            _send(near, Answer("connected"))
        far = self._reach(endpoint, near)
        self._note(str(endpoint), "reached", "")
        if dial.wait:
            _send(near, Answer("connected"))
        return far

    def _reach(self, endpoint: Endpoint, near: socket.socket) -> socket.socket:
        """Connect to what a name resolves to and may resolve to.

        Raises:
            _Unreached: neither.
        """
        try:
            found = self._resolve(endpoint.host, endpoint.port)[:_ADDRESSES]
        except OSError as error:
            answer = Answer("unresolved", error.errno or 0, f"{endpoint.host} cannot be resolved: {error.strerror}")
            raise _Unreached("failed", answer) from error
        objections = [objection(endpoint, str(address[0]), self._rules) for _, address in found]
        addresses = [each for each, against in zip(found, objections, strict=True) if not against]
        if not addresses:
            raise _Unreached("refused", Answer("refused", text="; ".join(dict.fromkeys(objections))))
        try:
            return connect(addresses, near, _CONNECT)
        except OSError as error:
            text = f"{endpoint} is allowed, but cannot be reached: {error.strerror}"
            raise _Unreached("failed", Answer("failed", error.errno or 0, text)) from error

    def _carry(self, endpoint: Endpoint, sent: int, received: int) -> bool:
        if self._attempts.carry(str(endpoint), sent, received) <= self._caps.carried:
            return True
        self._note(str(endpoint), "refused", f"{self._caps.carried} bytes have been carried, and no more are allowed")
        return False

    def _refuse(self, near: socket.socket, shown: str, reason: str) -> None:
        self._note(shown, "refused", reason)
        with near:
            _send(near, Answer("refused", text=reason))

    def _note(self, shown: str, outcome: Outcome, reason: str) -> None:
        if self._attempts.note(shown, outcome, reason) and reason:
            self._say(f"network: {reason}")


class _Unreached(Exception):
    def __init__(self, outcome: Outcome, answer: Answer) -> None:
        super().__init__(answer.text)
        self.outcome, self.answer = outcome, answer


def _received(rights: bytes) -> socket.socket | None:
    """Take the end of a socket pair out of what came with a message; anything else is closed."""
    numbers = array("i")
    numbers.frombytes(rights[: len(rights) - len(rights) % numbers.itemsize])
    ends = []
    for number in numbers:
        try:
            ends.append(socket.socket(fileno=number))
        except OSError:  # a file, a pipe
            os.close(number)
    if len(ends) == 1 and ends[0].family == socket.AF_UNIX and ends[0].type == socket.SOCK_STREAM:
        return ends[0]
    for end in ends:
        end.close()
    return None


def _send(near: socket.socket, answer: Answer) -> None:
    with suppress(OSError):  # a child that does not listen hears nothing
        near.send(encode_answer(answer), NOW)
