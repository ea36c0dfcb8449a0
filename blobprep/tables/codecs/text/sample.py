"""A sample of a text: whole lines from its start, its middle and its end.

Format and separator are detected from it, so that neither a preamble nor one unusual line decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from blobprep.formats.encodings import AUTO, MARKS
from blobprep.tables.codecs.sources import BlobSource
from blobprep.tables.codecs.spool import SpooledFile
from blobprep.tables.codecs.text.characters import detect_other_encoding, resolve_encoding

__all__ = ["START", "Sample", "read_sample"]

START: Final = 64 << 10
"""How many bytes are examined at the start, and as many in the middle and at the end."""

_LINES: Final = 100
_FEW: Final = 128  # lines that are split off first, since that many mostly are enough
_END_LENGTH: Final = 60
_LINE_ENDS: Final = re.compile("\r\n?")
_CONTROLS: Final = dict.fromkeys((*range(0x02, 0x08), *range(0x0E, 0x1A)))
"""Characters that text does not have, without separators, and without NUL, which damaged text has.

As what `str.translate` removes, which takes a sixth of the time of an expression.
"""

_CONTROL_SHARE: Final = 0.01
_CONTINUED: Final = bytes(range(0x80, 0xC0))


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample of a text, without NUL bytes and leading byte-order marks, and with line feeds as line ends.

    Attributes:
        start: the first characters.
        first: whole lines of the start that are not blank.
        later: whole lines of the middle and the end; empty if reading there would mean reading everything.
        last: the last characters; empty if they cannot be read without reading everything.
        cut: whether the last of the first lines has no line end, so that it may be incomplete.
        nuls: whether there were NUL bytes.
        encoding: the requested encoding, unless the bytes show UTF-16 or UTF-32; for `auto`, the detected one.
        marked: whether the text starts with a byte-order mark.
    """

    start: str
    first: tuple[str, ...]
    later: tuple[str, ...]
    last: str
    cut: bool
    nuls: bool
    encoding: str
    marked: bool

    @property
    def lines(self) -> tuple[str, ...]:
        """All whole lines in the sample that are not blank."""
        return self.first + self.later


def read_sample(blob: BlobSource) -> Sample | None:
    """Read a sample of a text; return None if the bytes are not text."""
    pieces = _read_pieces(blob)
    encoding = _detect_encoding(pieces, blob.asked.options.get("encoding", AUTO))
    mark = next((mark for mark, _ in MARKS if pieces[0].startswith(mark)), b"")
    marked = [pieces[0], *(mark + piece for piece in pieces[1:])]  # the mark determines the byte order
    decoded = [piece.decode(encoding, "replace").lstrip("\ufeff") for piece in marked]
    nuls = any("\0" in text for text in decoded)
    start, *others = texts = [_with_line_feeds(text.replace("\0", "") if nuls else text) for text in decoded]
    implausible = len(start) - len(start.translate(_CONTROLS)) + start.count("\ufffd") * (encoding == "cp1252")
    if implausible > max(2, _CONTROL_SHARE * len(start)):
        return None
    whole = len(pieces[0]) < START
    first = _first_lines(start, whole=whole)
    cut = whole and bool(start.rpartition("\n")[2].strip()) and len(first) <= _LINES
    later: list[str] = []
    for index, text in enumerate(others):
        ended = index == len(others) - 1
        later += _last_lines(text, ended=ended)
    last = texts[-1].rstrip()[-_END_LENGTH:] if whole or others else ""
    return Sample(start, tuple(first[:_LINES]), tuple(later), last, cut, nuls, encoding, bool(mark))


def _with_line_feeds(text: str) -> str:
    return _LINE_ENDS.sub("\n", text) if "\r" in text else text


def _read_pieces(blob: BlobSource) -> list[bytes]:
    """Read the start of a blob and, if it is large, its middle and end, unless that would mean decompressing all."""
    start = blob.source.read_at(0, START)
    if len(start) < START or isinstance(blob.source, SpooledFile):
        return [start]
    size = blob.asked.size
    places = (max(START, size // 2 // 4 * 4), max(START, (size - START) // 4 * 4))  # whole characters, also of UTF-32
    return [start, *(blob.source.read_at(place, START) for place in places)]


def _detect_encoding(pieces: list[bytes], named: str) -> str:
    """Detect the encoding of pieces of a text."""
    encoding = detect_other_encoding(pieces[0], named) or resolve_encoding(pieces[0], named)
    if encoding == "utf-8" and named.lower() == AUTO and not all(map(_is_utf8, pieces)):
        return "cp1252"
    return encoding


def _is_utf8(piece: bytes) -> bool:
    """Tell whether bytes are UTF-8, perhaps cut at both ends."""
    try:
        piece.lstrip(_CONTINUED).decode()
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return True


def _first_lines(text: str, *, whole: bool) -> list[str]:
    """Return the first lines that are not blank; the last one counts only if all of the text is there."""
    for most in (_FEW, -1):
        lines = text.split("\n", most)
        found = _not_blank(lines if whole and most < 0 else lines[:-1] or lines)
        if len(found) > _LINES:
            break
    return found


def _last_lines(text: str, *, ended: bool) -> list[str]:
    """Return the last lines that are not blank; the first one is not whole, the last one only where all ends."""
    for most in (_FEW, -1):
        lines = text.rsplit("\n", most)
        found = _not_blank(reversed(lines[1:] if ended else lines[1:-1]))[:_LINES]
        if len(found) == _LINES:
            break
    return found[::-1]


def _not_blank(lines: Iterable[str]) -> list[str]:
    """Return the first lines that are not blank, one more than a sample has."""
    return list(islice(filter(str.strip, lines), _LINES + 1))
