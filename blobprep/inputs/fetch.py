"""Fetch: ranges of blobs into input files, in parallel, pinned to the ETag that resolve saw."""

from __future__ import annotations

import hashlib
import threading
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from blobprep.errors import BlobNotFound, ConditionNotMet, StoreUnavailable
from blobprep.inputs.resolve import PinnedBlob, ResolvedInput, changed
from blobprep.inputs.spool import no_room
from blobprep.stores.cancellation import stopped_by

__all__ = ["RANGE_SIZE", "WORKERS", "Fetch"]

RANGE_SIZE: Final = 8 * 1024 * 1024
"""Bytes of a range; with `WORKERS` of them under way this bounds memory, whatever the blob's size."""

WORKERS: Final = 4
_HASH_SIZE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Range:
    """Say which bytes of an input file come from which blob."""

    start: int
    end: int
    blob: PinnedBlob


class Fetch:
    """Fetch inputs in threads of its own.

    Args:
        inputs: in the order they should arrive.
        range_size: bytes of a range.
        on_demand: fetch only the ranges `need` names, and compute no checksum.
        progress: called with bytes fetched and bytes to fetch in all.
    """

    def __init__(
        self,
        inputs: Iterable[ResolvedInput],
        *,
        range_size: int = RANGE_SIZE,
        on_demand: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self._inputs = {each.port: each for each in inputs}
        self._announce: Callable[[str, int, int], None] = lambda port, offset, end: None
        self._on_failure: Callable[[], None] = lambda: None
        self._progress, self._on_demand = progress, on_demand
        self._changed = threading.Condition()
        self._todo: deque[tuple[str, int]] = deque()
        self._begun: set[tuple[str, int]] = set()
        self._done: set[tuple[str, int]] = set()
        self._arrived = 0
        self._closed = self._started = False
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._sha256: dict[str, list[str]] = {}
        self._ranges = {each.port: list(_ranges(each, range_size)) for each in self._inputs.values()}
        self._total = sum(each.size for each in self._inputs.values() if each.blobs)
        if not on_demand:
            self._todo.extend((port, index) for port, ranges in self._ranges.items() for index in range(len(ranges)))
        hashed = [] if on_demand else list(self._inputs.values())
        workers = WORKERS if on_demand else min(WORKERS, len(self._todo))
        self._threads = [
            *(threading.Thread(target=self._work, args=(on_demand,), daemon=True) for _ in range(workers)),
            *(threading.Thread(target=self._hash, args=(each,), daemon=True) for each in hashed),
        ]

    def start(self, announce: Callable[[str, int, int], None], on_failure: Callable[[], None]) -> None:
        """Begin; inputs the caller gave are announced at once.

        Args:
            announce: called with port, offset and end of each range that is there, from the fetchers' threads.
            on_failure: called once when the rest will never come.
        """
        self._announce, self._on_failure = announce, on_failure
        for each in self._inputs.values():
            if not each.blobs:
                self._announce(each.port, 0, each.size)
        for thread in self._threads:
            thread.start()
        self._started = True

    def need(self, port: str, offset: int, length: int) -> None:
        """Fetch these bytes next; a request outside the input is cut to it, one for an unknown port is nobody's."""
        ranges = self._ranges.get(port, [])
        if offset < 0 or length <= 0:
            return
        first = bisect_right(ranges, offset, key=lambda each: each.end)
        last = bisect_left(ranges, offset + length, key=lambda each: each.start)
        wanted = [(port, index) for index in range(first, last)]
        with self._changed:
            wanted = [item for item in wanted if item not in self._begun]
            for item in wanted:
                if item in self._todo:
                    self._todo.remove(item)
            self._todo.extendleft(reversed(wanted))
            self._changed.notify_all()

    def wait(self) -> None:
        """Wait until everything is there, or nothing more will come."""
        for thread in self._threads if self._started else ():
            thread.join()

    def wait_until_there(self) -> None:
        """Wait until everything is there, or nothing more will come; on demand there is nothing to wait for."""
        if not self._on_demand:
            self.wait()

    def stop(self) -> None:
        """Fetch no more ranges; checksums of inputs that are whole are still completed."""
        with self._changed:
            self._end()

    def close(self) -> None:
        """Fetch no more, and wait for what is under way: nothing may write to an input that is closed."""
        self.stop()
        self.wait()

    def finish(self) -> dict[str, tuple[str, ...]]:
        """Wait for all threads.

        Returns:
            sha256 by port: of each of its blobs in their order, up to the last that arrived whole.

        Raises:
            BlobChanged, StoreError, LimitError: what stopped a range; the first one.
        """
        self.wait()
        if self._error is not None:
            raise self._error
        return {port: tuple(digests) for port, digests in self._sha256.items()}

    def _work(self, on_demand: bool) -> None:
        with stopped_by(self._stop):
            while (item := self._next(on_demand)) is not None:
                try:
                    self._fetch(*item)
                except BaseException as error:
                    self._fail(error)
                    return

    def _next(self, on_demand: bool) -> tuple[str, int] | None:
        with self._changed:
            while not self._todo and on_demand and not self._closed:
                self._changed.wait()
            if self._closed or not self._todo:
                return None
            item = self._todo.popleft()
            self._begun.add(item)
            return item

    def _fetch(self, port: str, index: int) -> None:
        each, wanted = self._inputs[port], self._ranges[port][index]
        located, etag = wanted.blob.located, wanted.blob.properties.etag
        offset, length = wanted.start - wanted.blob.offset, wanted.end - wanted.start
        try:
            data = located.read(offset=offset, length=length, if_match=etag)
        except (ConditionNotMet, BlobNotFound) as error:
            raise changed(located, etag) from error
        if len(data) != length:
            raise StoreUnavailable(
                f"{located.printed} gave {len(data)} of {length} bytes from {offset}", remedy="try again later"
            )
        try:
            each.bytes.write(wanted.start, data)
        except OSError as error:
            raise no_room(each.printed, each.size, error) from error
        with self._changed:
            self._done.add((port, index))
            self._arrived += length
            arrived = self._arrived
            self._changed.notify_all()
        self._announce(port, wanted.start, wanted.end)
        if self._progress is not None:
            self._progress(arrived, self._total)

    def _hash(self, each: ResolvedInput) -> None:
        """Follow the ranges that are there in order, and read them back: the file is in the page cache."""
        if not each.blobs:
            checksum = hashlib.sha256()
            _update(checksum, each, 0, each.size)
            self._sha256[each.port] = [checksum.hexdigest()]
        arriving = enumerate(self._ranges[each.port])
        for blob in each.blobs:
            checksum, position = hashlib.sha256(), blob.offset
            while position < blob.end:
                index, following = next(arriving)
                if not self._await(each.port, index):
                    return
                _update(checksum, each, following.start, following.end)
                position = following.end
            self._sha256.setdefault(each.port, []).append(checksum.hexdigest())

    def _await(self, port: str, index: int) -> bool:
        with self._changed:
            while (port, index) not in self._done and not self._closed:
                self._changed.wait()
            return (port, index) in self._done

    def _end(self) -> None:
        """Let the threads end, also those in a pause before another attempt; with the lock."""
        self._closed = True
        self._stop.set()
        self._changed.notify_all()

    def _fail(self, error: BaseException) -> None:
        with self._changed:
            first = self._error is None and not self._closed
            if first:
                self._error = error
            self._end()
        if first:
            self._on_failure()


def _update(checksum: hashlib._Hash, each: ResolvedInput, start: int, end: int) -> None:
    for offset in range(start, end, _HASH_SIZE):
        checksum.update(each.bytes.read(offset, min(_HASH_SIZE, end - offset)))


def _ranges(each: ResolvedInput, size: int) -> Iterator[_Range]:
    """Cut an input into ranges, each from one blob."""
    for blob in each.blobs:
        for start in range(blob.offset, blob.end, size):
            yield _Range(start, min(start + size, blob.end), blob)
