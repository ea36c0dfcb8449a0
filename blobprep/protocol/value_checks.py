"""The checks on single values of what a child says about tables, which profiles and comparisons have in common."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from blobprep.protocol.profiles import CELL_LIMIT

__all__ = ["COUNT_LIMIT", "Check", "check_count", "check_flag", "check_list", "check_number", "check_text", "optional"]

Check = Callable[[Any], Any]
"""Returns a value as it is kept, or raises TypeError."""

COUNT_LIMIT: Final = 2**63
"""What a count is below."""


def check_text(value: object) -> str:
    """Return a text of a limited length, without what no page can hold."""
    if not isinstance(value, str) or len(value) > CELL_LIMIT:
        raise TypeError(f"expected a text of at most {CELL_LIMIT} characters")
    return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()  # lone surrogates


def check_count(value: object) -> int:
    """Return a whole number from 0."""
    if type(value) is not int or not 0 <= value < COUNT_LIMIT:
        raise TypeError("expected a whole number from 0")
    return value


def check_number(value: object) -> float:
    """Return a finite number as a double."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError("expected a finite number")
    return float(value)


def check_flag(value: object) -> bool:
    """Return a truth value."""
    if not isinstance(value, bool):
        raise TypeError("expected true or false")
    return value


def check_list(values: object) -> list[Any]:
    """Return a list."""
    if not isinstance(values, list):
        raise TypeError("expected a list")
    return values


def optional(check: Check) -> Check:
    """Return a check that lets None pass."""
    return lambda value: None if value is None else check(value)
