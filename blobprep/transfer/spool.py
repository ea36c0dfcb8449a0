"""Rows of JSON in a file without a name: what may be too many to be held as objects."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any, Final
from weakref import finalize

from blobprep.unnamed_files import disk_file, no_room

__all__ = ["Spool"]

_AT_ONCE: Final = 256 * 1024


class Spool:
    """Rows in the order in which they were added; the file goes with this object.

    One thread at a time may use it.
    """

    def __init__(self) -> None:
        self._file = disk_file()
        finalize(self, os.close, self._file)
        self._held = bytearray()  # of the end of the file what is not written yet
        self._written = self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, row: Any) -> int:
        """Add a row, and return the place at which `read` finds it.

        Raises:
            LimitError: the disk is full.
        """
        place = self._written + len(self._held)
        self._held += json.dumps(row, separators=(",", ":")).encode() + b"\n"
        self._count += 1
        if len(self._held) >= _AT_ONCE:
            self._flush()
        return place

    def read(self, place: int) -> Any:
        """Return the row at a place; raises as `add`."""
        self._flush()
        line, size = b"", 4096
        while b"\n" not in line:
            line, size = os.pread(self._file, size, place), 8 * size
        return json.loads(line[: line.index(b"\n")])

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows that there are; others may be read and added meanwhile. Raises as `add`."""
        self._flush()
        place, end, rest = 0, self._written, b""
        while place < end:
            data = os.pread(self._file, min(_AT_ONCE, end - place), place)
            place += len(data)
            *lines, rest = (rest + data).split(b"\n")
            yield from map(json.loads, lines)

    def _flush(self) -> None:
        with memoryview(self._held) as rest:
            done = 0
            try:
                while done < len(rest):
                    done += os.pwrite(self._file, rest[done:], self._written + done)
            except OSError as error:
                raise no_room("the list of copies", self._written + len(rest), error) from error
        self._written += done
        self._held.clear()
