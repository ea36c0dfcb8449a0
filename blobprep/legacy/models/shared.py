"""Names that the old SDK and the current one both use, for classes of their own.

A script gets the old class under `azure.storage.blob`. What the current SDK makes with its own class of that name still
counts as an instance, so `isinstance(entry, BlobPrefix)` holds for the lists of either.
"""

from __future__ import annotations

from abc import ABC
from typing import Any

__all__ = ["Shared"]

_CURRENT = "azure.storage.blob."


class Shared(ABC):  # noqa: B024 - an ABC for its hook alone
    """A class whose name the current SDK uses as well, in its synchronous or its asynchronous half."""

    @classmethod
    def __subclasshook__(cls, other: type) -> Any:
        """Count the current SDK's classes of the same name as subclasses."""
        same = (base for base in other.__mro__ if base.__name__ == cls.__name__)
        return True if any(base.__module__.startswith(_CURRENT) for base in same) else NotImplemented
