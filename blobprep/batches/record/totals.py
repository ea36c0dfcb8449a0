"""What the records of a batch come to: sums, and why items failed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from blobprep.batches.record.summary import Cause
from blobprep.batches.records import Counts, ItemError, ItemRecord
from blobprep.batches.report.causes import shape, told

__all__ = ["Totals", "describe_end"]

_KEPT: Final = 100  # causes told apart; the report groups them with more care
_TOLD: Final = 10


class Totals:
    """Sums over the records of a batch, taken as they pass by.

    Attributes:
        size: bytes that its items read.
        rows_in, rows_out: rows of their first datasets and of their results, as far as known.
        seconds: of the last attempts of the items that were run.
    """

    def __init__(self) -> None:
        self.size = self.rows_in = self.rows_out = 0
        self.seconds = 0.0
        self._causes: dict[tuple[str, str], Cause] = {}

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Return why items failed, the most frequent cause first."""
        return tuple(sorted(self._causes.values(), key=lambda cause: -cause.count)[:_TOLD])

    def over(self, records: Iterable[ItemRecord]) -> Iterator[ItemRecord]:
        """Yield records as they are, and count them."""
        for record in records:
            self.size += sum(blob.size for blob in record.inputs)
            self.rows_in += record.rows_in or 0
            self.rows_out += record.rows_out or 0
            if record.status in ("done", "failed"):
                self.seconds += record.seconds
            if record.status == "failed" and record.error is not None:
                self._count(record.error, record.key)
            yield record

    def _count(self, error: ItemError, key: str) -> None:
        text = told(error)
        kind = (error.code, shape(text))
        if kind not in self._causes and len(self._causes) >= _KEPT:
            kind, text = (error.code, ""), "other failures"
        found = self._causes.get(kind) or Cause(error.code, text, 0, key)
        self._causes[kind] = replace(found, count=found.count + 1)


def describe_end(
    counts: Counts, causes: tuple[Cause, ...], *, exceeded: str, stopped: bool, unanswered: float = 0.0
) -> str:
    """Return in a sentence or two why a batch ended with items that have no results; empty if it did not.

    Args:
        counts: of its items.
        causes: why items failed.
        exceeded: the budget of failures, if it was exceeded; else empty.
        stopped: whether it was asked to end.
        unanswered: seconds for which storage let nothing through, if it ended for that; else 0.
    """
    sentences = []
    if unanswered:
        sentences.append(f"storage let nothing through for {unanswered:g} s (--patience), so no more items were begun")
    most = f"; most often ({causes[0].count}): {causes[0].message}" if causes else ""
    if exceeded:
        sentences.append(
            f"{_items(counts.failed)} of {counts.matched:,} failed, more than --max-failures {exceeded} allows, so no "
            f"more were begun{most}"
        )
    elif counts.failed:
        sentences.append(f"{_items(counts.failed)} of {counts.matched:,} failed{most}")
    if counts.pending and not exceeded:
        why = "the batch was stopped" if stopped else "the batch ended early"
        sentences.append(f"{why} before {_items(counts.pending)} of {counts.matched:,} {_verb(counts.pending)} run")
    elif counts.pending:
        sentences.append(f"{_items(counts.pending)} {_verb(counts.pending)} not run")
    return "; ".join(sentences)


def _items(count: int) -> str:
    return f"{count:,} item{'s' * (count != 1)}"


def _verb(count: int) -> str:
    return "was" if count == 1 else "were"
