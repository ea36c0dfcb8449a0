"""What the old SDK refused before it sent anything, in its words."""

from __future__ import annotations

__all__ = ["not_none"]


def not_none(name: str, value: object) -> None:
    """Refuse a missing argument.

    Raises:
        ValueError: it is None.
    """
    if value is None:
        raise ValueError(f"{name} should not be None.")
