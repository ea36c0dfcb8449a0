"""What a column of text is: integer, double, boolean or text, from all of its cells."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.protocol import EXAMPLE_LIMIT, AskedDataset, Translation
from blobprep.tables.codecs.csv.candidates import KINDS, Candidate
from blobprep.tables.codecs.errors import option

__all__ = ["Column", "infer_type"]

_NUMBER: Final = r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"
_SAMPLE: Final = 1000
_NEARLY: Final = 0.9


class Column:
    """Give a column its type while its cells come in, and let their text go.

    The first cells suggest a type; where later ones are not of it, the column has to be read once more.

    Args:
        label: of the column, for the ledger.
        asked: its dataset, with the options of reading it.
        plain: whether it stays text whatever is in it.

    Attributes:
        again: whether all of its cells are wanted once more, through `restore`.
    """

    def __init__(self, label: str, asked: AskedDataset, *, plain: bool) -> None:
        self.label, self.needs_restore = label, False
        self._asked, self._keeps_text, self._undecided = asked, plain, not plain
        self._texts: list[Any] = []
        self._candidate: Candidate | None = None

    def add(self, cells: Any) -> None:
        """Take an array of text, null where missing."""
        if self.needs_restore:
            return
        if self._candidate is not None:
            if not (self._candidate.add(cells) and self._candidate.fits):
                self.needs_restore, self._candidate = True, None
            return
        self._texts.append(cells)
        if self._undecided and cells.null_count < len(cells):
            self._undecided = False
            self._candidate = _suggest_candidate(self._texts, self._asked)
            if self._candidate is not None:
                self._texts = []

    def restore(self, cells: Any) -> None:
        """Take all cells once more, as a chunked array."""
        self._texts, self.needs_restore = cells.chunks, False

    def outcome(self) -> tuple[Any, Translation | None]:
        """Return the column, and an entry where its type loses or may surprise."""
        if self._candidate is not None:
            return self._candidate.outcome(self.label)
        cells = pa.chunked_array(self._texts, pa.string())
        self._texts = []
        return (cells, None) if self._keeps_text else infer_type(cells, self.label, self._asked)


def infer_type(cells: Any, label: str, asked: AskedDataset) -> tuple[Any, Translation | None]:
    """Give a column of text the type that all its cells have.

    Args:
        cells: a chunked array of text, null where missing.
        label: of the column, for the ledger.
        asked: its dataset, with the options of reading it.

    Returns:
        The column, and an entry where the choice loses or may surprise. A column without rows stays text; one with
        nothing but missing cells becomes double, as pandas has it.
    """
    if cells.null_count == len(cells):
        return (cells if len(cells) == 0 else pa.chunked_array([pa.nulls(len(cells), "double")])), None
    for kind in KINDS:
        trial = Candidate(kind, asked)
        if trial.add_all(cells.chunks):
            values, entry = trial.outcome(label)
            return (values if trial.fits else cells), entry
    return cells, _nearly_numbers_entry(cells, label, asked)


def _suggest_candidate(chunks: list[Any], asked: AskedDataset) -> Candidate | None:
    """Return the trial that the first cells pass; None where they are text."""
    for kind in KINDS:
        trial = Candidate(kind, asked)
        if trial.add_all(chunks):
            return trial if trial.fits else None
    return None


def _nearly_numbers_entry(cells: Any, label: str, asked: AskedDataset) -> Translation | None:
    """Tell of a column that a few cells keep from being numbers."""
    present = cells.slice(0, 10 * _SAMPLE).drop_null().slice(0, _SAMPLE)
    if len(present) == 0 or _number_share(present) < _NEARLY or _number_share(cells) < _NEARLY:
        return None
    others = pc.invert(pc.match_substring_regex(cells, _NUMBER))
    words = cells.filter(others)
    if len(words) == 0:
        return None
    row = pc.indices_nonzero(others)[0].as_py() + 1
    detail = (
        f"Stays text: all of {len(cells) - cells.null_count} values are numbers but {len(words)},"
        f" the first in row {row}, {words[0].as_py()[:EXAMPLE_LIMIT]!r}."
    )
    word = words[0].as_py().strip()
    alone = pc.all(pc.equal(words, words[0])).as_py() and word.isalnum()
    remedy = option(asked, f"missing={word}") if alone else ""
    return Translation(
        asked.port, label, "type", detail, remedy=remedy, count=len(words), example=words[0].as_py()[:EXAMPLE_LIMIT]
    )


def _number_share(cells: Any) -> float:
    return float(pc.mean(pc.match_substring_regex(cells, _NUMBER)).as_py())
