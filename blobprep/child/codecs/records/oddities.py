"""What JSON says and Python's reader takes without a word: a key twice in an object, a number no double can hold.

Both are rare, and asking the reader for every key or number costs a third of its time. So a text is read as it is, its
colons are counted against the keys that came out, and only one that leaves a doubt is read once more. Known gap: in an
object within a column, a text with a quote as an escaped number before a colon can make up for a key that is repeated.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from blobprep.protocol import AskedDataset, Translation

__all__ = ["Oddities", "Seen"]

_SHOWN: Final = 40
_APART: Final = (" :", "\t:", "\n:")


@dataclass(frozen=True, slots=True)
class Seen:
    """Tell what came of some rows: how many keys they have, and which columns have infinities among them."""

    keys: int
    infinite: Sequence[str] = ()


class _Huge(float):
    """Hold a number that became infinite, and how it was written."""

    written: str


@dataclass(slots=True)
class Oddities:
    """Gather what is odd in the texts of a dataset."""

    _repeated: Counter[str] = field(default_factory=Counter)
    _huge: Counter[str] = field(default_factory=Counter)
    _written: dict[str, str] = field(default_factory=dict)

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
            detail = f"Objects have the key {key[:_SHOWN]!r} more than once; the last value counts."
            column = key if key in labels else ""
            ledger.append(Translation(asked.port, column, "dropped", detail, True, remedy, count))
        for label, count in self._huge.items():
            detail = "Became infinite, since it is too large for a double."
            ledger.append(Translation(asked.port, label, "type", detail, True, remedy, count, self._written[label]))
        return ledger

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            self._repeated.update(key for key, count in counts.items() if count > 1)
        return made

    def _note(self, label: str, value: Any) -> None:
        if isinstance(value, _Huge):
            self._huge[label] += 1
            self._written.setdefault(label, value.written[:_SHOWN])
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
    if not math.isinf(value):
        return value
    huge = _Huge(written)
    huge.written = written
    return huge
