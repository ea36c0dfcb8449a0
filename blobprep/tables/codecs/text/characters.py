"""A text of any encoding as UTF-8, with a line end after the last line."""

from __future__ import annotations

import codecs
import io
from typing import Final, Protocol

import numpy as np

from blobprep.errors import DatasetError
from blobprep.formats import encoding_named
from blobprep.formats.encodings import AUTO, MARKS
from blobprep.protocol import AskedDataset
from blobprep.tables.codecs.errors import dataset_error, option

__all__ = [
    "ByteSource",
    "Characters",
    "detect_other_encoding",
    "expects_mark",
    "refuse_other_encodings",
    "replace_lone_surrogates",
    "require_one_byte_order",
    "resolve_encoding",
    "undecodable_error",
]

_CHUNK: Final = 1 << 20
_EXAMINED: Final = 512
_LEAST: Final = 16
"""How many bytes are enough to recognize UTF-16 even if a few are damaged."""

_QUOTE: Final = ord('"')
_MARK: Final = codecs.BOM_UTF8
_LEAD: Final = _MARK[:1]


class ByteSource(Protocol):
    """A source of bytes in order, which returns fewer than requested only near the end."""

    def read(self, size: int = -1, /) -> bytes:
        """Read up to `size` bytes; return empty bytes at the end."""
        ...

    def seek(self, offset: int, /) -> int:
        """Move to a position."""
        ...


def resolve_encoding(start: bytes, name: str) -> str:
    r"""Return the encoding of a text: the given one or, for `auto`, that of its byte-order mark, or else UTF-8.

    >>> resolve_encoding(b"\xff\xfea\0", "auto"), resolve_encoding(b"a", "auto"), resolve_encoding(b"a", "latin1")
    ('utf-16', 'utf-8', 'iso8859-1')
    """
    named = encoding_named(name)
    if named != AUTO:
        return named
    return next((encoding for mark, encoding in MARKS if start.startswith(mark)), "utf-8")


def expects_mark(encoding: str) -> bool:
    """Tell whether Python's decoder for an encoding keeps the byte-order mark at the start of a text."""
    return encoding not in ("utf-8-sig", "utf-16", "utf-32")


