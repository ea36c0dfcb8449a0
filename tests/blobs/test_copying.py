from __future__ import annotations

import os

import pytest

from blobprep.blobs.copying import cp
from blobprep.errors import (
    BlobChanged,
    BlobNotFound,
    ContainerNotFound,
    InvalidReference,
    OutputContainerMissing,
    OutputError,
    OutputExists,
    StoreUnavailable,
)
from blobprep.reference import Reference
from blobprep.stores import BLOCK_SIZE
from blobprep.stores.memory import MemoryStore
from blobprep.workspace import Workspace
from tests.blobs.stores import ChangingStore, FailingStore

LARGE = os.urandom(2 * BLOCK_SIZE + 17)


def test_cp_brings_a_file_to_a_blob_and_back(store, container, workspace, tmp_path):
    (tmp_path / "a.csv").write_bytes(b"a,b\n1,2\n")

    there = cp(f"{tmp_path}/a.csv", f"az://{container}/in/", workspace=workspace)
    cp(f"az://{container}/in/a.csv", f"{tmp_path}/back/", workspace=workspace)

    assert [each.target for each in there] == [f"az://{container}/in/a.csv"]
    assert there[0].etag == store.properties(container, "in/a.csv").etag
    assert store.properties(container, "in/a.csv").content_type == "text/csv"
    assert (tmp_path / "back" / "a.csv").read_bytes() == b"a,b\n1,2\n"
    assert sorted(each.name for each in (tmp_path / "back").iterdir()) == ["a.csv"]


def test_cp_keeps_content_type_and_metadata_of_a_blob(store, container, workspace):
    store.write(container, "x", b"1", content_type="text/x-own", metadata={"kind": "raw"})

    cp(f"az://{container}/x", f"az://{container}/y", workspace=workspace)
    cp(f"az://{container}/", f"az://{container}/copy/", workspace=workspace)

    for name in ("y", "copy/x"):
        copied = store.properties(container, name)
        assert (copied.content_type, dict(copied.metadata)) == ("text/x-own", {"kind": "raw"})


def test_cp_carries_a_large_blob_in_ranges_and_tells_how_far_it_is(store, container, workspace, tmp_path):
    (tmp_path / "large").write_bytes(LARGE)
    seen = []

    cp(f"{tmp_path}/large", f"az://{container}/x", workspace=workspace, progress=lambda *step: seen.append(step))
    cp(f"az://{container}/x", f"{tmp_path}/again", workspace=workspace)

    assert (tmp_path / "again").read_bytes() == LARGE
    assert seen[0] == (0, len(LARGE))
    assert seen[-1] == (len(LARGE), len(LARGE))
    assert seen == sorted(seen)


def test_cp_of_a_prefix_copies_all_below(store, container, workspace, tmp_path):
    for name in ("p/a", "p/q/b", "p/empty", "other"):
        store.write(container, name, name.encode() * (name != "p/empty"), content_type="text/plain")

    copied = cp(f"az://{container}/p/", str(tmp_path / "all"), workspace=workspace)

    assert [each.source for each in copied] == [f"az://{container}/p/{name}" for name in ("a", "empty", "q/b")]
    assert (tmp_path / "all" / "q" / "b").read_text() == "p/q/b"
    assert (tmp_path / "all" / "empty").read_bytes() == b""
    assert not (tmp_path / "all" / "other").exists()


def test_cp_of_a_local_folder_copies_all_below(container, store, workspace, tmp_path):
    (tmp_path / "d" / "e").mkdir(parents=True)
    (tmp_path / "d" / "e" / "x.csv").write_text("1")

    cp(str(tmp_path / "d"), f"az://{container}", workspace=workspace)

    assert store.read(container, "e/x.csv") == b"1"


@pytest.mark.parametrize("data", [b"new", LARGE], ids=["small", "large"])
def test_cp_replaces_a_blob_only_when_told(store, container, workspace, tmp_path, data):
    (tmp_path / "x").write_bytes(data)
    store.write(container, "x", b"old", content_type="text/plain")

    with pytest.raises(OutputExists, match="--overwrite"):
        cp(f"{tmp_path}/x", f"az://{container}/x", workspace=workspace)
    assert store.read(container, "x") == b"old"

    cp(f"{tmp_path}/x", f"az://{container}/x", overwrite=True, workspace=workspace)
    assert store.read(container, "x") == data


@pytest.mark.parametrize("data", [b"new", LARGE], ids=["small", "large"])
def test_cp_creates_a_missing_container_only_when_told(store, container, workspace, tmp_path, data):
    (tmp_path / "x").write_bytes(data)

    with pytest.raises(OutputContainerMissing, match="--create-container"):
        cp(f"{tmp_path}/x", f"az://{container}-new/x", workspace=workspace)
    cp(f"{tmp_path}/x", f"az://{container}-new/x", create_container=True, workspace=workspace)

    assert store.read(f"{container}-new", "x") == data


def test_cp_says_what_is_not_there(container, workspace, tmp_path):
    for source in (f"az://{container}/none", f"az://{container}/none/", str(tmp_path / "none")):
        with pytest.raises(BlobNotFound):
            cp(source, str(tmp_path / "x"), workspace=workspace)
    with pytest.raises(ContainerNotFound):
        cp("az://nowhere/x", str(tmp_path / "x"), workspace=workspace)


def alone(store, tmp_path):
    store.create_container("raw")
    return Workspace(environment={}, folder=tmp_path, account="contoso", stores={"contoso": store})


def test_a_copy_of_a_blob_that_changes_meanwhile_never_appears(tmp_path):
    store = ChangingStore("contoso")
    known = alone(store, tmp_path)
    store.write("raw", "x", b"0123456789", content_type="text/plain")

    with pytest.raises(BlobChanged):
        cp("az://raw/x", str(tmp_path / "x"), workspace=known)

    assert list(tmp_path.iterdir()) == []


def test_a_copy_that_breaks_off_never_appears(tmp_path):
    store = FailingStore("contoso", StoreUnavailable("the store is away"))
    known = alone(store, tmp_path)
    upload = store.upload("raw", "x")
    for index in range(4):
        upload.put(index, bytes(BLOCK_SIZE))
    upload.commit(4, content_type="text/plain")

    with pytest.raises(StoreUnavailable):
        cp("az://raw/x", str(tmp_path / "x"), workspace=known)

    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("name", ["../out", "a/../../out", "/out", "a//b", "./x"])
def test_no_name_of_a_blob_leads_out_of_the_folder(tmp_path, name):
    store = MemoryStore("contoso")
    known = alone(store, tmp_path)
    store.write("raw", name, b"1", content_type="text/plain")

    with pytest.raises(OutputError, match="a part of its name is empty") as caught:
        cp("az://raw/", str(tmp_path / "into"), workspace=known)

    assert str(Reference(None, "raw", name)) in caught.value.message
    assert list(tmp_path.rglob("*")) == []


def test_a_version_is_read_and_never_written(tmp_path):
    known = alone(MemoryStore("contoso"), tmp_path)

    with pytest.raises(InvalidReference, match="version"):
        cp(str(tmp_path / "x"), "az://raw/x?versionId=1", workspace=known)
