"""What is at the outputs of items, asked of the store.

Whether results are still where their records say, a few at a time, in parallel; and whether there is anything at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from blobprep.batches.coordination.decision import Known
from blobprep.batches.items import Item
from blobprep.batches.records import ItemRecord
from blobprep.errors import BlobNotFound, ContainerNotFound, StoreError
from blobprep.outputs.ports import PORTS
from blobprep.settings.workspace import Workspace
from blobprep.stores import BlobPrefix
from blobprep.stores.cancellation import thread_pool
from blobprep.stores.location import BlobLocation

__all__ = ["Matched", "are_standing", "forget_fallen", "is_untouched"]

Matched = tuple[Item | None, Known | None]

_AT_ONCE: Final = 256
_THREADS: Final = 16
_RESULTS: Final = tuple(PORTS[name].blob.partition("{")[0] for name in ("results", "results2"))


def forget_fallen(matched: Iterable[Matched], stand: Callable[[ItemRecord], bool]) -> Iterator[Matched]:
    """Yield items with what is known of them, unless their results are no longer there.

    Args:
        matched: what `match` yields.
        stand: tells whether the results of an item are what its record says; from several threads at once.
    """
    source = iter(matched)
    while some := list(islice(source, _AT_ONCE)):
        with thread_pool(_THREADS, "blobprep-look") as pool:
            standing = list(pool.map(lambda pair: _stands(pair, stand), some))
        for (item, known), stands in zip(some, standing, strict=True):
            yield item, known if stands else None


def are_standing(record: ItemRecord, workspace: Workspace) -> bool:
    """Tell whether the results of an item are what its record says.

    Raises:
        StoreError, UsageError: they cannot be looked at.
    """
    for output in record.outputs:
        if output.name.startswith(_RESULTS):
            try:
                etag = workspace.locate(output.reference, names=()).properties().etag
            except (BlobNotFound, ContainerNotFound):
                return False
            if etag != output.etag:
                return False
    return True


def is_untouched(outputs: BlobLocation, record: BlobLocation) -> bool:
    """Tell whether nothing is below the outputs of a batch but its record; False where that cannot be seen.

    Args:
        outputs: the prefix of all of them.
        record: that of the record.
    """
    try:
        for found in outputs.store.list(outputs.container, outputs.blob, delimiter="/"):
            is_record = isinstance(found, BlobPrefix) and found.prefix == record.blob
            if not (is_record and (outputs.store, outputs.container) == (record.store, record.container)):
                return False
    except ContainerNotFound:
        return True
    except StoreError:  # a SAS token may allow writing there and not listing
        return False
    return True


def _stands(pair: Matched, stand: Callable[[ItemRecord], bool]) -> bool:
    item, known = pair
    return item is None or known is None or known[0].status not in ("done", "skipped") or stand(known[0])
