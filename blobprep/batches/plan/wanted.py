"""Blobs whose names are known and whose state is not: looked up in bulk.

One page of a listing shows 5,000 blobs for what a look at one costs, but a prefix may hold many times as many blobs as
are wanted. So what they have in common is listed as far as that pays, and the rest is looked up one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from blobprep.batches.plan.places import Place, Places
from blobprep.batches.plan.scratch_file import decode_name, encode_name, in_room, open_scratch
from blobprep.batches.plan.sources import FoundBlob
from blobprep.errors import BlobNotFound, ContainerNotFound
from blobprep.formats import format_by_name
from blobprep.inputs.match import is_folder
from blobprep.stores import BlobProperties
from blobprep.stores.cancellation import thread_pool
from blobprep.stores.location import BlobLocation

__all__ = ["WantedBlobs"]

_AT_ONCE: Final = 1000
_THREADS: Final = 16
_PAGE: Final = 5000
_FEW: Final = 40  # are looked up one by one
_PAYS: Final = 50  # listed blobs cost less than one look
_TABLES: Final = """
CREATE TABLE wanted (
    place INTEGER NOT NULL, name BLOB NOT NULL, etag TEXT NOT NULL, size INTEGER NOT NULL, type TEXT NOT NULL,
    modified TEXT NOT NULL, PRIMARY KEY (place, name)
) WITHOUT ROWID;
"""
_LACKING: Final = "SELECT name FROM wanted WHERE place = ? AND etag = '' AND name > ? ORDER BY name LIMIT ?"
_UPDATE: Final = (
    "UPDATE wanted SET etag = ?, size = ?, type = ?, modified = ? WHERE place = ? AND name = ? AND etag = ''"
)

Known = tuple[Place, str, str, int]
"""A place, the name of a blob there, and its ETag and size; an empty ETag if they are not known."""


class WantedBlobs:
    """Blobs by place and name, on disk."""

    def __init__(self) -> None:
        self._database = open_scratch(_TABLES)
        self._places = Places()

    def close(self) -> None:
        """Remove them from disk."""
        self._database.close()

    def add(self, blobs: Iterable[Known]) -> int:
        """Add blobs; return how many were there already."""
        given = added = 0
        rows = (
            (self._places.number(place), encode_name(name), etag, size, "", "") for place, name, etag, size in blobs
        )
        with in_room():
            self._database.execute("BEGIN")
            while batch := list(islice(rows, _AT_ONCE)):
                cursor = self._database.executemany("INSERT OR IGNORE INTO wanted VALUES (?, ?, ?, ?, ?, ?)", batch)
                given += len(batch)
                added += cursor.rowcount
            self._database.execute("COMMIT")
        return given - added

    def look_up(self, locate: Callable[[str], BlobLocation]) -> None:
        """Look up all whose state is not known; those that are not there keep an empty ETag.

        Args:
            locate: locates a blob by its reference.

        Raises:
            AccessError, StoreUnavailable: as the stores answer.
        """
        for number in range(len(self._places)):
            first = self._first(number)
            if first is not None:
                place = self._places[number]
                location = locate(place.print(first))
                if not place.marks and location.store.protocol != "file" and self._list(number, location):
                    continue
                self._look(number, place, locate)

    def get(self, place: Place, name: str) -> tuple[str, int, str]:
        """Return ETag, size and content type of a blob that was added; an empty ETag if it is not there."""
        query = "SELECT etag, size, type FROM wanted WHERE place = ? AND name = ?"
        with in_room():
            etag, size, kind = self._database.execute(query, (self._places.number(place), encode_name(name))).fetchone()
        return etag, size, kind

    def __iter__(self) -> Iterator[FoundBlob]:
        with in_room():
            for place, name, etag, size, kind, modified in self._database.execute("SELECT * FROM wanted"):
                moment = datetime.fromisoformat(modified) if modified else None
                yield FoundBlob(self._places[place], decode_name(name), (), etag, size, kind, moment)

    def _first(self, number: int) -> str | None:
        rows = self._lacking(number, b"", 1)
        return decode_name(rows[0]) if rows else None

    def _lacking(self, number: int, after: bytes, count: int) -> list[bytes]:
        with in_room():
            return [name for (name,) in self._database.execute(_LACKING, (number, after, count))]

    def _list(self, number: int, location: BlobLocation) -> bool:
        """List what the names have in common, as far as that pays; return whether all of it was listed."""
        query = "SELECT count(*), min(name), max(name) FROM wanted WHERE place = ? AND etag = ''"
        with in_room():
            count, least, last = self._database.execute(query, (number,)).fetchone()
        if count <= _FEW:
            return False
        prefix = _common_start(decode_name(least), decode_name(last))  # so of all between them
        budget = max(_PAGE, _PAYS * count)
        try:
            listed = location.store.list(location.container, prefix)
            while batch := list(islice(listed, min(_AT_ONCE, budget))):
                blobs = (item for item in batch if isinstance(item, BlobProperties))
                self._note(number, ((encode_name(item.blob), item) for item in blobs))
                budget -= len(batch)
            return budget > 0 or next(listed, None) is None
        except ContainerNotFound:
            return True

    def _look(self, number: int, place: Place, locate: Callable[[str], BlobLocation]) -> None:
        """Look at the blobs one by one, many at a time."""

        def properties(name: bytes) -> BlobProperties | None:
            try:
                return locate(place.print(decode_name(name))).properties()
            except (BlobNotFound, ContainerNotFound):
                return None

        last = b""
        with thread_pool(_THREADS, "blobprep-look") as pool:
            while names := self._lacking(number, last, _AT_ONCE):
                last = names[-1]
                found = zip(names, pool.map(properties, names), strict=True)
                self._note(number, ((name, item) for name, item in found if item is not None))

    def _note(self, number: int, found: Iterable[tuple[bytes, BlobProperties]]) -> None:
        rows = [
            (
                item.etag,
                item.size,
                "" if format_by_name(item.blob).format else item.content_type,
                item.last_modified.isoformat(),
                number,
                name,
            )
            for name, item in found
            if not is_folder(item)
        ]
        with in_room():
            self._database.execute("BEGIN")
            self._database.executemany(_UPDATE, rows)
            self._database.execute("COMMIT")


def _common_start(one: str, other: str) -> str:
    length = next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    return one[:length] if length is not None else min(one, other, key=len)
