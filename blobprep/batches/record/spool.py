"""The records of a batch's items in a file of this machine, in the order of the plan.

The store gets them in segments meanwhile; from here they are read once more at the end. In memory there are 13 bytes
for an item, whatever its record holds: where its newest record lies, and its status.
"""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Iterator
from typing import Final, get_args

from blobprep.batches.records import Counts, ItemRecord, ItemStatus
from blobprep.unnamed_files import disk_file, no_room

__all__ = ["RecordSpool", "encode_record"]

_STATUSES: Final[tuple[ItemStatus, ...]] = get_args(ItemStatus)


def encode_record(record: ItemRecord) -> bytes:
    """Return the line of a record in `items.jsonl`, with its end."""
    return json.dumps(record.to_json(), separators=(",", ":")).encode() + b"\n"


class RecordSpool:
    """The newest record of each item, by its place in the plan; to be closed.

    One thread at a time may add and replace.
    """

    def __init__(self) -> None:
        self._file = disk_file()
        self._end = 0
        self._offsets = array("Q")
        self._sizes = array("I")
        self._statuses = bytearray()
        self._counts = [0] * len(_STATUSES)

    def __len__(self) -> int:
        return len(self._statuses)

    @property
    def counts(self) -> Counts:
        """Return how many items are where."""
        return Counts(**dict(zip(_STATUSES, self._counts, strict=True)))

    def add(self, status: ItemStatus, line: bytes) -> int:
        """Take the record of the next item and return its place.

        Args:
            status: of the record.
            line: the record, as `encode_record` returns it.

        Raises:
            LimitError: the disk is full.
        """
        number = _STATUSES.index(status)
        self._offsets.append(self._write(line))
        self._sizes.append(len(line))
        self._statuses.append(number)
        self._counts[number] += 1
        return len(self._statuses) - 1

    def replace(self, place: int, status: ItemStatus, line: bytes) -> None:
        """Take a newer record of an item; raises as `add`."""
        number = _STATUSES.index(status)
        self._offsets[place] = self._write(line)
        self._sizes[place] = len(line)
        self._counts[self._statuses[place]] -= 1
        self._statuses[place] = number
        self._counts[number] += 1

    def lines(self, *statuses: ItemStatus) -> Iterator[bytes]:
        """Yield the newest record of each item as a line, in the order of the plan; of these statuses, if any."""
        wanted = {_STATUSES.index(status) for status in statuses or _STATUSES}
        for offset, size, status in zip(self._offsets, self._sizes, self._statuses, strict=True):
            if status in wanted:
                yield os.pread(self._file, size, offset)

    def records(self, *statuses: ItemStatus) -> Iterator[ItemRecord]:
        """Yield the newest record of each item, in the order of the plan; of these statuses, if any."""
        return (ItemRecord.from_json(json.loads(line)) for line in self.lines(*statuses))

    def close(self) -> None:
        """Give the file back."""
        os.close(self._file)

    def _write(self, line: bytes) -> int:
        offset, rest = self._end, memoryview(line)
        try:
            while rest:
                written = os.pwrite(self._file, rest, self._end)
                self._end += written
                rest = rest[written:]
        except OSError as error:
            raise no_room("the records of the batch", self._end + len(rest), error) from error
        return offset
