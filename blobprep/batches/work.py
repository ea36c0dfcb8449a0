"""What a worker is given: references, hashes and options, as JSON that any scheduler may carry. Pure.

There is no data in it, and no secret: a worker opens storage by its own settings.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from blobprep.batches.items import Item

__all__ = ["Job", "WorkItem"]


@dataclass(frozen=True, slots=True)
class Job:
    """What all items of a batch share.

    Attributes:
        batch: the reference of the prefix of its record, which tells the outputs of one batch from those of others.
        script: the reference of the script; what workers elsewhere cannot read was copied below `batch` first.
        script_kind: `source`, or `function` for one that was pickled.
        script_sha256: of its bytes as they are read; a worker refuses others.
        bundle: the reference of the module zip; empty for none.
        bundle_sha256: of its bytes.
        options: those of a run, as `RunOptions.to_json` gives them, without what goes by the item.
        versions: of Python and of the libraries that results depend on; a worker with others refuses.
        overwrite: whether results of other runs and batches may be replaced.
        edition: the id of the batch that began the record anew, with which everything is run again; empty if none did.
        untouched: whether nothing was below the outputs when the batch began, so that its runs need not look.
    """

    batch: str
    script: str
    script_kind: str
    script_sha256: str
    bundle: str = ""
    bundle_sha256: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    overwrite: bool = False
    edition: str = ""
    untouched: bool = False


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One attempt at an item.

    Attributes:
        job: of its batch.
        item: what to run.
        fingerprint: of the item; see `ItemRecord.fingerprint`.
        attempt: from 1.
        refused: how often storage refused the item before, which is no attempt; tells two tries of one apart.
    """

    job: Job
    item: Item
    fingerprint: str
    attempt: int = 1
    refused: int = 0

    def encode(self) -> str:
        """Return it as JSON text."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def decode(cls, text: str) -> WorkItem:
        """Read it back from `encode`."""
        values = json.loads(text)
        counts = (values["attempt"], values["refused"])
        return cls(Job(**values["job"]), Item.from_json(values["item"]), values["fingerprint"], *counts)
