"""The text of a file, its places, and changes to it. Pure."""

from __future__ import annotations

import bisect
import codecs
import io
import re
import tokenize
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from blobprep.lint.findings import Edit

__all__ = ["NoText", "Source", "apart", "edited", "origin", "read_source"]

_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
_FOREIGN: Final = ("cp1252", "latin-1")  # what classic scripts on Windows were written in


class NoText(ValueError):
    """Say why bytes are no Python text."""


@dataclass(frozen=True, slots=True)
class Source:
    """Hold the text of a file.

    Attributes:
        path: as the caller names it.
        data: the text as UTF-8, without byte order mark, line ends as they are.
        encoding: of the file.
        marked: it begins with a byte order mark.
        foreign: line of the first byte that is not of the encoding it should have; 0 where all are.
        starts: offset of each line.
    """

    path: str
    data: bytes = field(repr=False)
    encoding: str = "utf-8"
    marked: bool = False
    foreign: int = 0
    starts: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        ends = (match.end() for match in _LINE_END.finditer(self.data))
        object.__setattr__(self, "starts", (0, *ends))

    @property
    def text(self) -> str:
        """Return the text."""
        return self.data.decode()

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a line, from 1, and a column in bytes, from 0."""
        return self.starts[line - 1] + column

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, both from 1; columns count characters."""
        line = bisect.bisect_right(self.starts, offset)
        before = self.data[self.starts[line - 1] : offset]
        return line, len(before.decode(errors="replace")) + 1

    def line(self, number: int) -> bytes:
        """Return a line without its end."""
        end = self.starts[number] if number < len(self.starts) else len(self.data)
        return self.data[self.starts[number - 1] : end].rstrip(b"\r\n")

    def encode(self) -> bytes:
        """Return the file's bytes; one of another encoding than it should have becomes UTF-8."""
        if self.foreign:
            return self.data
        mark = codecs.BOM_UTF8 if self.marked else b""
        return mark + self.text.encode(self.encoding)


def read_source(path: str, raw: bytes) -> Source:
    """Decode a file as Python does: by its byte order mark, its coding comment, else as UTF-8.

    Raises:
        NoText: it is none.
    """
    if b"\0" in raw:
        raise NoText("it holds NUL bytes: it is no text")
    marked = raw.startswith(codecs.BOM_UTF8)
    body = raw.removeprefix(codecs.BOM_UTF8)
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise NoText("it is UTF-16, which Python does not read")
    encoding = _declared(raw)
    try:
        text = body.decode(encoding)
        text.encode()  # an encoding may give characters that no text holds
        return Source(path, text.encode(), encoding, marked)
    except (UnicodeError, LookupError, ValueError) as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = len(_LINE_END.findall(body[:start])) + 1
        known = _foreign(body)
        if encoding != "utf-8" or _declared(known.encode()) != "utf-8":
            raise NoText(f"it says that it is {encoding}, and line {line} is not") from error
        return Source(path, known.encode(), encoding, marked, line)


def _declared(raw: bytes) -> str:
    """Return the encoding that a file names; UTF-8 where it names none, or its first lines are not of it.

    Raises:
        NoText: there is no such encoding.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
    except SyntaxError as error:
        if "invalid or missing encoding" not in str(error):
            raise NoText(str(error)) from error
        return "utf-8"
    return "utf-8" if encoding == "utf-8-sig" else encoding


def _foreign(body: bytes) -> str:
    for encoding in _FOREIGN[:-1]:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return body.decode(_FOREIGN[-1])


def edited(source: Source, edits: Iterable[Edit]) -> Source:
    """Return the source with edits made; they are `apart`."""
    pieces, position = [], 0
    for edit in sorted(edits):
        pieces += [source.data[position : edit.start], edit.text.encode()]
        position = edit.end
    return replace(source, data=b"".join([*pieces, source.data[position:]]))


def apart(groups: Iterable[Sequence[Edit]]) -> list[Edit]:
    """Choose groups of edits, first come first served, of which no two touch the same text."""
    chosen: list[Edit] = []
    for group in groups:
        fresh = [edit for edit in group if not _holds(chosen, edit)]
        if not any(_touches(chosen, edit) for edit in fresh):
            for edit in fresh:
                bisect.insort(chosen, edit)
    return chosen


def _holds(chosen: list[Edit], edit: Edit) -> bool:
    """Tell whether an edit is made already: two findings may need the same import."""
    index = bisect.bisect_left(chosen, edit)
    return index < len(chosen) and chosen[index] == edit


def _touches(chosen: list[Edit], edit: Edit) -> bool:
    """Look at the neighbors only: those chosen touch each other nowhere."""
    index = bisect.bisect_left(chosen, edit)
    return any(
        edit.start < max(other.end, other.start + 1) and other.start < max(edit.end, edit.start + 1)
        for other in chosen[max(index - 1, 0) : index + 1]
    )


def origin(edits: Sequence[Edit], offset: int) -> int:
    """Return where an offset of the edited text was before; inside new text, where that begins."""
    shift = 0
    for edit in sorted(edits):
        start = edit.start + shift
        size = len(edit.text.encode())
        if offset < start:
            break
        if offset < start + size:
            return edit.start
        shift += size - (edit.end - edit.start)
    return offset - shift
