"""Do the same with every item, one after another or several at once, and report the progress."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Lock
from typing import TypeVar

__all__ = ["Callback", "Progress", "work_through"]

I = TypeVar("I")  # noqa: E741
R = TypeVar("R")

Callback = Callable[[int | None, int | None], object]
"""Takes how many bytes were moved, and how many there are; None where that is not known."""


def work_through(items: Iterable[I], work: Callable[[I], R], connections: int) -> list[R]:
    """Return what `work` makes of every item, in the order of the items.

    The items are taken on the calling thread and only a little ahead of the work, since each may hold a chunk of
    data. After a failure no further item is taken or begun; those in progress are waited for, so that nothing
    runs on unseen.

    Args:
        items: may be endless, and slow.
        work: must be safe to run in several threads, unless `connections` is 1.
        connections: how many items are worked on at once; up to 1, everything is done on the calling thread.

    Raises:
        BaseException: what taking an item raised, or the first work that failed.
    """
    if not connections > 1:
        return [work(item) for item in items]
    tasks: list[Future[R]] = []
    open_tasks: set[Future[R]] = set()
    with ThreadPoolExecutor(connections) as threads:
        try:
            for item in items:
                tasks.append(threads.submit(work, item))
                open_tasks.add(tasks[-1])
                if len(open_tasks) > connections:
                    ended, open_tasks = wait(open_tasks, return_when=FIRST_COMPLETED)
                    for task in ended:
                        task.result()
            return [task.result() for task in tasks]
        finally:
            for task in open_tasks:
                task.cancel()


class Progress:
    """The progress of a transfer, which several threads may add to.

    The callback is called under a lock, so that its numbers never go down.
    """

    def __init__(self, callback: Callback | None, total: int | None, done: int = 0) -> None:
        self._callback = callback
        self._total = total
        self._done = done
        self._lock = Lock()

    def tell(self) -> None:
        """Report the progress, without anything moved."""
        self.add(0)

    def add(self, size: int) -> None:
        """Count what was moved, and report."""
        if self._callback is None:
            return
        with self._lock:
            self._done += size
            self._callback(self._done, self._total)
