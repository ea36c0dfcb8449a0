"""The server between the services and Azurite: it notes each request, and passes it on or gives a set answer."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

__all__ = ["CUT", "HANG", "Answer", "Recorder", "Sent", "recording"]


# Where Python changed the words of a status after they were recorded.
_REASONS = {413: "Request Entity Too Large", 416: "Requested Range Not Satisfiable", 422: "Unprocessable Entity"}


@dataclass(frozen=True)
class Answer:
    """What a probe sets as the answer to its next request."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    reason: str | None = None


# The connection ends without an answer; it stays open without one.
CUT = Answer(0)
HANG = Answer(-1)

# So that a probe which sends more than it set answers for ends, and shows it.
_NONE_LEFT = Answer(501, {"x-ms-error-code": "NoAnswerLeft"}, b"")


@dataclass(frozen=True)
class Sent:
    """One request as it came."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes


class Recorder:
    """What was sent since the last `take`, and the answers that are set."""

    def __init__(self, azurite: str) -> None:
        self.azurite = azurite
        self.port = 0
        self.released = threading.Event()
        self._lock = threading.Lock()
        self._sent: list[Sent] = []
        self._answers: list[Answer] | None = None
        self._before: set[str] = set()

    def end(self, name: str) -> None:
        """Pass on what threads of a probe that ended still send to its container, and note none of it."""
        self._before.add(name)

    def take(self) -> list[Sent]:
        """Return what was sent, forget it, and pass requests on to Azurite again."""
        with self._lock:
            sent, self._sent, self._answers = self._sent, [], None
            return sent

    def answer(self, *answers: Answer) -> None:
        """Set the answers to the next requests; none of them reaches Azurite."""
        with self._lock:
            self._answers = (self._answers or []) + list(answers)

    def note(self, sent: Sent) -> Answer | None:
        """Note a request; return the answer that was set for it, None when Azurite is to answer."""
        with self._lock:
            if any(f"/{name}" in sent.target for name in self._before):
                return None
            self._sent.append(sent)
            if self._answers is None:
                return None
            return self._answers.pop(0) if self._answers else _NONE_LEFT


@contextmanager
def recording(azurite: str) -> Iterator[Recorder]:
    """Run a recorder on a free port of this machine, before the Azurite at `azurite`, such as `127.0.0.1:10000`."""
    recorder = Recorder(azurite)

    class Handler(_Handler):
        pass

    Handler.recorder = recorder
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    recorder.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield recorder
    finally:
        recorder.released.set()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    recorder: Recorder
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self) -> None:
        super().setup()
        self._upstream = http.client.HTTPConnection(self.recorder.azurite)

    def finish(self) -> None:
        self._upstream.close()
        super().finish()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._handle
        raise AttributeError(name)

    def log_message(self, *args: object) -> None:
        pass

    def _handle(self) -> None:
        body = self._body()
        parts = urlsplit(self.path)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = list(self.headers.items())
        answer = self.recorder.note(Sent(self.command, self.path, headers, body))
        if answer is None:
            answer = self._pass_on(target, headers, body)
        if answer is HANG:
            self.recorder.released.wait(5)
        if answer in (CUT, HANG):
            self.close_connection = True
            return
        self.send_response_only(answer.status, answer.reason or _REASONS.get(answer.status))
        if not any(name.lower() == "content-length" for name in answer.headers):
            self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _pass_on(self, target: str, headers: list[tuple[str, str]], body: bytes) -> Answer:
        passed = {name: value for name, value in headers if name.lower() not in ("connection", "transfer-encoding")}
        self._upstream.request(self.command, target, body or None, passed)
        with self._upstream.getresponse() as response:
            content = response.read()
            kept = {
                name: value
                for name, value in response.getheaders()
                if name.lower() not in ("transfer-encoding", "connection", "keep-alive")
            }
            return Answer(response.status, kept, content, response.reason)
