"""A delimited text divided into pieces of whole rows, each of which is read as a part of the whole is.

The whole is read once, by the reader that would read it for a run: it decides about separator, encoding, header and the
types of columns, and all of this is passed with each piece. What only the whole can tell keeps it from being divided.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Final

import pyarrow as pa

from blobprep.formats import column_types_named, print_ranges
from blobprep.protocol import AskedDataset
from blobprep.protocol.divisions import MOST_PIECES, DividedPiece, Division
from blobprep.tables.codecs.csv.column_types import ColumnGuess
from blobprep.tables.codecs.csv.dates import columns_in_option, date_columns
from blobprep.tables.codecs.csv.delimiters import separator_hint, spell_delimiter
from blobprep.tables.codecs.csv.parse import DelimitedText
from blobprep.tables.codecs.csv.read import column_labels, open_text
from blobprep.tables.codecs.csv.records import RecordFinder
from blobprep.tables.codecs.sources import BlobSource, Source
from blobprep.tables.codecs.spool import SpooledFile
from blobprep.tables.streaming_input import InputFile, Slice

__all__ = ["divide"]

_OF_THE_WHOLE: Final = (("ragged", "error"), ("nul_bytes", "error"), ("bytes", ""))
"""Options with which a text cannot be divided, unless they have these values."""

_NEUTRAL: Final = {"skip_lines": "0", "trailing_newline": "ignore", "types": "guess", "text": "", "dates": ""}
"""Options that the whole has used up."""

_WIDE: Final = {"utf-16": 2, "utf-32": 4}
_LONGEST_HINT: Final = 1024  # bytes of a row that are looked at
_ASCII: Final = bytes(range(128))


def divide(blob: BlobSource, rows: int) -> Division:
    """Divide a text into pieces of so many rows.

    Raises:
        DatasetError: it is not valid delimited text.
    """
    if reason := _hindrance(blob):
        return Division(reason=reason)
    passing = _PassingBytes(blob.source)
    text = open_text(passing, blob.asked)
    encoding, unit = _spell_encoding(text.encoding, blob.source.read_at(0, 4))
    layout = text.layout
    if not layout.rows:
        return Division()
    if not unit:
        return Division(reason=f"in the encoding {text.encoding}, the ends of rows are not known from the bytes")
    if separator_hint(layout.rows[0].text) is not None:
        return Division(reason="its header looks like a line that names the separator")
    has_header = blob.asked.options["header"] == "true"
    marked = encoding.startswith("utf-")
    finder = RecordFinder(layout.delimiter, unit, skip=layout.rows[0].line, header=has_header, rows=rows, marked=marked)
    passing.pass_to(finder)
    guesses, count = _guess_types(text)
    passing.finish()
    repeated = len(text.repeated_headers.numbers)
    if finder.failed or finder.records != count + repeated + has_header or text.repairs.marks:
        return Division(reason="the ends of its rows are not known from the bytes alone")
    if not has_header and any(_names_separator(blob.source, cut, encoding) for cut in finder.cuts):
        return Division(reason="a piece would begin with a row that looks like a line that names the separator")
    return _make_pieces(finder, rows, blob.asked, _common_options(text, encoding, guesses), guesses)


class _PassingBytes:
    """A source whose bytes are passed on as they are read for the first time, in order.

    Args:
        source: the bytes.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._passed = 0
        self._waiting: list[bytes] = []
        self._finder: RecordFinder | None = None

    def read_at(self, offset: int, length: int) -> bytes:
        """Read bytes; those that follow the ones passed on so far are passed on."""
        data = self._source.read_at(offset, length)
        if isinstance(self._source, InputFile | Slice):
            self._source.pass_by(offset + len(data))
        if offset <= self._passed < offset + len(data):
            fresh = data[self._passed - offset :]
            self._passed = offset + len(data)
            if self._finder is None:
                self._waiting.append(fresh)
            else:
                self._finder.feed(fresh)
        return data

    def pass_to(self, finder: RecordFinder) -> None:
        """Pass on what was read, and what will be, to a finder."""
        for data in self._waiting:
            finder.feed(data)
        self._waiting, self._finder = [], finder

    def finish(self) -> None:
        """Tell the finder that all was read."""
        assert self._finder is not None
        self._finder.finish()


def _hindrance(blob: BlobSource) -> str:
    """Return what keeps any such text from being divided; empty for nothing."""
    if isinstance(blob.source, SpooledFile):
        return "it is compressed"
    for name, value in _OF_THE_WHOLE:
        if blob.asked.options.get(name, value) != value:
            return f"the option {name} is about the whole"
    return ""


