"""Requests for tests: a store with a script and datasets in it, and where the results go."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from blobprep.account import Account, Credential
from blobprep.inputs.sources import Dataset, SourceScript
from blobprep.manifest import MANIFEST_NAME, Manifest
from blobprep.runs.options import RunOptions
from blobprep.runs.report_bounds import ReportBounds
from blobprep.runs.request import Request, new_run_id
from blobprep.stores import BlobProperties, Store
from blobprep.stores.location import BlobLocation
from blobprep.stores.memory import MemoryStore
from tests import emulator

__all__ = [
    "CONTAINER",
    "IDENTITY",
    "ask",
    "azure",
    "dataset",
    "located",
    "manifest_of",
    "memory",
    "names",
    "put",
    "text_of",
]

CONTAINER = "work"
IDENTITY = b"def azureml_main(frame=None, other=None):\n    return frame\n"


def memory() -> MemoryStore:
    """Return an account in memory with its container."""
    store = MemoryStore()
    store.create_container(CONTAINER)
    return store


def azure(endpoint: str) -> Store:
    """Open the account of an Azurite over http, with its key."""
    from blobprep.stores.azure import AzureStore

    credential = Credential("key", emulator.KEY)
    return AzureStore(Account(emulator.ACCOUNT, protocol="http", endpoint=endpoint, credential=credential))


def located(store: Any, blob: str) -> BlobLocation:
    return BlobLocation(store, CONTAINER, blob, f"az://{CONTAINER}/{blob}")


def put(store: Any, blob: str, data: bytes) -> BlobLocation:
    store.write(CONTAINER, blob, data, content_type="text/csv")
    return located(store, blob)


def dataset(store: Any, blob: str, data: bytes = b"a,b\n1,x\n2,y\n", **options: str) -> Dataset:
    return Dataset(put(store, blob, data), options=options)


def ask(store: Any, script: bytes = IDENTITY, *, output: str = "out/", **asked: Any) -> Request:
    """Ask for a run of a script whose source is given.

    Args:
        store: where everything is.
        script: its source.
        output: the prefix results go below.
        **asked: attributes of the request, and else options of the run; its report may take a minute.
    """
    source = put(store, "scripts/prep.py", script)
    resolved = {each.name: asked.pop(each.name) for each in fields(Request) if each.name in asked}
    # A small run leaves its report less time than a busy machine needs, and the inputs would be left out.
    resolved.setdefault("report_bounds", ReportBounds(seconds=60.0))
    return Request(
        resolved.pop("run_id", new_run_id(datetime.now(UTC))),
        SourceScript(source),
        located(store, output),
        RunOptions(source.printed, **asked),
        **resolved,
    )


def names(store: Store, prefix: str = "out/") -> set[str]:
    """List the blobs below a prefix."""
    found = store.list(CONTAINER, prefix)
    return {each.blob.removeprefix(prefix) for each in found if isinstance(each, BlobProperties)}


def manifest_of(store: Store, prefix: str = "out/") -> Manifest:
    return Manifest.decode(store.read(CONTAINER, prefix + MANIFEST_NAME))


def text_of(store: Store, blob: str) -> str:
    return store.read(CONTAINER, blob).decode()
