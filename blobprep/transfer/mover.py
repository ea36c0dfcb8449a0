"""Copies on their way: many small ones at a time, or parts of a large one.

Threads: those of the pool run `Move.look` and `Carrier.move` alone, which read and write. All else, from the choice of
what is next to `Carrier.finish` and `Carrier.abandon`, happens in the thread that iterates over `Mover.run`: it bounds
what is under way, and publishes each large copy. A copy is abandoned when no thread works on it any more, so no range
is written to an abandoned upload. Where MD5s are computed, the parts of a copy wait for those before them, which were
begun earlier, so some thread always goes on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import Final

from blobprep.errors import BlobprepError
from blobprep.stores import BLOCK_SIZE
from blobprep.stores.cancellation import thread_pool
from blobprep.transfer.move import Carrier, Move
from blobprep.transfer.pairs import Copy, Written
from blobprep.transfer.ranges import Range
from blobprep.transfer.server_route import ServerRoute
from blobprep.transfer.streamed import Streamed

__all__ = ["SAME", "UNMOVED", "Ended", "Mover", "Outcome"]

_STREAMS: Final = 16
"""The number of parts that are moved at once: small blobs, each mostly a wait, gain by more than large ones."""

_MEMORY: Final = 4 * BLOCK_SIZE
"""Bytes that the parts under way may hold in memory."""


class _Mark:
    """An outcome without anything to tell."""


SAME: Final = _Mark()
"""The target was read and has the bytes of the source; nothing was copied."""

UNMOVED: Final = _Mark()
"""It would have been copied."""

Outcome = Written | BlobprepError | _Mark

Ended = tuple[Copy, Outcome, int, float]
"""A copy, what became of it, the number of attempts, and the seconds that the last one took."""


class Mover:
    """Moves copies, up to `_STREAMS` parts at a time, whether of one large blob or of many small ones.

    Args:
        checked: whether the MD5 of each copy is computed on the way, compared with that of the source, and kept at the
            target. Otherwise that is done only of files, which state none, on their way to an account; a large copy
            keeps the MD5 that its source states, and each block has one for the way.
        dry: copy nothing; the copies are those for which files must be read to tell if they are needed.
        again: called with a copy that failed, its error and the number of attempts; returns what to try in its place,
            None to leave it.
        moved: called with a number of bytes moved; a negative one for those of a copy that failed.
        route: makes the copies that the service can make by itself; None if bytes pass this machine.

    Attributes:
        late: what was published although the iteration was broken off.
    """

    def __init__(
        self,
        *,
        checked: bool,
        dry: bool = False,
        again: Callable[[Copy, BlobprepError, int], Copy | None] = lambda copy, error, attempts: None,
        moved: Callable[[int], None] = lambda size: None,
        route: ServerRoute | None = None,
    ) -> None:
        self.late: list[tuple[Copy, Written]] = []
        self._checked, self._dry, self._again, self._moved, self._route = checked, dry, again, moved, route
        self._waiting: deque[tuple[Move, Range | None]] = deque()  # what of the copies that were begun comes next
        self._ended: SimpleQueue[tuple[Move, Range | None, Future[int]]] = SimpleQueue()
        self._open: set[Move] = set()
        self._under_way = self._held = 0

    def run(self, copies: Iterable[Copy]) -> Generator[Ended, None, None]:
        """Move copies, and yield what became of each as it ends.

        Copies are taken as there is room for them. Whoever stops iterating closes the iterator: what is under way then
        ends, and what was published meanwhile is in `late`.
        """
        coming = iter(copies)
        try:
            with thread_pool(_STREAMS, "blobprep-copy") as pool:
                while True:
                    while self._under_way < _STREAMS and (chosen := self._choose(coming)):
                        move, part = chosen
                        self._under_way, self._held = self._under_way + 1, self._held + move.held(part)
                        move.begin_part()
                        work = pool.submit(move.look) if part is None else pool.submit(move.carrier.move, part)
                        work.add_done_callback(partial(self._arrive, move, part))
                    if not self._under_way:
                        return
                    outcome = self._settle()
                    if outcome is not None:
                        yield outcome
        finally:
            for move in self._open:
                if move.carrier.written is not None:
                    self.late.append((move.copy, move.carrier.written))
                else:
                    with suppress(BlobprepError):  # another error is on its way
                        move.carrier.abandon()
            self._open.clear()

    def _arrive(self, move: Move, part: Range | None, work: Future[int]) -> None:
        """Pass on a part that has ended; called in the thread of the pool that moved it."""
        self._ended.put((move, part, work))

    def _choose(self, coming: Iterator[Copy]) -> tuple[Move, Range | None] | None:
        """Return the next part to be moved; None if there is none, or no memory for it now."""
        while self._waiting and self._waiting[0][0].error is not None:
            self._waiting.popleft()
        if not self._waiting:
            copy = next(coming, None)
            if copy is None:
                return None
            self._begin(copy, 1)
        move, part = self._waiting[0]
        if self._under_way and self._held + move.held(part) > _MEMORY:
            return None
        return self._waiting.popleft()

    def _begin(self, copy: Copy, attempt: int, *, looked: bool = False) -> None:
        carrier: Carrier | None = self._route.carrier(copy) if self._route is not None else None
        move = Move(copy, attempt, carrier or Streamed(copy, self._checked or _needs_md5(copy)))
        self._open.add(move)
        if copy.must_read and not looked:
            self._waiting.append((move, None))
        else:
            self._waiting.extend((move, part) for part in move.carrier.parts)

    def _settle(self) -> Ended | None:
        """Wait until a part has been moved; return what became of its copy if that was the last."""
        move, part, work = self._ended.get()
        self._under_way, self._held = self._under_way - 1, self._held - move.held(part)
        move.under_way -= 1
        try:
            size = work.result()
            if part is not None:
                move.moved += size
                self._moved(size)
                if move.error is None and move.arrive():
                    return self._end(move, move.carrier.finish())
            elif size:
                return self._end(move, SAME)
            elif self._dry:
                return self._end(move, UNMOVED)
            else:
                self._waiting.extend((move, part) for part in move.carrier.parts)
        except BlobprepError as error:
            move.fail(error)
        return self._fail(move) if move.error is not None and not move.under_way else None

    def _fail(self, move: Move) -> Ended | None:
        """End a copy of which a part failed, once no thread works on it; return nothing if it is tried again."""
        assert move.error is not None
        self._moved(-move.moved)
        with suppress(BlobprepError):
            move.carrier.abandon()
        if self._route is not None and self._route.is_refused(move.carrier, move.copy, move.error):
            self._open.discard(move)
            self._begin(move.copy, move.attempt, looked=True)
            return None
        again = self._again(move.copy, move.error, move.attempt)
        if again is None:
            return self._end(move, move.error)
        self._open.discard(move)
        self._begin(again, move.attempt + 1)
        return None

    def _end(self, move: Move, outcome: Outcome) -> Ended:
        if self._route is not None:
            self._route.end(move.copy, is_made=isinstance(outcome, Written) and outcome.server_side)
        self._open.discard(move)
        return move.copy, outcome, move.attempt, move.seconds


def _needs_md5(copy: Copy) -> bool:
    """Return whether only this copy can give a large blob its MD5, since it comes from a disk."""
    from_disk = copy.source.store.protocol == "file" and copy.target.store.protocol != "file"
    return from_disk and copy.state.size > BLOCK_SIZE
