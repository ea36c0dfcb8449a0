"""Axes by number or name."""

from __future__ import annotations

from typing import Any

__all__ = ["axis_number"]


def axis_number(axis: Any) -> int:
    """Return 0 for rows and 1 for columns.

    Raises:
        ValueError: there is no such axis.
    """
    if axis in (0, "index", "rows", None):
        return 0
    if axis in (1, "columns", "minor"):
        return 1
    raise ValueError(f"No axis named {axis}")
