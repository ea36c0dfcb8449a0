"""A server of jobs in a process of its own, over Azurite."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from blobprep.account import parse_connection_string
from blobprep.stores.azure import AzureStore
from tests import emulator
from tests.service.jobs.program import KEY

SCRIPTS = Path(__file__).parent / "scripts"
TOP = Path(__file__).parents[3]
WORKSPACE, ENDPOINT = "a" * 32, "b" * 32
BASE = f"/workspaces/{WORKSPACE}/services/{ENDPOINT}"
VERSION = {"api-version": "2.0"}

_numbers = itertools.count()


class JobServer:
    """A server of jobs as a process, and a client of it.

    Args:
        folder: of its state, which several may share.
        azurite: the endpoint of the emulator.
        changes: what its service has besides the usual.
        limits: of its workers.
    """

    def __init__(
        self,
        folder: Path,
        azurite: str,
        *,
        limits: dict[str, Any] | None = None,
        environment: dict[str, str] | None = None,
        drain: float = 0.0,
        **changes: Any,
    ) -> None:
        service = {
            "name": "double",
            "workspace": WORKSPACE,
            "endpoint": ENDPOINT,
            "options": {"script": str(SCRIPTS / "double.py")},
            "inputs": [{"name": "input1", "port": "dataset1"}],
            "outputs": ["output1"],
            "parameters": {"seconds": "0", "fail": ""},
            "hosts": [urlsplit(azurite).netloc],
            **changes,
        }
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self._settings = folder / f"server-{next(_numbers)}.json"
        self._settings.write_text(
            json.dumps(
                {
                    "folder": str(folder),
                    "services": [service],
                    "environment": environment
                    or {"AZURE_STORAGE_CONNECTION_STRING": emulator.connection_string(azurite)},
                    "limits": {"look": 0.05, **(limits or {})},
                    "drain": drain,
                }
            )
        )
        self.process: subprocess.Popen[str] | None = None
        self.client = httpx.Client()

    def __enter__(self) -> JobServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        self.client.close()

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.service.jobs.program", str(self._settings)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=TOP,
            )
        assert self.process.stdout is not None
        port = self.process.stdout.readline().strip()
        assert port, self.log
        self.client.close()
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {KEY}"}, timeout=30
        )

    def kill(self) -> None:
        """End it as nothing can prepare for."""
        assert self.process is not None
        self.process.kill()
        self._gone()

    def end(self) -> None:
        if self.process is not None:
            assert self.process.stdin is not None
            self.process.stdin.close()
            self._gone()

    def _gone(self) -> None:
        assert self.process is not None
        self.process.wait(60)
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()
        self.process = None

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    def create(self, body: object) -> httpx.Response:
        return self.client.post(f"{BASE}/jobs", params=VERSION, json=body)

    def start_job(self, job: str) -> httpx.Response:
        return self.client.post(f"{BASE}/jobs/{job}/start", params=VERSION)

    def submit(self, body: object) -> str:
        created = self.create(body)
        assert created.status_code == 200, created.text
        job: str = created.json()
        started = self.start_job(job)
        assert started.status_code == 204, started.text
        return job

    def status(self, job: str) -> dict[str, Any]:
        answer = self.client.get(f"{BASE}/jobs/{job}", params=VERSION)
        assert answer.status_code == 200, answer.text
        status: dict[str, Any] = answer.json()
        return status

    def delete(self, job: str) -> httpx.Response:
        return self.client.delete(f"{BASE}/jobs/{job}", params=VERSION)

    def wait(self, job: str, *wanted: str, seconds: float = 60.0) -> dict[str, Any]:
        """Ask until a job is in one of these states, as clients do."""
        deadline = time.monotonic() + seconds
        while (status := self.status(job))["StatusCode"] not in (wanted or ("Finished", "Failed", "Cancelled")):
            assert time.monotonic() < deadline, (status, self.log)
            time.sleep(0.05)
        return status


class Storage:
    """A container of the emulator, and what a client says about blobs in it."""

    def __init__(self, azurite: str, container: str) -> None:
        self.connection_string = emulator.connection_string(azurite)
        self.store = AzureStore(parse_connection_string(self.connection_string))
        self.container = container
        self.store.create_container(container)

    def put(self, blob: str, text: str) -> dict[str, str]:
        self.store.write(self.container, blob, text.encode(), content_type="text/csv")
        return self.ref(blob)

    def ref(self, blob: str) -> dict[str, str]:
        return {"ConnectionString": self.connection_string, "RelativeLocation": f"{self.container}/{blob}"}

    def read(self, blob: str) -> str:
        return self.store.read(self.container, blob).decode()

    def names(self, prefix: str = "") -> list[str]:
        return [item.blob for item in self.store.list(self.container, prefix)]  # type: ignore[union-attr]


@pytest.fixture
def storage(azurite: str) -> Storage:
    return Storage(azurite, f"jobs{next(_numbers)}")


@pytest.fixture
def jobs(azurite: str, tmp_path: Path) -> Iterator[JobServer]:
    with JobServer(tmp_path / "state", azurite) as server:
        yield server
