"""One pass over the records of a batch, which gathers what pages and texts show in bounded memory."""

from __future__ import annotations

import heapq
import os
import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any, Final
from urllib.parse import quote

from blobprep.batches.records import ItemOutput, ItemRecord
from blobprep.batches.report.causes import Causes, told
from blobprep.batches.report.spread import Pairs, Spread
from blobprep.batches.report.timeline import Timeline
from blobprep.errors import InvalidReference
from blobprep.manifest import MANIFEST_NAME
from blobprep.outputs.ports import PORTS
from blobprep.reference import Reference
from blobprep.report.batch_views import BatchHead, BatchView, ItemState, ItemView

__all__ = ["gather_batch", "way_to"]

_ITEMS: Final = 2_000
"""Items that are listed."""
_SLOWEST: Final = 20
_RANKS: Final[Mapping[ItemState, int]] = {"failed": 0, "done": 1, "pending": 2, "skipped": 3}
"""What is listed before others where not all can be."""


def gather_batch(
    head: BatchHead,
    records: Iterable[ItemRecord],
    *,
    home: str = "",
    matched: int = 0,
    full: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
) -> BatchView:
    """Gather what is known of a batch.

    Args:
        head: of the batch as a whole.
        records: of its items, each once, in the order of their keys.
        home: the full reference of the prefix of its record, from which links lead; empty for that of `head`.
        matched: items of the batch, as far as known; those of which there is no record are pending.
        full: see `BatchView.full`.
        notes: see `BatchView.notes`.
    """
    gathered = _Gathered(home or head.name)
    for record in records:
        gathered.add(record)
    return gathered.view(head, matched, full, notes)


class _Gathered:
    """What is kept of the records so far."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._serials = count()
        self._counts: Counter[ItemState] = Counter()
        self._listed: list[tuple[int, float, int, ItemView]] = []  # heaps: what goes first is at their top
        self._slowest: list[tuple[float, int, ItemView]] = []
        self._causes, self._timeline, self._pairs = Causes(), Timeline(), Pairs()
        self._times, self._sizes = Spread(), Spread()
        self._below: str | None = None
        self._rows_in = self._rows_out = self._lossy = self._retried = 0

    def add(self, record: ItemRecord) -> None:
        """Count an item, and keep it if it is among those that are shown."""
        serial = -next(self._serials)
        size = sum(blob.size for blob in record.inputs)
        view: ItemView | None = None
        self._counts[record.status] += 1
        self._below = record.key if self._below is None else _common(self._below, record.key)
        self._rows_in += record.rows_in or 0
        self._rows_out += record.rows_out or 0
        self._lossy += record.lossy
        self._retried += record.attempt > 1
        if record.status in ("done", "failed"):
            self._count_run(record, size)
            if len(self._slowest) < _SLOWEST or (record.seconds, serial) > self._slowest[0][:2]:
                view = self._view(record, size)
                _keep(self._slowest, (record.seconds, serial, view), _SLOWEST)
        if record.status == "failed" and record.error is not None:
            view = view or self._view(record, size)
            self._causes.add(record.error, view)
        rank = (-_RANKS[record.status], record.seconds, serial)
        if len(self._listed) < _ITEMS or rank > self._listed[0][:3]:
            _keep(self._listed, (*rank, view or self._view(record, size)), _ITEMS)

    def _count_run(self, record: ItemRecord, size: int) -> None:
        self._times.add(record.seconds)
        self._sizes.add(size)
        self._pairs.add(size, record.seconds)
        ended = _seconds_since_1970(record.ended)
        if ended is not None:
            self._timeline.add(record.worker, ended, record.seconds, failed=record.status == "failed")

    def _view(self, record: ItemRecord, size: int) -> ItemView:
        ran = record.status in ("done", "failed")
        way = way_to(record.output, self._home)
        return ItemView(
            key=record.key,
            status=record.status,
            size=size,
            started=record.started,
            seconds=record.seconds if ran else None,
            rows_in=record.rows_in,
            rows_out=record.rows_out,
            attempts=record.attempt,
            worker=record.worker,
            error=told(record.error) if record.error is not None else "",
            way=way,
            links={} if way is None else dict(_links(record)),
        )

    def view(self, head: BatchHead, matched: int, full: tuple[str, ...], notes: tuple[str, ...]) -> BatchView:
        """Return what was gathered."""
        self._counts["pending"] += max(matched - self._counts.total(), 0)
        below = (self._below or "").rpartition("/")[0]
        listed = [entry[3] for entry in sorted(self._listed, key=lambda entry: -entry[2])]
        listed.sort(key=lambda item: item.status != "failed")
        start, end = self._timeline.ends
        return BatchView(
            head,
            {status: self._counts[status] for status in _RANKS},
            tuple(listed),
            f"{below}/" if below and not below.endswith(":/") else "",
            self._causes.views(),
            self._causes.unsorted,
            tuple(entry[2] for entry in sorted(self._slowest, reverse=True)),
            self._times.view(),
            self._sizes.view(),
            dict(self._pairs.counts),
            self._timeline.lanes(),
            start,
            end,
            self._rows_in,
            self._rows_out,
            self._lossy,
            self._retried,
            full=full,
            notes=notes,
        )


def _keep(heap: list[Any], entry: tuple[Any, ...], most: int) -> None:
    if len(heap) < most:
        heapq.heappush(heap, entry)
    else:
        heapq.heappushpop(heap, entry)


def _common(start: str, key: str) -> str:
    """Return what both begin with; most keys begin as all before did."""
    while not key.startswith(start):
        start = start[:-1]
    return start


def _seconds_since_1970(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        return None


def _links(record: ItemRecord) -> Iterable[tuple[str, str]]:
    """Yield what a list of items leads to; outputs elsewhere, such as in another account, are not below the prefix."""
    outputs = [output for output in record.outputs if output.reference.startswith(record.output)]
    tables = (output for output in outputs if output.rows is not None)
    first: ItemOutput | None = next(tables, None)
    if first is not None:
        yield "results", quote(first.name)
    if any(output.name == PORTS["report"].blob for output in outputs):
        yield "report", PORTS["report"].blob
    if record.run_id:
        yield "manifest", MANIFEST_NAME


def way_to(prefix: str, home: str) -> str | None:
    """Return the relative URL of a prefix from another one; None where no relative URL leads there.

    >>> way_to("az://contoso@out/2024/a b/", "az://contoso@out/2024/_batch/")
    '../a%20b/'
    >>> way_to("az://contoso@other/a/", "az://contoso@out/_batch/")
    """
    if "://" not in prefix and "://" not in home:
        return _relative(os.path.abspath(prefix), os.path.abspath(home))  # noqa: PTH100 - texts, not files
    try:
        there, here = Reference.parse(prefix), Reference.parse(home)
    except InvalidReference:
        return None
    if replace(there, blob="") != replace(here, blob=""):
        return None
    return _relative("/" + (there.blob or ""), "/" + (here.blob or ""))


def _relative(path: str, home: str) -> str:
    way = posixpath.relpath(path.replace(os.sep, "/"), home.replace(os.sep, "/"))
    return quote(os.fsencode(way)) + "/"
