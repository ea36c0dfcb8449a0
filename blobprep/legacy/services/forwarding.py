"""Hand a method's arguments on to the method that it is built on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from blobprep.legacy.wire.failures import not_none

__all__ = ["BLOB_NAMES", "handed_on"]

BLOB_NAMES = ("container_name", "blob_name")


def handed_on(
    arguments: Mapping[str, Any], *, own: Collection[str] = (), needs: Collection[str] = ()
) -> dict[str, Any]:
    """Return the arguments of a method, by name, for the next one.

    Args:
        arguments: the method's `locals()`, before it has others; a copy is made, since a debugger adds to them.
        own: those that the next method does not know.
        needs: those that must not be None, in the order in which they are looked at.

    Raises:
        ValueError: one of those is None.
    """
    for name in needs:
        not_none(name, arguments[name])
    return {name: value for name, value in arguments.items() if name != "self" and name not in own}
