"""Ranges of blobs, fetched in parallel into input files and pinned to the ETag that resolve saw.

Threads, all daemons that `begin` starts and `wait` joins:

* `WORKERS` fetchers, and more for as long as more of them fetch more in a second, take ranges from `_todo` in order,
  read them from the store without a lock, and write each piece to the input file as it comes (`os.pwrite` needs no
  lock). A range is held by the input file alone, so that their number costs no memory.
* One hasher per input follows the ranges in order, as they arrive, and reads them back from the file. With `on_demand`
  there are no hashers, and where there is one range in all, its fetcher hashes what comes.

The reader of the child's messages calls `need` from its own thread; the owner calls `begin`, `start`, `stop`, `wait`,
`finish` and `close`. `_changed` guards `_todo`, `_begun`, `_done`, `_arrived`, `_closed`, `_error`, `_early` and
`_pace`, and wakes all who wait for one of them. `_threads` grows while they run: a fetcher adds others before it ends,
behind itself, so that `wait`, which joins all in order, joins only those that have started. `_sha256` has a key for
each hasher and is read after they have ended. Fetchers call `announce`, `on_failure` and `progress` without the lock,
so these may call back, and may come out of order; what arrives before `start`, or fails, is told by `start`. `_stop`
ends pauses before another attempt, so that `stop` need not wait for them. The owner of the inputs closes their
descriptors, but only after `wait`: a fetcher must never write to a descriptor number that has been closed and reused.
"""

from __future__ import annotations

import hashlib
import threading
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from blobprep.errors import BlobNotFound, ConditionNotMet, StoreUnavailable
from blobprep.inputs.pace import MOST, Pace
from blobprep.inputs.passing_checksum import PassingChecksum, read_back
from blobprep.inputs.resolve import ResolvedInput
from blobprep.spare_threads import SpareThread
from blobprep.stores.cancellation import cancel_on
from blobprep.stores.location import PinnedBlob, blob_changed
from blobprep.unnamed_files import no_room

__all__ = ["WORKERS", "Fetch"]

WORKERS: Final = 4
"""The number of fetchers at first; `Pace` may add others."""

_MEBIBYTE: Final = 1024 * 1024
_LARGEST_RANGE: Final = 4 * _MEBIBYTE  # the longest that the service computes a checksum of


@dataclass(frozen=True, slots=True)
class _Range:
    """The bytes of an input file that come from one blob, from `start` to before `end`."""

    start: int
    end: int
    blob: PinnedBlob


