"""Python's output streams, recorded in order.

Standard output and standard error become streams over one channel, so that the order of what a script writes to both is
kept. What bypasses Python (C libraries, sub-processes) still goes to descriptors 1 and 2, which the parent reads too.
"""

from __future__ import annotations

import functools
import io
import os
import sys
import threading
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from blobprep.protocol import NOTE_STREAM, STDERR_STREAM, STDOUT_STREAM, pack_record

__all__ = ["Recorder", "recorded"]

_FLUSH: Final = 8 * 1024
_PIECE: Final = 64 * 1024


class Recorder:
    """Gather what the streams write, and send it as log records.

    Safe for threads, forks, and for finalizers and signal handlers that print while their own thread is sending.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.RLock()
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._busy = False
        self._stream = 0
        self._pending = bytearray()
        _recorders.add(self)
        _hook_forks()

    def record(self, stream: int, data: bytes, *, flush: bool = False) -> None:
        """Take bytes of a stream; whole lines are sent at once."""
        with self._lock:
            self._waiting.append((stream, data))
            if self._busy:  # we are inside ourselves, by way of a finalizer or signal handler: the outer call goes on
                return
            self._busy = True
            try:
                while self._waiting:
                    self._add(*self._waiting.popleft())
                if flush:
                    self._send()
            finally:
                self._busy = False

    def say(self, text: str) -> None:
        """Add a note."""
        self.record(NOTE_STREAM, text.encode("utf-8", "backslashreplace") + b"\n")

    def flush(self) -> None:
        """Send what is pending."""
        self.record(self._stream, b"", flush=True)

    def close(self) -> None:
        """Send what is pending; threads a script left write to nowhere from now on, not to a descriptor's next user."""
        with self._lock:
            self.flush()
            self._descriptor = -1

    def forget(self) -> None:
        """Be new in a forked process: what is pending is the parent's, and the lock may be another thread's."""
        self._lock, self._busy = threading.RLock(), False
        self._waiting.clear()
        self._pending.clear()

    def _add(self, stream: int, data: bytes) -> None:
        if stream != self._stream:
            self._send()
            self._stream = stream
        self._pending += data
        if self._pending.endswith(b"\n") or len(self._pending) > _FLUSH:
            self._send()

    def _send(self) -> None:
        pending = memoryview(bytes(self._pending))
        self._pending.clear()
        for start in range(0, len(pending) if self._descriptor >= 0 else 0, _PIECE):
            record = pack_record(self._stream, bytes(pending[start : start + _PIECE]))
            while record:
                record = record[os.write(self._descriptor, record) :]


_recorders: weakref.WeakSet[Recorder] = weakref.WeakSet()


@functools.cache
def _hook_forks() -> None:
    """Have forks flush recorders before and renew them after; such a hook cannot be removed, so it is set once."""
    os.register_at_fork(before=_before_fork, after_in_child=_after_fork)


def _before_fork() -> None:
    for recorder in list(_recorders):
        with suppress(OSError):
            recorder.flush()


def _after_fork() -> None:
    for recorder in list(_recorders):
        recorder.forget()


class _RecordedFile(io.RawIOBase):
    """Be the binary file under one of Python's streams."""

    def __init__(self, recorder: Recorder, stream: int) -> None:
        super().__init__()
        self._recorder = recorder
        self._stream = stream
        self.name = {STDOUT_STREAM: "<stdout>", STDERR_STREAM: "<stderr>"}[stream]

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        # Scripts hand this to sub-processes and to faulthandler; the parent reads descriptors 1 and 2 too.
        return self._stream

    def write(self, data: Any) -> int:
        raw = bytes(data)
        self._recorder.record(self._stream, raw)
        return len(raw)

    def flush(self) -> None:
        if not self.closed:
            self._recorder.flush()


@contextmanager
def recorded(recorder: Recorder) -> Iterator[None]:
    """Replace `sys.stdout` and `sys.stderr` by recorded streams, and put them back whatever a script did to them."""
    before = sys.stdout, sys.stderr
    streams = [_text_stream(recorder, stream) for stream in (STDOUT_STREAM, STDERR_STREAM)]
    sys.stdout, sys.stderr = streams
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        for text in streams:
            with suppress(OSError, ValueError):  # the script closed it
                text.flush()
        with suppress(OSError):  # the script closed the descriptor
            recorder.flush()


def _text_stream(recorder: Recorder, stream: int) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        _RecordedFile(recorder, stream),
        encoding="utf-8",
        errors="backslashreplace",
        newline="",
        write_through=True,
    )
