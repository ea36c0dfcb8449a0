"""Threads that are used again, and calls that are made later without a thread that waits for each.

A small run needs five threads for a few milliseconds each. To start one, and to be waited for until it has started,
takes as long as to send a small request; to wake one that has ended its work takes a quarter of that. So whoever makes
many runs keeps the threads from one to the next (`KeptThreads`). Where no one does, a thread ends with its work.
"""

from __future__ import annotations

import heapq
import os
import threading
import time
from collections.abc import Callable
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any, Final

__all__ = ["KeptThreads", "Later", "SpareThread", "call_later"]

_UNUSED: Final = 10.0  # seconds after which a thread without work ends
_SPARE: Final = "blobprep-spare"


class SpareThread:
    """Work for a thread of its own; to who starts and joins it, what `threading.Thread(daemon=True)` is.

    Args:
        target: the work; what it raises is reported as that of a thread.
        args: what it is called with.
        name: of the thread meanwhile.
    """

    def __init__(self, target: Callable[..., object], args: tuple[Any, ...] = (), name: str = "blobprep") -> None:
        self._target, self._args, self._name = target, args, name
        self._running = threading.Lock()
        self._ending: threading.Thread | None = None

    def start(self) -> None:
        """Begin, once."""
        self._running.acquire()
        try:
            thread = _STOCK.take() or _Thread()
        except BaseException:
            self._running.release()
            raise
        thread.works.put(self)

    def join(self) -> None:
        """Wait for the end of the work, and of a thread that ends with it; return at once if it was not begun."""
        with self._running:
            ending = self._ending
        if ending is not None:
            ending.join()

    def run(self) -> None:
        """Do the work; called by the thread."""
        threading.current_thread().name = self._name
        try:
            self._target(*self._args)
        finally:
            self._target, self._args = _nothing, ()  # what the work holds on to may go

    def end(self, ending: threading.Thread | None) -> None:
        """Let those who wait go on; called by the thread.

        Args:
            ending: the thread, if it ends too.
        """
        self._ending = ending
        self._running.release()


class KeptThreads:
    """As long as one is open, threads whose work has ended wait for other work."""

    def __init__(self) -> None:
        self._is_open = True
        _STOCK.keep()

    def close(self) -> None:
        """End the threads that wait, if no other keeps them."""
        if self._is_open:
            self._is_open = False
            _STOCK.release()


class _Thread:
    """A thread, and the works that it is given one after the other; None to end it."""

    def __init__(self) -> None:
        self.works: SimpleQueue[SpareThread | None] = SimpleQueue()
        self.thread = threading.Thread(target=self._run, name=_SPARE, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        stays = True
        while stays:
            try:
                work = self.works.get(timeout=_UNUSED)
            except Empty:
                stays = not _STOCK.withdraw(self)  # else somebody has just taken it, and gives it work
                continue
            if work is None:
                return
            try:
                work.run()
            except BaseException as error:
                told = threading.ExceptHookArgs((type(error), error, error.__traceback__, self.thread))
                threading.excepthook(told)
            self.thread.name = _SPARE
            stays = _STOCK.give_back(self)  # before the end of the work: who waits for it may have the next one
            work.end(None if stays else self.thread)
            del work


class _Stock:
    """The threads that wait for work; the one that was used last is the last. Any thread may use it."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew in a process that was forked, which has none of the threads."""
        self._lock = threading.Lock()
        self._idle: list[_Thread] = []
        self._keepers = 0

    def take(self) -> _Thread | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def give_back(self, thread: _Thread) -> bool:
        """Take a thread; False if none are kept."""
        with self._lock:
            if self._keepers:
                self._idle.append(thread)
            return self._keepers > 0

    def withdraw(self, thread: _Thread) -> bool:
        """Let a thread go; False if it was taken."""
        with self._lock:
            if thread not in self._idle:
                return False
            self._idle.remove(thread)
            return True

    def keep(self) -> None:
        with self._lock:
            self._keepers += 1

    def release(self) -> None:
        with self._lock:
            self._keepers = max(0, self._keepers - 1)  # of a process that was forked, its parent's are not counted
            leaving, self._idle = ([], self._idle) if self._keepers else (self._idle, [])
        for thread in leaving:
            thread.works.put(None)
        for thread in leaving:
            thread.thread.join()


class Later:
    """A call that is to be made later, by `call_later`."""

    def __init__(self, function: Callable[[], object]) -> None:
        self._function: Callable[[], object] | None = function
        self._lock = threading.Lock()

    def cancel(self) -> None:
        """Make it no more; if it is being made, wait for its end."""
        with self._lock:
            is_due, self._function = self._function is not None, None
        if is_due:
            _CLOCK.drop()

    def make(self) -> None:
        """Make the call, unless it was canceled."""
        with self._lock:
            function, self._function = self._function, None
            if function is None:
                return
            try:
                function()
            except Exception as error:  # the other calls are still to be made
                told = threading.ExceptHookArgs((type(error), error, error.__traceback__, threading.current_thread()))
                threading.excepthook(told)
        _CLOCK.drop()


class _Clock:
    """The thread that makes calls when they are due; it lives as long as there are any."""

    def __init__(self) -> None:
        self._numbers = count()
        self.forget()

    def forget(self) -> None:
        """Begin anew in a process that was forked: the thread, and who waits for it, are its parent's."""
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Later]] = []
        self._wanted = 0  # calls that were neither made nor canceled
        self._thread: threading.Thread | None = None

    def add(self, seconds: float, later: Later) -> None:
        due = time.monotonic() + seconds
        with self._changed:
            is_first = self._thread is None
            if is_first:
                thread = threading.Thread(target=self._run, name="blobprep-clock", daemon=True)
                thread.start()  # it waits for what follows
                self._thread = thread
            heapq.heappush(self._due, (due, next(self._numbers), later))
            self._wanted += 1
            if not is_first and self._due[0][2] is later:
                self._changed.notify()

    def drop(self) -> None:
        """Note that a call is wanted no more; with the last one the thread ends."""
        with self._changed:
            self._wanted -= 1
            if self._wanted:
                return
            self._due.clear()
            ending, self._thread = self._thread, None
            self._changed.notify()
        if ending is not None and ending is not threading.current_thread():
            ending.join()

    def _run(self) -> None:
        mine = threading.current_thread()
        while True:
            with self._changed:
                while self._thread is mine and (not self._due or self._due[0][0] > time.monotonic()):
                    self._changed.wait(self._due[0][0] - time.monotonic() if self._due else None)
                if self._thread is not mine:
                    return
                later = heapq.heappop(self._due)[2]
            later.make()
            del later


def call_later(seconds: float, function: Callable[[], object]) -> Later:
    """Have a function called after some seconds, unless that is canceled.

    Args:
        seconds: until then.
        function: must return at once, and raise nothing; all such calls are made by one thread.
    """
    later = Later(function)
    _CLOCK.add(seconds, later)
    return later


def _nothing() -> None:
    pass


_STOCK: Final = _Stock()
_CLOCK: Final = _Clock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_STOCK.forget)
    os.register_at_fork(after_in_child=_CLOCK.forget)
