"""Where results go: a writer that takes all of what it is given."""

from __future__ import annotations

import io
from typing import Any, BinaryIO, cast

__all__ = ["Sink"]


class Sink(io.RawIOBase):
    """Write everything to a pipe, which may take less at a time; closing leaves the pipe open.

    Args:
        target: needs only `write`.
    """

    def __init__(self, target: BinaryIO) -> None:
        super().__init__()
        self._target = target

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: Any) -> int:
        """Write all of `data` and return its bytes."""
        rest = memoryview(data).cast("B")
        length = len(rest)
        while rest:
            # A raw pipe returns what it took; writers that return nothing took it all.
            taken = cast("int | None", self._target.write(rest))
            rest = rest[len(rest) if taken is None else taken :]
        return length
