"""The record of a combined dataset, `combined.json` below the batch's own record. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

from blobprep.errors import InputError

__all__ = ["COMBINED_NAME", "SCHEMA", "CombinedOutput", "CombinedRecord"]

SCHEMA: Final = "blobprep/combined/1"
COMBINED_NAME: Final = "combined.json"


@dataclass(frozen=True, slots=True)
class CombinedOutput:
    """One file of a combined dataset.

    Attributes:
        folder: its folder below the target, such as `year=2024/`; empty for a dataset of one file.
        reference, etag, size, sha256: of the blob.
        rows, columns: in the file; columns that the folder holds are not counted.
        items: how many results are in it.
    """

    folder: str
    reference: str
    etag: str
    size: int
    sha256: str
    rows: int
    columns: int
    items: int


@dataclass(frozen=True, slots=True)
class CombinedRecord:
    """What was combined, into what.

    Attributes:
        status: `running` until all files are in place; only then the dataset counts.
        target: as it was given.
        by: parts that it is partitioned by.
        format, write: of its files.
        inputs: the SHA-256 of the references and ETags of all results, in order, and of the folders they go to.
        items: results that it has the rows of.
        without_results: items whose script returned no table.
        outputs: its files, in order.
        translations: the changes that combining made, as in a manifest.
    """

    status: Literal["running", "done"]
    target: str
    by: tuple[str, ...]
    format: str
    write: Mapping[str, str]
    inputs: str
    items: int
    without_results: int = 0
    outputs: tuple[CombinedOutput, ...] = ()
    translations: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)

    @property
    def rows(self) -> int:
        """Return the rows of all files."""
        return sum(output.rows for output in self.outputs)

    def is_of(self, other: CombinedRecord) -> bool:
        """Return whether it is about the same results, in the same form, at the same place."""
        mine, others = (
            (record.target, record.by, record.format, dict(record.write), record.inputs) for record in (self, other)
        )
        return mine == others

    def encode(self) -> bytes:
        """Return it as JSON."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, indent=2, ensure_ascii=False).encode() + b"\n"

    @classmethod
    def decode(cls, data: bytes, printed: str) -> CombinedRecord:
        """Read it back from `encode`.

        Args:
            data: the JSON.
            printed: its reference, for the message.

        Raises:
            InputError: it is not such a record.
        """
        try:
            values = json.loads(data)
            if values.pop("schema") != SCHEMA:
                raise ValueError("schema")
            values["by"], values["translations"] = tuple(values["by"]), tuple(values["translations"])
            values["outputs"] = tuple(CombinedOutput(**output) for output in values["outputs"])
            return cls(**values)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(
                f"{printed} is not the record of a combined dataset of this version",
                remedy="delete it, or use --record",
            ) from error
