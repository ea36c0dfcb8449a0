"""What can be connected to a run's input ports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from blobprep.reference import Reference
from blobprep.stores.location import BlobLocation

__all__ = ["BlobPattern", "Bundle", "Dataset", "FunctionScript", "GivenFolder", "GivenTable", "Script", "SourceScript"]


@dataclass(frozen=True, slots=True)
class GivenTable:
    """Hold a table or frame the caller passed; it travels as Arrow.

    Attributes:
        table: a `pyarrow.Table` or a `pandas.DataFrame`.
    """

    table: object = field(repr=False)


@dataclass(frozen=True, slots=True)
class BlobPattern:
    """Name all blobs that match wildcards; in the order of their names they are one dataset.

    Attributes:
        location: the pattern in its store.
        reference: itself.
    """

    location: BlobLocation
    reference: Reference

    @property
    def printed(self) -> str:
        """Return the pattern as it is shown and recorded."""
        return self.location.printed


@dataclass(frozen=True, slots=True)
class Dataset:
    """Connect a dataset to a port.

    Attributes:
        source: where its bytes are, or the table itself.
        format: a name of `blobprep.formats.FORMATS`; empty to go by name, content type and first bytes.
        options: of reading it, as given (`--read1`).
    """

    source: BlobLocation | BlobPattern | GivenTable
    format: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceScript:
    """Name a script that is a blob or a local file."""

    location: BlobLocation


@dataclass(frozen=True, slots=True)
class FunctionScript:
    """Hold a function the caller passed.

    Attributes:
        name: its qualified name, shown and recorded.
        pickled: by cloudpickle; only ever unpickled in the child.
        source: its source text where it is known, for the record.
    """

    name: str
    pickled: bytes = field(repr=False)
    source: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GivenFolder:
    """Name a local folder to be packed as the script bundle."""

    path: Path


Script = SourceScript | FunctionScript
Bundle = BlobLocation | GivenFolder
