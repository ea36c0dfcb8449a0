"""The text of a file: how it is decoded and parsed, places in it, and edits of it. Pure."""

from __future__ import annotations

import ast
import bisect
import codecs
import io
import itertools
import re
import tokenize
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from blobprep.lint.findings import Edit

__all__ = [
    "DecodingError",
    "ParseError",
    "Source",
    "apply_edits",
    "choose_disjoint",
    "parse",
    "read_source",
]

_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
_FOREIGN: Final = ("cp1252", "latin-1")  # the encodings of classic scripts written on Windows
_JAPANESE: Final = re.compile(r"[\u3041-\u3096]|[\u30a1-\u30fa].*[\u30a1-\u30fa]", re.DOTALL)
# Compile only texts up to this size: the time can grow with the square of the length, to hours for many similar
# functions that are parsed at once.
_COMPILED: Final = 128 * 1024


_BLOCK: Final = 512
_CONTINUING: Final = bytes(range(0x80, 0xC0))  # bytes of UTF-8 that begin no character


def _count_letters(data: bytes) -> int:
    return len(data.translate(None, _CONTINUING))


class DecodingError(ValueError):
    """The reason why bytes are not Python text."""


class ParseError(Exception):
    """The reason why Python cannot parse a text.

    Attributes:
        line, offset: the line, from 1, and its offset in the text; 1 and 0 if Python does not say.
        tabs: whether the only problem is that tabs and spaces are mixed.
        deep: whether the text is nested too deeply, or takes too long.
    """

    def __init__(self, message: str, line: int = 1, offset: int = 0, *, tabs: bool = False, deep: bool = False) -> None:
        super().__init__(message)
        self.line, self.offset, self.tabs, self.deep = line, offset, tabs, deep


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a file.

    Attributes:
        path: as the caller names it.
        data: the text as UTF-8, without byte order mark, with its original line ends.
        encoding: of the file.
        marked: whether it begins with a byte order mark.
        foreign: the line of the first byte that is not valid UTF-8; 0 if all are valid.
        guessed: the encoding that the bytes were read in where they are foreign; empty if they are not.
        starts: the offset of each line.
    """

    path: str
    data: bytes = field(repr=False)
    encoding: str = "utf-8"
    marked: bool = False
    foreign: int = 0
    guessed: str = ""
    starts: tuple[int, ...] = field(init=False, repr=False)
    _counts: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        ends = (match.end() for match in _LINE_END.finditer(self.data))
        object.__setattr__(self, "starts", (0, *ends))
        counts = [0]
        if not self.data.isascii():
            for start in range(0, len(self.data), _BLOCK):
                counts.append(counts[-1] + _count_letters(self.data[start : start + _BLOCK]))
        object.__setattr__(self, "_counts", tuple(counts))

    @property
    def text(self) -> str:
        """Return the text."""
        return self.data.decode()

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a place, given by its line, from 1, and its column in bytes, from 0."""
        return self.starts[line - 1] + column

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and column of an offset, both from 1; columns count characters."""
        line = bisect.bisect_right(self.starts, offset)
        return line, self._letters(offset) - self._letters(self.starts[line - 1]) + 1

    def offset_of(self, line: int, column: int) -> int:
        """Return the offset of a place, given by its line and its column in characters, both from 1."""
        start = self.starts[line - 1]
        if len(self._counts) == 1:
            return start + column - 1
        wanted = self._letters(start) + column - 1
        block = max(bisect.bisect_right(self._counts, wanted) - 1, 0)
        first = block * _BLOCK
        while first < len(self.data) and self.data[first] & 0xC0 == 0x80:  # the rest of a letter of the block before
            first += 1
        text = self.data[first : first + 2 * _BLOCK].decode(errors="ignore")
        return first + len(text[: wanted - self._letters(first)].encode())

    def _letters(self, offset: int) -> int:
        """Return how many characters begin before an offset, in a time that does not grow with it."""
        if len(self._counts) == 1:
            return offset
        block = offset // _BLOCK
        return self._counts[block] + _count_letters(self.data[block * _BLOCK : offset])

    def line(self, number: int) -> bytes:
        """Return a line without its end."""
        end = self.starts[number] if number < len(self.starts) else len(self.data)
        return self.data[self.starts[number - 1] : end].rstrip(b"\r\n")

    def encode(self) -> bytes:
        """Return the file's bytes in its encoding; if it was not valid in that, in UTF-8."""
        if self.foreign:
            return self.data
        mark = codecs.BOM_UTF8 if self.marked else b""
        return mark + self.text.encode(self.encoding)


