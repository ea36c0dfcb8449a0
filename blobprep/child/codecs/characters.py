"""The characters of a text dataset: UTF-8, whatever the blob is encoded in, with an end to the last line."""

from __future__ import annotations

import codecs
import io
from typing import Final, Protocol

from blobprep.formats import encoding_named
from blobprep.formats.encodings import AUTO, MARKS

__all__ = ["ByteSource", "Characters", "encoding_of", "first_undecodable"]

_STEP: Final = 1 << 20


class ByteSource(Protocol):
    """Give bytes in order, fewer than asked for only near the end."""

    def read(self, size: int = -1, /) -> bytes:
        """Read up to `size` bytes; none at the end."""
        ...

    def seek(self, offset: int, /) -> int:
        """Move to a position."""
        ...


def encoding_of(start: bytes, name: str) -> str:
    r"""Return the encoding of a text: the one named; where that is `auto`, what its byte-order mark says, else UTF-8.

    >>> encoding_of(b"\xff\xfea\0", "auto"), encoding_of(b"a", "auto"), encoding_of(b"a", "latin1")
    ('utf-16', 'utf-8', 'iso8859-1')
    """
    named = encoding_named(name)
    if named != AUTO:
        return named
    return next((encoding for mark, encoding in MARKS if start.startswith(mark)), "utf-8")


class Characters(io.RawIOBase):
    """Read a text dataset as UTF-8 bytes, forwards only.

    A last line without an end gets one, since pyarrow overlooks a file that is a header and no more. UTF-8 itself
    passes as it is; its reader checks it.

    Args:
        source: the bytes, at their start.
        encoding: a name that `encoding_of` gave.
        whole: False where the source ends before the dataset does, so that half a character at the end is no error.

    Attributes:
        quotes: how many there were so far.
        line_ended: whether the text itself ended with a line end; known when all is read.
    """

    def __init__(self, source: ByteSource, encoding: str, whole: bool = True) -> None:
        super().__init__()
        self._source = source
        self._whole = whole
        self._decoder = None
        if encoding not in ("utf-8", "utf-8-sig"):
            self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._last = b""
        self._ended = False
        self.quotes = 0
        self.line_ended = False

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read about `size` bytes; none at the end.

        Raises:
            UnicodeDecodeError: the source is not in that encoding.
        """
        text = b""
        while not text and not self._ended:
            data = self._source.read(size)
            # Fewer than asked for are the last ones; the end of the last line must come along with them.
            self._ended = len(data) < size or not data
            text = data if self._decoder is None else self._decoded(data)
            self._last = text[-1:] or self._last
            if self._ended:
                self.line_ended = self._last in (b"\r", b"\n")
                if self._last and not self.line_ended:
                    text += b"\n"
        self.quotes += text.count(b'"')
        return text

    def _decoded(self, data: bytes) -> bytes:
        assert self._decoder is not None
        return self._decoder.decode(data, self._ended and self._whole).encode()


def first_undecodable(source: ByteSource, encoding: str) -> tuple[int, int] | None:
    """Find the first byte that is not in that encoding: its line, from 1, and its value; None where all are."""
    source.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line, ended = 1, False
    while not ended:
        data = source.read(_STEP)
        ended = not data
        try:
            line += decoder.decode(data, ended).count("\n")
        except UnicodeDecodeError as error:
            line += error.object[: error.start].count(b"\n")
            return line, error.object[error.start]
        except UnicodeError:  # UTF-16 without a mark says no more than that
            return line, data[0] if data else 0
    return None
