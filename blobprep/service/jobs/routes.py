"""The addresses of batch execution: create a job, start it, ask about it, cancel or remove it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from blobprep.errors import UsageError
from blobprep.service.definitions import ServiceDefinition
from blobprep.service.failures import FailureDetail, ServiceFailure, failure
from blobprep.service.jobs.job import Job
from blobprep.service.jobs.places import own_account
from blobprep.service.jobs.queue import JobQueue
from blobprep.service.jobs.registration import DEFAULT_PREFIX, plan_job
from blobprep.service.jobs.states import STATUS_CODES
from blobprep.service.jobs.wire import read_request, status_body
from blobprep.service.monitoring.observation import describe
from blobprep.service.registry import Services, addresses
from blobprep.service.request_body import receive_body
from blobprep.service.rrs import Authenticate, require_safe
from blobprep.service.wire.body import read_body
from blobprep.service.wire.query import read_query
from blobprep.settings import Workspace

__all__ = ["BODY_LIMIT", "routes"]

BODY_LIMIT: Final = 1024 * 1024
"""Bytes of a request that creates a job: references and parameters, no data."""

_Endpoint = Callable[[Request], Awaitable[Response]]


def routes(services: Services, queue: JobQueue, workspace: Workspace, authenticate: Authenticate) -> list[Route]:
    """Return the routes of batch execution.

    They answer with `ServiceFailure` where a request fails; the application turns it into the classic JSON.

    Args:
        services: found by the address.
        queue: keeps the jobs.
        workspace: the settings in force.
        authenticate: checks the key of each request.
    """
    known = _Jobs(services, queue, workspace, authenticate)
    table: tuple[tuple[str, str, _Endpoint], ...] = (
        ("jobs", "POST", known.create),
        ("jobs/{job}", "GET", known.status),
        ("jobs/{job}", "DELETE", known.delete),
        ("jobs/{job}/start", "POST", known.start),
    )
    return [Route(path, endpoint, methods=[method]) for suffix, method, endpoint in table for path in addresses(suffix)]


class _Jobs:
    """What the addresses do. The queue is asked in threads: it waits for its disk."""

    def __init__(self, services: Services, queue: JobQueue, workspace: Workspace, authenticate: Authenticate) -> None:
        self._services, self._queue, self._workspace, self._authenticate = services, queue, workspace, authenticate

    async def create(self, request: Request) -> Response:
        """Keep a job, and answer with its id as a JSON text."""
        service = self._admitted(request, "create job")
        body = await receive_body(request, BODY_LIMIT)
        job = await run_in_threadpool(self._create, service, body, request.headers)
        return JSONResponse(job)

    async def start(self, request: Request) -> Response:
        """Queue a job; what is in the body does not matter."""
        service = self._admitted(request, "start job")
        await run_in_threadpool(self._start, service, request.path_params["job"])
        return Response(status_code=204)

    async def status(self, request: Request) -> Response:
        """Answer with the state of a job, and with its results once it has finished."""
        service = self._admitted(request, "job status")
        return JSONResponse(await run_in_threadpool(self._status, service, request.path_params["job"]))

    async def delete(self, request: Request) -> Response:
        """Cancel a job that has not ended; remove one that has."""
        service = self._admitted(request, "delete job")
        await run_in_threadpool(self._delete, service, request.path_params["job"])
        return Response(status_code=204)

    def _admitted(self, request: Request, operation: str) -> ServiceDefinition:
        describe(request, operation=operation)
        service = self._services.find(request.path_params)
        describe(request, service=service.name)
        self._authenticate(request, service)
        read_query(request.query_params)
        return service

    def _create(self, service: ServiceDefinition, body: bytes, headers: Mapping[str, str]) -> str:
        kind, encoding = headers.get("content-type", ""), headers.get("content-encoding", "")
        asked = read_request(service, read_body(body, kind, encoding=encoding, most=BODY_LIMIT))
        require_safe(service, asked.parameters)
        spec, hidden = plan_job(service, asked)
        if missing := [place.output for place in spec.outputs if not place.is_given]:
            self._require_default(service, missing)
        return self._queue.create(service.name, spec, hidden)

    def _require_default(self, service: ServiceDefinition, outputs: list[str]) -> None:
        """Check that the service has a place of its own for results."""
        try:
            own_account(self._workspace, service.output or DEFAULT_PREFIX)
        except UsageError:
            more = "The service has no place of its own for results: its settings name no storage account."
            raise failure("BadArgument", "MissingRequiredOutputOverrides", ", ".join(outputs), more=more) from None

    def _start(self, service: ServiceDefinition, job: str) -> None:
        found = self._found(service, job)
        try:
            state = self._queue.start(found.id)
        except LookupError:
            raise _not_found() from None
        if state is not None:
            raise failure("InvalidOperation", "CannotStartJob", "Queued" if state == "Queued" else STATUS_CODES[state])

    def _status(self, service: ServiceDefinition, job: str) -> Mapping[str, Any]:
        found = self._found(service, job)
        results = self._queue.results(found.id) if found.state == "Finished" else None
        return status_body(found, None if results is None else json.loads(results))

    def _delete(self, service: ServiceDefinition, job: str) -> None:
        found = self._found(service, job)
        try:
            ended = self._queue.cancel(found.id) is not None
        except LookupError:
            raise _not_found() from None
        if ended:
            self._queue.remove(found.id)

    def _found(self, service: ServiceDefinition, job: str) -> Job:
        """Return the job of an id, which clients that take it for a GUID spell in any case and with hyphens."""
        found = self._queue.get(job.lower().replace("-", ""), service.name)
        if found is None:
            raise _not_found()
        return found


def _not_found() -> ServiceFailure:
    """Return the failure for a job that is not there; the classic service had no code of its own for it."""
    message = "Job not found. Verify the job Id is correct and try again."
    return ServiceFailure(404, "NotFound", "Resource not found.", (FailureDetail("JobNotFound", message),))
