"""Texts parsed as numbers, in the syntax of C and Java, and the digits that they lose as doubles."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from blobprep.protocol import EXAMPLE_LIMIT, AskedDataset, Translation

__all__ = [
    "DIGITS",
    "EXACT_LIMIT",
    "LargeIntegers",
    "Losses",
    "are_small",
    "find_infinite",
    "find_large_integers",
    "find_losses",
    "find_non_number",
    "find_too_precise",
    "find_vanished",
    "loses_digits",
    "parse_numbers",
    "strip_plus",
]

DIGITS: Final = 17
"""How many digits of a number with a fraction a double is assumed to hold."""

EXACT_LIMIT: Final = 2**53
"""A double holds every integer up to this one, above or below zero; beyond it, not all."""

_PLUS: Final = r"^\+(\.?[0-9])"
_WORDS: Final = r"(?i)^[+-]?(nan|inf|infinity)$"
_WHOLE: Final = r"^[+-]?[0-9]+$"
_UNREADABLE: Final = "check the program that wrote it"


def _double_scalar(value: float) -> Any:
    """Return a scalar made from its bytes, because `pa.scalar` would import pandas, which `head` must not."""
    return pa.Array.from_buffers(pa.float64(), 1, [None, pa.py_buffer(struct.pack("=d", value))])[0]


_EXACT_DOUBLE: Final = _double_scalar(EXACT_LIMIT)
_BEYOND: Final = _double_scalar(2**63)
_ZERO: Final = _double_scalar(0)
_ONE: Final = _double_scalar(1)
_POINTED: Final = _double_scalar(DIGITS + 1)
_DIGITS_HELD: Final = _double_scalar(DIGITS)
_SHORTEST_VANISHED: Final = _double_scalar(len("1e-324"))


@dataclass(frozen=True, slots=True)
class Losses:
    """The losses of numbers that became doubles.

    Attributes:
        found: for each kind of loss (`infinite`, `vanished`, `inexact` for integers, `imprecise` for others) the count
            of numbers, and the first of them as it was written.
    """

    found: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    def __add__(self, other: Losses) -> Losses:
        """Return the sum of both."""
        found = dict(self.found)
        for kind, (count, example) in other.found.items():
            before, first = found.get(kind, (0, example))
            found[kind] = before + count, first
        return Losses(found)

    def without(self, kind: str) -> Losses:
        """Return the losses of all other kinds."""
        return Losses({name: found for name, found in self.found.items() if name != kind})

    def entries(self, asked: AskedDataset, label: str, remedy: str) -> list[Translation]:
        """Return an entry of the ledger for each kind of loss.

        Args:
            asked: the dataset.
            label: the label of the column; empty for the whole table.
            remedy: how to keep the digits.
        """
        words = (
            ("infinite", "Became infinite, because the number is too large for a double.", _UNREADABLE),
            ("vanished", "Became 0, because the number is too small for a double.", _UNREADABLE),
            ("inexact", "Integers beyond 2**53 lost digits as doubles.", remedy),
            ("imprecise", f"Values with more than {DIGITS} digits lost digits as doubles.", remedy),
        )
        return [
            Translation(asked.port, label, "type", detail, True, remedied, *self.found[kind])
            for kind, detail, remedied in words
            if kind in self.found
        ]


@dataclass(frozen=True, slots=True)
class LargeIntegers:
    """Texts of integers from 2**53 on: those beyond 64 bits, and those that no double equals."""

    beyond: Any
    inexact: Any


def parse_numbers(texts: Any, kind: Any) -> Any | None:
    """Parse texts as numbers of a type; missing ones stay missing. Return None if a text is not such a number.

    >>> parse_numbers(pa.array(["+1", ".5", None]), pa.float64()).to_pylist()
    [1.0, 0.5, None]
    """
    # Arrow reads 0x10 as the integer 16; no program that writes these formats means that.
    if pa.types.is_integer(kind) and pc.any(pc.match_substring(texts, "0x", ignore_case=True)).as_py():
        return None
    try:
        return texts.cast(kind)
    except pa.ArrowInvalid:
        pass
    plain = strip_plus(texts)
    if plain is texts:
        return None
    try:
        return plain.cast(kind)
    except pa.ArrowInvalid:
        return None


def strip_plus(texts: Any) -> Any:
    """Remove the plus before numbers, which casts do not accept; return the same object if no text has a plus."""
    if not pc.any(pc.starts_with(texts, "+")).as_py():
        return texts
    return pc.replace_substring_regex(texts, _PLUS, r"\1")


def find_non_number(texts: Any, kind: Any) -> int:
    """Return the position of the first text that is not a number of a type; there must be one."""
    low, high = 0, len(texts)
    while high - low > 1:  # bisection, because a failing cast costs its whole length
        middle = (low + high) // 2
        if parse_numbers(texts.slice(low, middle - low), kind) is None:
            high = middle
        else:
            low = middle
    return low


def find_losses(texts: Any, doubles: Any) -> Losses:
    """Return the losses of texts that were cast to doubles.

    >>> find_losses(pa.array(["9007199254740993", "1e400", "2"]), pa.array([2.0**53, float("inf"), 2.0])).found
    {'infinite': (1, '1e400'), 'inexact': (1, '9007199254740993')}
    """
    found = {"infinite": find_infinite(texts, doubles)}
    finite = pc.is_finite(doubles)
    if pc.all(finite).as_py() is False:
        texts, doubles = texts.filter(finite), doubles.filter(finite)
    found["vanished"] = find_vanished(texts, doubles)
    found["inexact"] = _keep_losing(find_large_integers(texts, doubles).inexact)
    long = find_too_precise(texts, doubles)
    found["imprecise"] = _keep_losing(long.filter(pc.invert(pc.match_substring_regex(long, _WHOLE))))
    return Losses({kind: (len(lost), lost[0].as_py()[:EXAMPLE_LIMIT]) for kind, lost in found.items() if len(lost)})


def loses_digits(text: str) -> bool:
    """Tell whether a number loses digits as a double; the shortest text of a double does not.

    >>> loses_digits("9007199254740993"), loses_digits("123456789012345680000"), loses_digits("0.50")
    (True, False, False)
    """
    double, written = float(text), Decimal(text)
    return written != Decimal(double) and written != Decimal(repr(double))


def find_infinite(texts: Any, doubles: Any) -> Any:
    """Return the texts of numbers too large for a double, without those that are written as infinity or NaN."""
    finite = pc.is_finite(doubles)
    if pc.all(finite).as_py() is not False:
        return texts.slice(0, 0)
    words = texts.filter(pc.invert(finite))
    return words.filter(pc.invert(pc.match_substring_regex(words, _WORDS)))


def find_vanished(texts: Any, doubles: Any) -> Any:
    """Return the texts of numbers that became 0 although they are not."""
    zeros = texts.filter(pc.equal(doubles, _ZERO))
    if len(zeros) == 0:
        return zeros
    long = zeros.filter(pc.greater_equal(pc.binary_length(zeros).cast(pa.float64()), _SHORTEST_VANISHED))
    return long.filter(pc.match_substring_regex(long, r"^[^eE]*[1-9]"))


def are_small(doubles: Any) -> bool:
    """Tell whether an array of doubles has only finite ones below 2**53, where every integer is exact.

    numpy finds out in a sixth of the time that pyarrow's own maximum takes.
    """
    if len(doubles) == 0:
        return True
    present = doubles.fill_null(_ZERO) if doubles.null_count else doubles
    # Arrow's own way to numpy would import pandas, which `head` must not.
    numbers = np.frombuffer(present.buffers()[1], np.float64)[present.offset : present.offset + len(present)]
    return bool(numbers.min() > -EXACT_LIMIT and numbers.max() < EXACT_LIMIT)


def find_large_integers(texts: Any, doubles: Any) -> LargeIntegers:
    """Return the texts of integers that 64 bits or a double cannot hold."""
    if are_small(doubles):
        return LargeIntegers(texts.slice(0, 0), texts.slice(0, 0))
    mask = pc.and_(pc.match_substring_regex(texts, _WHOLE), pc.greater_equal(pc.abs(doubles), _EXACT_DOUBLE))
    doubles, texts = doubles.filter(mask), texts.filter(mask)
    plain = strip_plus(texts)
    try:
        exact = plain.cast(pa.int64())
    except pa.ArrowInvalid:
        return LargeIntegers(texts.filter(_beyond_mask(plain)), texts.filter(_inexact_mask(texts)))
    # 2**63 is beyond 64-bit integers, but the largest of them round to it as doubles.
    safe = pc.less(pc.abs(doubles), _BEYOND)
    kept = pc.and_(safe, pc.equal(pc.if_else(safe, doubles, _ZERO).cast(pa.int64()), exact))
    return LargeIntegers(texts.slice(0, 0), texts.filter(pc.invert(kept)))


def find_too_precise(texts: Any, doubles: Any) -> Any:
    """Return the texts of numbers with more digits than a double can hold."""
    lengths = pc.binary_length(texts)
    if (pc.max(lengths).as_py() or 0) <= DIGITS + 1:
        return texts.slice(0, 0)
    # A point, a sign and the zero before the point do not count as digits; only longer texts are examined.
    negative, small = pc.less(doubles, _ZERO), pc.less(pc.abs(doubles), _ONE)
    allowed = pc.add(pc.add(negative.cast(pa.float64()), small.cast(pa.float64())), _POINTED)
    texts = texts.filter(pc.greater(lengths.cast(pa.float64()), allowed))
    if len(texts) == 0:
        return texts
    long = pc.replace_substring_regex(texts, r"[eE].*$", "")
    # Zeros at either end of a fraction do not count as digits.
    fraction = pc.match_substring(long, ".")
    long = pc.if_else(fraction, pc.utf8_rtrim(long, "0"), long)
    digits = pc.utf8_ltrim(pc.replace_substring_regex(long, r"[^0-9]", ""), "0")
    return texts.filter(pc.greater(pc.binary_length(digits).cast(pa.float64()), _DIGITS_HELD))


def _keep_losing(texts: Any) -> Any:
    return texts.filter(pa.array([loses_digits(text) for text in texts.to_pylist()], pa.bool_()))


def _inexact_mask(texts: Any) -> Any:
    return pa.array([Decimal(text) != Decimal(float(text)) for text in texts.to_pylist()], pa.bool_())


def _beyond_mask(integers: Any) -> Any:
    """Return a mask of the integers beyond 64 bits."""
    return pa.array([not -(2**63) <= _parse_integer(text) < 2**63 for text in integers.to_pylist()], pa.bool_())


def _parse_integer(text: str) -> int:
    digits = text.lstrip("+-0")
    # Python parses only some thousand digits; twenty are already too many.
    value = int(digits[:20] or "0")
    return -value if text.startswith("-") else value
