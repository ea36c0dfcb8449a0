"""The records of the batch that stands there, in the order of their keys.

They are `items.jsonl`, if that batch or one before it ended, and the segments that are not part of it, if the last
one was cut off. All of it is copied into a file of this machine and mapped, so that any number of segments is merged
without holding more than a line of each. A batch of a day has thousands of segments, so several are copied at a time,
each to the place that its size gives it.
"""

from __future__ import annotations

import heapq
import json
import mmap
import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from blobprep.batches.record.journal import FOLDER
from blobprep.batches.records import ItemRecord
from blobprep.errors import BlobNotFound, ContainerNotFound, OutputError
from blobprep.inputs.resolve import place_end_to_end
from blobprep.stores import BlobProperties
from blobprep.stores.cancellation import map_in_threads
from blobprep.stores.location import BlobLocation, PinnedBlob
from blobprep.unnamed_files import disk_file

__all__ = ["LINES_NAME", "EarlierRecords", "list_segments"]

LINES_NAME: Final = "items.jsonl"
_AT_ONCE: Final = 16  # segments that are read at a time


class EarlierRecords:
    """What is known of the items of a batch; to be closed.

    Args:
        prefix: of its record.
        merged: segments with lower numbers are part of `items.jsonl`.

    Raises:
        StoreError: it cannot be read.
    """

    def __init__(self, prefix: BlobLocation, merged: int = 0) -> None:
        self._parts: list[PinnedBlob] = []  # the oldest first, with their places in the file
        self._file = disk_file()
        self._map: mmap.mmap | None = None
        try:
            segments = (segment for number, segment in list_segments(prefix) if number >= merged)
            placed = place_end_to_end([*_find(prefix.child(LINES_NAME)), *segments])
            copied = map_in_threads(self._copy, placed, _AT_ONCE, "blobprep-record")
            self._parts = [part for part, size in zip(placed, copied, strict=True) if size]
            if self._parts:
                self._map = mmap.mmap(self._file, self._parts[-1].end, access=mmap.ACCESS_READ)
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[tuple[ItemRecord, bytes]]:
        """Yield the newest record of each item and its line, sorted by key.

        Raises:
            OutputError: a line is not a record of this version.
        """
        parts = [self._lines(age, part) for age, part in enumerate(reversed(self._parts))]
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

    def _copy(self, part: PinnedBlob) -> int:
        """Copy a blob to its place in the file and return its size; 0 if it is no longer there."""
        try:
            return part.location.read_into(
                lambda piece, place: os.pwrite(self._file, piece, part.offset + place), if_match=part.properties.etag
            )
        except (BlobNotFound, ContainerNotFound):
            return 0

    def _lines(self, age: int, part: PinnedBlob) -> Iterator[tuple[str, int, int, bytes, dict[str, Any]]]:
        """Yield the lines of a part: key, age, place (so that records are never compared), line, values."""
        assert self._map is not None
        begin, end = part.offset, part.end
        while begin < end:
            stop = self._map.find(b"\n", begin, end) + 1 or end
            line = self._map[begin:stop]
            try:
                values = json.loads(line)
                key = values["key"]
                if type(key) is not str:
                    raise TypeError("key")
            except (ValueError, KeyError, TypeError) as error:
                raise unreadable(part.location.printed) from error
            yield key, age, begin, line, values
            begin = stop


def list_segments(prefix: BlobLocation) -> Iterator[tuple[int, PinnedBlob]]:
    """Yield the segments below a record's prefix with their numbers, in order."""
    folder = prefix.subprefix(FOLDER)
    try:
        for found in folder.store.list(folder.container, folder.blob):
            if isinstance(found, BlobProperties):
                number = found.blob[len(folder.blob) :].removesuffix(".jsonl")
                if number.isdecimal():
                    yield int(number), PinnedBlob(prefix.child(f"{FOLDER}{number}.jsonl"), found)
    except ContainerNotFound:
        return


def _find(blob: BlobLocation) -> Iterator[PinnedBlob]:
    with suppress(BlobNotFound, ContainerNotFound):
        yield PinnedBlob(blob, blob.properties())


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
