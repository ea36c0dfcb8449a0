"""Several blobs as one dataset, and formats that no name tells, with real children."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from blobprep.errors import BlobChanged, BlobNotFound, DatasetError
from blobprep.runs.prepare import run
from blobprep.runs.preview import head
from blobprep.runs.result import Run
from blobprep.settings import Workspace
from blobprep.stores.folder.store import FolderStore
from tests.inputs.hooked import Hooked
from tests.runs.arranging import CONTAINER, azure, manifest_of, memory, put

pytestmark = pytest.mark.usefixtures("forked")

PARTS = {"2024/b.csv": b"a,b\n3,y\n", "2024/a.csv": b"a,b\n1,x\n2,x\n", "2024/c.csv": b"a,b\n4,z\n"}
IDENTITY = "def azureml_main(frame):\n    return frame\n"


@pytest.fixture
def script(tmp_path: Path) -> str:
    path = tmp_path / "prep.py"
    path.write_text(IDENTITY)
    return str(path)


def workspace(store: Any) -> Workspace:
    return Workspace(environment={}, stores={"contoso": store}, account="contoso")


def run_on(store: Any, script: str, reference: str, **asked: Any) -> Run:
    return run(script, reference, output="az://work/out/", workspace=workspace(store), **asked)


def fill(store: Any, parts: dict[str, bytes] = PARTS) -> Any:
    for name, data in parts.items():
        put(store, name, data)
    return store


def test_matching_blobs_are_one_dataset_in_name_order_each_recorded(script: str, tmp_path: Path, azurite: str) -> None:
    folder = FolderStore(tmp_path / "account")
    account = azure(azurite)
    for store in (folder, account):
        store.create_container(CONTAINER)
        fill(store)
        done = run_on(store, script, "az://work/2024/*.csv")
        assert done.status == "succeeded", done.log
        assert done.table.to_pydict() == {"a": [1, 2, 3, 4], "b": ["x", "x", "y", "z"]}
        record = done.manifest.inputs["dataset1"]
        assert [(each.reference, each.size, each.sha256) for each in record.blobs] == [
            (f"az://work/{name}", len(PARTS[name]), hashlib.sha256(PARTS[name]).hexdigest()) for name in sorted(PARTS)
        ]
        assert [each.etag for each in record.blobs] == [
            store.properties(CONTAINER, name).etag for name in sorted(PARTS)
        ]
        assert (record.format, record.rows, record.columns) == ("csv", 4, 2)
        assert done.manifest.request["dataset1"] == "az://work/2024/*.csv"
        assert manifest_of(store) == done.manifest


def test_a_dataset_of_the_settings_may_have_wildcards(script: str, tmp_path: Path) -> None:
    store = fill(memory())
    config = tmp_path / "blobprep.toml"
    config.write_text('[datasets.year]\nblob = "az://work/2024/?.csv"\nread = { types = "text" }\n')
    known = Workspace(config=config, environment={}, stores={"contoso": store}, account="contoso")
    done = run(script, "year", output="az://work/out/", workspace=known)
    assert done.table.column("a").to_pylist() == ["1", "2", "3", "4"]


def test_a_blob_that_changes_between_resolve_and_fetch_is_named_and_nothing_is_published(script: str) -> None:
    store = Hooked(fill(memory()))
    changed = []

    def before(operation: str, blob: str) -> None:
        if operation == "read" and blob == "2024/b.csv" and not changed:
            changed.append(put(store.store, "2024/b.csv", b"a,b\n9,q\n"))

    store.before = before
    with pytest.raises(BlobChanged, match=r"az://work/2024/b\.csv changed while it was read"):
        run_on(store, script, "az://work/2024/*.csv")
    manifest = manifest_of(store.store)
    assert (manifest.status, manifest.outputs) == ("failed", ())


def test_a_pattern_that_matches_nothing_is_not_found(script: str) -> None:
    with pytest.raises(BlobNotFound, match=r"dataset1: no blob matches az://work/2025/\*\.csv"):
        run_on(fill(memory()), script, "az://work/2025/*.csv")


def test_the_head_of_several_blobs_is_that_of_the_first_and_fetches_no_other() -> None:
    store = Hooked(fill(memory()))
    read: set[str] = set()
    store.before = lambda operation, blob: read.add(blob) if operation == "read" else None
    seen = head("az://work/2024/*.csv", workspace=workspace(store))
    assert (seen.names, seen.rows, seen.total) == (("a", "b"), (("1", "x"), ("2", "x")), None)
    assert read == {"2024/a.csv"}


@pytest.mark.parametrize(
    ("content_type", "told"),
    [("text/tab-separated-values", "tsv"), ("application/octet-stream", "tsv"), ("text/plain", "tsv")],
)
def test_a_blob_without_extension_is_read_by_its_content_type_or_its_bytes(
    script: str, content_type: str, told: str
) -> None:
    store = memory()
    store.write(CONTAINER, "export", b"a\tb\n1\tx\n2\ty\n", content_type=content_type)
    done = run_on(store, script, "az://work/export")
    assert done.table.to_pydict() == {"a": [1, 2], "b": ["x", "y"]}
    assert done.manifest.inputs["dataset1"].format == told


def test_an_option_that_the_format_found_in_the_bytes_does_not_have_is_the_childs_to_refuse(script: str) -> None:
    store = memory()
    store.write(CONTAINER, "export", b"a\tb\n1\tx\n", content_type="application/octet-stream")
    with pytest.raises(DatasetError, match="'sheet' is not an option for reading tsv"):
        run_on(store, script, "az://work/export", read1={"sheet": "2"})
    assert manifest_of(store).status == "failed"
