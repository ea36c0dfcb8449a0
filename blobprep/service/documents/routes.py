"""The routes of what a service tells about itself. None needs a key."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from blobprep.service.definitions import ServiceDefinition
from blobprep.service.documents.openapi import openapi
from blobprep.service.documents.pages import HEADERS, STATIC, help_page, index_page, static_file, try_page
from blobprep.service.documents.swagger import swagger
from blobprep.service.monitoring.observation import describe
from blobprep.service.registry import Services, addresses

__all__ = ["routes"]

_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_CLASSIC: Final = "/workspaces/{workspace}/webservices/{webservice}/endpoints/{service}"


def routes(services: Services, url: str = "") -> list[Route]:
    """Return the routes of documents and pages.

    Args:
        services: whose.
        url: the address of the server that clients have, without a path; empty to take it from each request.
    """

    def address(request: Request) -> str:
        if url:
            return url.rstrip("/")
        host = request.headers.get("host", "")
        return f"{request.url.scheme}://{host if _HOST.fullmatch(host) else 'localhost'}"

    def document(make: Callable[[ServiceDefinition, str], Any]) -> Callable[..., Any]:
        async def answer(request: Request) -> Response:
            service = services.find(request.path_params)
            describe(request, service=service.name, operation="documents")
            return JSONResponse(make(service, address(request)))

        return answer

    def page(make: Callable[[ServiceDefinition, str], str]) -> Callable[..., Any]:
        async def answer(request: Request) -> Response:
            service = services.find(request.path_params)
            describe(request, service=service.name, operation="pages")
            return _page(make(service, address(request)))

        return answer

    async def index(request: Request) -> Response:
        describe(request, operation="pages")
        return _page(index_page(services))

    async def static(request: Request) -> Response:
        describe(request, operation="pages")
        name = request.path_params["name"]
        return Response(static_file(name), headers=HEADERS, media_type=STATIC[name])

    help_answer, try_answer = page(help_page), page(lambda service, _: try_page(service))
    swagger_answer = document(swagger)
    classic = [f"/apihelp{_CLASSIC}", *(f"/apihelp{_CLASSIC}/{part}" for part in ("score", "jobs", "update"))]
    return [
        Route("/", index, methods=["GET"]),
        *(Route(f"/static/{name}", _named(static, name), methods=["GET"]) for name in STATIC),
        *(Route(path, swagger_answer, methods=["GET"]) for path in (*addresses("swagger.json"), *_api_documents())),
        *(Route(path, document(openapi), methods=["GET"]) for path in addresses("openapi.json")),
        *(Route(path, help_answer, methods=["GET"]) for path in (*addresses("help"), *classic)),
        *(Route(path, try_answer, methods=["GET"]) for path in addresses("try")),
    ]


def _api_documents() -> tuple[str, ...]:
    """Return where clients that know the help page of a service look for its document."""
    return (f"{_CLASSIC}/apidocument", f"/apihelp{_CLASSIC}/apidocument")


def _named(answer: Callable[..., Any], name: str) -> Callable[..., Any]:
    async def named(request: Request) -> Any:
        request.path_params["name"] = name
        return await answer(request)

    return named


def _page(text: str) -> Response:
    return Response(text.encode(), headers=HEADERS, media_type="text/html; charset=utf-8")
