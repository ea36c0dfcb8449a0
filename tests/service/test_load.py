"""Two hundred clients at once, over a real server and real children at strict isolation."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from blobprep.service.access.keys import KeyFile
from blobprep.service.definitions import ServiceDefinition, ServiceInput
from blobprep.service.scoring import PoolScorer
from tests.service.serving import plain_app, serving

pytestmark = pytest.mark.landlock

CLIENTS = 200
SCRIPT = "def azureml_main(frame):\n    frame['twice'] = frame['a'] * 2\n    return frame,\n"


async def _ask(client: httpx.AsyncClient, url: str, number: int) -> int:
    """Send a request whose answer no other one has."""
    answer = await client.post(url, content=json.dumps({"names": ["a"], "rows": [[number]]}))
    if answer.status_code == 200:
        assert answer.json()["rows"] == [[str(number), str(number * 2)]]
    else:
        assert answer.json()["error"]["details"][0]["code"] == "RequestThrottled"
    return answer.status_code


async def _all(url: str, requests: int) -> Counter[int]:
    async def one(client: httpx.AsyncClient, first: int) -> list[int]:
        return [await _ask(client, url, first + at * CLIENTS) for at in range(requests)]

    limits = httpx.Limits(max_connections=CLIENTS)
    async with httpx.AsyncClient(limits=limits, timeout=100) as client:
        found = await asyncio.gather(*(one(client, number) for number in range(CLIENTS)))
    return Counter(status for statuses in found for status in statuses)


@contextmanager
def _served(folder: Path, concurrency: int) -> Iterator[str]:
    (folder / "twice.py").write_text(SCRIPT)
    options = {"script": str(folder / "twice.py")}
    inputs = (ServiceInput("input1", "dataset1"),)
    definition = ServiceDefinition("twice", "0" * 32, "1" * 32, options, inputs, concurrency=concurrency)
    with PoolScorer(workers=2) as scorer, serving(plain_app(definition, scorer)) as served:
        yield f"{served.url}/execute"


@pytest.mark.slow
def test_two_hundred_clients_each_get_their_own_answer(tmp_path: Path) -> None:
    with _served(tmp_path, 400) as url:
        found = asyncio.run(_all(url, 2))

    assert found == {200: 2 * CLIENTS}


@pytest.mark.slow
def test_beyond_what_a_service_allows_clients_are_told_to_come_again(tmp_path: Path) -> None:
    with _served(tmp_path, 10) as url:
        found = asyncio.run(_all(url, 3))

    assert set(found) == {200, 503}
    assert found.total() == 3 * CLIENTS


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_minute_of_two_hundred_clients_loses_nothing_and_memory_stays_flat(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "twice.py").write_text(SCRIPT)
    key = KeyFile(tmp_path / "state" / "keys.json").create("twice", "primary")
    program = str(Path(sys.executable).with_name("blobprep"))
    command = [program, "serve", "twice.py", "--port", str(port), "--state", str(tmp_path / "state")]
    url = f"http://127.0.0.1:{port}/services/twice/execute?api-version=2.0"
    body = {"Inputs": {"input1": {"ColumnNames": ["a", "t"], "Values": [[1.5, "x"]] * 10}}}
    process = subprocess.Popen(command, cwd=tmp_path)
    held: list[int] = []
    try:
        found = asyncio.run(_minute(url, key, json.dumps(body).encode(), process.pid, held))
    finally:
        process.terminate()
        assert process.wait(60) in (0, -15)

    assert set(found) <= {200, 503}
    assert found[200] > 1000
    # The first ten seconds make the pool and its caches.
    assert max(held[2:]) < held[1] + 64 * 1024**2


async def _minute(url: str, key: str, body: bytes, pid: int, held: list[int]) -> Counter[int]:
    found: Counter[int] = Counter()
    limits = httpx.Limits(max_connections=CLIENTS)
    headers = {"authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(limits=limits, timeout=100, headers=headers) as client:
        while True:
            try:
                await client.post(url, content=body)
                break
            except httpx.ConnectError:
                await asyncio.sleep(0.1)
        end = time.monotonic() + 60

        async def one() -> None:
            while time.monotonic() < end:
                answer = await client.post(url, content=body)
                found[answer.status_code] += 1
                if answer.status_code == 503:
                    await asyncio.sleep(float(answer.headers["retry-after"]) / 10)

        async def watch() -> None:
            while time.monotonic() < end:
                held.append(_resident(pid))
                await asyncio.sleep(5)

        await asyncio.gather(watch(), *(one() for _ in range(CLIENTS)))
    return found


def _resident(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) * 1024
