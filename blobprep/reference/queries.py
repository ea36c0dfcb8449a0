"""The query of a reference: `versionId=` and `snapshot=`. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from blobprep.errors import InvalidReference
from blobprep.reference.percent import decode
from blobprep.reference.sas import remove_secrets

__all__ = ["Marks", "read_query", "split_query"]

_NAMES: Final = frozenset({"versionid", "snapshot"})
_LISTING: Final = frozenset({"restype=container", "comp=list"})
"""The query of an address that lists a container, which the reference names already."""
_NAME: Final = re.compile(r"[\w./ -]{1,40}")
_QUERY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*=[^/]*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Marks:
    """The version or snapshot of a blob, as the service gave it."""

    version_id: str | None = None
    snapshot: str | None = None


def read_query(text: str, query: str) -> Marks:
    """Read the query of a URL.

    Args:
        text: the reference, for messages.
        query: the text after its `?`, without the SAS token.

    Raises:
        InvalidReference: it holds something else, or the same field twice.
    """
    found: dict[str, str] = {}
    for part in query.split("&"):
        if not part or part.lower() in _LISTING:
            continue
        name, _, value = part.partition("=")
        if name.lower() not in _NAMES or not value or name.lower() in found:
            address = remove_secrets(text.partition("?")[0])
            raise InvalidReference(
                f"the reference to {address!r} has a query that blobprep does not understand",
                remedy="a query has versionId= or snapshot= with a value, or a whole SAS token (with sig=); "
                + (
                    f"if it is part of the name, write {address}%3F{query}"
                    if _NAME.fullmatch(query)
                    else "write %3D for a = after a wildcard"
                ),
            )
        found[name.lower()] = decode(value)
    return Marks(found.get("versionid"), found.get("snapshot"))


def split_query(text: str, body: str) -> tuple[str, Marks]:
    """Split the query off a form in which `?` may be a wildcard: `name=value` after it makes it a query."""
    before, _, query = body.rpartition("?")
    return (before, read_query(text, query)) if before and _QUERY.fullmatch(query) else (body, Marks())
