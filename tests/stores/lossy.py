"""A door to Azurite that sometimes loses an answer on the way back: the request has been done, and nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

__all__ = ["Door", "serve"]


class Door:
    """What the door does next.

    Attributes:
        endpoint: of the account behind it.
        losing: the method and the part of the address of the one answer to be lost; None for none.
        lost: how many have been.
    """

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.losing: tuple[str, str] | None = None
        self.lost = 0


@contextmanager
def serve(endpoint: str) -> Iterator[Door]:
    """Open a door to the account at `endpoint`."""
    behind = urlsplit(endpoint)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            connection = HTTPConnection(behind.netloc)
            connection.request(self.command, self.path, body, dict(self.headers))
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            if door.losing and door.losing[0] == self.command and door.losing[1] in self.path:
                door.losing = None
                door.lost += 1
                self.close_connection = True
                return
            self.send_response_only(answer.status, answer.reason)
            for name, value in answer.getheaders():
                if name.lower() not in {"transfer-encoding", "connection", "keep-alive", "content-length"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", answer.getheader("Content-Length") or str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_HEAD = do_PUT = do_DELETE = _answer  # noqa: N815 - names that http.server calls

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    door = Door(f"http://127.0.0.1:{server.server_port}{behind.path}")
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield door
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
