"""Rows of JSON in a temporary file: what may be too many to be held as objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any, Final
from weakref import finalize

__all__ = ["Spool"]

_IN_MEMORY: Final = 4 * 1024 * 1024
_AT_ONCE: Final = 1000


class Spool:
    """Rows in the order in which they were added; the file has no name, and goes with this object.

    One thread at a time may use it.
    """

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # closed with this object
        finalize(self, self._file.close)
        self._end = 0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, row: Any) -> int:
        """Add a row, and return the place at which `read` finds it."""
        line = json.dumps(row, separators=(",", ":")).encode() + b"\n"
        self._file.seek(self._end)
        self._file.write(line)
        place, self._end = self._end, self._end + len(line)
        self._count += 1
        return place

    def read(self, place: int) -> Any:
        """Return the row at a place."""
        self._file.seek(place)
        return json.loads(self._file.readline())

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows that there are; others may be read and added meanwhile."""
        place = 0
        while place < self._end:
            self._file.seek(place)
            lines = list(islice(self._file, _AT_ONCE))
            place += sum(map(len, lines))
            yield from map(json.loads, lines)
