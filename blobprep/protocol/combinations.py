"""The shape of combining many datasets into one, request by request. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["APPENDABLE", "DELIMITED", "READABLE", "AskedCombination", "Step"]

APPENDABLE: Final = ("parquet", "csv", "tsv", "jsonl")
"""Formats that can be written table after table."""

READABLE: Final = ("parquet", "arrow", "csv", "tsv")
"""Formats whose types are known before the last row is read, or can be guessed in a first reading."""

DELIMITED: Final = ("csv", "tsv")
"""Formats whose cells are texts; from one to another they are copied as they are."""

Step = Literal["types", "open", "rows", "close"]


@dataclass(frozen=True, slots=True)
class AskedCombination:
    """One step of combining datasets.

    The steps follow one another as requests to one child: `types` for all datasets, some at a time, so that the types
    of the columns are known before the first row is written; then for each file `open` (with the descriptor
    `results`), `rows` for its datasets, some at a time, and `close`.

    Attributes:
        step: what to do.
        left_out: with `open`, columns that the file does not get, since the names of folders hold them: the label, and
            the value that every row must have.
        as_text: with `types`, whether the cells of delimited text are copied as they are.
    """

    step: Step
    left_out: tuple[tuple[str, str], ...] = ()
    as_text: bool = False
