"""The blobs of a plan, on disk: a million of them are some hundred megabytes there, and nothing in memory.

The file has no name, and is gone with the plan. Names are kept as bytes, whose order is that of the texts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any, Final

from blobprep.batches.plan.places import Place, Places
from blobprep.batches.plan.scratch_file import decode_name, encode_name, in_room, open_scratch
from blobprep.batches.plan.sources import FoundBlob

__all__ = ["PlanRows", "Row"]

_AT_ONCE: Final = 1000
_TABLES: Final = """
CREATE TABLE blobs (
    key BLOB NOT NULL, place INTEGER NOT NULL, name BLOB NOT NULL, etag TEXT NOT NULL, size INTEGER NOT NULL,
    type TEXT NOT NULL, parts TEXT NOT NULL, PRIMARY KEY (key, place, name)
) WITHOUT ROWID;
CREATE TABLE outputs (hash INTEGER PRIMARY KEY);
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A blob of a plan, with the key of its item and its parts."""

    key: str
    place: Place
    name: str
    etag: str
    size: int
    content_type: str
    parts: Mapping[str, str]


class PlanRows:
    """The blobs of a plan, sorted by the keys of their items and their names."""

    def __init__(self) -> None:
        self._database = open_scratch(_TABLES)
        self._places = Places()

    def close(self) -> None:
        """Remove the file."""
        self._database.close()

    def add(self, rows: Iterable[tuple[str, FoundBlob, Mapping[str, str]]]) -> int:
        """Add blobs with the keys of their items and their parts; return how many were there already."""
        added = given = 0
        encoded = map(self._encode, rows)
        with in_room():
            self._database.execute("BEGIN")
            while batch := list(islice(encoded, _AT_ONCE)):
                cursor = self._database.executemany("INSERT OR IGNORE INTO blobs VALUES (?, ?, ?, ?, ?, ?, ?)", batch)
                given += len(batch)
                added += cursor.rowcount
            self._database.execute("COMMIT")
        return given - added

    def by_item(self) -> Iterator[tuple[str, list[Row]]]:
        """Yield keys with their blobs, in order."""
        with in_room():
            cursor = self._database.execute("SELECT * FROM blobs ORDER BY key, place, name")
            for key, found in groupby(cursor, key=lambda values: values[0]):
                yield decode_name(key), [self._decode(values) for values in found]

    def take_outputs(self, hashes: Iterable[int]) -> bool:
        """Note outputs by their hashes; return False if one of them is there already."""
        rows = [(value,) for value in hashes]
        with in_room():
            self._database.execute("BEGIN")
            cursor = self._database.executemany("INSERT OR IGNORE INTO outputs VALUES (?)", rows)
            self._database.execute("COMMIT")
        return cursor.rowcount == len(rows)

    def sizes(self) -> tuple[int, int]:
        """Return the number of items, and the bytes of all."""
        with in_room():
            query = "SELECT count(*), sum(size) FROM (SELECT sum(size) AS size FROM blobs GROUP BY key)"
            count, size = self._database.execute(query).fetchone()
        return int(count), int(size or 0)

    def largest(self, count: int) -> Iterator[tuple[str, int]]:
        """Yield the keys and bytes of the largest items, the largest first."""
        query = "SELECT key, sum(size) AS bytes FROM blobs GROUP BY key ORDER BY bytes DESC, key LIMIT ?"
        with in_room():
            for key, size in self._database.execute(query, (count,)):
                yield decode_name(key), size

    def _encode(self, row: tuple[str, FoundBlob, Mapping[str, str]]) -> tuple[Any, ...]:
        key, found, parts = row
        written = json.dumps(parts) if parts else ""
        name = encode_name(found.name)
        return (
            encode_name(key),
            self._places.number(found.place),
            name,
            found.etag,
            found.size,
            found.content_type,
            written,
        )

    def _decode(self, values: tuple[Any, ...]) -> Row:
        key, place, name, etag, size, content_type, parts = values
        return Row(
            decode_name(key),
            self._places[place],
            decode_name(name),
            etag,
            size,
            content_type,
            json.loads(parts) if parts else {},
        )
