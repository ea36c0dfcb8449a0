"""What a batch does, item by item. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["InputBlob", "Item"]


@dataclass(frozen=True, slots=True)
class InputBlob:
    """A blob that an item reads, pinned to the state in which the listing showed it.

    Attributes:
        reference: with its account, so that it means the same for every worker.
        etag: as listed; empty for one that was not there, so that the item fails.
        size: bytes.
        content_type: as listed, where the name shows no format; else empty.
    """

    reference: str
    etag: str
    size: int
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One run of the script.

    Attributes:
        key: names the item within its batch, and sorts it; a function of what it reads alone. It is the reference of
            its blob, or the values of the parts that group several; a piece of a blob has its place added.
        inputs: the blobs of port Dataset1, in the order of their names; end to end they are one dataset.
        output: the prefix of its results; no other item of the batch has it.
        parts: the named parts of the pattern, as the names of the blobs have them.
        parameters: of the script, the batch's own and the parts among them.
        read1: options for reading Dataset1 that this item has besides those of the batch, such as its row groups.
        dataset2: the blobs of port Dataset2, in order; empty if it has none.
        partition_columns: columns that are added to Dataset1, by name: their type, and their value for each blob of
            `inputs`.
        figures: the prefix of its figures; empty for a folder below `output`.
        read2: options for reading Dataset2 likewise.
    """

    key: str
    inputs: tuple[InputBlob, ...]
    output: str
    parts: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    read1: Mapping[str, str] = field(default_factory=dict)
    dataset2: tuple[InputBlob, ...] = ()
    partition_columns: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    figures: str = ""
    read2: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Return the bytes of all that it reads."""
        return sum(blob.size for blob in (*self.inputs, *self.dataset2))

    def to_json(self) -> dict[str, Any]:
        """Return the item as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Item:
        """Read an item back from `to_json`."""
        return cls(
            values["key"],
            tuple(InputBlob(**blob) for blob in values["inputs"]),
            values["output"],
            dict(values["parts"]),
            dict(values["parameters"]),
            dict(values["read1"]),
            tuple(InputBlob(**blob) for blob in values["dataset2"]),
            {name: (kind, tuple(cells)) for name, (kind, cells) in values["partition_columns"].items()},
            values["figures"],
            dict(values["read2"]),
        )
