from __future__ import annotations

import pytest

from blobprep.account import parse_connection_string
from blobprep.settings import Workspace
from blobprep.stores.folder.store import FolderStore
from blobprep.stores.memory import MemoryStore
from blobprep.stores.open import open_store


@pytest.fixture(params=["memory", "folder", "azurite"])
def store(request, tmp_path):
    """One store of each kind, with an empty container `blobs-…` of its own named by the fixture `container`."""
    if request.param == "memory":
        return MemoryStore("contoso")
    if request.param == "folder":
        return FolderStore(tmp_path / "account", "contoso")
    endpoint = request.getfixturevalue("azurite")
    key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
    return open_store(parse_connection_string(f"AccountName=devstoreaccount1;AccountKey={key};BlobEndpoint={endpoint}"))


@pytest.fixture
def container(store, request):
    name = f"c{abs(hash(request.node.nodeid))}"
    store.create_container(name)
    return name


@pytest.fixture
def workspace(store, tmp_path):
    return Workspace(environment={}, folder=tmp_path, account="contoso", stores={"contoso": store})
