"""What a rule finds in a script: where, what, and how to fix it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from blobprep.lint.codes import CODES, Level

__all__ = ["LEVELS", "Edit", "Finding"]

LEVELS: Final[tuple[Level, ...]] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """A text that replaces some bytes of a source; offsets count bytes of its UTF-8."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What breaks in one place.

    Attributes:
        code: a key of `CODES`.
        path: the file, as the caller named it; for a member of a bundle, the bundle's name and then the member's.
        line, column: where it begins, from 1; 0 if it is about the whole file.
        end_line: where it ends.
        message: what is wrong, one sentence.
        remedy: what to do, one sentence.
        fixable: whether `--fix` corrects it without a person's decision.
        gone: the full name of what no longer exists, with an argument as in `pandas.read_csv(error_bad_lines)`; empty
            if it is something else.
        edits: the correction, in the text that was examined; also empty if other findings must be corrected first.
    """

    code: str
    path: str
    line: int
    column: int
    end_line: int
    message: str
    remedy: str
    fixable: bool = False
    gone: str = field(default="", repr=False, compare=False, kw_only=True)
    edits: tuple[Edit, ...] = field(default=(), repr=False, compare=False)

    @property
    def level(self) -> Level:
        """Return `error` (breaks), `warning` (may break, or change results) or `note` (good to know)."""
        return CODES[self.code].level

    def as_json(self) -> dict[str, Any]:
        """Return the finding as plain data for JSON."""
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
