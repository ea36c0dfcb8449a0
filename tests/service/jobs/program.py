"""A server of batch execution alone, as a program: `python -m tests.service.jobs.program SETTINGS.json`.

The real routes, queue and workers behind a real uvicorn; keys are a constant here. It prints its port, and ends with
its stdin.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from blobprep.service.app import failure_response
from blobprep.service.definitions import ServiceDefinition, ServiceInput
from blobprep.service.failures import ServiceFailure, failure
from blobprep.service.jobs.queue import JobQueue
from blobprep.service.jobs.routes import routes
from blobprep.service.jobs.server import serve_jobs
from blobprep.service.jobs.workers import WorkerLimits
from blobprep.service.registry import Services
from blobprep.settings import Workspace

KEY = "canary-api-key"


def authenticate(request: HTTPConnection, service: ServiceDefinition) -> None:
    if request.headers.get("authorization", "").split()[-1:] != [KEY]:
        raise failure("Unauthorized", "ScoreRequestUnauthorized")


async def answer_failure(request: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceFailure)
    return failure_response(error)


def application(services: Services, queue: JobQueue, workspace: Workspace) -> Starlette:
    return Starlette(
        routes=routes(services, queue, workspace, authenticate), exception_handlers={ServiceFailure: answer_failure}
    )


def definition(values: dict[str, Any]) -> ServiceDefinition:
    inputs = tuple(ServiceInput(**given) for given in values.pop("inputs"))
    outputs = dict.fromkeys(values.pop("outputs"), ())
    tuples = {name: tuple(values.pop(name, ())) for name in ("hosts", "accounts")}
    return ServiceDefinition(inputs=inputs, outputs=outputs, **tuples, **values)


def main() -> None:
    settings = json.loads(Path(sys.argv[1]).read_text())
    services = Services(map(definition, settings["services"]))
    workspace = Workspace(environment=settings["environment"], folder=Path(settings["folder"]))
    with serve_jobs(
        Path(settings["folder"]), workspace, services, WorkerLimits(**settings["limits"]), drain=settings["drain"]
    ) as queue:

        @asynccontextmanager
        async def lifespan(app: Starlette) -> AsyncIterator[None]:
            yield

        app = application(services, queue, workspace)
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
        threading.Thread(target=_tell_port, args=(server,), daemon=True).start()
        threading.Thread(target=_end_with_stdin, args=(server,), daemon=True).start()
        server.run()


def _tell_port(server: uvicorn.Server) -> None:
    while not server.started:
        threading.Event().wait(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)


def _end_with_stdin(server: uvicorn.Server) -> None:
    sys.stdin.read()
    server.should_exit = True


if __name__ == "__main__":
    main()
