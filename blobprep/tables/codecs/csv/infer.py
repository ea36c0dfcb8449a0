"""The type of a column of text (integer, double, boolean or text), inferred from all its cells."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.protocol import EXAMPLE_LIMIT, AskedDataset, Translation
from blobprep.tables.codecs.csv.candidates import Candidate, find_candidate
from blobprep.tables.codecs.errors import option

__all__ = ["Column", "infer_type"]

_NUMBER: Final = r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"
_SAMPLE: Final = 1000
_FEW: Final = 128
_NEARLY: Final = 0.9
_SEVERAL: Final = 10  # that is no number: one in so many is too much


class Column:
    """A column that gets its type while its cells arrive, and drops their text.

    The first cells suggest a type; if later ones are not of that type, the column must be read again.

    Args:
        label: the label of the column, for the ledger.
        asked: the dataset with its read options.
        keep_text: whether the column stays text, whatever its cells are.

    Attributes:
        needs_restore: whether all cells must be passed again, to `restore`.
    """

    def __init__(self, label: str, asked: AskedDataset, *, keep_text: bool) -> None:
        self.label, self.needs_restore = label, False
        self._asked, self._keeps_text, self._undecided = asked, keep_text, not keep_text
        self._texts: list[Any] = []
        self._candidate: Candidate | None = None
        self._has_other_cells = False  # that are of no type but text

    def add(self, cells: Any) -> None:
        """Add an array of text, null where missing."""
        if self.needs_restore:
            return
        if self._candidate is not None:
            if not (self._candidate.add(cells) and self._candidate.fits):
                self.needs_restore, self._candidate = True, None
            return
        self._texts.append(cells)
        if self._undecided and cells.null_count < len(cells):
            self._undecided = False
            found = find_candidate(self._texts, self._asked)
            self._has_other_cells = found is None
            if found is not None and found.fits:
                self._texts, self._candidate = [], found

    def restore(self, cells: Any) -> None:
        """Take all cells again, as a chunked array."""
        self._texts, self.needs_restore = cells.chunks, False

    def outcome(self) -> tuple[Any, Translation | None]:
        """Return the column, and a ledger entry if its type loses something or may surprise."""
        if self._candidate is not None:
            return self._candidate.outcome(self.label)
        cells = pa.chunked_array(self._texts, pa.string())
        self._texts = []
        if self._keeps_text:
            return cells, None
        if self._has_other_cells:
            return cells, _nearly_numbers_entry(cells, self.label, self._asked)
        return infer_type(cells, self.label, self._asked)


def infer_type(cells: Any, label: str, asked: AskedDataset) -> tuple[Any, Translation | None]:
    """Cast a column of text to the type that all its cells have.

    Args:
        cells: a chunked array of text, null where missing.
        label: the label of the column, for the ledger.
        asked: the dataset with its read options.

    Returns:
        The column, and a ledger entry if its type loses something or may surprise. A column without rows stays text; a
        column of only missing cells becomes double, as in pandas.
    """
    if cells.null_count == len(cells):
        return (cells if len(cells) == 0 else pa.chunked_array([pa.nulls(len(cells), "double")])), None
    candidate = find_candidate(cells.chunks, asked)
    if candidate is None:
        return cells, _nearly_numbers_entry(cells, label, asked)
    values, entry = candidate.outcome(label)
    return (values if candidate.fits else cells), entry


def _nearly_numbers_entry(cells: Any, label: str, asked: AskedDataset) -> Translation | None:
    """Return an entry for a column that only a few cells keep from being numbers."""
    present = cells.slice(0, 10 * _SAMPLE).drop_null().slice(0, _SAMPLE)
    few = present.slice(0, _FEW)
    if len(present) == 0 or _count_others(few) * _SEVERAL > len(present):
        return None  # as for most columns of text
    if _number_share(present) < _NEARLY or _number_share(cells) < _NEARLY:
        return None
    others = pc.invert(pc.match_substring_regex(cells, _NUMBER))
    words = cells.filter(others)
    if len(words) == 0:
        return None
    row = pc.indices_nonzero(others)[0].as_py() + 1
    detail = (
        f"Stays text: {len(words)} of {len(cells) - cells.null_count} values"
        f" {'is not a number' if len(words) == 1 else 'are not numbers'},"
        f" the first in row {row}: {words[0].as_py()[:EXAMPLE_LIMIT]!r}."
    )
    word = words[0].as_py().strip()
    alone = pc.all(pc.equal(words, words[0])).as_py() and word.isalnum()
    remedy = option(asked, f"missing={word}") if alone else ""
    return Translation(
        asked.port, label, "type", detail, remedy=remedy, count=len(words), example=words[0].as_py()[:EXAMPLE_LIMIT]
    )


def _count_others(cells: Any) -> int:
    return len(cells) - int(pc.sum(pc.match_substring_regex(cells, _NUMBER)).as_py())


def _number_share(cells: Any) -> float:
    return float(pc.mean(pc.match_substring_regex(cells, _NUMBER)).as_py())
