"""What can be connected to a run's input ports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from blobprep.inputs.spool import InputSpool
from blobprep.reference import Reference
from blobprep.reference.named_parts import PartPattern
from blobprep.stores.location import BlobLocation, PinnedBlob

__all__ = [
    "BlobPattern",
    "Bundle",
    "Dataset",
    "FunctionScript",
    "GivenFolder",
    "GivenTable",
    "PinnedBlobs",
    "ReadBundle",
    "Script",
    "SourceScript",
]


@dataclass(frozen=True, slots=True)
class GivenTable:
    """A table or frame passed by the caller; it travels as Arrow.

    Attributes:
        table: a `pyarrow.Table` or a `pandas.DataFrame`.
    """

    table: object = field(repr=False)


@dataclass(frozen=True, slots=True)
class BlobPattern:
    """All blobs that match wildcards; in the order of their names they are one dataset.

    Attributes:
        location: the pattern in its store.
        reference: the pattern as a reference.
        parts: the pattern, if parts of it have names; else None.
    """

    location: BlobLocation
    reference: Reference
    parts: PartPattern | None = None

    @property
    def printed(self) -> str:
        """Return the pattern as it is shown and recorded."""
        return self.location.printed


@dataclass(frozen=True, slots=True, weakref_slot=True)
class PinnedBlobs:
    """Blobs in the states that a listing showed; in this order they are one dataset.

    They are not looked up again: one that is gone, or has changed, is noticed when it is fetched.

    Attributes:
        blobs: at least one.
        partition_columns: columns that are added, by name: the type, and the value for each blob.
        bytes: of all blobs, if they were read before; each run gets descriptors of its own.
        checksums: then the SHA-256 of each.
    """

    blobs: tuple[PinnedBlob, ...]
    partition_columns: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    bytes: InputSpool | None = field(default=None, repr=False)
    checksums: tuple[str, ...] = ()

    @property
    def printed(self) -> str:
        """Return the blobs as they are shown and recorded."""
        first, *others = (blob.location.printed for blob in self.blobs)
        match others:
            case []:
                return first
            case [second]:
                return f"{first} and {second}"
            case _:
                return f"{first} and {len(others)} other blobs"


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset connected to a port.

    Attributes:
        source: where its bytes are, or the table itself.
        format: a name in `blobprep.formats.FORMATS`; empty to detect it by name, content type and first bytes.
        options: the options for reading it, as given (`--read1`).
        partitioned: whether what the names of its blobs say is added as columns; pinned blobs bring their own.
    """

    source: BlobLocation | BlobPattern | PinnedBlobs | GivenTable
    format: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    partitioned: bool = False


@dataclass(frozen=True, slots=True)
class SourceScript:
    """A script that is a blob or a local file.

    Attributes:
        location: where it is.
        data: its bytes, if they were read before; None to read them.
    """

    location: BlobLocation
    data: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class FunctionScript:
    """A function passed by the caller.

    Attributes:
        name: its qualified name, which is shown and recorded.
        pickled: the function pickled by cloudpickle; it is only unpickled in the child.
        source: its source text if known, for the record.
    """

    name: str
    pickled: bytes = field(repr=False)
    source: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GivenFolder:
    """A local folder to be packed as the script bundle."""

    path: Path


@dataclass(frozen=True, slots=True, weakref_slot=True)
class ReadBundle:
    """A module zip that was read before.

    Attributes:
        blob: where it was read, and in which state.
        bytes: what was read; each run gets descriptors of its own.
        sha256: of them.
    """

    blob: PinnedBlob
    bytes: InputSpool = field(repr=False)
    sha256: str


Script = SourceScript | FunctionScript
Bundle = BlobLocation | GivenFolder
