"""What is found in a script: where, what, and how it is corrected. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from blobprep.lint.codes import CODES, Level

__all__ = ["LEVELS", "Edit", "Finding"]

LEVELS: Final[tuple[Level, ...]] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Put a text in the place of some bytes of a source; offsets are those of its UTF-8."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Say what breaks in one place.

    Attributes:
        code: a key of `CODES`.
        path: the file, as the caller named it; of a member of a bundle its name behind that of the bundle.
        line, column: where it begins, from 1; 0 where it is about the file as a whole.
        end_line: where it ends.
        message: what it is, one sentence.
        remedy: what to do, one sentence.
        fixable: `--fix` corrects it without a person's decision.
        edits: how, in the text that was examined; empty too where other findings must be corrected first.
    """

    code: str
    path: str
    line: int
    column: int
    end_line: int
    message: str
    remedy: str
    fixable: bool = False
    edits: tuple[Edit, ...] = field(default=(), repr=False, compare=False)

    @property
    def level(self) -> Level:
        """Return `error` (it breaks), `warning` (it may break, or change results) or `note` (good to know)."""
        return CODES[self.code].level

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "code": self.code,
            "level": self.level,
            "path": self.path,
            "line": self.line,
            "column": self.column,
            "message": self.message,
            "remedy": self.remedy,
            "fixable": self.fixable,
        }
