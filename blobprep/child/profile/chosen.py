"""The rows of a table that distributions are taken from: all of them, or some that are chosen at random."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from blobprep.child.profile.rows import choose, take

__all__ = ["MOST", "Chosen"]

MOST: Final = 10**5
"""Rows that are chosen of a longer table. A quantile's rank is then right to 0.16 % of the rows (standard error)."""


@dataclass(frozen=True)
class Chosen:
    """Rows of a table.

    Attributes:
        total: rows of the table.
        exact: whether all of them are taken, however many there are.
    """

    total: int
    exact: bool = False

    @property
    def is_all(self) -> bool:
        """Return whether these are all rows."""
        return self.has_all(self.total)

    @cached_property
    def numbers(self) -> npt.NDArray[np.int64]:
        """Return the rows' numbers, increasing."""
        return choose(self.total, self.total if self.is_all else MOST)

    def has_all(self, count: int) -> bool:
        """Return whether all of so many values are looked at: there are few, or all are wanted."""
        return self.exact or count <= MOST

    def of(self, column: Any, most: int = MOST) -> Any:
        """Return the column of these rows, or of fewer of them, chosen at random as well."""
        if self.total <= most:
            return column
        rows = self.numbers
        return take(column, rows if len(rows) <= most else rows[choose(len(rows), most)])
