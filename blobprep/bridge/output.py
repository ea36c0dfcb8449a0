"""Python's output streams, recorded in order over one channel, as the child's own streams are.

See `blobprep.child.script.streams`, which this follows. A record is the stream's number, a length, and bytes.
"""

from __future__ import absolute_import

import collections
import io
import os
import struct
import sys
import threading

from .text import PY2, TEXT

__all__ = ["Recorder", "record_output"]

_RECORD = struct.Struct("<BI")
_FLUSH, _PIECE = 8 * 1024, 64 * 1024
_OUT, _ERR, _NOTE = 1, 2, 3


class Recorder(object):
    """What the streams write, gathered and sent as records; safe for threads and for finalizers that print."""

    def __init__(self, descriptor):
        self._descriptor = descriptor
        self._lock = threading.RLock()
        self._waiting = collections.deque()
        self._busy = False
        self._stream = 0
        self._pending = bytearray()

    def record(self, stream, data, flush=False):
        """Record bytes of a stream; complete lines are sent at once."""
        with self._lock:
            self._waiting.append((stream, data))
            if self._busy:  # called by a finalizer inside this method: the outer call sends it
                return
            self._busy = True
            try:
                while self._waiting:
                    self._add(*self._waiting.popleft())
                if flush:
                    self._send()
            finally:
                self._busy = False

    def say(self, text):
        """Add a note to the log."""
        self.record(_NOTE, text.encode("utf-8") + b"\n")

    def flush(self):
        """Send what is pending."""
        self.record(self._stream, b"", flush=True)

    def _add(self, stream, data):
        if stream != self._stream:
            self._send()
            self._stream = stream
        self._pending += data
        if self._pending.endswith(b"\n") or len(self._pending) > _FLUSH:
            self._send()

    def _send(self):
        pending = bytes(self._pending)
        del self._pending[:]
        for start in range(0, len(pending), _PIECE):
            piece = pending[start : start + _PIECE]
            record = _RECORD.pack(self._stream, len(piece)) + piece
            while record:
                record = record[os.write(self._descriptor, record) :]


class _File(io.RawIOBase):
    """The binary file under one of Python 3's streams."""

    def __init__(self, recorder, stream):
        super(_File, self).__init__()
        self._recorder, self._stream = recorder, stream
        self.name = {_OUT: "<stdout>", _ERR: "<stderr>"}[stream]

    def writable(self):
        return True

    def fileno(self):
        return self._stream

    def write(self, data):
        raw = bytes(data)
        self._recorder.record(self._stream, raw)
        return len(raw)

    def flush(self):
        if not self.closed:
            self._recorder.flush()


class _Stream2(object):
    """One of Python 2's streams, which takes both of its kinds of text."""

    encoding, errors, closed, softspace = "utf-8", None, False, 0

    def __init__(self, recorder, stream):
        self._recorder, self._stream = recorder, stream
        self.name = {_OUT: "<stdout>", _ERR: "<stderr>"}[stream]

    def write(self, text):
        self._recorder.record(self._stream, text.encode("utf-8") if isinstance(text, TEXT) else bytes(text))

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def fileno(self):
        return self._stream

    def isatty(self):
        return False

    def flush(self):
        self._recorder.flush()

    def close(self):
        self.flush()


def record_output(recorder):
    """Replace `sys.stdout` and `sys.stderr`; they stay so, since this process is there for scripts alone."""
    sys.stdout, sys.stderr = (_stream(recorder, number) for number in (_OUT, _ERR))


def _stream(recorder, number):
    if PY2:
        return _Stream2(recorder, number)
    file = _File(recorder, number)
    return io.TextIOWrapper(file, encoding="utf-8", errors="backslashreplace", newline="", write_through=True)
