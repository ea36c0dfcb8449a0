"""Messages of a queue that hint at something to do, kept until a cycle has covered what they are about.

A hint says when to look, and nothing else: what there is to do is found by listing. So a message that is lost, comes
twice or lies does no harm. It is deleted once a cycle that began after it was received has recorded its items; if this
process ends before, it comes back. Messages about other blobs, and those that are no events, are left where they are.

Threads: `_work` runs in the thread `blobprep-hints`, which alone talks to the queue. The watching thread calls `take`,
`cover` and `give_back`. One lock covers the lists between them; it is never held during a wait.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final

from blobprep.batches.watch.events import BlobEvent, read_events
from blobprep.errors import BlobprepError
from blobprep.stores.queues import AT_ONCE, Message, MessageQueue

__all__ = ["HIDDEN", "Hints"]

HIDDEN: Final = 300.0
"""Seconds that a message which was received is hidden from others; a cycle may take longer."""

_POLL: Final = 2.0
_LONGEST: Final = 60.0  # between two attempts at a queue that cannot be used
_FAREWELL: Final = 15.0  # seconds that the end of a watch waits for the queue
_HELD: Final = 10_000  # messages that wait for a cycle; more of them stay in the queue


class Hints:
    """The hints of a queue; a context manager.

    Args:
        queue: of messages.
        concerns: tells whether an event is about a blob that is watched.
        say: is told what the user should know, one sentence each.
        poll: seconds between two looks at an empty queue.
        hidden: seconds that a message is hidden.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        queue: MessageQueue,
        concerns: Callable[[BlobEvent], bool],
        say: Callable[[str], None],
        *,
        poll: float = _POLL,
        hidden: float = HIDDEN,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue, self._concerns, self._say = queue, concerns, say
        self._poll, self._hidden, self._clock = poll, hidden, clock
        self._lock = threading.Lock()
        self._held: dict[str, tuple[float, Message]] = {}  # with the time when it was received, the oldest first
        self._news: dict[str, float] = {}
        self._covered: list[Message] = []
        self._left: set[str] = set()
        self._told = ""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="blobprep-hints", daemon=True)

    def __enter__(self) -> Hints:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join(_FAREWELL)

    def news(self) -> float | None:
        """Return when the oldest hint came that no cycle has taken yet, by the clock; None if there is none."""
        with self._lock:
            return next(iter(self._news.values()), None)

    def take(self, age: float) -> Sequence[Message]:
        """Return the messages that a cycle which begins now covers: those that are so many seconds old."""
        latest = self._clock() - age
        with self._lock:
            taken = [message for received, message in self._held.values() if received <= latest]
            for message in taken:
                del self._held[message.id]
                self._news.pop(message.id, None)
        return taken

    def cover(self, taken: Sequence[Message]) -> None:
        """Have messages deleted, once their cycle has recorded its items."""
        with self._lock:
            self._covered += taken

    def give_back(self, taken: Sequence[Message]) -> None:
        """Keep messages for the next cycle, since theirs failed; they are no news."""
        with self._lock:
            self._held = {message.id: (0.0, message) for message in taken} | self._held

    def _work(self) -> None:
        pause = self._poll
        while True:
            last = self._ended.is_set()  # and then delete once more what was covered
            try:
                self._delete()
                more = not last and self._receive()
                pause, self._told = 0.0 if more else self._poll, ""
            except BlobprepError as error:
                self._tell(error)
                pause = min(max(2 * pause, self._poll), _LONGEST)
            if last:
                return
            self._ended.wait(pause)

    def _tell(self, error: BlobprepError) -> None:
        if error.message != self._told:
            self._told = error.message
            self._say(f"{error}; until it can be used again, blobs are found by listing alone")

    def _delete(self) -> None:
        while self._covered:
            self._queue.delete(self._covered[-1])
            with self._lock:
                self._covered.pop()

    def _receive(self) -> bool:
        """Receive what is there; return whether there may be more."""
        if len(self._held) >= _HELD:
            return False
        received = self._queue.receive(self._hidden)
        for message in received:
            events = read_events(message.text)
            if any(map(self._concerns, events)):
                with self._lock:
                    now = self._clock()
                    self._held[message.id] = (now, message)
                    self._news.setdefault(message.id, now)
            else:
                self._leave("about other blobs" if events else "no events of blobs")
        return len(received) == AT_ONCE

    def _leave(self, why: str) -> None:
        """Leave a message in the queue until its time is over, and say so once for each kind."""
        if why not in self._left:
            self._left.add(why)
            self._say(
                f"{self._queue.printed} has messages that are {why}, and are left there: give the watch a queue of "
                "its own, and let Event Grid filter by subject"
            )
