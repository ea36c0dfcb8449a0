"""What the tests of the stand-in server share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from azure.storage.blob import BlobServiceClient

from blobprep.account import Credential, Protocol
from blobprep.stores.azure import AzureStore
from tests.server import Server

ANONYMOUS = Credential("anonymous")
EXPIRED = -timedelta(hours=1)


@pytest.fixture
def raw(server: Server) -> Server:
    """The server with a container and a blob."""
    server.store.create_container("raw")
    server.store.write("raw", "a", b"0123456789", content_type="text/plain")
    return server


def store_of(server: Server, protocol: Protocol = "http", credential: Credential | None = None) -> AzureStore:
    return AzureStore(server.account(protocol, credential), retry_total=0)


def patient_store_of(server: Server) -> AzureStore:
    return AzureStore(server.account(), retry_total=3, sleep=lambda seconds: None)


def client_of(server: Server, credential: Any = None, protocol: Protocol = "http", **given: Any) -> BlobServiceClient:
    return BlobServiceClient(server.endpoint(protocol), credential=credential or server.key, retry_total=0, **given)
