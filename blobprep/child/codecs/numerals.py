"""Texts that are numbers, as C and Java read them: cast by the column, and the first that is none found."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["first_other", "numbers"]

_PLUS: Final = r"^\+([0-9.])"


def numbers(texts: Any, kind: Any) -> Any | None:
    """Return texts as numbers of a type, missing where they are; None where one is no such number.

    >>> numbers(pa.array(["+1", ".5", None]), pa.float64()).to_pylist()
    [1.0, 0.5, None]
    """
    # Arrow reads 0x10 as the integer 16; nothing that writes these formats means that.
    if pa.types.is_integer(kind) and pc.any(pc.match_substring(texts, "0x", ignore_case=True)).as_py():
        return None
    try:
        return texts.cast(kind)
    except pa.ArrowInvalid:
        pass
    if not pc.any(pc.starts_with(texts, "+")).as_py():
        return None
    try:
        return pc.replace_substring_regex(texts, _PLUS, r"\1").cast(kind)
    except pa.ArrowInvalid:
        return None


def first_other(texts: Any, kind: Any) -> int:
    """Return the position of the first text that is no number of that type; there is one."""
    low, high = 0, len(texts)
    while high - low > 1:  # halves, since each failing cast costs its whole length
        middle = (low + high) // 2
        if numbers(texts.slice(low, middle - low), kind) is None:
            high = middle
        else:
            low = middle
    return low
