"""A real server of services on loopback, in this process: uvicorn, real children, a real socket."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn
from starlette.routing import BaseRoute

from blobprep.service.access.authentication import Access
from blobprep.service.access.keys import KeyFile
from blobprep.service.app import create_app
from blobprep.service.registry import Services
from blobprep.service.scoring import PoolScorer
from blobprep.settings import Workspace

SCRIPTS = Path(__file__).parent / "scripts"


@dataclass(frozen=True)
class Live:
    """A server that answers.

    Attributes:
        url: its address.
        keys: of its services, by name.
        services: what it serves.
    """

    url: str
    keys: Mapping[str, str]
    services: Services

    def address(self, name: str) -> str:
        """Return the address of a service, as clients have it."""
        service = self.services.named(name)
        return f"{self.url}/workspaces/{service.workspace}/services/{service.endpoint}"

    def post(self, name: str, document: object, *, query: str = "api-version=2.0&details=true") -> httpx.Response:
        """Call a service as a client would."""
        return httpx.post(
            f"{self.address(name)}/execute?{query}",
            json=document,
            headers={"Authorization": f"Bearer {self.keys[name]}"},
            timeout=60,
        )


@contextmanager
def listening(app: object) -> Iterator[str]:
    """Serve an application; yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="on"))  # type: ignore[arg-type]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def serving(
    services: Services,
    folder: Path,
    *,
    more: Sequence[BaseRoute] = (),
    workspace: Workspace | None = None,
) -> Iterator[Live]:
    """Serve services, each with a key of its own."""
    keys = KeyFile(folder / "keys.json")
    made = {definition.name: keys.create(definition.name, "primary") for definition in services}
    workspace = workspace or Workspace(folder=folder, environment={})
    with PoolScorer(workspace, workers=2) as scorer:
        app = create_app(services, scorer, Access(keys).authenticate, more=more)
        with listening(app) as url:
            yield Live(url, made, services)
