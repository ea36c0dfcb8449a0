"""Columns whose types are given instead of guessed, and the guess for a text that is not kept.

A piece of a text must have the types of the whole: by itself it may have 7 where the next one has 007. So the types of
the whole are guessed once, by the rules of `blobprep.tables.codecs.csv.infer`, and passed with each piece.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.errors import DatasetError
from blobprep.protocol import EXAMPLE_LIMIT, AskedDataset, Translation
from blobprep.tables.codecs.csv.candidates import KINDS, Candidate, find_candidate
from blobprep.tables.codecs.csv.dates import DATE_KINDS
from blobprep.tables.codecs.errors import dataset_error, option

__all__ = ["NAMED_TYPES", "ColumnGuess", "TypedColumn", "given_types_entry"]

NAMED_TYPES: Final[Mapping[str, Any]] = MappingProxyType(
    {str(kind): kind for kind in (*KINDS, pa.string(), *DATE_KINDS)}
)
"""The types of `blobprep.formats.ranges.COLUMN_TYPES` by name."""


def given_types_entry(asked: AskedDataset) -> Translation:
    """Return the ledger entry for columns whose types were given."""
    detail = "The columns have the types that the option column_types gives; no type was guessed from these rows."
    return Translation(asked.port, "", "type", detail)


class TypedColumn:
    """A column whose type is given; a cell of another type is an error.

    Args:
        label: the label of the column.
        asked: the dataset with its read options.
        kind: one of `NAMED_TYPES`.

    Attributes:
        needs_restore: False, since no cell must be read again.
    """

    needs_restore = False

    def __init__(self, label: str, asked: AskedDataset, kind: Any) -> None:
        self.label, self.kind = label, kind
        self._asked, self._rows = asked, 0
        self._texts: list[Any] = []
        self._candidate = Candidate(kind, asked) if kind in KINDS else None

    def add(self, cells: Any) -> None:
        """Add an array of text, null where missing.

        Raises:
            DatasetError: a cell is not of the type; names it.
        """
        if self._candidate is None:
            self._texts.append(cells)
        elif not self._candidate.add(cells):
            raise self._mismatch_error(cells)
        self._rows += len(cells)

    def restore(self, cells: Any) -> None:
        """Take all cells again; never needed."""
        raise AssertionError

    def outcome(self) -> tuple[Any, Translation | None]:
        """Return the column, dates and times as text, and a ledger entry if its type loses something.

        Raises:
            DatasetError: a value would become another one, such as 007.
        """
        if self._candidate is None:
            return pa.chunked_array(self._texts, pa.string()), None
        if (example := self._candidate.obstacle()) is not None:
            raise dataset_error(
                self._asked,
                f"has {example!r} in column {self.label!r}, which is no plain {self.kind}, the type that column_types"
                " gives",
                f"give it the type string, or {option(self._asked, 'leading_zeros=number')} if it has leading zeros",
            )
        return self._candidate.outcome(self.label)

    def _mismatch_error(self, cells: Any) -> DatasetError:
        texts = ((row, cell.as_py()) for row, cell in enumerate(cells, self._rows + 1) if cell.is_valid)
        row, example = next(
            (row, text)
            for row, text in texts
            if not Candidate(self.kind, self._asked).add(pa.array([text], pa.string()))
        )
        return dataset_error(
            self._asked,
            f"has {example[:EXAMPLE_LIMIT]!r} in row {row} of column {self.label!r}, which is not {self.kind}, the type"
            " that column_types gives",
            "give the column the type string",
        )


class ColumnGuess:
    """The type that `infer_type` would give a column, found without keeping its cells.

    Args:
        asked: the dataset with its read options.
        keep_text: whether the column stays text, whatever its cells are.
        dates: whether its cells are dates or times.

    Attributes:
        rows: the number of its cells.
    """

    def __init__(self, asked: AskedDataset, *, keep_text: bool, dates: bool) -> None:
        self._asked = asked
        self.rows = self._absent = 0
        self._undecided = not (keep_text or dates)
        self._candidate: Candidate | None = None
        self._dates = DATE_KINDS if dates else None

    def add(self, cells: Any) -> None:
        """Add an array of text, null where missing."""
        self.rows += len(cells)
        if cells.null_count == len(cells):
            self._absent += len(cells)
        elif self._dates is not None:
            texts = pc.ascii_trim_whitespace(cells)
            self._dates = tuple(kind for kind in self._dates if _holds_all(texts, kind))
        elif self._undecided:
            self._undecided = False
            self._candidate = find_candidate([cells], self._asked, keep=False)
        elif self._candidate is not None and not self._candidate.add(cells):
            doubles = self._candidate.as_doubles()
            self._candidate = doubles if doubles is not None and doubles.add(cells) else None

    @property
    def kind(self) -> str:
        """Return the name of the type; empty if cells declared to be dates are not."""
        if self._dates is not None:
            return str(self._dates[0]) if self._dates else ""
        if self._undecided and self.rows:
            return str(pa.float64())
        return str(self._candidate.kind if self._candidate is not None and self._candidate.fits else pa.string())

    @property
    def has_missing(self) -> bool:
        """Return whether values are missing, as far as that decides what the column is to a script."""
        return bool(self._absent or (self._candidate is not None and self._candidate.missing))


def _holds_all(texts: Any, kind: Any) -> bool:
    try:
        texts.cast(kind)
    except pa.ArrowInvalid:
        return False
    return True
