"""Read a stream in pieces of one size, encrypted on the way where it must be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from blobprep.legacy.encryption import ContentCipher
from blobprep.legacy.wire.failures import only_bytes

__all__ = ["Chunk", "read_chunks", "read_exactly"]

_COUNT_TOO_LARGE = "Parameter:count is greater than the amount of data in the stream,please specify a valid count"


class Chunk(NamedTuple):
    """A piece of what is sent, and its offset in what is stored."""

    offset: int
    data: bytes


def read_chunks(stream: Any, size: int, total: int | None, cipher: ContentCipher | None = None) -> Iterator[Chunk]:
    """Yield a stream's chunks from its position on, each full except the last.

    Args:
        stream: any object with `read`; a short read is repeated.
        size: of a chunk.
        total: size of what is read; None and 0 mean all there is.
        cipher: encrypts every chunk; the last one may become longer.

    Raises:
        TypeError: the stream gave something other than bytes.
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
        if piece is None:  # a non-blocking stream without data
            break
        only_bytes("temp", piece)
        if not piece:
            break
        pieces.append(piece)
        held += len(piece)
    return b"".join(pieces)


def read_exactly(stream: Any, count: int) -> Any:
    """Read `count` bytes of a stream, in as many reads as it takes.

    Raises:
        ValueError: the stream is too short.
    """
    piece = data = stream.read(count)
    while len(data) < count and len(piece):
        piece = stream.read(count - len(data))
        data += piece
    if len(data) < count:
        raise ValueError(_COUNT_TOO_LARGE)
    return data[:count] if len(data) > count else data
