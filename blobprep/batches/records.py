"""What became of the items of a batch. Pure.

A record is a line of `items.jsonl`, a row of `items.parquet` and what a worker returns. Its fields are the same
whatever engine ran the item; only times and the name of the worker depend on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal

from blobprep.batches.items import InputBlob

__all__ = ["Counts", "ItemError", "ItemOutput", "ItemRecord", "ItemStatus", "Outages"]

ItemStatus = Literal["done", "skipped", "failed", "pending"]
"""`done`: run now, and its results are in place. `skipped`: they were in place, and nothing they depend on has changed.
`failed`: run now, without results. `pending`: not run, since the batch was stopped before."""


@dataclass(frozen=True, slots=True)
class ItemError:
    """The reason why an item failed.

    Attributes:
        code: as in a manifest's `error`; `WorkerLost` if its worker was.
        message: what happened.
        traceback: the script's frames, may be empty.
        remedy: what to do, may be empty.
        passes: whether the same item can succeed later as it is: storage that cannot be reached, a worker that was
            lost. Only such items are tried again.
        wait: seconds that storage asked to wait; 0 if it did not.
    """

    code: str
    message: str
    traceback: str = ""
    remedy: str = ""
    passes: bool = False
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class ItemOutput:
    """A blob that an item's run wrote, as its manifest lists it.

    Attributes:
        name: below the item's output.
        reference: of the blob.
        etag: after it was written.
        size: bytes.
        sha256: of its bytes.
        rows, columns: of a table, else None.
    """

    name: str
    reference: str
    etag: str
    size: int
    sha256: str
    rows: int | None = None
    columns: int | None = None


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """What became of one item.

    Attributes:
        key: of the item.
        status: `done`: run now, with results in place; `skipped`: not run, since they were there already; `failed`: run
            now, without results; `pending`: not run, since the batch ended before.
        inputs: the blobs it reads, of both ports, in order.
        output: the prefix of its results.
        fingerprint: of all that its results depend on; two items with the same one have the same results.
        parts: the named parts.
        attempt: how many times it was run, in this batch and those that it resumes; 0 if never.
        run_id: of the run whose results are there, or that failed last.
        rows_in, rows_out: rows of Dataset1 and of the results; None if not known.
        translations: entries of the ledger; `lossy` of them lost something.
        outputs: what the run wrote.
        error: why it failed.
        started, ended: of the last attempt, ISO 8601 in UTC; empty if never.
        seconds: that the last attempt took.
        timings: seconds by stage of that run.
        worker: which ran it: host and process.
    """

    key: str
    status: ItemStatus
    inputs: tuple[InputBlob, ...]
    output: str
    fingerprint: str
    parts: Mapping[str, str] = field(default_factory=dict)
    attempt: int = 0
    run_id: str = ""
    rows_in: int | None = None
    rows_out: int | None = None
    translations: int = 0
    lossy: int = 0
    outputs: tuple[ItemOutput, ...] = ()
    error: ItemError | None = None
    started: str = ""
    ended: str = ""
    seconds: float = 0.0
    timings: Mapping[str, float] = field(default_factory=dict)
    worker: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the record as plain JSON values."""
        return {
            **_values(self),
            "inputs": tuple(map(_values, self.inputs)),
            "parts": dict(self.parts),
            "outputs": tuple(map(_values, self.outputs)),
            "error": None if self.error is None else _values(self.error),
            "timings": dict(self.timings),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ItemRecord:
        """Read a record back from `to_json`.

        Raises:
            KeyError, TypeError: it is not a record of this version.
        """
        error = values["error"]
        read = {
            **values,
            "inputs": tuple(InputBlob(**blob) for blob in values["inputs"]),
            "outputs": tuple(ItemOutput(**blob) for blob in values["outputs"]),
            "error": None if error is None else ItemError(**error),
        }
        return cls(**read)


_NAMES: Final = {
    kind: tuple(slot.name for slot in fields(kind)) for kind in (InputBlob, ItemError, ItemOutput, ItemRecord)
}


def _values(part: Any) -> dict[str, Any]:
    """Return the fields of a part of a record; `dataclasses.asdict` takes five times as long, for every item."""
    return {name: getattr(part, name) for name in _NAMES[type(part)]}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many items of a batch are where; they always add up to `matched`."""

    done: int = 0
    skipped: int = 0
    failed: int = 0
    pending: int = 0

    @property
    def matched(self) -> int:
        """Return the number of all items."""
        return self.done + self.skipped + self.failed + self.pending


@dataclass(frozen=True, slots=True)
class Outages:
    """How long a batch was held back since storage refused what its items asked.

    Attributes:
        count: how often.
        refusals: items that came back refused; one may have several times.
        seconds: that it was held back, together.
        message: what happened to the last of them; empty if there was none.
        lasts: whether it is held back now.
    """

    count: int = 0
    refusals: int = 0
    seconds: float = 0.0
    message: str = ""
    lasts: bool = False
