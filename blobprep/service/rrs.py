"""The routes of request-response calls: `/execute`, and `/score` of before inputs had names.

The event loop moves bytes only. A thread reads the JSON, has the script run, and writes the answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from anyio import CapacityLimiter, to_thread
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route

from blobprep.manifest import ErrorRecord
from blobprep.service.definitions import Column, Score, Scorer, ServiceDefinition, ServiceTable
from blobprep.service.failures import ServiceFailure, failure, script_failure
from blobprep.service.monitoring.observation import describe, request_id
from blobprep.service.registry import Services, addresses
from blobprep.service.request_body import receive_body
from blobprep.service.schema import typed
from blobprep.service.wire.answer import results, vector
from blobprep.service.wire.body import read_body
from blobprep.service.wire.query import Query, read_query
from blobprep.service.wire.request import ScoreRequest, read_request, read_vector

__all__ = ["Authenticate", "failure_of", "require_safe", "routes", "score_request"]

Authenticate = Callable[[HTTPConnection, ServiceDefinition], None]
"""Lets a request pass, or raises `ServiceFailure`."""

_THREADS: Final = 512  # requests in threads; the scorer refuses or queues what is too many
_SAFE: Final = re.compile(r"[\w=-](?:[\w .=-]{0,198}[\w=-])?", re.ASCII)


def routes(services: Services, scorer: Scorer, authenticate: Authenticate) -> list[Route]:
    """Return the routes of all services.

    Args:
        services: whose.
        scorer: runs their scripts.
        authenticate: called for each request.
    """
    limiter: list[CapacityLimiter] = []

    async def answer(request: Request, *, legacy: bool) -> Response:
        service = services.find(request.path_params)
        describe(request, service=service.name, operation="score" if legacy else "execute")
        authenticate(request, service)
        query = Query() if legacy else read_query(request.query_params)
        body = await receive_body(request, service.bytes)
        if not limiter:  # it belongs to the loop that runs
            limiter.append(CapacityLimiter(_THREADS))
        work = partial(_answer, services, scorer, service, body, request.headers, query, legacy, request_id(request))
        content, headers, timings = await to_thread.run_sync(work, limiter=limiter[0])
        describe(request, timings=timings)
        return Response(content, headers=headers, media_type="application/json; charset=utf-8")

    async def execute(request: Request) -> Response:
        return await answer(request, legacy=False)

    async def score(request: Request) -> Response:
        return await answer(request, legacy=True)

    return [
        *(Route(path, execute, methods=["POST"]) for path in addresses("execute")),
        *(Route(path, score, methods=["POST"]) for path in addresses("score")),
    ]


def score_request(
    services: Services, scorer: Scorer, service: ServiceDefinition, asked: ScoreRequest, request_id: str
) -> Score:
    """Run the script of a service on the tables of a request, and learn the columns that were not known.

    Raises:
        ServiceFailure: the script cannot be run now, or failed.
    """
    require_safe(service, asked.parameters)
    unknown = {given.name for given in service.inputs if not given.columns}
    # The first request is read as all later ones will be, with the columns that it tells.
    tables = {name: typed(table) if name in unknown else table for name, table in asked.tables.items()}
    score = scorer.score(service, tables, asked.parameters, request_id=request_id)
    if score.error is not None:
        raise failure_of(score.error)
    if unknown or not all(service.outputs.values()):
        inputs = {name: _columns(table) for name, table in tables.items() if _tells_types(table)}
        outputs = {name: _columns(table) for name, table in score.tables.items()}
        services.learn(service.name, inputs, outputs)
    return score


def require_safe(service: ServiceDefinition, parameters: Mapping[str, str]) -> None:
    """Refuse a parameter that stands in a reference and would lead it elsewhere.

    A value in braces in an option may be one part of a name: letters, digits, `_`, `-`, `=`, and dots and spaces
    inside. So it names another blob below the prefix that the service chose, and nothing above or beside it.

    Raises:
        ServiceFailure: a value may not stand there; 400.
    """
    for name, value in parameters.items():
        place = f"{{{name}}}"
        stands = any(place in text for text in _texts(service.options))
        if stands and (".." in value or not _SAFE.fullmatch(value)):
            raise failure(
                "BadUserArgument",
                "UserParameterInvalid",
                f"Parameter {name} stands in the name of an input and may have letters, digits, '_', '-', '=', and "
                "single dots and spaces inside.",
                target=name,
            )


def failure_of(error: ErrorRecord) -> ServiceFailure:
    """Return what a client is told of a script that failed."""
    if error.code == "0085":
        return script_failure(error)
    if error.code in ("time", "cpu"):
        return failure("RequestTimeout", "ScoreRequestTimeout", more=error.message)
    if error.code == "Defect":
        return failure("InternalError", "ModuleExecutionFailed", more="The log of the server has the reason.")
    return failure("ModuleExecutionError", "85", " ".join(filter(None, (error.message, error.remedy))))


def _answer(
    services: Services,
    scorer: Scorer,
    service: ServiceDefinition,
    body: bytes,
    headers: Mapping[str, str],
    query: Query,
    legacy: bool,
    request_id: str,
) -> tuple[bytes, dict[str, str], Mapping[str, float]]:
    """Return the answer to a request, its own headers, and seconds by stage; runs in a thread."""
    kind, encoding = headers.get("content-type", ""), headers.get("content-encoding", "")
    document = read_body(body, kind, encoding=encoding, most=service.bytes)
    try:
        asked = read_vector(service, document) if legacy else read_request(service, document)
    except ServiceFailure:
        services.on_mismatch(service.name)  # it may fit the script that is there now
        raise
    score = score_request(services, scorer, service, asked, request_id)
    answer: Any = vector(service, score) if legacy else results(service, score, swagger=query.swagger)
    content = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
    return content, {f"x-blobprep-{port}": _header(etag) for port, etag in score.pinned.items()}, score.timings


def _tells_types(table: ServiceTable) -> bool:
    """Return whether each column has a value: one without would be taken for texts from then on."""
    return bool(table.rows) and all(
        any(cell not in (None, "") for cell in cells) for cells in zip(*table.rows, strict=True)
    )


def _columns(table: ServiceTable) -> tuple[Column, ...]:
    return tuple(Column(name, kind) for name, kind in zip(table.names, table.types, strict=True))


def _header(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode() if text.isprintable() else ""


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for inner in value.values() for text in _texts(inner)]
    return []
