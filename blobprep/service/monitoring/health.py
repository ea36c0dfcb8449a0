"""Whether a server lives, whether it is ready for requests, and what it has counted: for whoever runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from blobprep.service.monitoring.metrics import Metrics
from blobprep.service.monitoring.observation import describe

__all__ = ["routes"]

Check = Callable[[], str]
"""Returns what is wrong in a few words, without a name or a value, or an empty text; returns at once."""


def routes(metrics: Metrics, checks: Mapping[str, Check], notices: Mapping[str, Check] | None = None) -> list[Route]:
    """Return `/healthz`, `/readyz` and `/metrics`. None needs a key, and none has anything of a request.

    Args:
        metrics: what was counted.
        checks: what the server is not ready with, by the word under which it is told.
        notices: what it is ready in spite of, likewise.
    """

    async def healthz(request: Request) -> Response:
        describe(request, operation="health")
        return JSONResponse({"status": "alive"})

    async def readyz(request: Request) -> Response:
        describe(request, operation="health")
        troubles = {name: trouble for name, check in checks.items() if (trouble := check())}
        if troubles:
            return JSONResponse({"status": "not ready", "troubles": troubles}, 503, {"retry-after": "1"})
        noticed = {name: notice for name, check in (notices or {}).items() if (notice := check())}
        return JSONResponse({"status": "ready", **({"notices": noticed} if noticed else {})})

    async def read_metrics(request: Request) -> Response:
        describe(request, operation="metrics")
        return Response(metrics.as_text(), media_type=CONTENT_TYPE_LATEST)

    return [
        Route("/healthz", healthz, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
        Route("/metrics", read_metrics, methods=["GET"]),
    ]
