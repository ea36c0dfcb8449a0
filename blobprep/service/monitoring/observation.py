"""What is told of each request: an id in its headers, a line in the access log, counts, and a span.

Nothing of a body, no credential and no value of a query is in any of them. The path is not either: it has what the
client wrote. Routes say what they are about (`describe`), and what they do not say is left out.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TextIO

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from blobprep.service.monitoring.metrics import Metrics
from blobprep.service.monitoring.tracing import Span, open_tracer

__all__ = ["CLIENT_ID_HEADER", "ID_HEADER", "AccessLog", "Observation", "Observed", "describe", "request_id"]

ID_HEADER: Final = "x-ms-request-id"
"""The header of an answer with the id of its request."""

CLIENT_ID_HEADER: Final = "x-ms-client-request-id"
"""The header in which a client may give a request an id of its own; the answer has it too."""

_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_STATE: Final = "blobprep"


@dataclass(slots=True)
class Observed:
    """What is known of a request so far.

    Attributes:
        id: 32 hexadecimal digits.
        client_id: the client's own id; empty for none.
        service: its name; empty for none.
        operation: what was asked for: `execute`, `jobs`, `health`, ….
        code: the class of the failure; empty for none.
        timings: seconds by stage.
        status: of the answer; 0 while there is none.
        received, sent: bytes of bodies.
    """

    id: str = field(default_factory=lambda: secrets.token_hex(16))
    client_id: str = ""
    service: str = ""
    operation: str = ""
    code: str = ""
    timings: Mapping[str, float] = field(default_factory=dict)
    status: int = 0
    received: int = 0
    sent: int = 0


def _of(request: HTTPConnection) -> Observed:
    observed = request.scope.get(_STATE)
    return observed if isinstance(observed, Observed) else Observed()


def request_id(request: HTTPConnection) -> str:
    """Return the id of a request; a new one where it is not observed."""
    return _of(request).id


def describe(
    request: HTTPConnection,
    *,
    service: str = "",
    operation: str = "",
    code: str = "",
    timings: Mapping[str, float] | None = None,
) -> None:
    """Say what a request is about; what is empty stays as it was.

    Args:
        request: being answered.
        service: the name of a service that there is.
        operation: a word of the program's, never the client's.
        code: the class of its failure.
        timings: seconds by stage.
    """
    observed = _of(request)
    observed.service = service or observed.service
    observed.operation = operation or observed.operation
    observed.code = code or observed.code
    observed.timings = observed.timings if timings is None else timings


class AccessLog:
    """A log with one line of JSON for each request.

    Args:
        stream: is written to; None for no log.
        now: the clock.
    """

    def __init__(self, stream: TextIO | None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._stream, self._now = stream, now

    def write(self, observed: Observed, method: str, client: str, seconds: float) -> None:
        """Write the line of a request that was answered, or that its client left."""
        if self._stream is None:
            return
        line: dict[str, Any] = {
            "time": self._now().isoformat(timespec="milliseconds"),
            "request_id": observed.id,
            "client_request_id": observed.client_id,
            "client": client,
            "method": method,
            "service": observed.service,
            "operation": observed.operation,
            "status": observed.status,
            "code": observed.code,
            "received": observed.received,
            "sent": observed.sent,
            "seconds": round(seconds, 4),
            "stages": dict(observed.timings),
        }
        with suppress(OSError, ValueError):  # a log that is full or closed ends no request
            self._stream.write(
                f"{json.dumps({name: value for name, value in line.items() if value not in ('', {})})}\n"
            )
            self._stream.flush()


class Observation:
    """Middleware that observes each request.

    Args:
        app: answers it.
        log: of requests.
        metrics: of requests.
        span: opens a span for each.
    """

    def __init__(self, app: ASGIApp, log: AccessLog, metrics: Metrics, span: Span | None = None) -> None:
        self._app, self._log, self._metrics = app, log, metrics
        self._span = span or open_tracer()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and tell of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        given = request.headers.get(CLIENT_ID_HEADER, "")
        observed = Observed(client_id=given if _CLIENT_ID.fullmatch(given) else "")
        scope[_STATE] = observed
        method = scope["method"] if scope["method"] in _METHODS else "other"
        began = time.perf_counter()
        self._metrics.begin()
        try:
            with self._span(f"blobprep {method}", request.headers) as attribute:
                try:
                    await self._app(scope, _counting(receive, observed), _marking(send, observed))
                finally:
                    attribute("http.request.method", method)
                    attribute("http.response.status_code", observed.status)
                    attribute("blobprep.service", observed.service)
                    attribute("blobprep.operation", observed.operation)
                    attribute("blobprep.request_id", observed.id)
        finally:
            self._end(observed, method, request, time.perf_counter() - began)

    def _end(self, observed: Observed, method: str, request: HTTPConnection, seconds: float) -> None:
        self._metrics.end(
            observed.service,
            observed.operation,
            observed.status,
            observed.code,
            seconds,
            observed.received,
            observed.sent,
        )
        for stage, spent in observed.timings.items():
            self._metrics.note_stage(observed.service, stage, spent)
        self._log.write(observed, method, request.client.host if request.client else "", seconds)


def _counting(receive: Receive, observed: Observed) -> Receive:
    async def counted() -> Message:
        message = await receive()
        observed.received += len(message.get("body", b""))
        return message

    return counted


def _marking(send: Send, observed: Observed) -> Send:
    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            observed.status = message["status"]
            headers = [*message.get("headers", ()), (ID_HEADER.encode(), observed.id.encode())]
            if observed.client_id:
                headers.append((CLIENT_ID_HEADER.encode(), observed.client_id.encode()))
            message = {**message, "headers": headers}
        else:
            observed.sent += len(message.get("body", b""))
        await send(message)

    return marked
