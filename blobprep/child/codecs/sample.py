"""A sample of a text dataset: whole lines from its start, its middle and its end."""

from __future__ import annotations

import codecs
import re
from typing import Final

from blobprep.child.codecs.characters import encoding_of
from blobprep.child.codecs.expanding import Expanded
from blobprep.child.codecs.parts import Part
from blobprep.formats.encodings import AUTO, MARKS

__all__ = ["START", "later_lines", "start_lines"]

START: Final = 64 << 10
"""Bytes looked at from the start."""

_LATER: Final = 16 << 10
_LINES: Final = 100
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_BYTE_ORDERS: Final = {codecs.BOM_UTF16_BE: "utf-16-be", codecs.BOM_UTF32_BE: "utf-32-be"}


def start_lines(start: bytes, encoding: str = AUTO, nuls: bool = False) -> list[str]:
    r"""Return the first whole lines of a text that are not blank; none where the bytes are no text.

    Args:
        start: the first `START` bytes, fewer only where the text has no more.
        encoding: as in the option; western Windows text is read too where none is named.
        nuls: whether NUL bytes are overlooked; else bytes with one are no text.

    >>> start_lines(b"a;b\r\n\n1;2")
    ['a;b', '1;2']
    """
    text = _decoded(start, encoding)
    if nuls:
        text = text.replace("\0", "")
    elif "\0" in text:
        return []
    lines = _LINE_END.split(text.lstrip("\ufeff"))
    if len(start) >= START and len(lines) > 1:
        lines.pop()  # the cut may be within it
    return [line for line in lines if line.strip()][:_LINES]


def later_lines(part: Part) -> list[str]:
    """Return whole lines from the middle and from the end; none where reading there would mean reading everything."""
    size = part.asked.size
    if isinstance(part.source, Expanded) or size <= START:
        return []
    encoding = _without_mark(part)
    lines = []
    for offset in (size // 8 * 4, (size - _LATER) // 4 * 4):  # characters have up to four bytes
        text = part.source.read_at(offset, _LATER).decode(encoding, "ignore").replace("\0", "")
        lines += [line for line in _LINE_END.split(text)[1:-1] if line.strip()][-_LINES:]
    return lines


def _decoded(start: bytes, encoding: str) -> str:
    try:
        return codecs.getincrementaldecoder(encoding_of(start, encoding))("strict").decode(start)
    except UnicodeError:
        pass
    try:
        return start.decode("cp1252") if encoding == AUTO else ""
    except UnicodeError:
        return ""


def _without_mark(part: Part) -> str:
    """Return the encoding as it is read where no byte-order mark stands before the text."""
    start = part.source.read_at(0, 4)
    encoding = encoding_of(start, part.asked.options.get("encoding", AUTO))
    if encoding not in ("utf-16", "utf-32"):
        return encoding
    mark = next((mark for mark, _ in MARKS if start.startswith(mark)), b"")
    return _BYTE_ORDERS.get(mark, f"{encoding}-le")