def _spell_encoding(encoding: str, start: bytes) -> tuple[str, str]:
    """Return the encoding of a piece, which has no byte-order mark, and the type of its units; empty if unknown."""
    for wide, size in _WIDE.items():
        if encoding.startswith(wide):
            marked = encoding == wide
            little = encoding.endswith("le") or (marked and start.startswith(b"\xff\xfe"))
            if marked and not little and start.lstrip(b"\0")[:2] != b"\xfe\xff":
                return encoding, ""
            return f"{wide}-{'le' if little else 'be'}", f"{'<' if little else '>'}u{size}"
    if encoding in ("utf-8", "utf-8-sig"):
        return "utf-8", "u1"
    try:
        single = (
            len(bytes(range(256)).decode(encoding, "replace")) == 256 and _ASCII.decode(encoding) == _ASCII.decode()
        )
    except UnicodeError:
        single = False
    return encoding, "u1" if single else ""


def _names_separator(source: Source, place: int, encoding: str) -> bool:
    """Return whether the row at a place would be taken for a line that names the separator."""
    return separator_hint(source.read_at(place, _LONGEST_HINT).decode(encoding, "replace")) is not None


def _guess_types(text: DelimitedText) -> tuple[dict[str, ColumnGuess], int]:
    """Read all rows; return what is known of each column, by its label, and the number of rows."""
    guesses: dict[str, ColumnGuess] = {}
    count = 0
    with ThreadPoolExecutor(max(1, min(4, pa.cpu_count()))) as pool:
        for batch in text.batches(pool=pool):
            if not guesses:
                guesses = _begin_guesses(text)
            count += batch.num_rows
            list(pool.map(lambda guess, cells: guess.add(cells), guesses.values(), batch.columns))
    if text.trailing:
        for guess in guesses.values():
            guess.add(pa.nulls(1, pa.string()))
    return guesses, count


def _begin_guesses(text: DelimitedText) -> dict[str, ColumnGuess]:
    asked = text.asked
    labels, _ = column_labels(asked, text.labels, text.width)
    dates = date_columns(labels, asked)
    as_text = columns_in_option(labels, asked, "text")
    everything = asked.options["types"] == "text"
    return {
        label: ColumnGuess(asked, keep_text=everything or label in as_text, dates=label in dates) for label in labels
    }


def _common_options(text: DelimitedText, encoding: str, guesses: Mapping[str, ColumnGuess]) -> dict[str, str]:
    asked = text.asked
    kinds = column_types_named(asked.options["column_types"]) or [guess.kind for guess in guesses.values()]
    spelled = spell_delimiter(text.layout.delimiter).strip('"')
    options = {"format": asked.format, "encoding": encoding, "delimiter": spelled, "column_types": ";".join(kinds)}
    options |= {name: value for name, value in _NEUTRAL.items() if asked.options[name] != value}
    incomplete = [
        label
        for (label, guess), kind in zip(guesses.items(), kinds, strict=True)
        if guess.has_missing and kind in ("int64", "bool")
    ]
    if incomplete:
        options["incomplete"] = ";".join(incomplete)
    return options


def _make_pieces(
    finder: RecordFinder, rows: int, asked: AskedDataset, options: dict[str, str], guesses: Mapping[str, ColumnGuess]
) -> Division:
    count = finder.records - (asked.options["header"] == "true")
    needed = -(-count // rows)
    if needed < 2:
        return Division()
    if needed > MOST_PIECES:
        return Division(reason=f"it would be {needed} pieces, of which there may be {MOST_PIECES}")
    if not all(options["column_types"].split(";")):
        return Division(reason="a column that the option dates names has other values")
    unnameable = [label for label in options.get("incomplete", "").split(";") if label and label not in guesses]
    if unnameable or any(label != label.strip() for label in options.get("incomplete", "").split(";")):
        return Division(reason="a column with missing values has a label that no option can name")
    bounds = [finder.start, *finder.cuts[: needed - 1], finder.end]
    places = [
        print_ranges((*([finder.header] if finder.header else []), range(start, stop)))
        for start, stop in pairwise(bounds)
    ]
    pieces = tuple(
        DividedPiece(place, number * rows, min(rows, count - number * rows)) for number, place in enumerate(places)
    )
    last = {"trailing_newline": "row"} if asked.options["trailing_newline"] == "row" else {}
    return Division(pieces, "bytes", options, last)
