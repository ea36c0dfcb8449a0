"""The records of the batch that stands there, in the order of their keys.

They are `items.jsonl`, if that batch or one before it ended, and the segments that are not part of it, if the last
one was cut off. All of it is copied into a file of this machine and mapped, so that any number of segments is merged
without holding more than a line of each.
"""

from __future__ import annotations

import heapq
import json
import mmap
import os
from collections.abc import Iterator
from typing import Any, Final

from blobprep.batches.record.journal import FOLDER
from blobprep.batches.records import ItemRecord
from blobprep.errors import BlobNotFound, ContainerNotFound, OutputError
from blobprep.stores import BlobProperties
from blobprep.stores.location import BlobLocation
from blobprep.unnamed_files import disk_file

__all__ = ["LINES_NAME", "EarlierRecords", "list_segments"]

LINES_NAME: Final = "items.jsonl"


class EarlierRecords:
    """What is known of the items of a batch; to be closed.

    Args:
        prefix: of its record.
        merged: segments with lower numbers are part of `items.jsonl`.

    Raises:
        StoreError: it cannot be read.
    """

    def __init__(self, prefix: BlobLocation, merged: int = 0) -> None:
        self._parts: list[tuple[str, int, int]] = []  # the oldest first: reference, and where in the file
        self._file = disk_file()
        self._map: mmap.mmap | None = None
        try:
            end = self._copy(prefix.child(LINES_NAME), 0)
            for number, segment in list_segments(prefix):
                if number >= merged:
                    end = self._copy(segment, end)
            if end:
                self._map = mmap.mmap(self._file, end, access=mmap.ACCESS_READ)
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[tuple[ItemRecord, bytes]]:
        """Yield the newest record of each item and its line, sorted by key.

        Raises:
            OutputError: a line is not a record of this version.
        """
        parts = [self._lines(age, *part) for age, part in enumerate(reversed(self._parts))]
        last = None
        for key, _, _, line, values in heapq.merge(*parts):
            if key != last:
                last = key
                yield _record(values), line

    def close(self) -> None:
        """Give the file back."""
        if self._map is not None:
            self._map.close()
            self._map = None
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _copy(self, blob: BlobLocation, begin: int) -> int:
        """Append a blob to the file and return the new end; the old one if there is no such blob."""
        try:
            etag = blob.properties().etag
            size = blob.read_into(lambda piece, place: os.pwrite(self._file, piece, begin + place), if_match=etag)
        except (BlobNotFound, ContainerNotFound):
            return begin
        if size:
            self._parts.append((blob.printed, begin, begin + size))
        return begin + size

    def _lines(
        self, age: int, printed: str, begin: int, end: int
    ) -> Iterator[tuple[str, int, int, bytes, dict[str, Any]]]:
        """Yield the lines of a part: key, age, place (so that records are never compared), line, values."""
        assert self._map is not None
        while begin < end:
            stop = self._map.find(b"\n", begin, end) + 1 or end
            line = self._map[begin:stop]
            try:
                values = json.loads(line)
                key = values["key"]
                if type(key) is not str:
                    raise TypeError("key")
            except (ValueError, KeyError, TypeError) as error:
                raise unreadable(printed) from error
            yield key, age, begin, line, values
            begin = stop


def list_segments(prefix: BlobLocation) -> Iterator[tuple[int, BlobLocation]]:
    """Yield the segments below a record's prefix with their numbers, in order."""
    folder = prefix.subprefix(FOLDER)
    try:
        for found in folder.store.list(folder.container, folder.blob):
            number = found.blob[len(folder.blob) :].removesuffix(".jsonl") if isinstance(found, BlobProperties) else ""
            if number.isdecimal():
                yield int(number), prefix.child(f"{FOLDER}{number}.jsonl")
    except ContainerNotFound:
        return


def unreadable(printed: str) -> OutputError:
    """Return the error for a part of a record that is something else."""
    return OutputError(
        f"{printed} is not the record of a batch of this version",
        remedy="choose another --record, or begin anew with --overwrite",
    )


def _record(values: dict[str, Any]) -> ItemRecord:
    try:
        return ItemRecord.from_json(values)
    except (KeyError, TypeError, AttributeError) as error:
        raise unreadable("a line of the record") from error
