"""The plan beside what is known: which items have to be run. Pure.

Both are read once, side by side, in the order of keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from blobprep.batches.items import Item
from blobprep.batches.records import ItemRecord
from blobprep.errors import Defect

__all__ = ["Known", "Settled", "is_current", "is_settled", "match"]

Known = tuple[ItemRecord, bytes]
"""The record of an item from a batch before, and its line."""

Settled = Callable[[Item, str, ItemRecord], bool]
"""Tells of an item, its fingerprint and its record whether it is left as it is."""


def match(items: Iterable[Item], earlier: Iterable[Known]) -> Iterator[tuple[Item | None, Known | None]]:
    """Yield items with what is known of them, and in their places those that are known and no longer planned.

    Args:
        items: sorted by key, each once.
        earlier: likewise.

    Raises:
        Defect: the items are not sorted.
    """
    known = iter(earlier)
    ahead = next(known, None)
    last = None
    for item in items:
        if last is not None and item.key <= last:
            raise Defect(f"the items of a batch are not sorted: {item.key!r} after {last!r}")
        last = item.key
        while ahead is not None and ahead[0].key < item.key:
            yield None, ahead
            ahead = next(known, None)
        if ahead is not None and ahead[0].key == item.key:
            yield item, ahead
            ahead = next(known, None)
        else:
            yield item, None
    while ahead is not None:
        yield None, ahead
        ahead = next(known, None)


def is_current(item: Item, fingerprint: str, known: ItemRecord) -> bool:
    """Tell whether the results of an item are in place, and nothing that they depend on has changed."""
    is_done = known.status in ("done", "skipped")
    return is_done and known.fingerprint == fingerprint and known.output == item.output


def is_settled(item: Item, fingerprint: str, known: ItemRecord) -> bool:
    """Tell whether another run of an item as it is would end as the last one: with its results, or in its failure."""
    if is_current(item, fingerprint, known):
        return True
    lasts = known.status == "failed" and (known.error is None or not known.error.passes)
    return lasts and known.fingerprint == fingerprint and known.output == item.output