def read_source(path: str, raw: bytes) -> Source:
    """Decode a file as Python does: by its byte order mark, its coding comment, else as UTF-8.

    Raises:
        DecodingError: it is not text, or its encoding is unknown or wrong.
    """
    if b"\0" in raw:
        raise DecodingError("it contains NUL bytes, so it is not text")
    marked = raw.startswith(codecs.BOM_UTF8)
    body = raw.removeprefix(codecs.BOM_UTF8)
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DecodingError("it is UTF-16, which Python cannot read")
    encoding = _declared(raw)
    try:
        text = body.decode(encoding)
        text.encode()  # an encoding may yield characters that are not valid in text
        return Source(path, text.encode(), encoding, marked)
    except (UnicodeError, LookupError, ValueError) as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = len(_LINE_END.findall(body[:start])) + 1
        known, guessed = _foreign(body)
        if encoding != "utf-8" or _declared(known.encode()) != "utf-8":
            raise DecodingError(f"it declares the encoding {encoding}, but line {line} is not valid in it") from error
        return Source(path, known.encode(), encoding, marked, line, guessed)


def _declared(raw: bytes) -> str:
    """Return the encoding that a file declares; UTF-8 if it declares none, or its first lines are not valid UTF-8.

    Raises:
        DecodingError: there is no such encoding.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
    except SyntaxError as error:
        if "invalid or missing encoding" not in str(error):
            raise DecodingError(str(error)) from error
        return "utf-8"
    return "utf-8" if encoding == "utf-8-sig" else encoding


def _foreign(body: bytes) -> tuple[str, str]:
    """Decode bytes that are not UTF-8 and declare nothing; return the text and its encoding.

    Shift-JIS is told by its kana: in Western text, such pairs of bytes would begin with a low quote or a florin sign.
    """
    try:
        text = body.decode("cp932")
        if _JAPANESE.search(text):
            return text, "cp932"
    except UnicodeDecodeError:
        pass
    for encoding in _FOREIGN[:-1]:
        try:
            return body.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return body.decode(_FOREIGN[-1]), _FOREIGN[-1]


def parse(source: Source) -> ast.Module:
    """Parse a text as this Python would; nothing of it is run.

    Raises:
        ParseError: it is not valid Python.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about escapes in strings, which are not errors
        try:
            tree = ast.parse(source.text, source.path)
            if len(source.data) <= _COMPILED:
                compile(
                    tree, source.path, "exec", dont_inherit=True
                )  # finds such errors as a return outside a function
            return tree
        except SyntaxError as error:
            line = min(error.lineno or 1, len(source.starts))
            raise ParseError(error.msg, line, source.starts[line - 1], tabs=isinstance(error, TabError)) from error
        except (RecursionError, MemoryError) as error:
            raise ParseError("is nested too deeply to be checked", deep=True) from error
        except (ValueError, OverflowError) as error:
            raise ParseError(str(error)) from error


def apply_edits(source: Source, edits: Iterable[Edit]) -> Source:
    """Return the source with edits applied, none of which overlap."""
    pieces, position = [], 0
    for edit in sorted(edits):
        pieces += [source.data[position : edit.start], edit.text.encode()]
        position = edit.end
    return replace(source, data=b"".join([*pieces, source.data[position:]]))


def choose_disjoint(groups: Iterable[Sequence[Edit]]) -> list[Edit]:
    """Choose groups of edits that do not touch the same text; earlier groups win."""
    chosen: list[Edit] = []
    for group in groups:
        if group and (not chosen or max(chosen[-1].end, chosen[-1].start + 1) <= group[0].start) and _are_apart(group):
            chosen += group  # the usual case: behind all others
            continue
        fresh = [edit for edit in group if not _holds(chosen, edit)]
        if not any(_touches(chosen, edit) for edit in fresh):
            for edit in fresh:
                bisect.insort(chosen, edit)
    return chosen


def _are_apart(group: Sequence[Edit]) -> bool:
    return all(max(one.end, one.start + 1) <= other.start for one, other in itertools.pairwise(group))


def _holds(chosen: list[Edit], edit: Edit) -> bool:
    """Return whether an edit has been chosen already: two findings may need the same import."""
    index = bisect.bisect_left(chosen, edit)
    return index < len(chosen) and chosen[index] == edit


def _touches(chosen: list[Edit], edit: Edit) -> bool:
    """Return whether an edit touches a chosen one; only its neighbors can, since the chosen ones do not overlap."""
    index = bisect.bisect_left(chosen, edit)
    return any(
        edit.start < max(other.end, other.start + 1) and other.start < max(edit.end, edit.start + 1)
        for other in chosen[max(index - 1, 0) : index + 1]
    )
