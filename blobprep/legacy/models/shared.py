"""Names that the old SDK and the current one both use, for classes of their own.

A script gets the old class under `azure.storage.blob`. What the current SDK makes with its own class of that name still
counts as an instance, so `isinstance(entry, BlobPrefix)` holds for the lists of either.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping

__all__ = ["Shared", "recognize"]


class Shared(ABC):  # noqa: B024 - an ABC for its `register` alone
    """A class whose name the current SDK uses as well."""


def recognize(current: Mapping[str, object]) -> None:
    """Count the current SDK's instances as instances of the old classes of the same name.

    Args:
        current: The names of the current `azure.storage.blob`.
    """
    for old in Shared.__subclasses__():
        new = current.get(old.__name__)
        if isinstance(new, type) and new is not old:
            old.register(new)
