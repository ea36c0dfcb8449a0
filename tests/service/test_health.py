"""What whoever runs a server asks it."""

from __future__ import annotations

import asyncio

import httpx
from starlette.applications import Starlette

from blobprep.service.monitoring import health
from blobprep.service.monitoring.metrics import Metrics


def get(app: Starlette, path: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://server") as client:
            return await client.get(path)

    return asyncio.run(ask())


def test_a_server_is_ready_unless_a_check_says_why_not() -> None:
    troubles = {"queue": ""}
    checks = {"queue": lambda: troubles["queue"]}
    app = Starlette(routes=health.routes(Metrics(), checks, {"inputs": lambda: "1 is old"}))

    assert get(app, "/healthz").json() == {"status": "alive"}
    ready = get(app, "/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "notices": {"inputs": "1 is old"}})
    troubles["queue"] = "it is full"
    waiting = get(app, "/readyz")
    assert (waiting.status_code, waiting.json()["troubles"]) == (503, {"queue": "it is full"})
    assert get(app, "/healthz").status_code == 200


def test_what_is_watched_is_read_when_somebody_asks() -> None:
    metrics = Metrics()
    held = [1.0]
    metrics.watch("blobprep_held", "Things.", lambda: held[0])

    assert b"blobprep_held 1.0" in metrics.as_text()
    held[0] = 2.0
    assert b"blobprep_held 2.0" in metrics.as_text()
