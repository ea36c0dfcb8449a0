"""Pauses between attempts that end as soon as their outcome is no longer wanted.

A signal ends a pause in the main thread by itself. A pause in any other thread would keep the process alive for up to a
minute after Ctrl-C. So each working thread has a stop event: the thread that waits for the work sets it when it leaves,
and `pause`, which the retry policy calls in the working thread, returns at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from blobprep.errors import StoreUnavailable

__all__ = ["ThisThread", "at_most_once", "cancel_on", "map_in_threads", "pause", "thread_pool"]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class _Here(threading.local):
    """The stop event of each thread; the main thread has none unless `cancel_on` gives it one."""

    stop: threading.Event | None = None


_HERE = _Here()


def pause(seconds: float) -> None:
    """Wait for a number of seconds.

    Raises:
        StoreUnavailable: this thread's stop event was set; the outcome is no longer wanted.
    """
    stop = _HERE.stop
    if stop is None:
        time.sleep(seconds)
    elif stop.wait(seconds):
        raise StoreUnavailable("cancelled: not tried again")


@contextmanager
def cancel_on(stop: threading.Event) -> Iterator[None]:
    """End this thread's pauses when an event is set, inside the `with` block."""
    before, _HERE.stop = _HERE.stop, stop
    try:
        yield
    finally:
        _HERE.stop = before


@contextmanager
def at_most_once() -> Iterator[None]:
    """Have this thread's requests sent once only, inside the `with` block: where another would follow, it gives up."""
    over = threading.Event()
    over.set()
    with cancel_on(over):
        yield


@contextmanager
def thread_pool(workers: int, name: str) -> Iterator[Executor]:
    """Provide a pool of threads, and wait for their work at the end of the `with` block.

    An error or a signal in the block ends the pauses of the threads and drops what is queued.
    """
    # A thread of one pool may open another. The threads of the inner pool then share the outer stop event, so they end
    # with the outer pool; but an error in the inner pool must not set it, for the outer pool's other threads go on.
    outer = _HERE.stop
    stop = outer or threading.Event()
    pool = ThreadPoolExecutor(workers, name, initializer=setattr, initargs=(_HERE, "stop", stop))
    try:
        yield pool
        pool.shutdown()
    except BaseException:
        if outer is None:
            stop.set()
        pool.shutdown(cancel_futures=True)
        raise


class ThisThread(Executor):
    """A pool without threads: what it is given is done at once, by the thread that gives it."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        """Call a function; as `Executor.submit`. What stops the thread itself is raised here."""
        future: Future[Any] = Future()
        try:
            future.set_result(function(*args, **named))
        except Exception as error:
            future.set_exception(error)
        return future


def map_in_threads(function: Callable[[_Item], _Result], items: Iterable[_Item], most: int, name: str) -> list[_Result]:
    """Return what a function returns for each item, in order; the first one's in this thread, others' in a pool's.

    Args:
        function: called with each item.
        items: what it is called with.
        most: threads, with this one.
        name: of the others.
    """
    given = list(items)
    if len(given) < 2:  # a thread takes a quarter of the processor time of a small request
        return [function(item) for item in given]
    with thread_pool(most - 1, name) as pool:
        others = [pool.submit(function, item) for item in given[1:]]
        return [function(given[0]), *(other.result() for other in others)]
