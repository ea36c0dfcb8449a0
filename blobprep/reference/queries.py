"""The query of a reference: `versionId=` and `snapshot=`. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from blobprep.errors import InvalidReference
from blobprep.reference.percent import decode
from blobprep.reference.sas import plain

__all__ = ["Marks", "read_query", "split_query"]

_NAMES: Final = frozenset({"versionid", "snapshot"})
_LISTING: Final = frozenset({"restype=container", "comp=list"})
"""Of an address that lists a container; the reference names the container already."""
_NAME: Final = re.compile(r"[\w./ -]{1,40}")
_QUERY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*=[^/]*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Marks:
    """Hold what chooses a state of a blob, as the service gave it."""

    version_id: str | None = None
    snapshot: str | None = None


def read_query(text: str, query: str) -> Marks:
    """Read the query of a URL.

    Args:
        text: the reference, for messages.
        query: what stands behind its `?`, the SAS token taken off.

    Raises:
        InvalidReference: it holds something else, or the same twice.
    """
    found: dict[str, str] = {}
    for part in query.split("&"):
        if not part or part.lower() in _LISTING:
            continue
        name, _, value = part.partition("=")
        if name.lower() not in _NAMES or not value or name.lower() in found:
            address = plain(text.partition("?")[0])
            raise InvalidReference(
                f"the reference to {address!r} has a query that is not understood",
                remedy="a query holds versionId= or snapshot= with its value, or a whole SAS token (with sig=); "
                + (
                    f"else write {address}%3F{query}"
                    if _NAME.fullmatch(query)
                    else "write %3D for a = behind a wildcard"
                ),
            )
        found[name.lower()] = decode(value)
    return Marks(found.get("versionid"), found.get("snapshot"))


def split_query(text: str, body: str) -> tuple[str, Marks]:
    """Take the query off a form where `?` may be a wildcard: it is a query where `name=value` follows."""
    before, _, query = body.rpartition("?")
    return (before, read_query(text, query)) if before and _QUERY.fullmatch(query) else (body, Marks())
