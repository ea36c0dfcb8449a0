from __future__ import annotations

import os
import secrets
import shlex
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobprep.batches.copies.jobs import cp
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
from blobprep.settings import Workspace
from blobprep.stores import BLOCK_SIZE
from blobprep.stores.folder.store import FolderStore
from blobprep.stores.memory import MemoryStore
from blobprep.transfer.cat import cat
from blobprep.transfer.listing import ls, references
from tests import emulator
from tests.stores.test_contract import AWKWARD
from tests.transfer.stores import ChangingStore, FailingStore

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


def test_cp_reports_listing_and_copying_with_bytes_and_total(store, container, workspace, tmp_path):
    (tmp_path / "large").write_bytes(LARGE)
    seen = []

    cp(f"{tmp_path}/large", f"az://{container}/x", workspace=workspace, on_progress=seen.append)

    assert list(dict.fromkeys(progress.stage for progress in seen)) == ["list", "copy"]
    assert (seen[-1].done, seen[-1].total, seen[-1].remaining) in [(len(LARGE),) * 2 + (left,) for left in (0.0, None)]


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


def test_an_error_of_a_source_is_not_taken_for_one_of_the_target(tmp_path):
    store = FailingStore("contoso", ContainerNotFound("the container raw was deleted"))
    known = alone(store, tmp_path)
    upload = store.upload("raw", "x")
    for index in range(4):
        upload.put(index, bytes(BLOCK_SIZE))
    upload.commit(4, content_type="text/plain")

    with pytest.raises(ContainerNotFound, match="the container raw was deleted"):
        cp("az://raw/x", str(tmp_path / "x"), workspace=known)


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


def write(store, container, *names, data=b"1"):
    for name in names:
        store.write(container, name, data, content_type="text/plain")


def mark(store, container, *names):
    for name in names:
        store.write(container, name, b"", content_type="x/y", metadata={"hdi_isfolder": "true"})


def contents(store, container, prefix=""):
    return {item.blob: store.read(container, item.blob) for item in store.list(container, prefix)}


def test_a_blob_whose_name_ends_with_a_slash_is_copied_with_the_others(store, container, workspace):
    write(store, container, "x/a", "x/a/", "x/a/b", "x/a//", "x/empty/", data=b"")

    copied = cp(f"az://{container}/x/", f"az://{container}/copy/", workspace=workspace)
    below = cp(f"az://{container}/x/a/", f"az://{container}/below/a/", workspace=workspace)
    cp(f"az://{container}/x/a%2F", f"az://{container}/alone/", workspace=workspace)
    cp(f"az://{container}/x/a%2F", f"az://{container}/alone%2F", workspace=workspace)

    names = ["a", "a%2F", "a/%2F", "a/b", "empty%2F"]
    assert [each.source for each in copied] == [f"az://{container}/x/{name}" for name in names]
    assert [each.target for each in copied] == [f"az://{container}/copy/{name}" for name in names]
    assert [each.target for each in below] == [f"az://{container}/below/{name}" for name in names[1:4]]
    assert set(contents(store, container, "copy/")) == {f"copy/{name}" for name in ("a", "a/", "a//", "a/b", "empty/")}
    assert set(contents(store, container, "alone")) == {"alone/", "alone/a/"}


@pytest.mark.parametrize(
    ("names", "first"),
    [
        (["x/a/", "x/a/b"], "x/a%2F"),
        (["x/a", "x/a/b", "x/0"], "x/a"),
        (["x/0", "x/" + "ü" * 128], "x/" + "ü" * 128),
        (["x/0", "x/.blobprep-x"], "x/.blobprep-x"),
    ],
)
def test_what_local_files_cannot_be_named_is_refused_before_the_first_is_written(tmp_path, names, first):
    store = MemoryStore("contoso")
    known = alone(store, tmp_path)
    write(store, "raw", *names, "x/z")
    (tmp_path / "blobprep.toml").write_text('[accounts.here]\nfolder = "blobs"\n')

    with pytest.raises(OutputError) as caught:
        cp("az://raw/x/", f"{tmp_path}/into/", overwrite=True, workspace=known)

    assert caught.value.message.startswith(f"az://raw/{first} cannot be copied to ")
    assert [path.name for path in tmp_path.iterdir()] == ["blobprep.toml"]
    # Both ways out lead there.
    assert f"blobprep cp {shlex.quote(f'az://raw/{first}')} NAME" in caught.value.remedy
    cp(f"az://raw/{first}", f"{tmp_path}/NAME", workspace=known)
    assert (tmp_path / "NAME").read_bytes() == b"1"
    known = Workspace(environment={}, folder=tmp_path, stores={"contoso": store})
    copied = cp("az://contoso@raw/x/", "az://here@raw/x/", create_container=True, workspace=known)
    assert [each.source for each in copied] == [
        str(Reference("contoso", "raw", name, exact=True)) for name in sorted([*names, "x/z"])
    ]


