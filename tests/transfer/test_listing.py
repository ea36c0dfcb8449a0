from __future__ import annotations

import pytest

from blobprep.errors import BlobNotFound, ContainerNotFound
from blobprep.settings import Workspace
from blobprep.stores import BlobPrefix
from blobprep.transfer.listing import ls, references


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


def mark(store, container, *names):
    for name in names:
        store.write(container, name, b"", content_type="x/y", metadata={"hdi_isfolder": "true"})


def test_ls_shows_folders_of_a_hierarchical_account_as_prefixes_once_each(store, container, workspace):
    mark(store, container, "sales", "sales/north", "sales/empty", "slashed/", "slashed/deep/", "sales/x")
    for name in ("sales/north/1.csv", "sales/empty-ish", "slashed/deep/1", "sales/empty.csv", "sales/x/"):
        store.write(container, name, b"" if name == "sales/empty.csv" else b"1", content_type="text/csv")
    below = ["sales/empty-ish", "sales/empty.csv", "sales/empty/", "sales/north/", "sales/x/"]

    found = {name: names(ls(f"az://{container}/{name}", workspace=workspace)) for name in ("", "sales", "sales/")}
    found |= {name: names(ls(f"az://{container}/{name}", workspace=workspace)) for name in ("slashed/", "sales/empty/")}

    assert found == {
        "": ["sales/", "slashed/"],
        "sales": ["sales/"],
        "sales/": below,
        "slashed/": ["slashed/deep/"],
        "sales/empty/": [],
    }
    assert names(ls(f"az://{container}", recursive=True, workspace=workspace)) == [
        *("sales/", "sales/empty-ish", "sales/empty.csv", "sales/empty/", "sales/north/", "sales/north/1.csv"),
        *("sales/x/", "sales/x/", "slashed/", "slashed/deep/", "slashed/deep/1"),
    ]


def test_ls_lists_a_blob_whose_name_ends_with_a_slash(store, container, workspace):
    for name in ("x/a", "x/a/", "x/a/b"):
        store.write(container, name, b"1", content_type="text/csv")

    found = list(ls(f"az://{container}/x/a/", workspace=workspace))

    assert names(found) == ["x/a/", "x/a/b"]
    printed = [references(f"az://{container}/x/a/", workspace)(each) for each in found]
    assert printed == [f"az://{container}/x/a%2F", f"az://{container}/x/a/b"]
    assert [names(ls(reference, workspace=workspace)) for reference in printed] == [["x/a/"], ["x/a/b"]]
    with pytest.raises(BlobNotFound):
        list(ls(f"az://{container}/x%2F", workspace=workspace))


def test_what_ls_lists_is_named_by_a_reference_of_the_same_form(filled, container, tmp_path, workspace):
    top = tmp_path / "top"
    (top / "deep").mkdir(parents=True)
    (top / "deep" / "50% off.csv").touch()

    def printed(text):
        return [references(text, workspace)(each) for each in ls(text, workspace=workspace)]

    assert f"az://contoso@{container}/" in printed("az://contoso@")
    assert printed(f"az://contoso@{container}/") == [f"az://contoso@{container}/{name}" for name in ("a.csv", "b/")]
    assert printed(str(top)) == [f"{top}/deep/"]
    for path in (f"{top}/deep", f"{top}/deep/50% off.csv"):
        assert printed(path) == [f"{top}/deep/50% off.csv"]


def test_ls_lists_a_local_folder(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "x.csv").write_text("a")
    (tmp_path / "deep" / "y.csv").write_text("a")
    known = Workspace(environment={}, folder=tmp_path)

    assert names(ls(str(tmp_path), workspace=known)) == ["deep/", "x.csv"]
    assert names(ls(f"{tmp_path}/", recursive=True, workspace=known)) == ["deep/y.csv", "x.csv"]
    with pytest.raises(BlobNotFound):
        list(ls(str(tmp_path / "none"), workspace=known))
