"""The layout of a delimited text, from its first rows: separator hint, lines above the header, width of the header.

If all rows differ from the header in the same way, and only one reading makes sense, the header is read that way, and
the ledger records it.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from blobprep.errors import InvalidOption
from blobprep.formats import FORMATS, count_named, delimiter_named
from blobprep.protocol import AskedDataset, Translation
from blobprep.tables.codecs.csv.delimiters import describe_delimiter, likely_delimiter, separator_hint
from blobprep.tables.codecs.errors import dataset_error
from blobprep.tables.codecs.text.characters import Characters

__all__ = ["Layout", "Row", "read_layout"]

_SAMPLE: Final = 64 << 10
_LARGEST: Final = 64 << 20
_ROWS: Final = 100
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_QUOTE: Final = re.compile(r'\s+"')
_ESCAPED: Final = "surrogateescape"
"""Keeps bytes that are not UTF-8; they are reported later, with their line."""


@dataclass(frozen=True, slots=True)
class Row:
    """One of the first rows.

    Attributes:
        cells: the text of its cells.
        line: the number of lines above it in the text.
        start: its position in the sample.
        text: its text, without the line end.
    """

    cells: list[str]
    line: int
    start: int
    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of a delimited text.

    Attributes:
        delimiter: the separator of its cells.
        rows: the first complete rows, including the header.
        complete: whether these are all rows.
        replaced: how many bytes at the start are replaced, and the bytes that replace them; see `Characters`.
        extra: the number of columns at the end that are empty in every row and missing in the header.
        ledger: an entry for each change.
    """

    delimiter: str
    rows: tuple[Row, ...] = ()
    complete: bool = False
    replaced: tuple[int, bytes] = (0, b"")
    extra: int = 0
    ledger: tuple[Translation, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The text of the first rows."""
        return [row.text for row in self.rows]


@dataclass(slots=True)
class _Start:
    """The start of a text while its layout is determined: how much is skipped, and the ledger so far."""

    text: str
    complete: bool
    delimiter: str
    position: int = 0
    line: int = 0
    ledger: list[Translation] = field(default_factory=list)


def read_layout(characters: Callable[[], Characters], asked: AskedDataset) -> Layout:
    """Determine the layout of a text from its first rows.

    Args:
        characters: opens the text at its start, with NUL bytes kept.
        asked: the dataset with its read options.

    Raises:
        DatasetError: the first line names an invalid separator, or `skip_lines` skips more lines than there are.
        UnicodeError: the text is not valid in its encoding.
    """
    skipped = count_named(asked.options["skip_lines"])
    start = _read_start(characters, skipped, delimiter_named(asked.options["delimiter"]))
    _follow_hint(start, asked)
    _skip_lines(start, skipped, asked)
    rows = _read_rows(start)
    _note_quotes(rows, start, asked)
    replaced, extra = _fit_header(rows, start, asked) if asked.options["header"] == "true" else (None, 0)
    if replaced is None:
        replaced = (start.text[: start.position], "")
    length, others = len(replaced[0].encode(errors=_ESCAPED)), replaced[1].encode(errors=_ESCAPED)
    return Layout(start.delimiter, tuple(rows), start.complete, (length, others), extra, tuple(start.ledger))


def _read_start(characters: Callable[[], Characters], skipped: int, delimiter: str) -> _Start:
    """Read the start of a text, enough to include the lines to skip."""
    size = _SAMPLE
    while True:
        reader, pieces, held = characters(), [], 0
        while held < size and (piece := reader.read(size)):
            pieces.append(piece)
            held += len(piece)
        data = b"".join(pieces)
        complete = held < size or not reader.read(1)
        if complete or size >= _LARGEST or data.count(b"\n") + data.count(b"\r") > 2 * skipped:
            return _Start(data.decode(errors=_ESCAPED), complete, delimiter)
        size *= 4


def _follow_hint(start: _Start, asked: AskedDataset) -> None:
    """Use the separator that the first line names, unless an option or clearly the rows contradict it."""
    hint = separator_hint(start.text[start.position :])
    if hint is None:
        return
    separator, length = hint
    line = start.text[start.position : start.position + length].strip("\r\n")
    start.position += length
    start.line += 1
    detail = f"The first line, {line!r}, names the separator for Excel"
    own = start.delimiter
    asked_for = own != delimiter_named(FORMATS[asked.format].reads["delimiter"].default)
    below = [text.strip("\r\n") for text in _LINE.findall(start.text[start.position :])[:_ROWS] if text.strip()]
    if not separator:
        outcome = "it is empty, so the line was dropped"
    elif separator == own:
        outcome = "it was used, and the line was dropped"
    elif asked_for:
        outcome = f"the line was dropped, because the option delimiter names {describe_delimiter(own)}"
    elif below and separator not in below[0] and likely_delimiter(below) == own:
        outcome = f"the line was dropped, because {describe_delimiter(own)} separate the cells"
    else:
        outcome = "it was used, and the line was dropped"
        start.delimiter = _check_separator(separator, line, asked)
    start.ledger.append(Translation(asked.port, "", "dropped", f"{detail}; {outcome}."))


def _check_separator(separator: str, line: str, asked: AskedDataset) -> str:
    try:
        return delimiter_named(separator)
    except InvalidOption:
        what = f"names a separator in its first line, {line!r}, that is not an ASCII character"
        raise dataset_error(asked, what, "write it again with a comma, a semicolon or a tab") from None


def _skip_lines(start: _Start, count: int, asked: AskedDataset) -> None:
    """Skip lines, counting a hint as one; another hint may follow them."""
    above = start.line
    while start.line < count:
        match = _LINE.match(start.text, start.position)
        if match is None or match.end() == start.position:
            what = f"has {start.line} lines, but the option skip_lines skips {count}"
            raise dataset_error(asked, what, "skip fewer lines")
        start.position = match.end()
        start.line += 1
    if count > above:
        _follow_hint(start, asked)


def _read_rows(start: _Start) -> list[Row]:
    """Return the first complete rows, without those that have NUL bytes."""
    lines = io.StringIO(start.text[start.position :], newline="")
    reader = csv.reader(lines, delimiter=start.delimiter)
    has_nuls = "\0" in start.text
    rows: list[Row] = []
    above, first = 0, start.position
    try:
        for cells in reader:
            last = start.position + lines.tell()
            if cells and not (has_nuls and any("\0" in cell for cell in cells)):
                rows.append(Row(cells, start.line + above, first, start.text[first:last].rstrip("\r\n")))
            above, first = reader.line_num, last
            if len(rows) > _ROWS:
                start.complete = False
                return rows
    except csv.Error:  # a cell larger than the csv module accepts
        return rows
    return rows if start.complete else rows[:-1]


def _note_quotes(rows: list[Row], start: _Start, asked: AskedDataset) -> None:
    """Add a ledger entry for quotes after a blank, which do not quote."""
    if '"' not in start.text:
        return
    quoted = sum(any(_QUOTE.match(cell) for cell in row.cells) for row in rows)
    if quoted:
        detail = f"Quotes after a blank do not quote; they stay in the cell, in {quoted} of the first {len(rows)} rows."
        start.ledger.append(Translation(asked.port, "", "text", detail))


def _fit_header(rows: list[Row], start: _Start, asked: AskedDataset) -> tuple[tuple[str, str] | None, int]:
    """Return the start to replace and its replacement, if any, and the number of empty columns after the header."""
    if len(rows) < 2:
        return None, 0
    header, below = rows[0], [row.cells for row in rows[1:]]
    width, many = Counter(map(len, below)).most_common(1)[0]
    more, choice = width - len(header.cells), asked.options["unlabeled"]
    before, text = start.text[: header.start], header.text
    if more > 0 and choice != "error":
        added = start.delimiter * more
        return (before + text, f"{added}{text}" if choice == "first" else f"{text}{added}"), 0
    if many < len(below):
        return None, 0
    if more > 0 and not any(cell.strip() for cells in below for cell in cells[len(header.cells) :]):
        start.ledger.append(
            _dropped_entry(asked, f"Every row ends with {_empty_cells(more)} that the header does not have")
        )
        return (before + text, text + start.delimiter * more), more
    if more < 0 and not any(label.strip() for label in header.cells[width:]):
        ends = re.compile(rf'(?:{re.escape(start.delimiter)} *(?:"")? *){{{-more}}}\Z')
        start.ledger.append(_dropped_entry(asked, f"The header ends with {_empty_cells(-more)} that no row has"))
        return (before + text, ends.sub("", text)), 0
    return None, 0


def _empty_cells(count: int) -> str:
    return "an empty cell" if count == 1 else f"{count} empty cells"


def _dropped_entry(asked: AskedDataset, change: str) -> Translation:
    outcome = "it was dropped" if "an empty" in change else "they were dropped"
    return Translation(asked.port, "", "dropped", f"{change}; {outcome}.")