def test_a_blob_of_whose_name_nothing_would_be_left_is_refused(store, container, workspace, tmp_path):
    write(store, container, "x/a/", "x/a/b")

    for target in (f"az://{container}-new/", f"{tmp_path}/into/"):
        with pytest.raises(OutputError, match=rf"^az://{container}/x/a%2F cannot be copied"):
            cp(f"az://{container}/x/a/", target, create_container=True, workspace=workspace)

    assert not store.container_exists(f"{container}-new")
    assert not (tmp_path / "into").exists()


@pytest.mark.parametrize("there", ["file", "folder"])
def test_what_stands_in_the_way_on_disk_is_found_before_the_first_is_written(tmp_path, there):
    store = MemoryStore("contoso")
    known = alone(store, tmp_path)
    write(store, "raw", "a", "b/c")
    into = tmp_path / "into"
    (into / "b" / "c").mkdir(parents=True) if there == "folder" else into.mkdir()
    if there == "file":
        (into / "b").touch()

    with pytest.raises(OutputError, match=r"^az://raw/b/c cannot be copied"):
        cp("az://raw/", f"{into}/", overwrite=True, workspace=known)

    assert not (into / "a").exists()


@pytest.mark.parametrize(("name", "reason"), [("x" * 200, "longer than 1024 characters"), ("b\\c", "backslash")])
def test_a_name_that_the_service_does_not_take_is_refused_before_the_first_is_written(azurite, tmp_path, name, reason):
    source = tmp_path / "in"
    (source / "deep").mkdir(parents=True)
    (source / "a").touch()
    (source / "deep" / name).touch()
    known = Workspace(environment={"AZURE_STORAGE_CONNECTION_STRING": emulator.connection_string(azurite)})

    with pytest.raises(OutputError, match=reason):
        cp(f"{source}/", f"az://unfit/{'p' * 900}/", create_container=True, workspace=known)

    assert not known.store().container_exists("unfit")


def test_folders_of_a_hierarchical_account_are_not_copied_and_empty_ones_are_told(
    store, container, workspace, tmp_path
):
    mark(store, container, "s", "s/north", "s/north/deep", "s/none", "s/none/below", "s/slashed/", "s/", "s/gone/")
    write(store, container, "s/north/deep/1", "s/slashed/2")
    write(store, container, "s/empty", data=b"")

    for target in (f"az://{container}/copy/", f"{tmp_path}/into/"):
        copied = cp(f"az://{container}/s/", target, workspace=workspace)
        assert [each.target for each in copied] == [
            f"{target}{name}" for name in ("empty", "north/deep/1", "slashed/2")
        ]
        assert workspace.warnings == [f"empty folders are not copied: az://{container}/s/gone/ and 2 more"]
        workspace.warnings.clear()
    with pytest.raises(BlobNotFound, match="nothing but empty folders below"):
        cp(f"az://{container}/s/none/", f"{tmp_path}/none/", workspace=workspace)


def test_a_folder_named_as_a_blob_leads_to_its_prefix(store, container, workspace, tmp_path):
    mark(store, container, "s")
    write(store, container, "s/1", "plain/1")

    for name, reason in (("s", "is a folder"), ("plain", "there is no blob")):
        with pytest.raises(BlobNotFound, match=reason) as caught:
            cp(f"az://{container}/{name}", f"{tmp_path}/{name}/", workspace=workspace)
        assert caught.value.remedy == f"to copy everything below it, write az://{container}/{name}/"
        cp(f"az://{container}/{name}/", f"{tmp_path}/{name}/", workspace=workspace)
        assert (tmp_path / name / "1").read_bytes() == b"1"


def test_without_overwrite_nothing_is_copied_where_one_target_is_taken(store, container, workspace, tmp_path):
    write(store, container, "x/a", "x/b", "x/c")
    for target, taken in ((f"az://{container}/y/", f"az://{container}/y/b"), (f"{tmp_path}/y/", f"{tmp_path}/y/b")):
        cp(f"az://{container}/x/b", target, workspace=workspace)

        with pytest.raises(OutputExists) as caught:
            cp(f"az://{container}/x/", target, workspace=workspace)

        assert caught.value.message == f"{taken} exists already"
    assert set(contents(store, container, "y/")) == {"y/b"}
    assert [path.name for path in (tmp_path / "y").iterdir()] == ["b"]


