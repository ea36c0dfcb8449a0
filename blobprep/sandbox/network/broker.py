"""The broker: the only way from a script to the network.

A child asks for a connection (`blobprep.dialing`). The broker checks the request against the rules, resolves the name
once, checks the addresses it resolved to, connects, and moves bytes. The child never has a socket that it could point
elsewhere. Every attempt is counted, and a refusal is explained in the log the first time.

What a child sends is not trusted: a message that is not a request, or does not bring one end of a socket pair, is
dropped.

Threads: `Broker` is made and closed by the thread that runs the child. One listener thread receives requests, answers
refusals itself, and starts a relay thread for each allowed request; only it starts threads, so `_threads` has one
writer. A relay thread resolves, connects, and moves bytes until the connection ends. Any of them may log and count.

Descriptors: the end that came with a request belongs to the listener until a relay thread has started, which then
closes it; `close` only shuts it down, so that a number is never closed while a thread may still use it. The parent's
end of the broker's socket is closed last, after the threads have ended, or have had `_GRACE` seconds to.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from array import array
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from blobprep.dialing import DIAL_LIMIT, Answer, Dial, DialError, decode_dial, encode_answer
from blobprep.sandbox.network.connection_log import ConnectionLog, ConnectionRecord, Outcome
from blobprep.sandbox.network.relay import NOW, Address, connect, relay
from blobprep.sandbox.network.rules import Endpoint, Rules, explain_refusal, find_objection, is_allowed, normalize_host

__all__ = ["Broker", "Caps", "Resolve", "resolve"]

Resolve = Callable[[str, int], list[Address]]

# Messages keep their bounds; macOS knows them for datagrams only.
_CLOEXEC: Final = getattr(socket, "MSG_CMSG_CLOEXEC", 0)
_CONNECT: Final = 20.0  # seconds
_GRACE: Final = 2.0  # seconds to wait for threads; resolving a name cannot be interrupted
_ADDRESSES: Final = 16  # addresses of a name that are tried
_SHOWN: Final = 80  # characters of an invalid host that are quoted
_MANY: Final = 1000  # rejected requests, after which each further one is delayed:
_SLOW: Final = 0.01  # seconds


@dataclass(frozen=True, slots=True)
class Caps:
    """Limits on a script's use of the network.

    Attributes:
        connections: how many may be open at once.
        carried: bytes of all connections together, in both directions.
    """

    connections: int = 128
    carried: int = 1 << 40


def resolve(host: str, port: int) -> list[Address]:
    """Resolve a name as this machine does; raises `socket.gaierror`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, address) for family, _, _, _, address in found]


