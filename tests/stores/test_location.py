from __future__ import annotations

import pytest

from blobprep.stores.location import BlobLocation
from blobprep.stores.memory import MemoryStore


@pytest.mark.parametrize(
    ("container", "printed"),
    [("work", "az://work/out/"), ("work", "https://contoso.blob.core.windows.net/work/out/"), ("", "out/")],
)
@pytest.mark.parametrize("name", ["a.png", "50% a b.txt", "100%25", "deep/*.csv", "Größe?", "a/"])
def test_a_child_is_found_again_by_how_it_is_printed(container: str, printed: str, name: str) -> None:
    prefix = BlobLocation(MemoryStore(), container, "out/", printed)
    child = prefix.child(name)
    assert child.blob == f"out/{name}"
    assert prefix.parse_child(child.printed) == child


def test_a_child_is_a_blob_and_a_subprefix_is_none() -> None:
    prefix = BlobLocation(MemoryStore(), "work", "out/", "az://work/out/")

    assert [prefix.child("a/").printed, prefix.child("").printed] == ["az://work/out/a%2F", "az://work/out%2F"]
    assert [prefix.child("a/").is_prefix, prefix.subprefix("a/").is_prefix, prefix.is_prefix] == [False, True, True]
    assert [prefix.child(name).folder for name in ("a", "a/")] == [prefix.subprefix("a/")] * 2
    assert prefix.child("").folder == prefix


def test_where_a_blob_is_wanted_a_prefix_tells_how_a_blob_of_that_name_is_written() -> None:
    assert "az://work/a b%2F" in BlobLocation(MemoryStore(), "work", "a b/", "az://work/a b/").prefix_remedy
    assert "%2F" not in BlobLocation(MemoryStore(), "work", "", "az://work/").prefix_remedy
    assert "%2F" not in BlobLocation(MemoryStore(), "", "a/", "a/").prefix_remedy
