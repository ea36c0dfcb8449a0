from __future__ import annotations

from pathlib import Path

import pytest

import blobprep
from blobprep.batches.items import InputBlob
from blobprep.batches.worker.pins import pin_blobs
from blobprep.errors import BlobChanged, DatasetError
from blobprep.inputs.sources import PinnedBlobs
from blobprep.manifest import Manifest
from blobprep.runs.result import Run
from blobprep.settings.workspace import Workspace
from blobprep.stores.memory import MemoryStore

SCRIPT = "def azureml_main(frame=None, other=None):\n    return frame\n"


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore("contoso")
    store.create_container("raw")
    return store


@pytest.fixture
def workspace(store: MemoryStore) -> Workspace:
    return Workspace(environment={}, stores={"contoso": store})


def listed(store: MemoryStore, name: str, data: bytes, content_type: str = "application/octet-stream") -> InputBlob:
    etag = store.write("raw", name, data, content_type=content_type)
    return InputBlob(f"az://contoso@raw/{name}", etag, len(data))


def run(tmp_path: Path, workspace: Workspace, source: PinnedBlobs) -> Run:
    script = tmp_path / "prep.py"
    script.write_text(SCRIPT)
    return blobprep.run(
        script,
        source,
        output="az://contoso@raw/out/",
        format="csv",
        workspace=workspace,
        isolation="process",
        report=False,
    )


def test_pinned_blobs_run_as_one_dataset_and_are_recorded_with_their_etags(
    tmp_path: Path, store: MemoryStore, workspace: Workspace
) -> None:
    blobs = [listed(store, "a.csv", b"n\n1\n"), listed(store, "b.csv", b"n\n2\n")]
    run(tmp_path, workspace, pin_blobs(workspace, blobs)).raise_for_failure()
    assert store.read("raw", "out/results.csv") == b"n\n1\n2\n"
    manifest = Manifest.decode(store.read("raw", "out/manifest.json"))
    rows = manifest.inputs["dataset1"].blobs
    assert [(row.reference, row.etag) for row in rows] == [(blob.reference, blob.etag) for blob in blobs]
    assert manifest.request["dataset1"] == "az://contoso@raw/a.csv and az://contoso@raw/b.csv"


def test_a_blob_that_changed_since_the_plan_is_not_read(
    tmp_path: Path, store: MemoryStore, workspace: Workspace
) -> None:
    blob = listed(store, "a.csv", b"n\n1\n")
    listed(store, "a.csv", b"n\n2\n")
    with pytest.raises(BlobChanged, match=r"az://contoso@raw/a\.csv changed"):
        run(tmp_path, workspace, pin_blobs(workspace, [blob]))


def test_the_content_type_of_a_pinned_blob_shows_its_format(
    tmp_path: Path, store: MemoryStore, workspace: Workspace
) -> None:
    plain = listed(store, "table", b"n\tm\n1\t2\n")
    typed = InputBlob(plain.reference, plain.etag, plain.size, "text/tab-separated-values")
    run_of = run(tmp_path, workspace, pin_blobs(workspace, [typed]))
    assert run_of.manifest.inputs["dataset1"].format == "tsv"


def test_pinned_blobs_of_several_formats_are_refused(tmp_path: Path, store: MemoryStore, workspace: Workspace) -> None:
    blobs = [listed(store, "a.csv", b"n\n1\n"), listed(store, "b.tsv", b"n\n2\n")]
    with pytest.raises(DatasetError, match="mix formats"):
        run(tmp_path, workspace, pin_blobs(workspace, blobs))
