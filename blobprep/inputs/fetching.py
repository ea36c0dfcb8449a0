"""Fetch: ranges of blobs into input files, in parallel, pinned to the ETag that resolve saw."""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

from blobprep.errors import BlobNotFound, ConditionNotMet, StoreUnavailable
from blobprep.inputs.files import no_room
from blobprep.inputs.resolving import ResolvedInput, changed

__all__ = ["RANGE_SIZE", "WORKERS", "Fetch"]

RANGE_SIZE: Final = 8 * 1024 * 1024
"""Bytes of a range; with `WORKERS` of them under way this bounds memory, whatever the blob's size."""

WORKERS: Final = 4
_HASH_SIZE: Final = 1024 * 1024


class Fetch:
    """Fetch inputs in threads of its own.

    Args:
        inputs: in the order they should arrive.
        announce: called with port, offset and end of each range that is there.
        on_failure: called once when the rest will never come.
        range_size: bytes of a range.
        on_demand: fetch only the ranges `need` names, and compute no checksum.
        progress: called with bytes fetched and bytes to fetch in all.
    """

    def __init__(
        self,
        inputs: Iterable[ResolvedInput],
        announce: Callable[[str, int, int], None],
        on_failure: Callable[[], None],
        *,
        range_size: int = RANGE_SIZE,
        on_demand: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self._inputs = {each.port: each for each in inputs}
        self._announce, self._on_failure, self._progress = announce, on_failure, progress
        self._range = range_size
        self._changed = threading.Condition()
        self._todo: deque[tuple[str, int]] = deque()
        self._begun: set[tuple[str, int]] = set()
        self._done: set[tuple[str, int]] = set()
        self._arrived = 0
        self._closed = self._started = False
        self._error: BaseException | None = None
        self._sha256: dict[str, str] = {}
        remote = [each for each in self._inputs.values() if each.located is not None]
        self._total = sum(each.size for each in remote)
        if not on_demand:
            self._todo.extend((each.port, index) for each in remote for index in self._indexes(each))
        hashed = [] if on_demand else list(self._inputs.values())
        workers = WORKERS if on_demand else min(WORKERS, len(self._todo))
        self._threads = [
            *(threading.Thread(target=self._work, args=(on_demand,), daemon=True) for _ in range(workers)),
            *(threading.Thread(target=self._hash, args=(each,), daemon=True) for each in hashed),
        ]

    def start(self) -> None:
        """Begin; inputs the caller gave are announced at once."""
        for each in self._inputs.values():
            if each.located is None:
                self._announce(each.port, 0, each.size)
        for thread in self._threads:
            thread.start()
        self._started = True

    def need(self, port: str, offset: int, length: int) -> None:
        """Fetch these bytes next; a request outside the input is cut to it, one for an unknown port is nobody's."""
        each = self._inputs.get(port)
        if each is None or each.located is None or offset < 0 or length <= 0:
            return
        end = min(offset + length, each.size)
        wanted = [(port, index) for index in range(offset // self._range, -(-end // self._range))]
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

    def stop(self) -> None:
        """Fetch no more ranges; checksums of inputs that are whole are still completed."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def close(self) -> None:
        """Fetch no more, and wait for what is under way: nothing may write to an input that is closed."""
        self.stop()
        self.wait()

    def finish(self) -> dict[str, str]:
        """Wait for all threads.

        Returns:
            sha256 by port, of each input that arrived whole.

        Raises:
            BlobChanged, StoreError, LimitError: what stopped a range; the first one.
        """
        self.wait()
        if self._error is not None:
            raise self._error
        return self._sha256

    def _indexes(self, each: ResolvedInput) -> range:
        return range(-(-each.size // self._range))

    def _work(self, on_demand: bool) -> None:
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
        each = self._inputs[port]
        located, properties = each.located, each.properties
        assert located is not None
        assert properties is not None
        offset = index * self._range
        length = min(self._range, each.size - offset)
        try:
            data = located.read(offset=offset, length=length, if_match=properties.etag)
        except (ConditionNotMet, BlobNotFound) as error:
            raise changed(located, properties.etag) from error
        if len(data) != length:
            raise StoreUnavailable(
                f"{each.printed} gave {len(data)} of {length} bytes from {offset}", remedy="try again later"
            )
        try:
            each.bytes.write(offset, data)
        except OSError as error:
            raise no_room(each.printed, each.size, error) from error
        with self._changed:
            self._done.add((port, index))
            self._arrived += length
            arrived = self._arrived
            self._changed.notify_all()
        self._announce(port, offset, offset + length)
        if self._progress is not None:
            self._progress(arrived, self._total)

    def _hash(self, each: ResolvedInput) -> None:
        """Follow the ranges that are there in order, and read them back: the file is in the page cache."""
        checksum = hashlib.sha256()
        for index in self._indexes(each):
            if each.located is not None and not self._await(each.port, index):
                return
            end = min((index + 1) * self._range, each.size)
            for offset in range(index * self._range, end, _HASH_SIZE):
                checksum.update(each.bytes.read(offset, min(_HASH_SIZE, end - offset)))
        self._sha256[each.port] = checksum.hexdigest()

    def _await(self, port: str, index: int) -> bool:
        with self._changed:
            while (port, index) not in self._done and not self._closed:
                self._changed.wait()
            return (port, index) in self._done

    def _fail(self, error: BaseException) -> None:
        with self._changed:
            first = self._error is None and not self._closed
            if first:
                self._error = error
            self._closed = True
            self._changed.notify_all()
        if first:
            self._on_failure()
