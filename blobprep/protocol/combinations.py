"""The shape of combining many datasets into one, request by request. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["AskedCombination", "Step"]

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
    """

    step: Step
    left_out: tuple[tuple[str, str], ...] = ()
