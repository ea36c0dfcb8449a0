"""Which known items a batch that goes on by itself leaves as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blobprep.batches.coordination.decision import is_current, is_settled
from blobprep.batches.items import InputBlob, Item
from blobprep.batches.records import ItemError, ItemRecord, ItemStatus

BLOBS = (InputBlob("az://contoso@raw/a.csv", "0x1", 1),)
ITEM = Item("az://contoso@raw/a.csv", BLOBS, "az://contoso@out/a/")
MARK = "f" * 64


def known(status: ItemStatus, *, passes: bool = False) -> ItemRecord:
    error = ItemError("0085", "it failed", passes=passes) if status == "failed" else None
    return ItemRecord(ITEM.key, status, BLOBS, ITEM.output, MARK, error=error)


@pytest.mark.parametrize(
    ("record", "current", "settled"),
    [
        (known("done"), True, True),
        (known("skipped"), True, True),
        (known("pending"), False, False),
        (known("failed"), False, True),
        (known("failed", passes=True), False, False),
    ],
)
def test_a_failure_is_settled_if_the_same_run_would_fail_again(
    record: ItemRecord, current: bool, settled: bool
) -> None:
    assert is_current(ITEM, MARK, record) is current
    assert is_settled(ITEM, MARK, record) is settled


@pytest.mark.parametrize("status", ["done", "failed"])
def test_nothing_is_settled_once_what_it_depends_on_has_changed(status: ItemStatus) -> None:
    assert not is_settled(ITEM, "e" * 64, known(status))
    assert not is_settled(ITEM, MARK, replace(known(status), output="az://contoso@out/elsewhere/"))
