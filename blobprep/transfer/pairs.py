"""A source and its target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from blobprep.errors import OutputExists
from blobprep.stores import ANY, Condition
from blobprep.stores.location import BlobLocation
from blobprep.transfer.equality import BlobState

__all__ = ["Copy", "Renaming", "Written", "exists_already"]


@dataclass(frozen=True, slots=True)
class Copy:
    """One blob or local file to be copied.

    Attributes:
        source: where it is.
        state: the state of it when the copy was planned; reading demands this ETag.
        target: where it goes.
        condition: what the state of the target must meet.
        existing: the state of the target when the copy was planned; None if it was not there, or was not looked for.
        must_read: whether files must be read to tell if the target has the bytes of the source already.
        index: its place in the plan.
    """

    source: BlobLocation
    state: BlobState
    target: BlobLocation
    condition: Condition = ANY
    existing: BlobState | None = None
    must_read: bool = False
    index: int = 0


@dataclass(frozen=True, slots=True)
class Renaming:
    """How targets are named that do not keep the names of their sources.

    Attributes:
        printed: the template that was asked for.
        rename: returns the name below the goal for a name below the base of the sources; raises `InvalidOption` if it
            lacks a part.
    """

    printed: str
    rename: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Written:
    """A copy that is published.

    Attributes:
        etag: of the target.
        md5: of its bytes; empty where it was not computed.
        server_side: whether the service made it by itself.
    """

    etag: str
    md5: str
    server_side: bool = False


def exists_already(target: BlobLocation) -> OutputExists:
    """Return the error for a target that exists."""
    return OutputExists(
        f"{target.printed} exists already", remedy="choose another name, or replace it with --overwrite"
    )
