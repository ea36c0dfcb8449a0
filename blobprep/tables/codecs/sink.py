"""A writer for results that always writes all it is given, even to a pipe."""

from __future__ import annotations

import io
from typing import Any, BinaryIO, cast

__all__ = ["Sink"]


class Sink(io.RawIOBase):
    """A writer to a pipe that may take fewer bytes at a time than it is given; closing it leaves the pipe open.

    Args:
        target: any object with a `write` method.
    """

    def __init__(self, target: BinaryIO) -> None:
        super().__init__()
        self._target = target

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: Any) -> int:
        """Write all of `data` and return its length in bytes."""
        rest = memoryview(data).cast("B")
        length = len(rest)
        while rest:
            # A raw pipe returns how many bytes it took; a writer that returns None took all.
            taken = cast("int | None", self._target.write(rest))
            rest = rest[len(rest) if taken is None else taken :]
        return length
