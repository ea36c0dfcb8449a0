from __future__ import annotations

import os
from pathlib import Path

import pytest

from blobprep.errors import StoreError
from blobprep.stores.azure.blob_names import check_name
from blobprep.stores.folder.disk_names import check_names, find_folded
from blobprep.stores.folder.store import FolderStore

LONGEST = 255


@pytest.mark.parametrize(
    ("names", "refused"),
    [
        (["a", "b/c", "b/d", "back\\slash", "tab\t", "trailing. ", "nul", "%2F", "?#*", "x" * LONGEST], []),
        (["a", "a/", "", "a//b", "/a", "a/./b", "../a"], ["a/", "", "a//b", "/a", "a/./b", "../a", "a"]),
        (["x", "x/y", "x/y/z", "x/w"], ["x", "x/y"]),
        ([".blobprep-1", "a/.blobprep", "nul\0"], [".blobprep-1", "a/.blobprep", "nul\0"]),
        (["ü" * 128, "a/" + "ü" * 127], ["ü" * 128]),
        (["/".join(["d" * 200] * 21)], ["/".join(["d" * 200] * 21)]),
        (["there", "there/x", "taken", "taken/x", "dangling/x"], ["there", "taken", "taken/x", "dangling/x"]),
    ],
    ids=["fit", "segments", "file and folder", "reserved", "long part", "long path", "on disk"],
)
def test_names_that_plain_files_cannot_have_are_found(tmp_path: Path, names: list[str], refused: list[str]) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "taken").touch()
    (tmp_path / "dangling").symlink_to("nowhere")
    before = sorted(tmp_path.iterdir())

    found = FolderStore(tmp_path, escape=False).unfit_names("", names)

    assert set(found) == set(refused)
    assert all(found.values())
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_looked_at_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError):
        FolderStore(tmp_path, escape=False).unfit_names("", ["a", "A"])


def test_names_that_one_file_would_have_are_found_where_the_file_system_folds_them(tmp_path: Path) -> None:
    names = ["a/x", "A/x", "\u00e9", "e\u0301", "b"]

    assert set(find_folded(names)) == {"A/x", "e\u0301"}
    for escape in (True, False):  # this one tells them apart, and is left as it was
        assert check_names(tmp_path, names, escape=escape) == {}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("a/../b", "resolve"),
        (".", "resolve"),
        ("a\\b", "backslash"),
        ("x" * 1025, "1024"),
        ("/".join("x" * 255), "254"),
        ("\udcff", "text"),
        ("x" * 1024, ""),
        ("/".join("x" * 254), ""),
        ("a/", ""),
    ],
)
def test_names_that_the_service_does_not_take_are_known(name: str, word: str) -> None:
    assert word in check_name(name)
    assert bool(check_name(name)) == bool(word)
