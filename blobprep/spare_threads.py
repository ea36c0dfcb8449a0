"""Threads that are used again, and calls that are made later without a thread that waits for each.

A small run needs five threads for a few milliseconds each. To start one, and to be waited for until it has started,
takes as long as to send a small request; to wake one that has ended its work takes a quarter of that.
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

__all__ = ["Later", "SpareThread", "call_later"]

_UNUSED: Final = 10.0  # seconds after which a thread without work ends


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

    def start(self) -> None:
        """Begin, once."""
        self._running.acquire()
        try:
            thread = _IDLE.pop()
        except IndexError:
            try:
                thread = _Thread()
            except BaseException:
                self._running.release()
                raise
        thread.works.put(self)

    def join(self) -> None:
        """Wait for the end of the work; return at once if it was not begun."""
        with self._running:
            pass

    def run(self) -> None:
        """Do the work; called by the thread."""
        threading.current_thread().name = self._name
        try:
            self._target(*self._args)
        finally:
            self._target, self._args = _nothing, ()  # what the work holds on to may go

    def end(self) -> None:
        """Let those who wait go on; called by the thread."""
        self._running.release()


class _Thread:
    """A thread, and the works that it is given one after the other."""

    def __init__(self) -> None:
        self.works: SimpleQueue[SpareThread] = SimpleQueue()
        threading.Thread(target=self._run, name="blobprep-spare", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                work = self.works.get(timeout=_UNUSED)
            except Empty:
                try:
                    _IDLE.remove(self)
                except ValueError:  # somebody has just taken it, and gives it work
                    continue
                return
            try:
                work.run()
            except BaseException as error:
                threading.excepthook(
                    threading.ExceptHookArgs((type(error), error, error.__traceback__, threading.current_thread()))
                )
            threading.current_thread().name = "blobprep-spare"
            _IDLE.append(self)  # before the end of the work: who waits for it may have the next one
            work.end()
            del work


class Later:
    """A call that is to be made later, by `call_later`."""

    def __init__(self, function: Callable[[], object]) -> None:
        self._function: Callable[[], object] | None = function
        self._lock = threading.Lock()

    def cancel(self) -> None:
        """Make it no more; if it is being made, wait for its end."""
        with self._lock:
            self._function = None

    def make(self) -> None:
        """Make the call, unless it was canceled."""
        with self._lock:
            if self._function is not None:
                self._function()


class _Clock:
    """The thread that makes calls when they are due; begun with the first one."""

    def __init__(self) -> None:
        self._numbers = count()
        self.forget()

    def forget(self) -> None:
        """Begin anew in a process that was forked: the thread, and who waits for it, are its parent's."""
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Later]] = []
        self._runs = False

    def add(self, seconds: float, later: Later) -> None:
        due = time.monotonic() + seconds
        with self._changed:
            heapq.heappush(self._due, (due, next(self._numbers), later))
            if not self._runs:
                threading.Thread(target=self._run, name="blobprep-clock", daemon=True).start()
                self._runs = True
            elif self._due[0][2] is later:
                self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._due or (left := self._due[0][0] - time.monotonic()) > 0:
                    self._changed.wait(left if self._due else None)
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


_IDLE: Final[list[_Thread]] = []  # the one that was used last is the last
_CLOCK: Final = _Clock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_IDLE.clear)
    os.register_at_fork(after_in_child=_CLOCK.forget)
