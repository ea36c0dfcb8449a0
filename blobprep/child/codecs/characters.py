"""The characters of a text dataset: UTF-8, whatever the blob is encoded in, with an end to the last line."""

from __future__ import annotations

import codecs
import io
from typing import Final, Protocol

from blobprep.child.codecs.failures import option, refused
from blobprep.errors import DatasetError
from blobprep.formats import encoding_named
from blobprep.formats.encodings import AUTO, MARKS
from blobprep.protocol import AskedDataset

__all__ = [
    "ByteSource",
    "Characters",
    "encoding_of",
    "mended",
    "refuse_other_encodings",
    "undecodable",
]

_STEP: Final = 1 << 20
_LOOKED_AT: Final = 64


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


def _first_undecodable(source: ByteSource, encoding: str) -> tuple[int, int] | None:
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


def refuse_other_encodings(start: bytes, asked: AskedDataset) -> None:
    """Refuse a text that its first bytes show to be in another encoding.

    Raises:
        DatasetError: says which.
    """
    named = encoding_named(asked.options.get("encoding", AUTO))
    marked = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if named not in (AUTO, "utf-8") or (marked and named == AUTO):
        return
    # Text of western languages has a zero in every second byte there, in UTF-8 nowhere.
    little, big = not any(start[1:_LOOKED_AT:2]), not any(start[0:_LOOKED_AT:2])
    if marked or (len(start) > 3 and little != big):
        spelled = "utf-16" if marked else "utf-16-le" if little else "utf-16-be"
        remedy = option(asked, f"encoding={spelled}") if "encoding" in asked.options else "write it again in UTF-8"
        raise refused(asked, "is UTF-16 and not UTF-8", remedy)


def undecodable(source: ByteSource, encoding: str, asked: AskedDataset) -> DatasetError:
    """Return the error that names the first byte that is not in that encoding."""
    found = _first_undecodable(source, encoding)
    where = f": line {found[0]} has the byte 0x{found[1]:02X}" if found else ""
    if "encoding" not in asked.options:
        return refused(asked, f"is not {encoding} text{where}", "write it again in UTF-8")
    other = "cp1252" if encoding != "cp1252" else "utf-8"
    return refused(
        asked,
        f"is not {encoding} text{where}",
        f"name its encoding, for example {option(asked, f'encoding={other}')}",
    )


def mended(text: str) -> str:
    """Put the replacement character in place of half characters, which no encoding can hold.

    >>> mended("a" + chr(0xD800)) == "a" + chr(0xFFFD)
    True
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
