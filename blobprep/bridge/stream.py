"""JSON, numbers and arrays over one socket.

Both ends read exactly what the other wrote: a message is a JSON text after its length, and what follows it is told by
the message. An array follows as its bytes, straight from one memory into the other.
"""

from __future__ import absolute_import

import io
import json
import os
import struct

__all__ = ["Broken", "Stream"]

_LENGTH = struct.Struct("<Q")
_PIECE = 1 << 20
_LONGEST = 1 << 30


class Broken(Exception):
    """The other end is gone, or sent something that it must not send."""


class Stream(object):
    """One end of a socket; the descriptor stays its owner's."""

    def __init__(self, descriptor):
        self._descriptor = descriptor
        self._file = io.FileIO(descriptor, "r", closefd=False)

    def write(self, data):
        """Write bytes, or an array's memory."""
        view = memoryview(data)
        for start in range(0, len(view), _PIECE):
            piece = view[start : start + _PIECE]
            while len(piece):
                piece = piece[os.write(self._descriptor, piece) :]

    def write_json(self, value):
        """Write a message."""
        data = json.dumps(value).encode("ascii")
        self.write(_LENGTH.pack(len(data)) + data)

    def write_bytes(self, data):
        """Write bytes after their length."""
        self.write(_LENGTH.pack(len(data)))
        self.write(data)

    def write_array(self, array):
        """Write the values of a one-dimensional array in this machine's byte order."""
        import numpy as np

        plain = np.ascontiguousarray(array)
        if not plain.dtype.isnative:
            plain = plain.astype(plain.dtype.newbyteorder("="))
        if len(plain):
            self.write(plain.view(np.uint8))

    def read(self, length):
        """Read so many bytes.

        Raises:
            Broken: there are no more.
        """
        data = bytearray()
        while len(data) < length:
            piece = os.read(self._descriptor, min(length - len(data), _PIECE))
            if not piece:
                raise Broken("the other process has ended")
            data += piece
        return bytes(data)

    def read_json(self):
        """Read a message.

        Raises:
            Broken: there is none, or it is not JSON.
        """
        data = self.read_bytes()
        try:
            return json.loads(data.decode("ascii"))
        except ValueError:
            raise Broken("a message is not JSON")

    def read_bytes(self):
        """Read bytes after their length."""
        (length,) = _LENGTH.unpack(self.read(_LENGTH.size))
        if length > _LONGEST:
            raise Broken("a message is too long")
        return self.read(length)

    def read_array(self, dtype, length):
        """Read an array of so many values."""
        import numpy as np

        array = np.empty(length, dtype)
        if not length:
            return array
        view = memoryview(array.view(np.uint8))
        while view:
            count = self._file.readinto(view[:_PIECE])
            if not count:
                raise Broken("the other process has ended")
            view = view[count:]
        return array
