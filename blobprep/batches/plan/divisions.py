"""How blobs were divided, kept in the record of their batch: to find it anew is to read large texts from end to end.

A line tells the mark of a blob in one state, asked for so many rows with these read options, and where it was cut.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Final

from blobprep.batches.items import Item
from blobprep.batches.plan.scratch_file import in_room, open_scratch
from blobprep.batches.versions import versions_here
from blobprep.errors import BlobNotFound, ContainerNotFound
from blobprep.protocol.divisions import DividedPiece, Division
from blobprep.stores.location import BlobLocation
from blobprep.unnamed_files import disk_file, no_room

__all__ = ["DIVISIONS_NAME", "Divisions"]

DIVISIONS_NAME: Final = "divisions.jsonl"
"""The name of the blob below the record's prefix."""

_VERSION: Final = 1
_TABLES: Final = (
    "CREATE TABLE divisions (mark TEXT PRIMARY KEY, line BLOB NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;"
)


class Divisions:
    """The divisions of the blobs of one plan, on disk; to be closed."""

    def __init__(self) -> None:
        self._database = open_scratch(_TABLES)
        self._versions = versions_here()
        self._was_asked = False

    def load(self, prefix: BlobLocation) -> None:
        """Take what the record below a prefix knows; lines that are something else are left out.

        Raises:
            AccessError, StoreUnavailable: as the store answers.
            LimitError: there is no room for them.
        """
        blob = prefix.child(DIVISIONS_NAME)
        with suppress(BlobNotFound, ContainerNotFound), os.fdopen(disk_file(), "r+b") as file:

            def write(piece: bytes | memoryview, place: int) -> None:
                try:
                    os.pwrite(file.fileno(), piece, place)
                except OSError as error:
                    raise no_room(blob.printed, place + len(piece), error) from error

            blob.read_into(write)
            rows = ((mark, line, 0) for line in file if (mark := _mark_in(line)))
            with in_room():
                self._database.executemany("INSERT OR IGNORE INTO divisions VALUES (?, ?, ?)", rows)

    def mark(self, item: Item, rows: int, options: Mapping[str, str]) -> str:
        """Return what the division of an item depends on, as one mark.

        Args:
            item: reads the blob.
            rows: that a piece should have.
            options: with which the blob is read.
        """
        inputs = [[blob.reference, blob.etag, blob.content_type] for blob in item.inputs]
        values = [_VERSION, inputs, rows, dict(options), self._versions]
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()

    def get(self, mark: str) -> Division | None:
        """Return the division with a mark; None if it is not known."""
        with in_room():
            found = self._database.execute("SELECT line FROM divisions WHERE mark = ?", (mark,)).fetchone()
            if found is None:
                return None
            self._database.execute("UPDATE divisions SET used = 1 WHERE mark = ?", (mark,))
        return _division_in(found[0])

    def add(self, mark: str, division: Division) -> None:
        """Take the division of a blob that was asked for."""
        self._was_asked = True
        line = json.dumps({"mark": mark, "division": asdict(division)}, separators=(",", ":")).encode() + b"\n"
        with in_room():
            self._database.execute("INSERT OR REPLACE INTO divisions VALUES (?, ?, 1)", (mark, line))

    @property
    def has_changed(self) -> bool:
        """Return whether it differs from what the record knows."""
        with in_room():
            return (
                self._was_asked
                or self._database.execute("SELECT 1 FROM divisions WHERE NOT used").fetchone() is not None
            )

    def lines(self) -> Iterator[bytes]:
        """Yield the lines of the divisions that were used."""
        with in_room():
            for (line,) in self._database.execute("SELECT line FROM divisions WHERE used ORDER BY mark"):
                yield line

    def close(self) -> None:
        """Remove them from disk."""
        self._database.close()


def _mark_in(line: bytes) -> str:
    values: Any = None
    with suppress(ValueError, RecursionError):
        values = json.loads(line)
    mark = values.get("mark") if isinstance(values, dict) else None
    return mark if isinstance(mark, str) and _division_in(line) is not None else ""


def _division_in(line: bytes) -> Division | None:
    """Return the division of a line; None if it has none of this version."""
    try:
        values = json.loads(line)["division"]
        pieces = tuple(DividedPiece(**piece) for piece in values["pieces"])
        division = Division(**{**values, "pieces": pieces})
        texts = (division.option, division.reason, *_cells(division.options), *_cells(division.last))
        numbers = [number for piece in pieces for number in (piece.first, piece.rows)]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    is_sound = all(isinstance(text, str) for text in (*texts, *(piece.place for piece in pieces)))
    return division if is_sound and all(type(number) is int for number in numbers) else None


def _cells(options: Mapping[str, str]) -> Iterator[str]:
    for name, value in options.items():
        yield from (name, value)
