"""Python's output streams, recorded in order.

Standard output and standard error become streams over one channel, so that the order of what a script writes to both is
kept. Output that bypasses Python (C libraries, sub-processes) goes to descriptors 1 and 2, which the parent also reads.

Threads: any thread of the script calls `record` by printing. `child/operations/run.py` calls `say` from the main
thread, and `child/main.py` calls `close` at the end. One reentrant lock orders them. A finalizer or signal handler may
print while its own thread is sending; it finds `_busy` set and only queues its bytes, which the outer call then sends.
Fork hooks flush all recorders before a fork and reset them in the forked process, where the lock may be held by a
thread that does not exist there.

Descriptors: a recorder writes to the log descriptor but does not own it. After `close` it never uses the number again,
because another file may have it by then.
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

__all__ = ["Recorder", "record_output"]

_FLUSH: Final = 8 * 1024
_PIECE: Final = 64 * 1024
_FORMAT: Final[dict[str, Any]] = {
    "encoding": "utf-8",
    "errors": "backslashreplace",
    "newline": "",
    "write_through": True,
}


class Recorder:
    """A recorder that gathers what the streams write and sends it as log records.

    It is safe for threads, for forks, and for finalizers and signal handlers that print while their own thread is
    sending.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.RLock()
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._busy = False
        self._stream = 0
        self._pending = bytearray()
        self._texts: list[io.TextIOWrapper] = []
        _recorders.add(self)
        _hook_forks()

    def record(self, stream: int, data: bytes, *, flush: bool = False) -> None:
        """Record bytes of a stream; complete lines are sent at once."""
        with self._lock:
            self._waiting.append((stream, data))
            if self._busy:  # called by a finalizer or signal handler inside this method: the outer call sends it
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
        """Add a note to the log."""
        self.record(NOTE_STREAM, text.encode("utf-8", "backslashreplace") + b"\n")

    def flush(self) -> None:
        """Send what is pending."""
        self.record(self._stream, b"", flush=True)

    def text_streams(self) -> list[io.TextIOWrapper]:
        """Return standard output and standard error: the same ones as before, unless one was closed or taken apart."""
        try:
            for text in self._texts:
                text.reconfigure(**_FORMAT, line_buffering=False)
        except ValueError:
            self._texts = []
        self._texts = self._texts or [_text_stream(self, stream) for stream in (STDOUT_STREAM, STDERR_STREAM)]
        return self._texts

    def close(self) -> None:
        """Send what is pending, and discard what threads of the script write from now on."""
        with self._lock:
            self.flush()
            self._descriptor = -1

    def reset(self) -> None:
        """Start anew in a forked process: the pending bytes are the parent's, and another thread may hold the lock."""
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
    """Flush recorders before every fork and reset them after it; the hooks cannot be removed, so they are set once."""
    os.register_at_fork(before=_before_fork, after_in_child=_after_fork)


def _before_fork() -> None:
    for recorder in list(_recorders):
        with suppress(OSError):
            recorder.flush()


def _after_fork() -> None:
    for recorder in list(_recorders):
        recorder.reset()


class _StreamFile(io.RawIOBase):
    """The binary file under one of Python's streams."""

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
def record_output(recorder: Recorder) -> Iterator[None]:
    """Replace `sys.stdout` and `sys.stderr` by recorded streams, and restore them, whatever the script did to them."""
    before = sys.stdout, sys.stderr
    streams = recorder.text_streams()
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
    return io.TextIOWrapper(_StreamFile(recorder, stream), **_FORMAT)
