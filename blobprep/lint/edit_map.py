"""Where an offset is before and after edits of a text. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from blobprep.lint.findings import Edit

__all__ = ["EditMap"]


class EditMap:
    """Edits of a text, to map offsets both ways in little time."""

    def __init__(self, edits: Iterable[Edit]) -> None:
        self._edits = sorted(edits)
        self._starts: list[int] = []
        self._ends: list[int] = []
        shift = 0
        for edit in self._edits:
            self._starts.append(edit.start + shift)
            shift += len(edit.text.encode()) - (edit.end - edit.start)
            self._ends.append(edit.end + shift)

    def __bool__(self) -> bool:
        return bool(self._edits)

    def back(self, offset: int) -> int:
        """Return where an offset of the edited text was; inside new text, where that begins."""
        index = bisect_right(self._starts, offset) - 1
        if index < 0:
            return offset
        edit = self._edits[index]
        return (
            edit.start
            if offset == self._starts[index] or offset < self._ends[index]
            else offset - self._ends[index] + edit.end
        )

    def forth(self, offset: int) -> int:
        """Return where an offset of the original is in the edited text."""
        index = (
            bisect_right(
                self._edits, (offset, offset, "\U0010ffff"), key=lambda edit: (edit.start, edit.end, edit.text)
            )
            - 1
        )
        if index < 0:
            return offset
        edit = self._edits[index]
        return self._starts[index] if offset < edit.end else offset - edit.end + self._ends[index]
