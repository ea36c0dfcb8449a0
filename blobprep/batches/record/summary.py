"""`batch.json`: what a batch was asked, and what came of it. Pure.

It is written first, as the claim of the record's prefix (`status: running`), and last, when every other part of the
record is in place. `batch.schema.json` in this package describes the JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Final, get_args

from blobprep.batches.records import Counts, Outages
from blobprep.manifest import BATCH_NAME, ClaimRecord, ErrorRecord, ScriptRecord, Status
from blobprep.outputs.claim_kind import ClaimKind
from blobprep.printable import json_text

__all__ = ["BATCH", "SUMMARY_NAME", "BatchSummary", "Cause"]

SCHEMA: Final = "blobprep/batch/1"
SUMMARY_NAME: Final = BATCH_NAME


@dataclass(frozen=True, slots=True)
class Cause:
    """Items that failed alike.

    Attributes:
        code: of their errors.
        message: of the first, in one line.
        count: how many they are.
        item: the key of the first.
    """

    code: str
    message: str
    count: int
    item: str


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """The record of one batch; docs/reference/batch-record.md lists its fields."""

    batch_id: str
    status: Status
    started: str
    options: Mapping[str, Any]
    script: ScriptRecord | None
    bundle: ScriptRecord | None = None
    engine: str = ""
    workers: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    outages: Outages = field(default_factory=Outages)
    gone: int = 0
    size: int = 0
    rows_in: int = 0
    rows_out: int = 0
    causes: tuple[Cause, ...] = ()
    message: str = ""
    error: ErrorRecord | None = None
    claim: ClaimRecord | None = None
    merged: int = 0
    edition: str = ""
    ended: str | None = None
    seconds: float = 0.0
    schema: str = SCHEMA

    @property
    def at_a_time(self) -> float | None:
        """Return how many items ran at a time, on average; None if none did, or the batch has not ended."""
        if self.ended is None or not self.seconds:
            return None
        elapsed = (datetime.fromisoformat(self.ended) - datetime.fromisoformat(self.started)).total_seconds()
        return self.seconds / (elapsed - self.outages.seconds) if elapsed > self.outages.seconds else None

    def to_json(self) -> dict[str, Any]:
        """Return the record as plain JSON values."""
        values = asdict(self)
        values["counts"] = {"matched": self.counts.matched, **values["counts"]}
        return {"schema": values.pop("schema"), **values}

    def encode(self) -> bytes:
        """Return the JSON, indented for people, ended by a newline."""
        return json_text(self.to_json()).encode() + b"\n"

    @classmethod
    def decode(cls, data: bytes) -> BatchSummary:
        """Read a record.

        Raises:
            ValueError: it is not the record of a batch, or its schema is unknown to this version.
        """
        try:
            values = json.loads(data)
            if values["schema"] != SCHEMA:
                raise ValueError(f"its schema is {values['schema']!r}")
            return _revive(values)
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("it is not the record of a batch of blobprep") from error


def _revive(values: dict[str, Any]) -> BatchSummary:
    known = {slot.name for slot in fields(BatchSummary)}
    if set(values) - known or values["status"] not in get_args(Status):
        raise TypeError("fields")
    counts = dict(values["counts"])
    matched = counts.pop("matched")
    read: dict[str, Any] = {
        **values,
        "counts": Counts(**counts),
        "causes": tuple(Cause(**cause) for cause in values["causes"]),
        "outages": Outages(**values.get("outages", {})),
    }
    for name, shape in (("script", ScriptRecord), ("bundle", ScriptRecord), ("error", ErrorRecord), ("claim", _claim)):
        read[name] = None if values[name] is None else shape(**values[name])
    summary = BatchSummary(**read)
    numbers = (*asdict(summary.counts).values(), summary.merged, summary.gone)
    if any(type(number) is not int or number < 0 for number in numbers) or summary.counts.matched != matched:
        raise TypeError("counts")
    texts = (summary.batch_id, summary.started, summary.engine, summary.message, summary.edition)
    if not all(type(text) is str for text in texts):
        raise TypeError("texts")
    return summary


def _claim(host: str, process: str, planned: list[str]) -> ClaimRecord:
    return ClaimRecord(host, process, tuple(planned))


BATCH: Final = ClaimKind(
    blob=SUMMARY_NAME,
    noun="batch",
    document="record",
    option="--record",
    holds="the record of",
    sequel="",
    loss=("this one was stopped", "give each batch a --record of its own"),
    decode=BatchSummary.decode,
    id_of=lambda summary: summary.batch_id,
    with_claim=lambda summary, record: replace(summary, claim=record),
    named=lambda summary: (),
    supersedes=lambda summary, previous: True,
)
"""A batch, which claims the prefix of its record."""
