"""How many items may fail before a batch begins no more. Pure."""

from __future__ import annotations

import re
from typing import Final

from blobprep.errors import InvalidOption

__all__ = ["allowed_failures"]

_NUMBER: Final = re.compile(r"\d{1,18}")
_PART: Final = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)%")


def allowed_failures(text: str | None, matched: int) -> int | None:
    """Return how many items may fail; None for any number.

    A part of all is rounded down, but is one item at least: of three items, 5 % would be none.

    Args:
        text: a number, or `5%`; None for no bound.
        matched: items of the batch.

    Raises:
        InvalidOption: it is neither.

    >>> allowed_failures("5%", 1000), allowed_failures("5%", 3), allowed_failures("0", 3)
    (50, 1, 0)
    """
    if text is None:
        return None
    given = text.strip()
    if _NUMBER.fullmatch(given):
        return int(given)
    part = _PART.fullmatch(given)
    if part is None or float(part[1]) > 100:
        raise InvalidOption(
            f"max_failures is {text!r}", remedy="use a number of items such as 10, or a part of all such as 5%"
        )
    return max(1, int(matched * float(part[1]) / 100)) if float(part[1]) else 0
