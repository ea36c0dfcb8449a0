"""Oddities of JSON that Python's reader accepts silently: repeated keys, and numbers that a double cannot hold.

Such a number is too large or too small for a double, or has more digits than a double keeps.

Both are rare, and hooking the reader for every key or number costs a third of its time. So a text is first read
normally, its colons are compared with the number of keys read, and only a text that may have oddities is read again.
Known gap: in an object within a column, a quote written as a numeric escape before a colon can hide a repeated key.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from blobprep.protocol import EXAMPLE_LIMIT, AskedDataset, Translation
from blobprep.tables.codecs.text.numerals import DIGITS, Losses, loses_digits

__all__ = ["Oddities", "OddityCounts"]

_MARKS: Final = bytes(ord("1" if 49 <= byte <= 57 else chr(byte) if byte in b"0." else " ") for byte in range(256))
"""The role of every byte in a number: `1` for the digits 1 to 9, `0`, the point, and a blank for any other."""

_RUNS: Final = _MARKS.translate(bytes(ord("1" if byte in b"01." else " ") for byte in range(256)))
"""Every byte as `1` if it is a digit or the point, otherwise as a blank."""

_TINY: Final = re.compile(r"[eE]-[0-9]{3}")
_APART: Final = (" :", "\t:", "\n:")


@dataclass(frozen=True, slots=True)
class OddityCounts:
    """The number of keys that some rows have, and the columns with infinities among them."""

    keys: int
    infinite: Sequence[str] = ()


class _RoundedNumber(float):
    """A number that differs from the text it was read from, with that text."""

    written: str


@dataclass(slots=True)
class Oddities:
    """The oddities found in the texts of a dataset."""

    _repeated: Counter[str] = field(default_factory=Counter)
    _losses: defaultdict[str, Losses] = field(default_factory=lambda: defaultdict(Losses))

    def look_for_keys(self, text: str, keys: int) -> None:
        """Look for keys that were lost, if the number of keys suggests any."""
        if _may_have_repeated_keys(text, keys):
            self.read(text)

    def look_for_infinities(
        self, text: str, labels: Sequence[str], rows: Callable[[Any], Iterable[dict[str, Any]]]
    ) -> None:
        """Look for numbers that became infinite, in the columns that have infinities.

        Args:
            text: JSON text.
            labels: labels of these columns.
            rows: returns the rows of the parsed text.
        """
        if not labels:
            return
        for row in rows(json.loads(text, parse_float=_parse_number)):
            for label in labels:
                self._note(label, row.get(label))

    def look_for_digits(self, text: str, rows: Callable[[Any], Iterable[dict[str, Any]]]) -> None:
        """Look for numbers with more digits than a double keeps, or too small for one; arguments as above."""
        if not _has_long_fractions(text) and _TINY.search(text) is None:
            return
        for row in rows(json.loads(text, parse_float=_parse_long_number)):
            for label, value in row.items():
                self._note(label, value)

    def read(self, text: str) -> Any:
        """Read a document and note the keys that an object has more than once."""
        return json.loads(text, object_pairs_hook=self._object)

    def entries(self, labels: Sequence[str], asked: AskedDataset) -> list[Translation]:
        """Return the ledger entries for the oddities found.

        Args:
            labels: the table's labels; any other key belongs to a nested object.
            asked: the dataset.
        """
        remedy = "check the program that wrote the file"
        ledger = []
        for key, count in self._repeated.items():
            detail = f"Objects have the key {key[:EXAMPLE_LIMIT]!r} more than once; the last value was kept."
            column = key if key in labels else ""
            ledger.append(Translation(asked.port, column, "dropped", detail, True, remedy, count))
        for label, losses in self._losses.items():
            ledger += losses.entries(asked, label, "write them as text")
        return ledger

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            self._repeated.update(key for key, count in counts.items() if count > 1)
        return made

    def _note(self, label: str, value: Any) -> None:
        if isinstance(value, _RoundedNumber):
            self._losses[label] += Losses({_name_loss(value): (1, value.written[:EXAMPLE_LIMIT])})
        elif isinstance(value, (list, dict)):
            for inner in value.values() if isinstance(value, dict) else value:
                self._note(label, inner)


def _may_have_repeated_keys(text: str, keys: int) -> bool:
    """Tell whether a text may have more keys than were read; each key has a colon after its quote."""
    if text.count(":") == keys:
        return False
    return text.count('":') != keys or any(mark in text for mark in _APART)


def _parse_number(written: str) -> float:
    value = float(written)
    return _make_rounded(value, written) if math.isinf(value) else value


def _parse_long_number(written: str) -> float:
    value = float(written)
    if value == 0:
        return _make_rounded(value, written) if _count_digits(written) else value
    if len(written) <= DIGITS or math.isinf(value):
        return value
    return _make_rounded(value, written) if _count_digits(written) > DIGITS and loses_digits(written) else value


def _name_loss(value: float) -> str:
    """Name the loss of a number that differs from its text."""
    if math.isinf(value):
        return "infinite"
    return "imprecise" if value else "vanished"


def _make_rounded(value: float, written: str) -> float:
    rounded = _RoundedNumber(value)
    rounded.written = written
    return rounded


def _count_digits(written: str) -> int:
    """Count the digits of a number without zeros at either end."""
    return len(re.split("[eE]", written)[0].replace(".", "").strip("-0"))


def _has_long_fractions(text: str) -> bool:
    """Tell whether a text may have a number with a fraction and more digits than a double keeps.

    This runs on every text, so it looks at all bytes at once instead of parsing numbers.
    """
    data = f" {text} ".encode("utf-8", "surrogatepass")
    if b"1" * (DIGITS + 2) not in data.translate(_RUNS):
        return False
    marks = np.frombuffer(data.translate(_MARKS), np.uint8)
    others = np.flatnonzero(marks == ord(" "))
    long = np.flatnonzero(np.diff(others) > DIGITS + 2)
    starts, ends = others[long] + 1, others[long + 1]
    dots = np.flatnonzero(marks == ord("."))
    with_dot = np.searchsorted(dots, starts) != np.searchsorted(dots, ends)
    starts, ends = starts[with_dot], ends[with_dot]
    while len(starts):
        leading = marks[starts] != ord("1")  # a zero before the first significant digit, or the point
        if not leading.all():
            return True
        starts += 1
        still = ends - starts >= DIGITS + 1
        starts, ends = starts[still], ends[still]
    return False
