"""The fast account of the benchmarks answers the SDK as the service would."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from blobprep.errors import BlobNotFound, ConditionNotMet
from blobprep.settings import Workspace
from blobprep.stores import IfAbsent, Store
from tests.benchmarks.peers import ACCOUNT, KEY
from tests.server.fast import KEPT, FastAccount

DATA = bytes(range(256)) * 64


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "raw" / "deep").mkdir(parents=True)
    (tmp_path / "raw" / "deep" / "a b.bin").write_bytes(DATA)
    (tmp_path / "raw" / "z.bin").write_bytes(b"z")
    account = FastAccount(tmp_path)
    serving = threading.Thread(target=account.serve, daemon=True)
    serving.start()
    connection = (
        f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};"
        f"BlobEndpoint=http://127.0.0.1:{account.port}/{ACCOUNT};"
    )
    workspace = Workspace(environment={"AZURE_STORAGE_CONNECTION_STRING": connection}, folder=tmp_path)
    yield workspace.locate("az://raw/z.bin").store
    account.close()
    serving.join()


def test_a_range_is_sent_as_it_lies_in_the_file(store: Store) -> None:
    assert store.read("raw", "deep/a b.bin", offset=300, length=500) == DATA[300:800]


def test_blobs_are_listed_with_prefixes(store: Store) -> None:
    assert [entry.prefix if hasattr(entry, "prefix") else entry.blob for entry in store.list("raw", delimiter="/")] == [
        "deep/",
        "z.bin",
    ]


def test_what_is_not_there_or_changed_is_refused(store: Store) -> None:
    with pytest.raises(BlobNotFound):
        store.properties("raw", "missing")
    with pytest.raises(ConditionNotMet):
        store.read("raw", "z.bin", if_match='"other"')


def test_small_uploads_are_kept_and_large_ones_are_counted(store: Store) -> None:
    store.write("raw", "small", b"kept", content_type="text/plain")
    store.write("raw", "large", bytes(KEPT + 1), content_type="text/plain")

    assert store.read("raw", "small") == b"kept"
    assert store.properties("raw", "large").size == KEPT + 1
    with pytest.raises(ConditionNotMet):
        store.write("raw", "small", b"", content_type="text/plain", condition=IfAbsent())
