"""Add up what was moved, and tell the caller."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

__all__ = ["Callback", "Progress"]

Callback = Callable[[int | None, int | None], object]
"""Takes how many bytes were moved, and how many there are; None where that is not known."""


class Progress:
    """How far a transfer is; several threads may add to it.

    The callback is called under a lock, so that it is never told less than before.
    """

    def __init__(self, callback: Callback | None, total: int | None, done: int = 0) -> None:
        self._callback = callback
        self._total = total
        self._done = done
        self._lock = Lock()

    def tell(self) -> None:
        """Tell how far it is, without anything moved."""
        self.add(0)

    def add(self, size: int) -> None:
        """Count what was moved, and tell."""
        if self._callback is None:
            return
        with self._lock:
            self._done += size
            self._callback(self._done, self._total)
