"""A batch that has ended, as a value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field

from blobprep.batches.dry_run import Preview
from blobprep.batches.record.earlier import EarlierRecords
from blobprep.batches.record.summary import BatchSummary
from blobprep.batches.records import Counts, ItemRecord
from blobprep.errors import BatchFailed, BlobNotFound
from blobprep.outputs.ports import PORTS
from blobprep.stores.location import BlobLocation

__all__ = ["Batch"]


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that has ended, whether all of its items have results or not; or one that was only planned.

    Iterating yields the record of each item, in the order of their keys; they are read from the batch's record.

    Attributes:
        summary: `batch.json`; None after a dry run.
        record: the prefix of the batch's record.
        preview: what a dry run found; else None.
    """

    summary: BatchSummary | None
    record: BlobLocation
    preview: Preview | None = field(default=None, repr=False)

    @property
    def status(self) -> str:
        """Return `succeeded`, `failed` or `interrupted`; `planned` after a dry run."""
        return self.summary.status if self.summary else "planned"

    @property
    def counts(self) -> Counts:
        """Return how many items are where."""
        if self.summary is not None:
            return self.summary.counts
        assert self.preview is not None
        return Counts(skipped=self.preview.matched - self.preview.to_run, pending=self.preview.to_run)

    def __repr__(self) -> str:
        """Return one line: what a notebook shows for a cell that ends with a batch."""
        told = ", ".join(f"{count} {name}" for name, count in asdict(self.counts).items() if count)
        return f"<Batch {self.status}: {self.counts.matched} items ({told or 'none'}), record {self.record.printed}>"

    def __iter__(self) -> Iterator[ItemRecord]:
        if self.summary is not None:
            with closing(EarlierRecords(self.record, self.summary.merged)) as records:
                yield from (record for record, _ in records)

    @property
    def failed(self) -> list[ItemRecord]:
        """Read the records of the items that failed."""
        return [record for record in self if record.status == "failed"]

    @property
    def report(self) -> bytes:
        """Read the report: one HTML page, which needs nothing else.

        Raises:
            BatchFailed: there is none, as after a dry run.
        """
        try:
            return self.record.child(PORTS["report"].blob).read()
        except BlobNotFound as error:
            raise BatchFailed(
                f"{self.record.printed} has no report", remedy="blobprep.show makes a page of the record"
            ) from error

    def raise_for_failure(self) -> None:
        """Raise an error if an item has no results.

        Raises:
            BatchFailed: items failed, or were not run.
        """
        if self.summary is not None and self.status != "succeeded":
            error = self.summary.error
            raise BatchFailed(
                self.summary.message or (error.message if error else f"the batch {self.status}"),
                remedy=f"{self.record.printed} has the record of each item; run the batch again with --resume",
            )
