"""Hand a method's arguments on to the method that it is built on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from blobprep.legacy.wire.failures import not_none

__all__ = ["BLOB_NAMES", "handed_on", "need"]

BLOB_NAMES = ("container_name", "blob_name")


def need(arguments: Mapping[str, Any], names: Iterable[str]) -> None:
    """Refuse None for these arguments, in their order.

    Raises:
        ValueError: one of them is None.
    """
    for name in names:
        not_none(name, arguments[name])


def handed_on(arguments: Mapping[str, Any], *, own: Collection[str] = (), needs: Iterable[str] = ()) -> dict[str, Any]:
    """Return the arguments of a method, by name, for the next one.

    Args:
        arguments: the method's `locals()`, before it has others; a copy is made, since a debugger adds to them.
        own: those that the next method does not know.
        needs: those that must not be None, in the order in which they are looked at.

    Raises:
        ValueError: one of those is None.
    """
    need(arguments, needs)
    return {name: value for name, value in arguments.items() if name != "self" and name not in own}
