"""The print statement: items separated by spaces, also across two statements if the first ended with a comma.

Each item is written before the next is computed, as it was.
"""

from __future__ import annotations

import sys
import weakref
from typing import Any, Final

from blobprep.classic.python2.files import write_to
from blobprep.classic.python2.rendering import render

__all__ = ["PrintStatement"]

_PENDING: Final[weakref.WeakSet[Any]] = weakref.WeakSet()
"""The files whose next item is preceded by a space."""


class PrintStatement:
    """One statement: `PrintStatement(file)(item)(item).end(True)`."""

    def __init__(self, file: Any = None) -> None:
        self._file = sys.stdout if file is None else file
        self._spaced = self._file in _PENDING

    def __call__(self, item: Any) -> PrintStatement:
        """Print one item."""
        text = render(item)
        if self._spaced:
            write_to(self._file, " ")
        if text:
            write_to(self._file, text)
        self._spaced = not (text and text[-1].isspace() and text[-1] != " ")
        return self

    def end(self, line: bool) -> None:
        """End the statement, with a new line unless it ended with a comma."""
        if line:
            write_to(self._file, "\n")
        try:
            (_PENDING.add if self._spaced and not line else _PENDING.discard)(self._file)
        except TypeError:  # an object without weak references
            pass
