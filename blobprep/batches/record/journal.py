"""Segments of a batch's record, written while it runs: `items/000001.jsonl` and so on.

A batch that is killed loses at most what had not been written yet, and that of the record alone: results are told by
their manifests. Each segment is sorted, so that those of a batch of any length are read as one without being held.

Threads: any may call `add`, which notes a line and returns at once. The journal's own thread writes a segment every
few seconds, sooner when there is much to write. If the store cannot be reached it keeps what it has, and tries again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from blobprep.errors import BlobprepError, ConditionNotMet
from blobprep.outputs.blob_write import write
from blobprep.stores import IfAbsent
from blobprep.stores.location import BlobLocation

__all__ = ["FOLDER", "INTERVAL", "LINES_TYPE", "Journal", "segment_name"]

LINES_TYPE: Final = "application/x-ndjson"
"""The content type of JSON Lines."""

FOLDER: Final = "items/"
"""The prefix of the segments, below that of the record."""

INTERVAL: Final = 5.0
"""Seconds between two segments."""

FULL: Final = 4 * 1024 * 1024
"""Bytes of records at which a segment is written at once."""


def segment_name(number: int) -> str:
    """Return the name of a segment below the record's prefix."""
    return f"{FOLDER}{number:06d}.jsonl"


class Journal:
    """The segments of one batch; a context manager.

    Args:
        prefix: of the record.
        first: the number of the first segment; those below are of batches before it.
        interval: seconds between two segments.
        tell: called by the journal's thread once in an interval, after the segment that was due.

    Attributes:
        next: the number that the next segment gets.
        fault: why the last segment could not be written; None if it could.
    """

    def __init__(
        self,
        prefix: BlobLocation,
        first: int,
        *,
        interval: float = INTERVAL,
        tell: Callable[[], None] = lambda: None,
    ) -> None:
        self.next = first
        self.fault: BlobprepError | None = None
        self._prefix, self._interval, self._tell = prefix, interval, tell
        self._lock = threading.Lock()
        self._lines: dict[str, bytes] = {}
        self._size = 0
        self._due = threading.Event()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._work, name="blobprep-journal", daemon=True)

    def __enter__(self) -> Journal:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        self._due.set()
        self._thread.join()

    def add(self, key: str, line: bytes) -> None:
        """Note the newest record of an item.

        Args:
            key: of the item.
            line: its record, with the end of the line.
        """
        with self._lock:
            self._lines[key] = line
            self._size += len(line)
            full = self._size >= FULL
        if full:
            self._due.set()

    def _work(self) -> None:
        told = time.monotonic()
        while not self._closed.is_set():
            self._due.wait(self._interval)
            self._due.clear()
            self._write()
            if not self._closed.is_set() and time.monotonic() - told >= self._interval:  # full segments may come faster
                self._tell()
                told = time.monotonic()
        self._write()  # what came while the last segment was written

    def _write(self) -> None:
        with self._lock:
            lines, self._lines, self._size = self._lines, {}, 0
        if not lines:
            return
        try:
            self._write_segment(b"".join(lines[key] for key in sorted(lines)))
            self.fault = None
        except BlobprepError as error:
            self.fault = error
            with self._lock:
                self._lines = lines | self._lines
                # Their size is not counted again, or a store that cannot be reached would be asked without a pause.

    def _write_segment(self, data: bytes) -> None:
        """Write a segment under the next number that is free: one may be there whose answer was lost."""
        while True:
            target = self._prefix.child(segment_name(self.next))
            self.next += 1
            try:
                write(target, data, LINES_TYPE, IfAbsent())
                return
            except ConditionNotMet:
                continue
            except BlobprepError:
                self.next -= 1
                raise
