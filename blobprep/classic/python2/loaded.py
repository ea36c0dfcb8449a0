"""A compiled source, with what was changed in it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

__all__ = ["Change", "Loaded", "split_lines"]


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """Something of Python 2 that was translated.

    Attributes:
        line: where, from 1.
        what: of which kind it is.
    """

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """A compiled source.

    Attributes:
        code: for `exec`.
        lines: the source as the user wrote it, for tracebacks.
        reasons: why it was not compiled as it is, one sentence each; empty if it was.
        changes: what was translated, by line.
        is_translated: whether it is Python 2.
    """

    code: CodeType = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)
    reasons: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    is_translated: bool = False

    def prepare(self, names: dict[str, Any]) -> None:
        """Give the globals of a translated module its builtins."""
        if self.is_translated:
            from blobprep.classic.python2.runtime import make_builtins

            names["__builtins__"] = make_builtins()


def split_lines(text: str) -> list[str]:
    """Split a text into lines as the compiler counts them."""
    return io.StringIO(text, newline=None).readlines()
