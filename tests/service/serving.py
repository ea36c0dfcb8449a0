"""Servers for tests: an application on a free port of this machine, by uvicorn, in a thread."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from anyio import to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from blobprep.service.access.authentication import Access, FetchesKeys
from blobprep.service.definitions import Scorer, ServiceDefinition, ServiceTable
from blobprep.service.failures import ServiceFailure, failure_body
from blobprep.service.monitoring import health
from blobprep.service.monitoring.metrics import Metrics
from blobprep.service.monitoring.observation import AccessLog, Observation, describe, request_id
from blobprep.service.request_body import receive_body
from blobprep.service.server import Listening, make_server
from blobprep.service.unread import ClosesUnread


def plain_app(
    definition: ServiceDefinition,
    scorer: Scorer,
    access: Access | None = None,
    log: AccessLog | None = None,
    body_seconds: float = 10.0,
) -> Starlette:
    """Return an application with one route for a service of one input, and those of whoever runs it."""
    metrics = Metrics()

    async def execute(request: Request) -> Response:
        describe(request, service=definition.name, operation="execute")
        if access is not None:
            access.authenticate(request, definition)
        body = await receive_body(request, definition.bytes, seconds=body_seconds)
        values = json.loads(body)
        table = ServiceTable(tuple(values["names"]), ("",) * len(values["names"]), tuple(map(tuple, values["rows"])))
        score = await to_thread.run_sync(
            lambda: scorer.score(definition, {"input1": table}, {}, request_id=request_id(request))
        )
        describe(request, timings=score.timings)
        if score.error is not None:
            return JSONResponse({"error": {"code": score.error.code}}, 400)
        output = score.tables["output1"]
        return JSONResponse({"names": output.names, "rows": output.rows})

    async def failed(request: Request, error: Exception) -> Response:
        assert isinstance(error, ServiceFailure)
        describe(request, code=error.code)
        return JSONResponse(failure_body(error), error.status)

    return Starlette(
        routes=[Route("/execute", execute, methods=["POST"]), *health.routes(metrics, {})],
        exception_handlers={ServiceFailure: failed},
        middleware=[
            Middleware(ClosesUnread, seconds=1.0),
            Middleware(Observation, log=log or AccessLog(None), metrics=metrics),
            *([Middleware(FetchesKeys, access=access)] if access else []),
        ],
    )


class Serving:
    """A server that runs in a thread."""

    def __init__(self, app: ASGIApp, listening: Listening) -> None:
        self.server = make_server(app, listening)
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self.socket.getsockname()[1]
        scheme = "http" if listening.certificate is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        asyncio.run(self.server.serve([self.socket]))

    def start(self) -> None:
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive()
            time.sleep(0.01)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join()


@contextmanager
def serving(app: ASGIApp, listening: Listening | None = None) -> Iterator[Serving]:
    """Serve an application while the block runs; then end as a server does that is told to."""
    served = Serving(app, listening or Listening())
    served.start()
    try:
        yield served
    finally:
        served.stop()
