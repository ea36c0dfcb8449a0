"""Texts that are numbers, as C and Java read them: cast by the column, the first that is none, what doubles lose."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.protocol import AskedDataset, Translation

__all__ = ["Losses", "first_other", "loses_digits", "losses", "numbers"]

_PLUS: Final = r"^\+([0-9.])"
_EXACT: Final = 2**53
_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Losses:
    """What numbers lost when they became doubles.

    Attributes:
        infinite: how many are too large.
        inexact: how many are integers of which digits are gone.
        huge, long: the first of each, as it was written.
    """

    infinite: int = 0
    inexact: int = 0
    huge: str = ""
    long: str = ""

    def __add__(self, other: Losses) -> Losses:
        """Return both together."""
        return Losses(
            self.infinite + other.infinite,
            self.inexact + other.inexact,
            self.huge or other.huge,
            self.long or other.long,
        )

    def entries(self, asked: AskedDataset, label: str, remedy: str) -> list[Translation]:
        """Return an entry of the ledger for each kind of loss.

        Args:
            asked: the dataset.
            label: of the column; empty for the whole table.
            remedy: what keeps digits.
        """
        found = (
            (self.infinite, "Became infinite, since it is too large for a double.", "check what wrote it", self.huge),
            (self.inexact, "Integers beyond 2**53 lost digits as doubles.", remedy, self.long),
        )
        return [
            Translation(asked.port, label, "type", detail, True, remedied, count, example)
            for count, detail, remedied, example in found
            if count
        ]


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


def losses(texts: Any, doubles: Any) -> Losses:
    """Return what texts lost as the doubles that they were cast to; only large ones are looked at.

    >>> losses(pa.array(["9007199254740993", "1e400", "2"]), pa.array([2.0**53, float("inf"), 2.0]))
    Losses(infinite=1, inexact=1, huge='1e400', long='9007199254740993')
    """
    large = pc.greater_equal(pc.abs(doubles), float(_EXACT))
    if not pc.any(large).as_py():
        return Losses()
    texts, doubles = texts.filter(large), doubles.filter(large)
    whole = numbers(texts, pa.int64())
    if whole is not None:
        differ = pc.not_equal(whole, doubles.cast(pa.int64(), safe=False))
        texts, doubles = texts.filter(differ), doubles.filter(differ)
    found = Losses()
    for text, double in zip(texts.to_pylist(), doubles.to_pylist(), strict=True):
        digits = text.lstrip("+-")
        if double in (float("inf"), float("-inf")):
            found += Losses(infinite=1, huge=text[:_SHOWN]) if digits[:1].isdigit() or digits[:1] == "." else Losses()
        elif digits.isdigit() and loses_digits(text):
            found += Losses(inexact=1, long=text[:_SHOWN])
    return found


def loses_digits(text: str) -> bool:
    """Tell whether an integer loses digits as a double; not so one that is the shortest text of its double.

    >>> loses_digits("9007199254740993"), loses_digits("123456789012345680000")
    (True, False)
    """
    return Decimal(repr(float(text))) != Decimal(text)
