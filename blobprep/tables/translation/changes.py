"""What happened to a column on its way between table and frame. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from blobprep.protocol import Translation

__all__ = ["Change", "TranslatedColumn", "utc"]


@dataclass(frozen=True, slots=True)
class Change:
    """Say what happened to a column: an entry of the ledger that does not know its port and column yet."""

    kind: str
    detail: str
    lossy: bool = False
    remedy: str = ""
    count: int | None = None
    example: str = ""

    def entry(self, port: str, column: str) -> Translation:
        """Return the entry."""
        return Translation(port, column, self.kind, self.detail, self.lossy, self.remedy, self.count, self.example)


@dataclass(frozen=True, slots=True)
class TranslatedColumn:
    """Hold a column's values, as an array or a chunked one, and what changed on the way."""

    values: Any
    changes: tuple[Change, ...] = ()

    def after(self, change: Change) -> TranslatedColumn:
        """Return the same with a change that came before the others."""
        return TranslatedColumn(self.values, (change, *self.changes))


def utc(zone: str, count: int, example: str) -> Change:
    """Return the change of times of another zone than UTC."""
    detail = f"Times became UTC; that they were of {zone} is gone."
    return Change("zone", detail, True, "keep the zone in a column of its own", count, example)
