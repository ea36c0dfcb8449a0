"""Items that are under way: taken one by one as there is room, handed back as they end.

Threads: one calls `run`; `stop` and `running` are called from any, also by a signal's handler in the middle of what
`run` does, so they take no lock. Futures put themselves into `_ended`, from whatever thread completes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from queue import Empty, SimpleQueue
from typing import Any, Final, Protocol

from blobprep.batches.records import ItemRecord
from blobprep.batches.work import WorkItem
from blobprep.batches.worker.outcome import not_begun
from blobprep.errors import UsageError

__all__ = ["Handed", "Window"]

_LOOK: Final = 1.0  # seconds after which the room is asked for again: a cluster may have grown


class Handed(Protocol):
    """A future as far as a window needs it."""

    def add_done_callback(self, fn: Callable[[Any], object], /) -> object:
        """Have a function called with this future once it is done, from any thread."""
        ...

    def running(self) -> bool:
        """Return whether it runs now."""
        ...

    def cancel(self) -> object:
        """Take it back if it has not begun."""
        ...


class Window:
    """At most so many items under way.

    Args:
        submit: hands out an item.
        record: returns the record of an item whose future is done; None to have it handed out again.
        room: returns how many items may be under way now.
    """

    def __init__(
        self,
        submit: Callable[[WorkItem], Any],
        record: Callable[[WorkItem, Any], ItemRecord | None],
        room: Callable[[], int],
    ) -> None:
        self._submit, self._record, self._room = submit, record, room
        self._under_way: dict[int, tuple[WorkItem, Any]] = {}  # by the number of the submission
        self._ended: SimpleQueue[int] = SimpleQueue()
        self._submitted = 0
        self._stopped = False
        self._fault: UsageError | None = None

    def run(self, works: Iterable[WorkItem]) -> Iterator[ItemRecord]:
        """Yield records as items end, until all that were taken have; see `Engine.run`.

        Raises:
            UsageError: no more can be handed out; those that were have been yielded.
        """
        source = iter(works)
        self._fault = None
        while True:
            for work in self._taken(source):
                if not self._hand_out(work):
                    yield not_begun(work)
            if not self._under_way:
                break
            try:
                number = self._ended.get(timeout=_LOOK)
            except Empty:
                continue
            if number not in self._under_way:  # of a run that was left
                continue
            work, future = self._under_way.pop(number)
            record = self._record_of(work, future)
            if record is not None:
                yield record
            elif not self._hand_out(work):
                yield not_begun(work)
        if self._fault is not None:
            raise self._fault

    def running(self) -> tuple[str, ...]:
        """Return the keys of items that run now, the longest first."""
        return tuple(work.item.key for work, future in list(self._under_way.values()) if future.running())

    def stop(self) -> None:
        """Take no more items."""
        self._stopped = True

    def take_back(self) -> None:
        """Take no more items, and take back those that were handed out and have not begun."""
        self._stopped = True
        for _, future in list(self._under_way.values()):
            future.cancel()

    def _taken(self, source: Iterator[WorkItem]) -> Iterator[WorkItem]:
        while not self._stopped and self._fault is None and len(self._under_way) < self._room():
            work = next(source, None)
            if work is None:
                return
            yield work

    def _record_of(self, work: WorkItem, future: Any) -> ItemRecord | None:
        try:
            return self._record(work, future)
        except UsageError as error:
            self._fault = error
            return not_begun(work)

    def _hand_out(self, work: WorkItem) -> bool:
        """Hand an item out; False once none can be."""
        if self._fault is not None:
            return False
        try:
            future: Handed = self._submit(work)
        except UsageError as error:
            self._fault = error
            return False
        self._submitted += 1
        number = self._submitted
        self._under_way[number] = (work, future)
        future.add_done_callback(lambda _: self._ended.put(number))
        return True