class Broker:
    """A connection service for one child, which reaches the endpoints that the rules allow.

    Args:
        control: this process's end of the socket to the child, which keeps messages apart; closed by `close`.
        rules: the rules in force.
        log: takes a line for the log; called from several threads.
        caps: limits on connections and bytes.
        resolver: resolves names.
    """

    def __init__(
        self,
        control: socket.socket,
        rules: Rules,
        log: Callable[[str], None],
        *,
        caps: Caps | None = None,
        resolver: Resolve = resolve,
    ) -> None:
        self._rules, self._log, self._resolve = rules, log, resolver
        self._caps = caps or Caps()
        self._connections = ConnectionLog()
        self._lock = threading.Lock()  # of the next three; `_closed` is also read without it, by the listener's loop
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._closing = threading.Event()
        self._rejected = 0
        self._control = control
        self._listener = threading.Thread(target=self._listen, name="blobprep-broker", daemon=True)
        self._listener.start()

    def connections(self) -> tuple[ConnectionRecord, ...]:
        """Return what the script has tried to reach so far."""
        return self._connections.rows()

    def forget(self) -> None:
        """Count attempts and bytes from now on, for the next call to the same child."""
        self._connections.clear()

    def close(self) -> None:
        """End all connections and threads; does nothing the second time. Called by the thread that runs the child."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._closing.set()
            for near in self._open:
                with suppress(OSError):
                    near.shutdown(socket.SHUT_RDWR)  # wakes its relay thread from any wait but that for a name
            threads = [self._listener, *self._threads]
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)  # wakes the listener from `recvmsg`
        deadline = time.monotonic() + _GRACE
        for thread in threads:
            thread.join(max(deadline - time.monotonic(), 0))
        self._control.close()

    def _listen(self) -> None:
        size = socket.CMSG_LEN(array("i").itemsize)  # room for one descriptor; the kernel closes any others
        while not self._closed:
            try:
                data, ancillary, _, _ = self._control.recvmsg(DIAL_LIMIT + 1, size, _CLOEXEC)
            except OSError:
                return
            near = _receive_socket(b"".join(rights for _, _, rights in ancillary))
            if near is None and not data:  # the last of the child's processes has ended
                return
            if near is None or not self._handle(data, near):
                self._slow_down()

    def _slow_down(self) -> None:
        """Delay a script that keeps making requests that are rejected: they cost this process as much as the script."""
        self._rejected += 1
        if self._rejected > _MANY:
            self._closing.wait(_SLOW)

    def _handle(self, data: bytes, near: socket.socket) -> bool:
        """Answer a request, or hand it to a relay thread; return False if it is dropped or refused."""
        try:
            dial = decode_dial(data)
            endpoint = Endpoint(normalize_host(dial.host), dial.port)
            shown = str(endpoint)
        except DialError:
            near.close()
            return False
        except ValueError as error:
            shown = repr(f"{dial.host}:{dial.port}"[:_SHOWN])
            self._refuse(near, shown, f"a script may not reach {shown}: {error}")
            return False
        if not is_allowed(endpoint, self._rules):
            self._refuse(near, shown, explain_refusal(endpoint, self._rules))
            return False
        thread = threading.Thread(target=self._serve, args=(dial, endpoint, near), name="blobprep-relay", daemon=True)
        if self._start_relay(near, thread):
            return True
        if self._closed:
            near.close()
            return False
        limit = f"{self._caps.connections} connections are open, the most allowed at once"
        self._refuse(near, shown, f"a script may not reach {shown} now: {limit}; close some first")
        return False

    def _start_relay(self, near: socket.socket, thread: threading.Thread) -> bool:
        """Start a relay thread; return False if too many connections are open, or the broker is closed."""
        with self._lock:
            if len(self._open) >= self._caps.connections:
                return False
            try:
                if not self._closed:
                    thread.start()
                    self._open.add(near)
                    self._threads = [thread, *(other for other in self._threads if other.is_alive())]
                    return True
            except RuntimeError:  # the system does not allow another thread
                pass
            return False

    def _serve(self, dial: Dial, endpoint: Endpoint, near: socket.socket) -> None:
        try:
            with self._connect(dial, endpoint, near) as far:
                relay(near, far, lambda sent, received: self._carry(endpoint, sent, received))
        except _ConnectionFailure as failure:
            self._note(str(endpoint), failure.outcome, failure.answer.text)
            if dial.wait:
                _send(near, failure.answer)
        finally:
            with self._lock:
                self._open.discard(near)
            near.close()

    def _connect(self, dial: Dial, endpoint: Endpoint, near: socket.socket) -> socket.socket:
        """Connect, and tell the child: afterwards if it waits for that, otherwise at once."""
        if not dial.wait:
            _send(near, Answer("connected"))
        far = self._reach(endpoint, near)
        self._note(str(endpoint), "reached", "")
        if dial.wait:
            _send(near, Answer("connected"))
        return far

    def _reach(self, endpoint: Endpoint, near: socket.socket) -> socket.socket:
        """Resolve a name and connect to one of its addresses that the rules allow.

        Raises:
            _ConnectionFailure: the name does not resolve, no address is allowed, or none answers.
        """
        try:
            found = self._resolve(endpoint.host, endpoint.port)[:_ADDRESSES]
        except OSError as error:
            answer = Answer("unresolved", error.errno or 0, f"{endpoint.host} cannot be resolved: {error.strerror}")
            raise _ConnectionFailure("failed", answer) from error
        objections = [find_objection(endpoint, str(address[0]), self._rules) for _, address in found]
        addresses = [address for address, against in zip(found, objections, strict=True) if not against]
        if not addresses:
            raise _ConnectionFailure("refused", Answer("refused", text="; ".join(dict.fromkeys(objections))))
        try:
            return connect(addresses, near, _CONNECT)
        except OSError as error:
            text = f"{endpoint} is allowed, but cannot be reached: {error.strerror}"
            raise _ConnectionFailure("failed", Answer("failed", error.errno or 0, text)) from error

    def _carry(self, endpoint: Endpoint, sent: int, received: int) -> bool:
        if self._connections.carry(str(endpoint), sent, received) <= self._caps.carried:
            return True
        self._note(str(endpoint), "refused", f"{self._caps.carried} bytes have been transferred, the most allowed")
        return False

    def _refuse(self, near: socket.socket, shown: str, reason: str) -> None:
        self._note(shown, "refused", reason)
        with near:
            _send(near, Answer("refused", text=reason))

    def _note(self, shown: str, outcome: Outcome, reason: str) -> None:
        if self._connections.note(shown, outcome, reason) and reason:
            self._log(f"network: {reason}")


class _ConnectionFailure(Exception):
    def __init__(self, outcome: Outcome, answer: Answer) -> None:
        super().__init__(answer.text)
        self.outcome, self.answer = outcome, answer


def _receive_socket(rights: bytes) -> socket.socket | None:
    """Return the end of a socket pair that came with a message; close anything else."""
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
    with suppress(OSError):  # the child has closed its end
        near.send(encode_answer(answer), NOW)
