"""A sample of a text dataset: whole lines from its start, its middle and its end.

What a text is and what separates its cells go by it, so that neither a preamble nor one odd line decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from blobprep.formats.encodings import AUTO, MARKS
from blobprep.tables.codecs.sources import BlobSource
from blobprep.tables.codecs.spool import SpooledFile
from blobprep.tables.codecs.text.characters import detect_other_encoding, resolve_encoding

__all__ = ["START", "Sample", "read_sample"]

START: Final = 64 << 10
"""Bytes looked at from the start; as many from the middle and from the end."""

_LINES: Final = 100
_END_LENGTH: Final = 60
_LINE_ENDS: Final = re.compile("\r\n?")
_CONTROLS: Final = re.compile("[\x02-\x07\x0e-\x19]")
"""Characters that text does not have; not those that separate, and no zeros, which damaged text has."""

_CONTROL_SHARE: Final = 0.01
_CONTINUED: Final = bytes(range(0x80, 0xC0))


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample of a text, without NUL bytes and the byte-order mark at its start, line ends made line feeds.

    Attributes:
        start: the first characters.
        first: whole lines of the start that are not blank.
        later: the same of the middle and the end; none where reading there would mean reading everything.
        last: the last characters; empty where they cannot be had without reading everything.
        cut: whether the last of the first lines has no end, and may be cut short.
        nuls: whether there were NUL bytes.
        encoding: of the text: the one asked for, unless its bytes show UTF-16 or UTF-32; else by its looks.
        marked: whether a byte-order mark says so.
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
        """All whole lines that are not blank."""
        return self.first + self.later


def read_sample(blob: BlobSource) -> Sample | None:
    """Return a sample of a text; None where the bytes are no text."""
    pieces = _read_pieces(blob)
    encoding = _detect_encoding(pieces, blob.asked.options.get("encoding", AUTO))
    mark = next((mark for mark, _ in MARKS if pieces[0].startswith(mark)), b"")
    marked = [pieces[0], *(mark + piece for piece in pieces[1:])]  # which tells the order of bytes
    decoded = [piece.decode(encoding, "replace").lstrip("\ufeff") for piece in marked]
    start, *others = texts = [_LINE_ENDS.sub("\n", text.replace("\0", "")) for text in decoded]
    odd = len(_CONTROLS.findall(start)) + start.count("\ufffd") * (encoding == "cp1252")
    if odd > max(2, _CONTROL_SHARE * len(start)):
        return None
    whole = len(pieces[0]) < START
    found = start.split("\n")
    first = _drop_blank(found if whole else found[:-1] or found)
    cut = whole and bool(found[-1].strip()) and len(first) <= _LINES
    later: list[str] = []
    for index, text in enumerate(others):
        found = text.split("\n")
        ended = index == len(others) - 1
        later += _drop_blank(found[1:] if ended else found[1:-1])[-_LINES:]
    last = texts[-1].rstrip()[-_END_LENGTH:] if whole or others else ""
    nuls = any("\0" in text for text in decoded)
    return Sample(start, tuple(first[:_LINES]), tuple(later), last, cut, nuls, encoding, bool(mark))


def _read_pieces(blob: BlobSource) -> list[bytes]:
    """Return the start of a blob and, of a large one, its middle and its end, unless all had to be unpacked for it."""
    start = blob.source.read_at(0, START)
    if len(start) < START or isinstance(blob.source, SpooledFile):
        return [start]
    size = blob.asked.size
    places = (max(START, size // 2 // 4 * 4), max(START, (size - START) // 4 * 4))  # whole characters, also of UTF-32
    return [start, *(blob.source.read_at(place, START) for place in places)]


def _detect_encoding(pieces: list[bytes], named: str) -> str:
    """Return the encoding that pieces of a text are in."""
    encoding = detect_other_encoding(pieces[0], named) or resolve_encoding(pieces[0], named)
    if encoding == "utf-8" and named.lower() == AUTO and not all(map(_is_utf8, pieces)):
        return "cp1252"
    return encoding


def _is_utf8(piece: bytes) -> bool:
    """Tell whether bytes are UTF-8 that may be cut at both ends."""
    try:
        piece.lstrip(_CONTINUED).decode()
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return True


def _drop_blank(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip()]
