"""Pauses between attempts that end at once when nobody waits for their outcome any more.

A pause in the main thread is ended by the signal itself. One in another thread would keep the process alive, up to a
minute after Ctrl-C; so threads that work for somebody know the event that says he has gone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from blobprep.errors import StoreUnavailable

__all__ = ["cancel_on", "pause", "stop_event", "thread_pool"]


class _Here(threading.local):
    """Hold what ends the pauses of each thread."""

    stop: threading.Event | None = None


_HERE = _Here()


def stop_event() -> threading.Event | None:
    """Return the event that ends this thread's pauses, for a library's threads that work for this one."""
    return _HERE.stop


def pause(seconds: float, stop: threading.Event | None = None) -> None:
    """Wait so many seconds.

    Args:
        seconds: to wait.
        stop: ends the wait; this thread's own event where None.

    Raises:
        StoreUnavailable: the wait was ended, and what it was for is wanted no more.
    """
    stop = stop or _HERE.stop
    if stop is None:
        time.sleep(seconds)
    elif stop.wait(seconds):
        raise StoreUnavailable("not tried again: what it was for has ended")


@contextmanager
def cancel_on(stop: threading.Event) -> Iterator[None]:
    """Let an event end the pauses of this thread for as long as this lasts."""
    before, _HERE.stop = _HERE.stop, stop
    try:
        yield
    finally:
        _HERE.stop = before


@contextmanager
def thread_pool(workers: int, name: str) -> Iterator[ThreadPoolExecutor]:
    """Give a pool of threads, and wait for their work; an error or a signal ends their pauses and what is queued.

    A thread_pool that a thread of another one leads stops with that.
    """
    led = _HERE.stop
    stop = led or threading.Event()
    pool = ThreadPoolExecutor(workers, name, initializer=setattr, initargs=(_HERE, "stop", stop))
    try:
        yield pool
        pool.shutdown()
    except BaseException:
        if led is None:
            stop.set()
        pool.shutdown(cancel_futures=True)
        raise
