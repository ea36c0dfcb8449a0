"""What JSON says and Python's reader takes without a word: a key twice in an object, a number no double can hold.

A number is too large or too small for one, or has more digits than one keeps.

Both are rare, and asking the reader for every key or number costs a third of its time. So a text is read as it is, its
colons are counted against the keys that came out, and only one that leaves a doubt is read once more. Known gap: in an
object within a column, a text with a quote as an escaped number before a colon can make up for a key that is repeated.
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

_MARKS: Final = bytes(ord("1" if 49 <= each <= 57 else chr(each) if each in b"0." else " ") for each in range(256))
"""Every byte as what it is in a number: `1` for the digits from 1 on, `0`, the point, and a blank for any other."""

_RUNS: Final = _MARKS.translate(bytes(ord("1" if each in b"01." else " ") for each in range(256)))
"""Every byte as `1` where it is a digit or the point."""

_TINY: Final = re.compile(r"[eE]-[0-9]{3}")
_APART: Final = (" :", "\t:", "\n:")


@dataclass(frozen=True, slots=True)
class OddityCounts:
    """Tell what came of some rows: how many keys they have, and which columns have infinities among them."""

    keys: int
    infinite: Sequence[str] = ()


class _Rounded(float):
    """A number that is another one than was written, and how it was."""

    written: str


@dataclass(slots=True)
class Oddities:
    """Gather what is odd in the texts of a dataset."""

    _repeated: Counter[str] = field(default_factory=Counter)
    _losses: defaultdict[str, Losses] = field(default_factory=lambda: defaultdict(Losses))

    def look_for_keys(self, text: str, keys: int) -> None:
        """Look for keys that got lost, where their count leaves a doubt."""
        if _doubted(text, keys):
            self.read(text)

    def look_for_infinities(
        self, text: str, labels: Sequence[str], rows: Callable[[Any], Iterable[dict[str, Any]]]
    ) -> None:
        """Look for numbers that became infinite, in the columns that have infinities at all.

        Args:
            text: of JSON.
            labels: of these columns.
            rows: takes the rows from the document that the text is.
        """
        if not labels:
            return
        for row in rows(json.loads(text, parse_float=_number)):
            for label in labels:
                self._note(label, row.get(label))

    def look_for_digits(self, text: str, rows: Callable[[Any], Iterable[dict[str, Any]]]) -> None:
        """Look for numbers with more digits than a double keeps, or too small for one; arguments as above."""
        if not _has_long_fractions(text) and _TINY.search(text) is None:
            return
        for row in rows(json.loads(text, parse_float=_long_number)):
            for label, value in row.items():
                self._note(label, value)

    def read(self, text: str) -> Any:
        """Read a document and note each key that an object in it has more than once."""
        return json.loads(text, object_pairs_hook=self._object)

    def entries(self, labels: Sequence[str], asked: AskedDataset) -> list[Translation]:
        """Return the ledger of what was found.

        Args:
            labels: of the table; a key that is none of them is one of an object further in.
            asked: the dataset.
        """
        remedy = "check what wrote it"
        ledger = []
        for key, count in self._repeated.items():
            detail = f"Objects have the key {key[:EXAMPLE_LIMIT]!r} more than once; the last value counts."
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
        if isinstance(value, _Rounded):
            self._losses[label] += Losses({_loss(value): (1, value.written[:EXAMPLE_LIMIT])})
        elif isinstance(value, (list, dict)):
            for inner in value.values() if isinstance(value, dict) else value:
                self._note(label, inner)


def _doubted(text: str, keys: int) -> bool:
    """Tell whether a text may have more keys than came of it; each has a colon behind its quote."""
    if text.count(":") == keys:
        return False
    return text.count('":') != keys or any(mark in text for mark in _APART)


def _number(written: str) -> float:
    value = float(written)
    return _rounded(value, written) if math.isinf(value) else value


def _long_number(written: str) -> float:
    value = float(written)
    if value == 0:
        return _rounded(value, written) if _digits(written) else value
    if len(written) <= DIGITS or math.isinf(value):
        return value
    return _rounded(value, written) if _digits(written) > DIGITS and loses_digits(written) else value


def _loss(value: float) -> str:
    """Name what a number lost that is another one than was written."""
    if math.isinf(value):
        return "infinite"
    return "imprecise" if value else "vanished"


def _rounded(value: float, written: str) -> float:
    rounded = _Rounded(value)
    rounded.written = written
    return rounded


def _digits(written: str) -> int:
    """Count the digits of a number that are not zeros at either end."""
    return len(re.split("[eE]", written)[0].replace(".", "").strip("-0"))


def _has_long_fractions(text: str) -> bool:
    """Tell whether a text may have a number with a fraction and more digits than a double keeps.

    Looks at all bytes at once and not at numbers, since it is asked of every text.
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
        leading = marks[starts] != ord("1")  # a zero before the first digit that counts, or the point
        if not leading.all():
            return True
        starts += 1
        still = ends - starts >= DIGITS + 1
        starts, ends = starts[still], ends[still]
    return False
