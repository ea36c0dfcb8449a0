"""Who may be worked on now: a few requests at a time, in the order in which they came, and a number that wait."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager

from blobprep.service.definitions import ServiceDefinition
from blobprep.service.failures import failure

__all__ = ["Places"]

_AGAIN = 1.0  # seconds after which a client may come again


class Places:
    """Places for requests, of all services together.

    Threads: those of requests. `_lock` guards all attributes and is held for moments. Who leaves hands its place to who
    has waited longest, so that no later request overtakes.

    Args:
        workers: places.
        waiting: requests that may wait for one.

    Attributes:
        running: requests that have a place.
    """

    def __init__(self, workers: int, waiting: int) -> None:
        self._workers, self._most = workers, waiting
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._of: Counter[str] = Counter()  # of each service, waiting ones included
        self.running = 0

    @property
    def waiting(self) -> int:
        """Return the number of requests that wait."""
        return len(self._waiting)

    @contextmanager
    def taken(self, service: ServiceDefinition) -> Iterator[None]:
        """Wait for a place, at most for the time that a request of the service has, and hold it in the block.

        Raises:
            ServiceFailure: the service allows no more at a time, or too many wait (503); there was none in time (408).
        """
        turn = self._enter(service)
        try:
            if turn is not None:
                self._await_turn(turn, service)
        except BaseException:
            self._forget(service)
            raise
        try:
            yield
        finally:
            self._leave()
            self._forget(service)

    def _enter(self, service: ServiceDefinition) -> threading.Event | None:
        """Return what is set when it is this request's turn; None where that is now."""
        with self._lock:
            if self._of[service.name] >= service.concurrency:
                raise failure(
                    "ServiceUnavailable", "RequestThrottled", service.endpoint, service.concurrency, retry_after=_AGAIN
                )
            turn = None
            if self.running < self._workers:
                self.running += 1
            elif len(self._waiting) < self._most:
                turn = threading.Event()
                self._waiting.append(turn)
            else:
                raise failure("ServiceUnavailable", "TooManyConcurrentRequests", retry_after=_AGAIN)
            self._of[service.name] += 1
            return turn

    def _await_turn(self, turn: threading.Event, service: ServiceDefinition) -> None:
        has_turn = False
        try:
            has_turn = turn.wait(service.seconds)
        finally:
            if not has_turn and not self._withdrawn(turn):  # it has got the place in this very moment
                self._leave()
        if not has_turn:
            raise failure("RequestTimeout", "ScoreRequestTimeout", more=f"It may take {service.seconds:g} seconds.")

    def _withdrawn(self, turn: threading.Event) -> bool:
        with self._lock:
            if turn not in self._waiting:
                return False
            self._waiting.remove(turn)
            return True

    def _leave(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self.running -= 1

    def _forget(self, service: ServiceDefinition) -> None:
        with self._lock:
            self._of[service.name] -= 1
            if not self._of[service.name]:
                del self._of[service.name]
