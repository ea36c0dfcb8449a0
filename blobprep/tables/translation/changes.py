"""Changes to a column on its way between table and frame. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from blobprep.protocol import Translation

__all__ = ["Change", "TranslatedColumn", "zone_change"]


@dataclass(frozen=True, slots=True)
class Change:
    """A ledger entry that does not know its port and column yet."""

    kind: str
    detail: str
    lossy: bool = False
    remedy: str = ""
    count: int | None = None
    example: str = ""

    def entry(self, port: str, column: str) -> Translation:
        """Return the ledger entry for a column."""
        return Translation(port, column, self.kind, self.detail, self.lossy, self.remedy, self.count, self.example)


@dataclass(frozen=True, slots=True)
class TranslatedColumn:
    """A column's values, as an array or chunked array, with the changes made to it."""

    values: Any
    changes: tuple[Change, ...] = ()

    def after(self, change: Change) -> TranslatedColumn:
        """Return the same column with a change put before the others."""
        return TranslatedColumn(self.values, (change, *self.changes))


def zone_change(zone: str, count: int, example: str) -> Change:
    """Return the change of times from another zone to UTC."""
    detail = f"Times became UTC; their time zone {zone} was lost."
    return Change("zone", detail, True, "keep the zone in a column of its own", count, example)
