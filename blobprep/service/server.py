"""The server: uvicorn, with bounds on what a connection may hold up.

A client that sends a byte a second, or nothing, holds a connection and no more: its headers must be there in time, its
body too (`receive_body`), and one that is gone without a word is found out by the system. Who is beyond the number of
connections is refused. On SIGTERM and SIGINT no more connections are taken, and requests that have begun are finished.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from blobprep.errors import InvalidOption

__all__ = ["Listening", "make_server"]

_BACKLOG: Final = 2048
_HEADERS: Final = 64 * 1024  # bytes of the headers of a request
_SILENT: Final = 60  # seconds without an answer from the other system
_PORTS: Final = 65_535


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a server listens, and how.

    Attributes:
        host: its address; only this machine's by default.
        port: of it; 0 for any that is free.
        certificate: the path of a PEM file with the certificate and those above it; None for http.
        key: the path of its key; None where it is in the same file.
        key_password: of the key.
        client_authorities: the path of a PEM file; then only clients with a certificate of these are served.
        connections: at a time, at most.
        header_seconds: that the headers of a request may take.
        idle_seconds: that a connection may stay open between two requests.
        grace_seconds: that requests have to end when the server is told to.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    certificate: Path | None = None
    key: Path | None = None
    key_password: str | None = None
    client_authorities: Path | None = None
    connections: int = 2000
    header_seconds: float = 20.0
    idle_seconds: float = 30.0
    grace_seconds: float = 120.0

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if not 0 <= self.port <= _PORTS:
            raise InvalidOption(f"{self.port} is no port", remedy=f"use a number from 0 to {_PORTS}")
        if self.certificate is None and (self.key or self.client_authorities):
            raise InvalidOption("a key is given without a certificate", remedy="give the certificate, too")
        for path in (self.certificate, self.key, self.client_authorities):
            if path is not None and not path.is_file():
                raise InvalidOption(f"{path} is no file", remedy="name a PEM file")


def make_server(app: ASGIApp, listening: Listening) -> uvicorn.Server:
    """Return the server; its `run` returns once it was told to end and what it accepted is answered.

    Args:
        app: answers requests.
        listening: where and how.
    """
    bounds: dict[str, Any] = {}
    if listening.client_authorities is not None:
        import ssl

        bounds = {"ssl_ca_certs": str(listening.client_authorities), "ssl_cert_reqs": ssl.CERT_REQUIRED}
    config = uvicorn.Config(
        app,
        host=listening.host,
        port=listening.port,
        http=_protocol(listening.connections, listening.header_seconds),
        ws="none",
        log_config=None,  # the log of requests is the application's
        access_log=False,
        server_header=False,
        proxy_headers=False,  # who is in front could be anyone
        backlog=_BACKLOG,
        timeout_keep_alive=round(listening.idle_seconds),
        timeout_graceful_shutdown=round(listening.grace_seconds),
        h11_max_incomplete_event_size=_HEADERS,
        ssl_certfile=listening.certificate,
        ssl_keyfile=listening.key,
        ssl_keyfile_password=listening.key_password,
        **bounds,
    )
    return uvicorn.Server(config)


@cache
def _protocol(connections: int, header_seconds: float) -> type[asyncio.Protocol]:
    """Return uvicorn's protocol with bounds.

    It is that of h11, which ends a connection whose headers or trailers have too many bytes. The one of httptools,
    which uvicorn would take where that is installed, keeps as many as are sent.
    """
    base: Any = H11Protocol

    class BoundedProtocol(base):  # type: ignore[misc]
        """A connection that must begin a request in time."""

        _timer: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            _watch_peer(transport)
            if len(self.connections) > connections:
                transport.abort()
            self._await_headers()

        def data_received(self, data: bytes) -> None:
            if self._is_idle():
                self._await_headers()
            super().data_received(data)
            if not self._is_idle():
                self._stop_waiting()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_waiting()
            super().connection_lost(exc)

        def _is_idle(self) -> bool:
            return self.cycle is None or self.cycle.response_complete

        def _await_headers(self) -> None:
            if self._timer is None:
                self._timer = self.loop.call_later(header_seconds, self._give_up)

        def _stop_waiting(self) -> None:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

        def _give_up(self) -> None:
            self._timer = None
            if self._is_idle() and not self.transport.is_closing():
                self.transport.abort()

    return cast("type[asyncio.Protocol]", BoundedProtocol)


def _watch_peer(transport: asyncio.Transport) -> None:
    """Have the system send at once, and end a connection whose other end is gone or takes nothing of an answer."""
    opened = transport.get_extra_info("socket")
    settings: tuple[tuple[int, str, int], ...] = (
        (socket.IPPROTO_TCP, "TCP_NODELAY", 1),  # asyncio sees to it only for sockets that it opened itself
        (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
        (socket.IPPROTO_TCP, "TCP_KEEPIDLE", _SILENT // 2),
        (socket.IPPROTO_TCP, "TCP_KEEPINTVL", _SILENT // 6),
        (socket.IPPROTO_TCP, "TCP_KEEPCNT", 3),
        (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", _SILENT * 1000),
    )
    for level, name, value in settings:
        with suppress(OSError, AttributeError):  # not every system has all of them
            opened.setsockopt(level, getattr(socket, name), value)
