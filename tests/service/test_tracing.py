"""Spans of requests, by the real OpenTelemetry."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from blobprep.service.monitoring.metrics import Metrics
from blobprep.service.monitoring.observation import AccessLog, Observation, describe
from blobprep.service.monitoring.tracing import open_tracer

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def app(spans: InMemorySpanExporter) -> Starlette:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))

    async def execute(request: Request) -> PlainTextResponse:
        describe(request, service="iris", operation="execute")
        if "fail" in request.query_params:
            raise RuntimeError("canary")
        return PlainTextResponse("done")

    return Starlette(
        routes=[Route("/execute", execute, methods=["POST"])],
        middleware=[Middleware(Observation, log=AccessLog(None), metrics=Metrics(), span=open_tracer(provider))],
    )


def post(app: Starlette, path: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            return await client.post(path, headers={"traceparent": PARENT}, content=b"canary")

    return asyncio.run(ask())


def test_a_request_is_a_span_below_that_of_its_client(app: Starlette, spans: InMemorySpanExporter) -> None:
    answer = post(app, "/execute?sig=canary")

    (span,) = spans.get_finished_spans()
    assert span.name == "blobprep POST"
    assert span.context is not None
    assert f"{span.context.trace_id:032x}" == PARENT.split("-")[1]
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == PARENT.split("-")[2]
    assert dict(span.attributes or {}) == {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "blobprep.service": "iris",
        "blobprep.operation": "execute",
        "blobprep.request_id": answer.headers["x-ms-request-id"],
    }


def test_a_span_has_nothing_of_what_went_wrong(app: Starlette, spans: InMemorySpanExporter) -> None:
    assert post(app, "/execute?fail=canary").status_code == 500

    (span,) = spans.get_finished_spans()
    assert "canary" not in span.to_json()