def test_an_error_among_several_tells_what_was_copied_before_it(tmp_path):
    store = FailingStore("contoso", StoreUnavailable("the store is away", remedy="try again later"), at=4)
    known = alone(store, tmp_path)
    names = [f"x/{number:02}" for number in range(20)]
    write(store, "raw", *names)

    with pytest.raises(StoreUnavailable) as caught:
        cp("az://raw/x/", f"{tmp_path}/y/", workspace=known)

    there = sorted(path.name for path in (tmp_path / "y").iterdir())
    missing = [name for name in names if name[2:] not in there]
    assert caught.value.message == (
        f"the store is away; {len(there)} of 20 were copied, but not az://raw/{missing[0]} and {len(missing) - 1} more"
    )
    assert caught.value.remedy == "try again later; repeat with --overwrite --resume, which copies the rest"
    assert len(cp("az://raw/x/", f"{tmp_path}/y/", overwrite=True, workspace=known)) == 20


SEGMENTS = st.sampled_from(
    ["a", "A", "b c", "", ".", "..", "%2F", "a%blob", "%empty", "?", "#", "*", "\\", "é", "e\u0301"]
)
NAMES = st.sets(
    st.lists(SEGMENTS | st.text("ab/%.\u3000\n", min_size=1, max_size=4), min_size=1, max_size=3)
    .map("/".join)
    .filter(bool),
    min_size=1,
    max_size=6,
)


def account_for(store, known, names, root):
    """List, read and copy blobs of these names, and find each: listed, read and copied, or in the one error."""
    raw, copy, back = (f"{kind}-{secrets.token_hex(8)}" for kind in ("raw", "copy", "back"))
    for container in (raw, copy, back):
        store.create_container(container)
    for name in names:
        write(store, raw, name, data=name.encode())
    expected = {name: name.encode() for name in names}

    listed = list(ls(f"az://{raw}/", recursive=True, workspace=known))
    assert sorted(item.blob for item in listed) == sorted(names)
    for item in listed:
        reference = references(f"az://{raw}/", known)(item)
        assert b"".join(cat(reference, workspace=known)) == item.blob.encode()
        assert next(ls(reference, recursive=True, workspace=known)).blob == item.blob
    cp(f"az://{raw}/", f"az://{copy}/", workspace=known)
    assert contents(store, copy) == expected
    try:
        cp(f"az://{raw}/", f"{root}/local/", workspace=known)
        refused = ""
    except OutputError as error:
        refused = error.message
    if refused:
        assert any(refused.startswith(f"{Reference(None, raw, name, exact=True)} ") for name in names)
        assert not (root / "local").exists()
        return
    cp(f"{root}/local/", f"az://{back}/", workspace=known)
    assert contents(store, back) == expected


@given(NAMES)
def test_names_of_any_kind_are_all_listed_read_and_copied_or_one_is_named(names):
    with tempfile.TemporaryDirectory() as folder:
        store = MemoryStore("contoso")
        account_for(store, Workspace(environment={}, stores={"contoso": store}, account="contoso"), names, Path(folder))


@settings(max_examples=40)  # each waits for the disk many times
@given(NAMES)
def test_names_of_any_kind_are_kept_by_a_folder_account(names):
    with tempfile.TemporaryDirectory() as folder:
        store = FolderStore(Path(folder, "blobs"), "contoso")
        account_for(store, Workspace(environment={}, stores={"contoso": store}, account="contoso"), names, Path(folder))


def test_awkward_names_are_all_listed_read_and_copied(store, workspace, tmp_path):
    account_for(store, workspace, AWKWARD, tmp_path)
    account_for(store, workspace, ["a b/c", "a b/%2F", "x", "UPPER", "upper"], tmp_path)


def test_what_is_no_file_in_a_local_folder_is_told(workspace, tmp_path):
    source = tmp_path / "source"
    (source / "below").mkdir(parents=True)
    (source / "a.csv").write_bytes(b"1")
    (source / "gone").symlink_to("nothing")
    os.mkfifo(source / "below" / "pipe")

    copied = cp(f"{source}/", f"{tmp_path}/target/", workspace=workspace)

    assert [Path(each.target).name for each in copied] == ["a.csv"]
    assert workspace.warnings == [f"not copied because it is not a regular file: {source}/gone and 1 more"]
