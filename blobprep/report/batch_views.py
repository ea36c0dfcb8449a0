"""What a page or a text about a batch is made from: plain data, bounded however many items the batch has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from blobprep.protocol.profiles import Bins

__all__ = ["ITEM_STATUSES", "BatchHead", "BatchView", "CauseView", "ItemState", "ItemView", "LaneView", "SpreadView"]

ItemState = Literal["failed", "pending", "done", "skipped"]

ITEM_STATUSES: Final[tuple[ItemState, ...]] = ("failed", "pending", "done", "skipped")
"""What needs a look first, first."""


@dataclass(frozen=True, slots=True)
class BatchHead:
    """What a batch was asked, and how it went as a whole.

    Attributes:
        name: the reference of the prefix of its record.
        status: `running`, `succeeded`, `failed` or `interrupted`.
        started: in UTC, ISO 8601.
        ended: likewise; empty while it runs.
        engine: where its items ran, and `workers` how many at a time; 0 where that is not known.
        script: its printed name.
        script_sha256: of its bytes.
        source: what was matched: a pattern, or a list.
        output: the template of the outputs.
        options: the others that were given, by name, as texts.
        message: why it ended as it did, where that is not plain from the counts.
    """

    name: str
    status: str
    started: str = ""
    ended: str = ""
    engine: str = ""
    workers: int = 0
    script: str = ""
    script_sha256: str = ""
    source: str = ""
    output: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    message: str = ""


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item in a list of many.

    Attributes:
        key: of the item.
        status: what became of it.
        size: bytes that it reads.
        started: of its last attempt, ISO 8601 in UTC; empty if it was never run.
        seconds: that the attempt took; None likewise.
        rows_in, rows_out: rows of its first dataset and of its result; None if not known.
        attempts: how many there were.
        worker: which ran it.
        error: why it failed, in one line.
        way: relative URL of the prefix of its outputs from that of the batch's record; None where there is none.
        links: URLs of what is below that prefix: `results`, `report` and `manifest`, as far as they are there.
    """

    key: str
    status: ItemState
    size: int = 0
    started: str = ""
    seconds: float | None = None
    rows_in: int | None = None
    rows_out: int | None = None
    attempts: int = 0
    worker: str = ""
    error: str = ""
    way: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CauseView:
    """Items that failed alike.

    Attributes:
        code: of the error.
        told: what went wrong, in one line, of the first of them.
        count: of items.
        passes: whether the same items can succeed later as they are.
        message, traceback, remedy: of the first of them.
        items: the first few.
    """

    code: str
    told: str
    count: int
    passes: bool = False
    message: str = ""
    traceback: str = ""
    remedy: str = ""
    items: tuple[ItemView, ...] = ()


@dataclass(frozen=True, slots=True)
class LaneView:
    """The work of a worker, or of several, over the time of a batch.

    Attributes:
        name: of the worker.
        items: that it ran.
        seconds: that they took.
        busy: the share of each stretch of time that was work, from 0 to 1; of several workers, the mean.
        failures: items that failed, by stretch.
    """

    name: str
    items: int
    seconds: float
    busy: tuple[float, ...]
    failures: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SpreadView:
    """How a figure of the items is distributed.

    Attributes:
        count: of items.
        total: of the figure.
        smallest, largest: of the items.
        median: within 3 %.
        heavy: the share of the total that the largest 1 % of items have, and at least one item has.
        bins: a histogram whose edges grow by a factor; None where there are no items.
    """

    count: int = 0
    total: float = 0.0
    smallest: float = 0.0
    largest: float = 0.0
    median: float = 0.0
    heavy: float = 0.0
    bins: Bins | None = None


@dataclass(frozen=True, slots=True)
class BatchView:
    """What is known of a batch.

    Attributes:
        head: of the batch as a whole.
        counts: items by status; they add up to all that matched.
        items: the failed ones, then others, as many as a page may list.
        below: how what all keys begin with, which a list need not repeat.
        causes: of failures, the most frequent first.
        unsorted: failed items whose cause is none of these.
        slowest: items that took longest, falling.
        times: how long items took that were run.
        sizes: how many bytes these read.
        pairs: numbers of items by tenths of decades of bytes and of seconds, so of 10^(i/5) and 10^(j/5).
        lanes: work over time, by worker, the busiest first.
        lane_start, lane_end: the ends of that time, as seconds since 1970.
        rows_in, rows_out: of all items, as far as they are known.
        lossy: translations that lost something.
        retried: items that needed more than one attempt.
        way: from the page to the prefix of the record, as the start of a relative URL; None where there is none.
        full: names of the blobs below that prefix that have all items.
        notes: what could not be gathered and why, one sentence each.
    """

    head: BatchHead
    counts: Mapping[ItemState, int] = field(default_factory=dict)
    items: tuple[ItemView, ...] = ()
    below: str = ""
    causes: tuple[CauseView, ...] = ()
    unsorted: int = 0
    slowest: tuple[ItemView, ...] = ()
    times: SpreadView = SpreadView()
    sizes: SpreadView = SpreadView()
    pairs: Mapping[tuple[int, int], int] = field(default_factory=dict)
    lanes: tuple[LaneView, ...] = ()
    lane_start: float = 0.0
    lane_end: float = 0.0
    rows_in: int = 0
    rows_out: int = 0
    lossy: int = 0
    retried: int = 0
    way: str | None = ""
    full: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def matched(self) -> int:
        """Return the number of all items."""
        return sum(self.counts.values())
