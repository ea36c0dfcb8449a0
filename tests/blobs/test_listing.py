from __future__ import annotations

import pytest

from blobprep.blobs.listing import ls
from blobprep.errors import BlobNotFound, ContainerNotFound
from blobprep.stores import BlobPrefix
from blobprep.workspace import Workspace


@pytest.fixture
def filled(store, container):
    for name in ("a.csv", "b/1.csv", "b/2.csv"):
        store.write(container, name, b"x", content_type="text/csv")
    return f"az://{container}"


def names(found):
    return [each.prefix if isinstance(each, BlobPrefix) else each.blob for each in found]


def test_ls_groups_what_is_below_a_slash(filled, workspace):
    assert names(ls(filled, workspace=workspace)) == ["a.csv", "b/"]
    assert names(ls(f"{filled}/b", workspace=workspace)) == ["b/"]
    assert names(ls(f"{filled}/b/", workspace=workspace)) == ["b/1.csv", "b/2.csv"]


def test_ls_lists_every_blob_when_recursive(filled, workspace):
    assert names(ls(filled, recursive=True, workspace=workspace)) == ["a.csv", "b/1.csv", "b/2.csv"]


def test_ls_lists_what_a_wildcard_matches(filled, workspace):
    assert names(ls(f"{filled}/*/?.csv", workspace=workspace)) == ["b/1.csv", "b/2.csv"]
    with pytest.raises(BlobNotFound, match="no blob matches"):
        list(ls(f"{filled}/*.json", workspace=workspace))


def test_ls_of_an_account_lists_its_containers(filled, container, workspace):
    assert BlobPrefix(container, "") in list(ls("az://", workspace=workspace))
    assert BlobPrefix(container, "") in list(ls("az://contoso@", workspace=workspace))


def test_ls_says_when_nothing_has_that_name(filled, workspace):
    with pytest.raises(BlobNotFound, match="zzz"):
        list(ls(f"{filled}/zzz", workspace=workspace))
    with pytest.raises(ContainerNotFound):
        list(ls("az://nowhere", workspace=workspace))


def test_an_empty_container_lists_nothing(container, workspace):
    assert list(ls(f"az://{container}", workspace=workspace)) == []


def test_ls_lists_a_local_folder(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "x.csv").write_text("a")
    (tmp_path / "deep" / "y.csv").write_text("a")
    known = Workspace(environment={}, folder=tmp_path)

    assert names(ls(str(tmp_path), workspace=known)) == ["deep/", "x.csv"]
    assert names(ls(f"{tmp_path}/", recursive=True, workspace=known)) == ["deep/y.csv", "x.csv"]
    with pytest.raises(BlobNotFound):
        list(ls(str(tmp_path / "none"), workspace=known))
