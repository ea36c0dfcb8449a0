"""A request and its answer on a connection that is open: the head goes out in one piece and comes in in one.

What urllib3 and the standard library do for each request, line by line, takes twice the processor time of the request
itself. This is for a request to the service itself, by a connection that they have made. Whatever is out of the
ordinary is theirs: the first request of a connection, a proxy, a header that is not plain text, and of an answer a head
that is not plain, such as that of a body in chunks.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPException, HTTPResponse
from typing import Any, Final

from urllib3 import HTTPConnectionPool, HTTPHeaderDict
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from blobprep.stores.azure.answer_head import parse_head

__all__ = ["OpenAnswer", "exchange", "host_line"]

_PIECE: Final = 64 * 1024  # bytes: most answers are whole in one
_JOINED: Final = 64 * 1024  # bytes of a body that are sent with the head, which copies them
_LONGEST: Final = 64 * 1024  # bytes of a head
_PLAIN: Final = re.compile(r"[\x21-\x7e]+")


class OpenAnswer:
    """An answer whose body is still to be read; what is used of urllib3's response, with the same errors.

    Attributes:
        status, reason, headers: its head.
    """

    def __init__(self, pool: HTTPConnectionPool, connection: Any, method: str) -> None:
        self._pool, self._connection = pool, connection
        self._sock, self._method = connection.sock, method
        self._first = b""  # of the body, which came with the head
        self._left = 0  # bytes of the body that are to come, with the first ones
        self._unusual: HTTPResponse | None = None
        self._read_head()

    def read1(self, amount: int, *, decode_content: bool = False) -> bytes:
        """Return what is there of the body, at most so many bytes, and wait for some; nothing at its end, or a cut."""
        if self._unusual is not None:
            return bytes(self._guarded(lambda response: response.read1(amount)))
        if self._first:
            piece, self._first = self._first[:amount], self._first[amount:]
        else:
            piece = self._receive(min(amount, self._left)) if self._left else b""
        self._left -= len(piece)
        return piece

    def read(self, *, decode_content: bool = False) -> bytes:
        """Return the rest of the body.

        Raises:
            ProtocolError: it is cut.
        """
        if self._unusual is not None:
            return bytes(self._guarded(lambda response: response.read()))
        pieces = []
        while piece := self.read1(self._left):
            pieces.append(piece)
        if self._left:
            raise ProtocolError(f"the answer is cut: {self._left} bytes are missing")
        return b"".join(pieces)

    def close(self) -> None:
        """Close the connection, unless the body was read to its end."""
        unusual = self._unusual
        if unusual is None:
            is_over = not self._left
        else:
            is_over = not unusual.will_close and (unusual.isclosed() or unusual.length == 0)
        if not is_over and self._connection is not None:
            self._connection.close()

    def release_conn(self) -> None:
        """Give the connection back; if it was closed, it is opened anew for another request."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._pool._put_conn(connection)

    def _read_head(self) -> None:
        data = self._receive(_PIECE)
        while (parsed := parse_head(data)) is None and b"\r\n\r\n" not in data and len(data) < _LONGEST:
            if not (more := self._receive(_PIECE)):
                break
            data += more
        if parsed is not None:
            end, self.status, self.reason, head, length = parsed
            self.headers: Mapping[str, str] = head
            self._left = 0 if self._method == "HEAD" else length
            self._first = data[end : end + self._left]
            return
        self._unusual = response = HTTPResponse(_Rest(self._sock, data), method=self._method)  # type: ignore[arg-type]
        self._guarded(lambda response: response.begin())
        self.status, self.reason = response.status, response.reason
        self.headers = HTTPHeaderDict(response.headers.items())

    def _receive(self, amount: int) -> bytes:
        try:
            data: bytes = self._sock.recv(amount)
        except TimeoutError as error:
            raise _timed_out(self._pool) from error
        except OSError as error:
            raise ProtocolError("the connection was cut", error) from error
        return data

    def _guarded(self, act: Any) -> Any:
        try:
            return act(self._unusual)
        except TimeoutError as error:
            raise _timed_out(self._pool) from error
        except (HTTPException, OSError) as error:
            raise ProtocolError(f"the answer is cut or unreadable: {type(error).__name__}", error) from error


class _Rest(io.RawIOBase):
    """A connection whose first bytes were read; what the standard library takes for a socket."""

    def __init__(self, sock: Any, first: bytes) -> None:
        self._sock, self._first = sock, first

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._first:
            return int(self._sock.recv_into(buffer))
        count = min(len(buffer), len(self._first))
        buffer[:count], self._first = self._first[:count], self._first[count:]
        return count

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)


def host_line(pool: HTTPConnectionPool) -> str:
    """Return the lines of a head that are about the host and its answers; empty if its name is not plain."""
    host = f"[{pool.host.strip('[]')}]" if ":" in pool.host else pool.host.rstrip(".")
    default = {"http": 80, "https": 443}[pool.scheme]
    place = host if pool.port in (None, default) else f"{host}:{pool.port}"
    return f"Host: {place}\r\nAccept-Encoding: identity\r\n" if _PLAIN.fullmatch(place) else ""


def exchange(
    pool: HTTPConnectionPool,
    host: str,
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: Any,
    patience: float,
) -> OpenAnswer | None:
    """Send a request and return its answer; None if nothing was sent, and urllib3 has to.

    Args:
        pool: of connections to the service.
        host: of `host_line`.
        method: of the request.
        target: its path and query.
        headers: but for those in `host`.
        body: its bytes; None for none.
        patience: seconds without a byte after which there is no answer.

    Raises:
        ReadTimeoutError: it did not come in time.
        ProtocolError: the connection was cut.
    """
    if not host or pool.proxy is not None or not isinstance(body, bytes | memoryview | None):
        return None
    head = _head(host, method, target, headers, is_empty=not body)
    if head is None:
        return None
    connection: Any = pool._get_conn()
    if connection.sock is None:  # it has to be made
        pool._put_conn(connection)
        return None
    try:
        connection.sock.settimeout(patience)
        with suppress(BrokenPipeError):  # the service may have answered before it took everything
            _send(connection.sock, head, body)
        return OpenAnswer(pool, connection, method)
    except BaseException as error:
        connection.close()
        pool._put_conn(connection)
        if isinstance(error, TimeoutError):
            raise _timed_out(pool) from error
        if isinstance(error, OSError):
            raise ProtocolError("the connection was cut", error) from error
        raise


def _head(host: str, method: str, target: str, headers: Mapping[str, str], *, is_empty: bool) -> bytes | None:
    """Return the head of a request; None if there is anything in it that is not plain."""
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    if is_empty and method == "PUT" and "Content-Length" not in headers:
        lines.append("Content-Length: 0\r\n")
    text = f"{method} {target} HTTP/1.1\r\n{host}{''.join(lines)}\r\n"
    breaks = len(lines) + 1 + host.count("\n") + 1
    if not _PLAIN.fullmatch(target) or text.count("\n") != breaks or text.count("\r") != breaks or not text.isascii():
        return None
    return text.encode()


def _send(sock: Any, head: bytes, body: Any) -> None:
    if not body:
        sock.sendall(head)
    elif len(body) <= _JOINED:
        sock.sendall(head + body)
    else:
        sock.sendall(head)
        sock.sendall(body)


def _timed_out(pool: HTTPConnectionPool) -> ReadTimeoutError:
    return ReadTimeoutError(pool, None, "no answer came in time")
