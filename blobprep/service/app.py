"""All routes of a server as one application, and what a client is told that none of them answers."""

from __future__ import annotations

import json
import logging
import math
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Lifespan

from blobprep.service import rrs
from blobprep.service.definitions import Scorer
from blobprep.service.failures import ServiceFailure, failure, failure_body
from blobprep.service.monitoring.observation import describe
from blobprep.service.registry import Services
from blobprep.service.rrs import Authenticate

__all__ = ["create_app", "failure_response"]

_LOG: Final = logging.getLogger("blobprep.service")
_SLASH: Final = re.compile(r"(?<!\^)/")  # but for that in `[^/]`


def create_app(
    services: Services,
    scorer: Scorer,
    authenticate: Authenticate,
    *,
    more: Iterable[BaseRoute] = (),
    middleware: Iterable[Middleware] = (),
    lifespan: Lifespan[Starlette] | None = None,
) -> Starlette:
    """Return the application of a server.

    Args:
        services: what it serves.
        scorer: runs their scripts.
        authenticate: lets a request pass, or raises `ServiceFailure`.
        more: routes of jobs, documents, health and metrics.
        middleware: what a request goes through, outermost first.
        lifespan: what begins and ends with the server.
    """
    handlers: dict[Any, Callable[..., Any]] = {
        ServiceFailure: _refuse,
        HTTPException: _refuse_route,
        Exception: _refuse_defect,
    }
    app = Starlette(
        routes=[_lenient(route) for route in (*rrs.routes(services, scorer, authenticate), *more)],
        middleware=list(middleware),
        exception_handlers=handlers,
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # a key would be sent again, behind a proxy by http
    return app


def _lenient(route: BaseRoute) -> BaseRoute:
    """Let a route match as those of the classic service did: in any case, with slashes at the end or doubled."""
    if isinstance(route, Route):
        pattern = _SLASH.sub("/+", route.path_regex.pattern.removeprefix("^").removesuffix("$"))
        end = "" if pattern.endswith("/+") else "/*"  # two ways to match a slash would take forever on many
        route.path_regex = re.compile(f"^{pattern}{end}$", re.IGNORECASE)
    return route


def failure_response(given: ServiceFailure, headers: dict[str, str] | None = None) -> Response:
    """Return the answer that tells a failure, in the classic shape."""
    told = dict(headers or {})
    if given.retry_after is not None:
        told["retry-after"] = str(math.ceil(given.retry_after))
    if given.status == 401:
        told["www-authenticate"] = "Bearer"
    content = json.dumps(failure_body(given), ensure_ascii=False).encode()
    return Response(content, given.status, told, "application/json; charset=utf-8")


async def _refuse(request: Request, given: ServiceFailure) -> Response:
    describe(request, code=given.code)
    return failure_response(given)


async def _refuse_route(request: Request, given: HTTPException) -> Response:
    """Tell in the classic shape that there is no such address, or that it has no such method."""
    if given.status_code == 404:
        describe(request, code="NotFound")
        return failure_response(failure("NotFound", "WebServiceNotFound"))
    code = "InvalidOperation" if given.status_code == 405 else "BadArgument"
    describe(request, code=code)
    headers = dict(given.headers or {})
    return failure_response(ServiceFailure(given.status_code, code, str(given.detail)), headers)


async def _refuse_defect(request: Request, error: Exception) -> Response:
    # The traceback names our own lines; a message could hold data, and is left out.
    describe(request, code="InternalError")
    _LOG.error("a request could not be answered: %s", type(error).__name__)
    return failure_response(failure("InternalError", "UnknownError"))