class Fetch:
    """A transfer of inputs in threads of its own.

    Args:
        inputs: the inputs, in the order they should arrive.
        range_size: bytes of a range; None for one that suits the size of the inputs.
        on_demand: fetch only the ranges that `need` names, and compute no checksums; so it is with an input whose own
            `on_demand` says so.
        progress: called with the bytes fetched so far and the bytes to fetch in all.
        on_arrival: called once everything has arrived, by the thread that waits for it.
    """

    def __init__(
        self,
        inputs: Iterable[ResolvedInput],
        *,
        range_size: int | None = None,
        on_demand: bool = False,
        progress: Callable[[int, int], None] | None = None,
        on_arrival: Callable[[], None] = lambda: None,
    ) -> None:
        self._inputs = {item.port: item for item in inputs}
        self._announce: Callable[[str, int, int], None] = lambda port, offset, end: None
        self._on_failure: Callable[[], None] = lambda: None
        self._progress, self._on_arrival = progress, on_arrival
        eager = [] if on_demand else [item for item in self._inputs.values() if not item.on_demand]
        self._on_demand = len(eager) < len(self._inputs)  # of some at least
        self._changed = threading.Condition()
        self._todo: deque[tuple[str, int]] = deque()
        self._begun: set[tuple[str, int]] = set()
        self._done: set[tuple[str, int]] = set()
        self._arrived = 0
        self._closed = self._started = False
        self._early: list[tuple[str, int, int]] | None = []  # None once there is somebody to announce to
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._sha256: dict[str, list[str]] = {}
        self._total = sum(item.size for item in (eager or self._inputs.values()) if not item.is_there)
        length = range_size or _suitable_range(self._total)
        self._ranges = {item.port: list(_ranges(item, length)) for item in self._inputs.values()}
        self._todo.extend((item.port, index) for item in eager for index in range(len(self._ranges[item.port])))
        self._awaited = set(self._todo)
        hashed = [item for item in eager if not item.checksums]
        self._hashed_by_fetcher: ResolvedInput | None = None
        if len(self._todo) == 1:  # then a hasher would only wait for the one fetcher
            only = self._inputs[self._todo[0][0]]
            hashed, self._hashed_by_fetcher = [item for item in hashed if item is not only], only
        self._sha256 |= {item.port: list(item.checksums) for item in self._inputs.values() if item.checksums}
        workers = WORKERS if self._on_demand else min(WORKERS, len(self._todo))
        self._pace = Pace(workers)
        self._threads = [
            *(self._fetcher() for _ in range(workers)),
            *(SpareThread(self._hash, (item,), "blobprep-hash") for item in hashed),
        ]

    def begin(self) -> None:
        """Start the threads, before there is a child to announce anything to; do nothing if they have been started."""
        if self._started:
            return
        for thread in tuple(self._threads):
            thread.start()
        self._started = True

    def start(self, announce: Callable[[str, int, int], None], on_failure: Callable[[], None]) -> None:
        """Announce what has arrived and what will; inputs that the caller passed at once, as they are complete already.

        Args:
            announce: called with port, offset and end of each range that has arrived, from the fetchers' threads.
            on_failure: called once if the rest will never arrive.
        """
        self._announce, self._on_failure = announce, on_failure
        for item in self._inputs.values():
            if item.is_there:
                self._announce(item.port, 0, item.size)
        with self._changed:
            early, self._early = self._early or [], None
            failed = self._error is not None
        for port, offset, end in early:
            self._announce(port, offset, end)
        if failed:
            self._on_failure()
        self.begin()

    def need(self, port: str, offset: int, length: int) -> None:
        """Fetch these bytes next; ignore an unknown port and whatever is outside the input.

        What is there already is announced once more, if it is fetched on demand: the child may have let go of a part.
        """
        ranges = self._ranges.get(port, [])
        if offset < 0 or length <= 0:
            return
        first = bisect_right(ranges, offset, key=lambda part: part.end)
        last = bisect_left(ranges, offset + length, key=lambda part: part.start)
        wanted = [(port, index) for index in range(first, last)]
        with self._changed:
            there = [ranges[index] for _, index in wanted if (port, index) in self._done and self._early is None]
            wanted = [part for part in wanted if part not in self._begun]
            for part in wanted:
                if part in self._todo:
                    self._todo.remove(part)
            self._todo.extendleft(reversed(wanted))
            self._changed.notify_all()
        for place in there if (port, 0) not in self._awaited else ():
            self._announce(port, place.start, place.end)

    def release(self, port: str, end: int) -> None:
        """Free the room of what has arrived before `end`, if it is fetched on demand; `need` fetches it again."""
        item = self._inputs.get(port)
        if item is None or (port, 0) in self._awaited or end <= 0:
            return
        ranges = self._ranges[port]
        with self._changed:
            last = bisect_right(ranges, end, key=lambda part: part.end)
            left = {(port, index) for index in range(last)} & self._done
            self._done -= left
            self._begun -= left
            # With the lock: none of these ranges may be fetched again before its place is empty.
            for _, index in left:
                item.bytes.empty(ranges[index].start, ranges[index].end - ranges[index].start)

    def wait(self) -> None:
        """Wait until everything has arrived, or nothing more will arrive."""
        for thread in self._threads if self._started else ():
            thread.join()

    def wait_until_there(self) -> None:
        """Wait until all that is not fetched on demand has arrived, or nothing more will."""
        if not self._on_demand:
            self.wait()
        elif self._awaited:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._awaited <= self._done)
        else:
            return
        self._on_arrival()

    def stop(self) -> None:
        """Fetch no more ranges; checksums of inputs that have arrived are still completed."""
        with self._changed:
            self._end()

    def close(self) -> None:
        """Fetch no more ranges, and wait for those under way; then the inputs may be closed."""
        self.stop()
        self.wait()

    def finish(self) -> dict[str, tuple[str, ...]]:
        """Wait for all threads.

        Returns:
            For each port the SHA-256 of its blobs, in order, up to the last blob that arrived completely.

        Raises:
            BlobChanged, StoreError, LimitError: the first error that stopped a range.
        """
        self.wait()
        if self._error is not None:
            raise self._error
        return {port: tuple(digests) for port, digests in self._sha256.items()}

    def _fetcher(self) -> SpareThread:
        return SpareThread(self._work, name="blobprep-fetch")

    def _work(self) -> None:
        with cancel_on(self._stop):
            while (part := self._next()) is not None:
                try:
                    hashed = self._hashed_by_fetcher if part in self._awaited else None
                    checksum = PassingChecksum(wanted=hashed is not None)
                    self._fetch(*part, checksum)
                    if hashed is not None:
                        self._note(hashed, checksum)
                except BaseException as error:
                    self._fail(error)
                    return

    def _next(self) -> tuple[str, int] | None:
        with self._changed:
            while not self._todo and self._on_demand and not self._closed:
                self._changed.wait()
            if self._closed or not self._todo:
                return None
            part = self._todo.popleft()
            self._begun.add(part)
            return part

    def _fetch(self, port: str, index: int, checksum: PassingChecksum) -> None:
        item, wanted = self._inputs[port], self._ranges[port][index]
        location, etag = wanted.blob.location, wanted.blob.properties.etag
        first = wanted.blob.part.start if wanted.blob.part else 0
        offset, length = first + wanted.start - wanted.blob.offset, wanted.end - wanted.start

        def write(piece: bytes | memoryview, at: int) -> None:
            try:
                item.bytes.write(wanted.start + at, piece)
            except OSError as error:
                raise no_room(item.printed, item.size, error) from error
            checksum.add(piece, at)

        try:
            count = location.read_into(write, offset=offset, length=length, if_match=etag)
        except (ConditionNotMet, BlobNotFound) as error:
            raise blob_changed(location, etag) from error
        if count != length:
            raise StoreUnavailable(
                f"{location.printed} returned {count} of {length} bytes from offset {offset}",
                remedy="try again later",
            )
        with self._changed:
            self._done.add((port, index))
            self._arrived += length
            arrived = self._arrived
            more = 0 if self._on_demand else self._pace.count_more(length, len(self._todo))
            added = [self._fetcher() for _ in range(more)]
            self._threads += added
            is_early = self._early is not None
            if self._early is not None:
                self._early.append((port, wanted.start, wanted.end))
            self._changed.notify_all()
        for thread in added:
            thread.start()
        if not is_early:
            self._announce(port, wanted.start, wanted.end)
        if self._progress is not None:
            self._progress(arrived, self._total)

    def _note(self, item: ResolvedInput, checksum: PassingChecksum) -> None:
        """Note the checksum of an input of one range, or compute it if its bytes did not come in order."""
        if (digest := checksum.of(item.size)) and len(item.blobs) == 1:
            self._sha256[item.port] = [digest]
        else:
            self._hash(item)

    def _hash(self, item: ResolvedInput) -> None:
        """Compute the checksum of each blob, reading ranges back as they arrive: they are still in the page cache."""
        if not item.blobs:
            checksum = hashlib.sha256()
            read_back(checksum, item.bytes, 0, item.size)
            self._sha256[item.port] = [checksum.hexdigest()]
        arriving = enumerate(self._ranges[item.port])
        for blob in item.blobs:
            checksum, position = hashlib.sha256(), blob.offset
            while position < blob.end:
                index, following = next(arriving)
                if not self._await(item.port, index):
                    return
                read_back(checksum, item.bytes, following.start, following.end)
                position = following.end
            self._sha256.setdefault(item.port, []).append(checksum.hexdigest())

    def _await(self, port: str, index: int) -> bool:
        with self._changed:
            while (port, index) not in self._done and not self._closed:
                self._changed.wait()
            return (port, index) in self._done

    def _end(self) -> None:
        """End the threads, including those that pause before another attempt; the caller holds the lock."""
        self._closed = True
        self._stop.set()
        self._changed.notify_all()

    def _fail(self, error: BaseException) -> None:
        with self._changed:
            first = self._error is None and not self._closed
            if first:
                self._error = error
            heard = self._early is None  # else `start` tells
            self._end()
        if first and heard:
            self._on_failure()


def _suitable_range(size: int) -> int:
    """Return the length of ranges for inputs of a size: all fetchers have some, and none is shorter than it pays."""
    if size <= _MEBIBYTE * 3 // 2:
        return max(size, 1)  # a short rest would cost a request of its own, and nearly the time of one
    return min(_LARGEST_RANGE, max(_MEBIBYTE, -(-size // MOST // _MEBIBYTE) * _MEBIBYTE))


def _ranges(item: ResolvedInput, size: int) -> Iterator[_Range]:
    """Yield the ranges of an input, each from one blob."""
    for blob in () if item.is_there else item.blobs:
        for start in range(blob.offset, blob.end, size):
            yield _Range(start, min(start + size, blob.end), blob)
