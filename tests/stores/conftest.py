"""Every store, for the tests of what all of them promise."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from blobprep.account import Account, Credential
from blobprep.stores import Store
from blobprep.stores.azure import AzureStore
from blobprep.stores.folder.store import FolderStore
from blobprep.stores.memory import MemoryStore
from tests import emulator
from tests.server import serve


@dataclass(frozen=True, slots=True)
class Opened:
    """A store with a container of its own for one test."""

    store: Store
    container: str

    def write(self, blob: str, data: bytes = b"some bytes", content_type: str = "text/csv") -> str:
        return self.store.write(self.container, blob, data, content_type=content_type)

    def names(self, prefix: str = "") -> list[str]:
        return [item.blob for item in self.store.list(self.container, prefix)]  # type: ignore[union-attr]


def emulated(endpoint: str) -> Account:
    return Account(emulator.ACCOUNT, protocol="http", endpoint=endpoint, credential=Credential("key", emulator.KEY))


@pytest.fixture(scope="session")
def azure_store(azurite: str) -> AzureStore:
    return AzureStore(emulated(azurite), retry_total=0)


@pytest.fixture(scope="session")
def served_store() -> Iterator[AzureStore]:
    with serve() as server:
        yield AzureStore(server.account(), retry_total=0)


def _memory(request: pytest.FixtureRequest) -> Store:
    return MemoryStore()


def _folder(request: pytest.FixtureRequest) -> Store:
    folder: Path = request.getfixturevalue("tmp_path")
    return FolderStore(folder / "account")


def _azurite(request: pytest.FixtureRequest) -> Store:
    store: AzureStore = request.getfixturevalue("azure_store")
    return store


def _server(request: pytest.FixtureRequest) -> Store:
    store: AzureStore = request.getfixturevalue("served_store")
    return store


STORES: dict[str, Callable[[pytest.FixtureRequest], Store]] = {
    "memory": _memory,
    "folder": _folder,
    "azurite": _azurite,
    "server": _server,
}


@pytest.fixture(params=STORES)
def opened(request: pytest.FixtureRequest) -> Opened:
    store = STORES[request.param](request)
    container = f"test-{secrets.token_hex(8)}"
    store.create_container(container)
    return Opened(store, container)
