from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from blobprep.batches.plan.places import Place
from blobprep.batches.plan.rows import PlanRows
from blobprep.batches.plan.sources import FoundBlob
from blobprep.errors import LimitError
from blobprep.settings.workspace import Workspace
from blobprep.stores import BlobPrefix, BlobProperties
from blobprep.stores.memory import MemoryStore
from tests.batches.plan.conftest import Account, names_of

PLACE = Place("az://contoso@raw/", "raw")


def found(name: str) -> FoundBlob:
    return FoundBlob(PLACE, name, (), "0x1", 1)


def test_rows_come_back_sorted_by_key_and_name() -> None:
    names = ["b", "a\ud800", "a", "\U0001f600", "\uffee", "a!", "é"]  # a local name need not be valid text
    with closing(PlanRows()) as rows:
        assert rows.add((f"k{name}", found(name), {"x": name}) for name in names) == 0
        assert rows.add([("ka", found("a"), {}), ("ka", found("0"), {})]) == 1
        read = [(key, [row.name for row in group]) for key, group in rows.by_item()]
    assert read == [(f"k{name}", ["0", "a"] if name == "a" else [name]) for name in sorted(names)]


def test_a_full_disk_is_told_with_what_to_do() -> None:
    with closing(PlanRows()) as rows:
        rows._database.execute("PRAGMA max_page_count = 20")
        with pytest.raises(LimitError, match="no room for the plan of the batch") as caught:
            rows.add((f"{number:09}", found(f"{number:0100}"), {}) for number in range(10_000))
    assert "TMPDIR" in caught.value.remedy


class Unsorted(MemoryStore):
    """An account that lists a folder's blobs before those beside it, as one with a hierarchical namespace does."""

    def list(self, container: str, prefix: str = "", *, delimiter: str = "") -> Iterator[BlobProperties | BlobPrefix]:
        def place(item: BlobProperties | BlobPrefix) -> str:
            return (item.blob if isinstance(item, BlobProperties) else item.prefix).replace("/", "\0")

        yield from sorted(super().list(container, prefix, delimiter=delimiter), key=place)


def test_a_listing_in_another_order_is_sorted() -> None:
    account = Account()
    account.store = Unsorted("contoso")
    account.store.create_container("raw")
    account.workspace = Workspace(environment={}, account="contoso", stores={"contoso": account.store})
    names = ["a/b.csv", "a.csv", "a!/c.csv", "a/b/c.csv", "a/b!.csv"]
    account.put(*names)
    listed = [item.blob for item in account.store.list("raw") if isinstance(item, BlobProperties)]
    assert listed != sorted(listed)
    assert names_of(account.items("az://raw/**")) == sorted(names)
