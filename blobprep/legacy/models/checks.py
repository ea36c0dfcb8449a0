"""What the old SDK refused before it sent anything, in its words."""

from __future__ import annotations

from typing import Final

__all__ = ["VALUE_NONE", "not_none"]

VALUE_NONE: Final = "{0} should not be None."


def not_none(name: str, value: object) -> None:
    """Refuse None for the argument `name`.

    Raises:
        ValueError: it is None.
    """
    if value is None:
        raise ValueError(VALUE_NONE.format(name))
