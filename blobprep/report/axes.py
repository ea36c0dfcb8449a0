"""The axes that positions of columns are on. Pure."""

from __future__ import annotations

from typing import Final

from blobprep.protocol.profiles import ColumnProfile

__all__ = ["axis_kind", "share_axis"]

_SINCE_1970: Final = ("time", "instant")


def axis_kind(column: ColumnProfile) -> str:
    """Return how positions of a column read: as `numerals.position` names it.

    Times of a day count from midnight and have no date. Positions of times with a zone are in UTC, whatever their zone.
    """
    if column.kind != "time":
        return column.kind
    return "clock" if column.type.startswith(("time32", "time64")) else "instant" if ", tz=" in column.type else "time"


def share_axis(one: ColumnProfile, other: ColumnProfile) -> bool:
    """Return whether the positions of two columns mean the same."""
    kinds = axis_kind(one), axis_kind(other)
    return kinds[0] == kinds[1] or all(kind in _SINCE_1970 for kind in kinds)
