"""Sockets: http and https on one port, and as a proxy."""

from __future__ import annotations

import socket
import ssl
import struct
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock
from typing import Any, Final, Protocol

from tests.server.recording import Request, parse_request
from tests.server.wire import Answer

__all__ = ["Door", "Service"]

_HANDSHAKE: Final = b"\x16"
_BROKEN: Final = (ConnectionError, ssl.SSLError, TimeoutError)


class Client(Protocol):
    """Who sent a request."""

    def send(self, answer: Answer, cut_after: int | None, pause: float) -> None:
        """Send an answer, cut after so many bytes of its body, with a pause of so many seconds between two of them."""
        ...

    def reset(self) -> None:
        """Reset the connection (RST)."""
        ...


class Service(Protocol):
    """What stands behind the door."""

    @property
    def name(self) -> str:
        """Return the account's name."""
        ...

    def context(self) -> ssl.SSLContext | None:
        """Return what a TLS connection is wrapped with now; None to refuse it."""
        ...

    def take(self, request: Request, body: bytes, client: Client) -> None:
        """Deal with a request: send an answer, reset the connection, or do nothing, and the connection is closed."""
        ...


class Door(ThreadingHTTPServer):
    """Listen on a free port of this machine; whether it is spoken to in TLS is seen by the first byte.

    Attributes:
        ending: set when the server ends.
        defects: what went wrong in here and is no fault of a client.
    """

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, service: Service) -> None:
        self.service = service
        self.defects: list[BaseException] = []
        self._open: set[socket.socket] = set()
        self.ending = Event()
        self._lock = Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    def opened(self, connection: socket.socket) -> None:
        """Take note of a connection, to end it with the server."""
        with self._lock:
            self._open.add(connection)
            if self.ending.is_set():
                _end(connection)

    def closed(self, connection: socket.socket) -> None:
        """Take note that a connection is no more."""
        with self._lock:
            self._open.discard(connection)

    def end(self) -> None:
        """End every connection and thread."""
        self.shutdown()
        self.ending.set()
        with self._lock:
            for connection in self._open:
                _end(connection)
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception()
        if error is not None and not isinstance(error, _BROKEN):
            self.defects.append(error)


def _end(connection: socket.socket) -> None:
    try:
        # Below TLS, whose own end would wait for the other side.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        pass  # the other side was faster


class _Handler(BaseHTTPRequestHandler):
    """Serve one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Door

    def setup(self) -> None:
        self.scheme = "http"
        self.proxied = False
        self.server.opened(self.request)
        try:
            if self.request.recv(1, socket.MSG_PEEK) == _HANDSHAKE:
                self._secure()
            super().setup()
        except BaseException:
            self._forget()
            raise

    def finish(self) -> None:
        try:
            super().finish()
        finally:
            self._forget()

    def handle(self) -> None:
        try:
            super().handle()
        except _BROKEN:
            pass  # the client went away, or the server ends

    def _serve(self) -> None:
        # urllib3 sends a body to a proxy only once its head was acknowledged, which the kernel puts off for 40 ms.
        if sys.platform == "linux":
            self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = parse_request(
            self.command, self.raw_path, self.scheme, dict(self.headers.items()), proxied=self.proxied
        )
        self.is_answered = False
        self.server.service.take(request, body, self)
        if not self.is_answered:
            self.close_connection = True

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _serve  # noqa: N815 - names that http.server calls

    def do_CONNECT(self) -> None:
        if not self.path.startswith(f"{self.server.service.name}."):
            self.send_error(502)
            return
        self.send_response_only(200)
        self.end_headers()
        self._secure()
        super().setup()
        self.proxied = True
        self.close_connection = False

    @property
    def raw_path(self) -> str:
        """The target as it was sent; `path` has lost a second slash at its start."""
        return self.requestline.split()[1]

    def _secure(self) -> None:
        context = self.server.service.context()
        if context is None:
            raise ConnectionAbortedError("no certificate")
        plain = self.request
        self.server.closed(plain)
        secure = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        self.request = secure
        self.server.opened(secure)
        secure.do_handshake()
        self.scheme = "https"

    def _forget(self) -> None:
        self.server.closed(self.request)
        self.request.close()

    def reset(self) -> None:
        # Closed with a linger of no time, a connection is reset and not ended.
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def send(self, answer: Answer, cut_after: int | None, pause: float) -> None:
        self.is_answered = True
        self.send_response_only(answer.status)
        headers: Mapping[str, str] = {"Content-Length": str(len(answer.body)), **answer.headers}
        for name, value in headers.items():
            if answer.status != 304 or name != "Content-Length":
                self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        pieces = [answer.body] if not pause else [bytes((byte,)) for byte in answer.body]
        for piece in pieces:
            self.wfile.write(piece[:cut_after])
            if pause and self.server.ending.wait(pause):
                break
        if cut_after is not None:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass
