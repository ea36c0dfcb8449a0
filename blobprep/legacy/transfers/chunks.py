"""Read a stream in pieces of one size, encrypted on the way where it must be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from blobprep.legacy.encryption import ContentCipher
from blobprep.legacy.wire.failures import only_bytes

__all__ = ["Chunk", "read_chunks", "read_exactly"]

_COUNT_TOO_LARGE = "Parameter:count is greater than the amount of data in the stream,please specify a valid count"


class Chunk(NamedTuple):
    """A piece as it is sent, and where it belongs in what is stored."""

    offset: int
    data: bytes


def read_chunks(stream: Any, size: int, total: int | None, cipher: ContentCipher | None = None) -> Iterator[Chunk]:
    """Yield a stream's chunks from where it stands, each full but for the last.

    Args:
        stream: anything with `read`; one that gives less than was asked for is asked again.
        size: of a chunk.
        total: how much is read; None and 0 mean all there is.
        cipher: encrypts every chunk; the last one may become longer.

    Raises:
        TypeError: the stream gave something else than bytes.
    """
    offset = read = 0
    is_last = False
    while not is_last:
        data = _read_chunk(stream, size, total - read if total else None)
        is_last = len(data) != size
        read += len(data)
        if cipher:
            data = cipher.encrypt(data, is_last=is_last)
        if data:
            yield Chunk(offset, data)
        offset += len(data)


def _read_chunk(stream: Any, size: int, left: int | None) -> bytes:
    pieces = []
    held = 0
    while held != size:
        piece = stream.read((size if left is None else min(size, left)) - held)
        if piece is None:  # so says a stream that does not block and has nothing now
            break
        only_bytes("temp", piece)
        if not piece:
            break
        pieces.append(piece)
        held += len(piece)
    return b"".join(pieces)


def read_exactly(stream: Any, count: int) -> Any:
    """Read `count` of a stream, however little it gives at a time.

    Raises:
        ValueError: there is not that much in it.
    """
    piece = data = stream.read(count)
    while len(data) < count and len(piece):
        piece = stream.read(count - len(data))
        data += piece
    if len(data) < count:
        raise ValueError(_COUNT_TOO_LARGE)
    return data[:count] if len(data) > count else data
