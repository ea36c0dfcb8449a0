"""Failed items counted by what went wrong, for the one line that says so. Pure.

The report groups them with more care, from the records of all items.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from blobprep.batches.record.summary import Cause
from blobprep.batches.records import ItemError
from blobprep.manifest import ErrorRecord
from blobprep.report.failure import told_failure

__all__ = ["Causes"]

_KEPT: Final = 100  # kinds told apart
_NUMBERS: Final = re.compile(r"'[^']*'|\S*[/\\]\S*|\d+")


class Causes:
    """What went wrong in how many items."""

    def __init__(self) -> None:
        self._causes: dict[tuple[str, str], Cause] = {}

    def add(self, error: ItemError, key: str) -> None:
        """Count the failure of an item.

        Args:
            error: why it failed.
            key: of the item.
        """
        told = told_failure(ErrorRecord(error.code, error.message, error.traceback))
        kind = (error.code, _NUMBERS.sub("…", told))
        if kind not in self._causes and len(self._causes) >= _KEPT:
            kind = (error.code, "")
            told = "other failures"
        found = self._causes.get(kind) or Cause(error.code, told, 0, key)
        self._causes[kind] = replace(found, count=found.count + 1)

    def most(self, number: int) -> tuple[Cause, ...]:
        """Return the most frequent ones; of those as frequent as each other, the first."""
        return tuple(sorted(self._causes.values(), key=lambda cause: -cause.count)[:number])