class Characters(io.RawIOBase):
    """The UTF-8 bytes of a text dataset, read forward only.

    A last line without a line end gets one, because pyarrow ignores a file that is only a header without one. UTF-8
    passes unchanged, and the caller's parser checks it. Byte-order marks before lines are dropped.

    Args:
        source: the bytes, positioned at the start.
        encoding: a name that `resolve_encoding` returned.
        whole: False if the source ends before the dataset does, so that half a character at the end is not an error.
        checked: whether bytes that are not UTF-8 raise an error here.
        drop_nuls: whether NUL bytes are removed.
        one_more: whether the last line gets one more line end than it has.
        replaced: how many bytes at the start of the text are replaced, and the bytes that replace them.

    Attributes:
        quotes: the number of quotes so far.
        marks: the number of byte-order marks dropped so far, not counting one at the start.
        marked: whether a mark was found after the start, dropped or not.
        nuls: the number of NUL bytes so far.
        line_ended: whether the text itself ended with a line end; known once all is read.
    """

    def __init__(
        self,
        source: ByteSource,
        encoding: str,
        whole: bool = True,
        *,
        checked: bool = False,
        drop_nuls: bool = False,
        one_more: bool = False,
        replaced: tuple[int, bytes] = (0, b""),
    ) -> None:
        super().__init__()
        self._source = source
        self._whole = whole
        self._decoder = None
        plain = encoding in ("utf-8", "utf-8-sig")
        if checked or not plain:
            self._decoder = codecs.getincrementaldecoder("utf-8" if plain else encoding)("strict")
        self._due = plain or expects_mark(encoding)
        self._drop_nuls, self._one_more, self._replaced = drop_nuls, one_more, replaced
        self._last = self._held = b""
        self._ended = False
        self.quotes = self.marks = self.nuls = 0
        self.line_ended = self.marked = False

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read about `size` bytes; return empty bytes at the end.

        Raises:
            UnicodeDecodeError: the source is not valid in the encoding.
        """
        text = b""
        while not text and not self._ended:
            data = self._source.read(size)
            # Fewer bytes than requested are the last ones; the line end must be added to them.
            self._ended = len(data) < size or not data
            text = self._clean(data if self._decoder is None else self._decode(data))
            self._last = text[-1:] or self._last
            text = self._replace_start(text)
            if b"\0" in text:
                self.nuls += text.count(b"\0")
                text = text.replace(b"\0", b"") if self._drop_nuls else text
            if self._ended:
                self.line_ended = self._last in (b"\r", b"\n")
                if self._last:
                    text += b"\n" * (self._one_more + (not self.line_ended))
        if b'"' in text:  # numpy counts in a third of the time, and in less where there are many
            self.quotes += int(np.count_nonzero(np.frombuffer(text, np.uint8) == _QUOTE))
        return text

    def _decode(self, data: bytes) -> bytes:
        assert self._decoder is not None
        text = self._decoder.decode(data, self._ended and self._whole)
        require_one_byte_order(text)
        return text.encode()

    def _clean(self, text: bytes) -> bytes:
        """Return text without marks before its lines; an incomplete mark at the end is held back."""
        text = self._held + text
        held = 0 if self._ended else next((length for length in (2, 1) if text.endswith(_MARK[:length])), 0)
        self._held = text[len(text) - held :]
        text = text[: len(text) - held]
        # Searching for one byte is many times faster than for three.
        return self._drop_marks(text) if _LEAD in text and _MARK in text else text

    def _drop_marks(self, text: bytes) -> bytes:
        if not self._last and self._due:
            self._due = False
            text = text.removeprefix(_MARK)
        self.marked = self.marked or _MARK in text
        first, *others = text.split(_MARK)
        kept, quotes, last = [first], self.quotes + first.count(b'"'), first[-1:] or self._last
        for piece in others:
            if quotes % 2 or last not in (b"", b"\r", b"\n"):
                kept.append(_MARK)
                last = _MARK
            else:
                self.marks += 1
            kept.append(piece)
            quotes, last = quotes + piece.count(b'"'), piece[-1:] or last
        return b"".join(kept)

    def _replace_start(self, text: bytes) -> bytes:
        """Return text with the bytes at the start replaced."""
        length, others = self._replaced
        if not text or (not length and not others):
            return text
        cut = min(length, len(text))
        self._replaced = (length - cut, others) if cut < length else (0, b"")
        return text[cut:] if cut < length else others + text[cut:]


def require_one_byte_order(text: str) -> None:
    """Refuse a text with a byte-order mark of the other byte order, as at the start of another text appended to it.

    Raises:
        UnicodeError: the text has such a mark.
    """
    if "\ufffe" in text:
        raise UnicodeError("a part of it has another byte order")


def _find_undecodable(source: ByteSource, encoding: str) -> tuple[int, int] | None:
    """Find the first byte that is invalid in an encoding: its line, from 1, and its value; None if all are valid."""
    source.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line, ended = 1, False
    while not ended:
        data = source.read(_CHUNK)
        ended = not data
        try:
            line += decoder.decode(data, ended).count("\n")
        except UnicodeDecodeError as error:
            line += error.object[: error.start].count(b"\n")
            return line, error.object[error.start]
        except UnicodeError:  # the error for UTF-16 without a mark has no position
            return line, data[0] if data else 0
    return None


def refuse_other_encodings(start: bytes, asked: AskedDataset) -> None:
    """Refuse a text whose first bytes show that it is in another encoding.

    Raises:
        DatasetError: names that encoding.
    """
    name = asked.options.get("encoding", AUTO)
    other = detect_other_encoding(start, name)
    if other:
        remedy = option(asked, f"encoding={other}") if "encoding" in asked.options else "write it again in UTF-8"
        named = encoding_named(name)
        raise dataset_error(asked, f"is {other[:6].upper()}, not {'UTF-8' if named == AUTO else named.upper()}", remedy)


def detect_other_encoding(start: bytes, name: str) -> str:
    r"""Return UTF-16 or UTF-32 if a text is in one of them but would be read as something else; otherwise empty.

    Args:
        start: the first bytes.
        name: the requested encoding.

    >>> detect_other_encoding("a,b\n".encode("utf-16-le"), "auto")
    'utf-16-le'
    >>> detect_other_encoding("a,b\n".encode("utf-16"), "auto")
    ''
    """
    named = encoding_named(name)
    marked = next((encoding for mark, encoding in MARKS if start.startswith(mark)), "").removesuffix("utf-8-sig")
    if named.startswith(("utf-16", "utf-32")) or (marked and named == AUTO):
        return ""
    return marked if marked and named == "utf-8" else _detect_wide_encoding(start[:_EXAMINED])


def _detect_wide_encoding(start: bytes) -> str:
    """Return UTF-16 or UTF-32 if the zeros among the first bytes are at its positions; otherwise empty.

    In UTF-16, digits, line ends and the letters of Western languages have a zero in the same one of every two bytes.
    """
    if len(start) < 4 or not any(start):
        return ""
    quarters = [start[offset::4].count(0) / len(start[offset::4]) for offset in range(4)]
    if quarters[2] == quarters[3] == 1:
        return "utf-32-le"
    if quarters[0] == quarters[1] == 1:
        return "utf-32-be"
    high, low = start[0::2].count(0), start[1::2].count(0)
    enough = len(start) / 10 if len(start) >= _LEAST else len(start) // 2
    if low >= enough and not high:
        return "utf-16-le"
    return "utf-16-be" if high >= enough and not low else ""


def undecodable_error(source: ByteSource, encoding: str, asked: AskedDataset) -> DatasetError:
    """Return the error that names the first byte that is invalid in an encoding."""
    found = _find_undecodable(source, encoding)
    if found is None:
        return dataset_error(
            asked, f"is not {encoding} text: a part of it has another byte order", "write it again in UTF-8"
        )
    where = f": line {found[0]} has the byte 0x{found[1]:02X}"
    if "encoding" not in asked.options:
        return dataset_error(asked, f"is not {encoding} text{where}", "write it again in UTF-8")
    other = "cp1252" if encoding != "cp1252" else "utf-8"
    return dataset_error(
        asked,
        f"is not {encoding} text{where}",
        f"give its encoding, for example {option(asked, f'encoding={other}')}",
    )


def replace_lone_surrogates(text: str) -> str:
    """Replace lone surrogates, which no encoding can hold, by the replacement character.

    >>> replace_lone_surrogates("a" + chr(0xD800)) == "a" + chr(0xFFFD)
    True
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
