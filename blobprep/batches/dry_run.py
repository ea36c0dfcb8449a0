"""What a batch would do: counts, bytes, the first items, and how long it may take. Nothing is run or written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from blobprep.batches.coordination.decision import Known, Settled, is_current, match
from blobprep.batches.fingerprints import Fingerprints
from blobprep.batches.items import Item
from blobprep.batches.plan.plan import Plan
from blobprep.batches.records import ItemRecord

__all__ = ["REASONS", "Preview", "PreviewItem", "preview_batch"]

REASONS: Final = {
    "new": "new",
    "changed": "with blobs that changed",
    "failed": "failed before",
    "pending": "not run before",
    "moved": "with another output",
    "code": "since the script, the bundle or an option changed",
}
"""Why items are run again by a batch that goes on, in words."""

_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class PreviewItem:
    """An item that would be run: its key, the bytes that it reads, and where its results would be."""

    key: str
    size: int
    output: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a batch would do.

    Attributes:
        matched: items of the batch.
        to_run: those that would be run; the others are in place.
        gone: items of the record that are no longer planned.
        size: bytes that would be read.
        share_of_largest: the share of all bytes that the largest hundredth of the items reads.
        largest: keys and bytes of the largest items.
        first: the first items that would be run.
        seconds: that the items would take one after another, by what earlier ones took; None if none is known.
        known: the number of earlier items that says so.
        elapsed: seconds that they would take with as many at a time as in the last batch; None if there was none.
        reasons: why items would be run although there is a record to go on with, and how many of them: a key of
            `REASONS`.
    """

    matched: int
    to_run: int
    gone: int
    size: int
    share_of_largest: float
    largest: tuple[tuple[str, int], ...]
    first: tuple[PreviewItem, ...]
    seconds: float | None
    known: int
    elapsed: float | None = None
    reasons: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return asdict(self)


def preview_batch(
    plan: Plan,
    marks: Fingerprints,
    earlier: Iterable[Known],
    *,
    resumes: bool,
    settled: Settled = is_current,
    at_a_time: float | None = None,
) -> Preview:
    """Return what a batch would do.

    Args:
        plan: its items.
        marks: of them.
        earlier: what is known of items from batches before.
        resumes: whether what is settled would be left as it is.
        settled: tells what that is.
        at_a_time: items that ran at a time in the last batch, on average; None if it is not known.
    """
    gone, size, to_run, first, times, reasons = 0, 0, 0, list[PreviewItem](), Times(), Counter[str]()
    for item, known in match(plan, earlier):
        if known is not None:
            times.add(known[0])
        if item is None:
            gone += 1
        elif known is None or not (resumes and settled(item, marks.of(item), known[0])):
            size, to_run = size + item.size, to_run + 1
            if resumes:
                reasons[_reason(item, known)] += 1
            if len(first) < _SHOWN:
                first.append(PreviewItem(item.key, item.size, item.output))
    seconds = times.estimate(to_run, size)
    return Preview(
        plan.matched,
        to_run,
        gone,
        size,
        plan.share_of_largest(),
        tuple(plan.largest()),
        tuple(first),
        seconds,
        times.count,
        seconds / at_a_time if seconds is not None and at_a_time else None,
        dict(reasons),
    )


def _reason(item: Item, known: Known | None) -> str:
    """Return why an item that a record may know is run again, as a key of `REASONS`."""
    if known is None:
        return "new"
    record, _ = known
    if record.status in ("failed", "pending"):
        return record.status
    if record.inputs != (*item.inputs, *item.dataset2):
        return "changed"
    return "moved" if record.output != item.output else "code"


class Times:
    """How long items took, by their bytes: so many seconds for each item, and so many for each byte.

    Attributes:
        count: items that are known.
    """

    def __init__(self) -> None:
        self.count = 0
        self._sizes = self._seconds = self._squares = self._products = 0.0

    def add(self, record: ItemRecord) -> None:
        """Take note of an item, if it was run."""
        if record.status in ("done", "skipped") and record.seconds > 0:
            size = sum(blob.size for blob in record.inputs)
            self.count += 1
            self._sizes += size
            self._seconds += record.seconds
            self._squares += size * size
            self._products += size * record.seconds

    def estimate(self, items: int, size: int) -> float | None:
        """Return the seconds of so many items with so many bytes together; None if nothing is known."""
        if not self.count:
            return None
        spread = self.count * self._squares - self._sizes**2
        slope = (self.count * self._products - self._sizes * self._seconds) / spread if spread > 0 else 0.0
        # No item takes less than no time, however little it reads.
        least = min(max(slope, 0.0), self._seconds / self._sizes if self._sizes else 0.0)
        base = (self._seconds - least * self._sizes) / self.count
        return items * base + size * least
