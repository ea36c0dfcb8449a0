"""The rows of an ARFF dataset: lines to columns of text, one block at a time.

A block without quotes, braces and comments is read by a CSV parser. Any other block, and any that the parser rejects,
is read line by line, which also finds the error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv

from blobprep.errors import DatasetError
from blobprep.protocol import EXAMPLE_LIMIT, AskedDataset, Translation
from blobprep.tables.codecs.arff.header import Attribute
from blobprep.tables.codecs.arff.tokens import MISSING, TOKEN, unescape
from blobprep.tables.codecs.errors import dataset_error
from blobprep.tables.codecs.text.lines import Block
from blobprep.tables.codecs.text.numerals import parse_numbers

__all__ = ["Cells", "RowNotes", "RowReader"]

_QUIRK: Final = re.compile(r"""['"{}%]""")
_CONTROLS: Final = {code: " " for code in range(0x20) if code != 0x0A}
_RUN: Final = re.compile(" {2,}")
_EMPTY: Final = re.compile("(?m),,|^,|,$")
_AT_ONCE: Final = 8 << 20
_SPARSE_CELLS: Final = 250_000_000
_WEIGHT: Final = re.compile(r"[0-9.]+(?:[eE][+-]?[0-9]+)?")
_QUOTE: Final = "put values that contain a % in quotes"

Token = tuple[str, str, str, str, str, str]
"""A result of `TOKEN.findall`: bare, single, double, mark, comment, open."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Some rows: an array of text for each attribute, null for `?`, and a function from a row to its line number."""

    columns: list[Any]
    line: Callable[[int], int]


@dataclass(slots=True)
class RowNotes:
    """The number of things that were dropped, and the first of them."""

    count: int = 0
    example: str = ""

    def note(self, example: str, count: int = 1) -> None:
        """Count one more thing, or several."""
        self.count += count
        self.example = self.example or example[:EXAMPLE_LIMIT]


@dataclass(slots=True)
class RowReader:
    """A reader of the rows below `@data`.

    Attributes:
        attributes: as declared.
        asked: the dataset, for messages.
        comments, weights: comments, after values or on their own lines, and weights of rows, which were dropped.
        cut: values that contain a `%`, which begins a comment.
        disabled: comments that would be rows without their `%`.
        absent: values that sparse rows leave out and whose attribute has no zero.
    """

    attributes: list[Attribute]
    asked: AskedDataset
    comments: RowNotes = field(default_factory=RowNotes)
    cut: RowNotes = field(default_factory=RowNotes)
    disabled: RowNotes = field(default_factory=RowNotes)
    weights: RowNotes = field(default_factory=RowNotes)
    absent: RowNotes = field(default_factory=RowNotes)
    _sparse_cells: int = 0
    _zeros: list[str | None] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict)
    _without: set[int] = field(default_factory=set)

    def read(self, block: Block) -> Iterator[Cells]:
        """Yield the rows of a block, in one or several pieces.

        Raises:
            DatasetError: a line is not a row; the message has its number.
        """
        columns = _parse_csv(block.text, len(self.attributes))
        if columns is not None:
            yield Cells(columns, lambda row: _line_of(block, row))
            return
        rows: list[list[str | None]] = []
        lines: list[int] = []
        for number, line in block.lines():
            row = self._parse_row(number, line)
            if row is None:
                continue
            rows.append(row)
            lines.append(number)
            if len(rows) * len(row) >= _AT_ONCE:
                yield _transpose(rows, lines)
                rows, lines = [], []
        if rows:
            yield _transpose(rows, lines)

    def _parse_row(self, number: int, line: str) -> list[str | None] | None:
        tokens: list[Token] = TOKEN.findall(line)
        if not tokens:
            return None
        if tokens[0][4]:
            self._note_comment_line(tokens[0][4])
            return None
        if tokens[-1][4]:
            self._note_trailing_comment(line, tokens.pop()[4], tokens[-1][0])
        values: list[str | None] = []
        begun = False  # whether there was a value since the last comma
        for position, (bare, single, double, mark, _, opened) in enumerate(tokens):
            if bare:
                values.append(None if bare == MISSING else bare)
            elif mark == ",":
                if not begun:
                    raise self._error(
                        number, f"has no value before value {len(values) + 1}", "write ? for a missing value"
                    )
                begun = False
                continue
            elif mark:
                return self._parse_braces(number, tokens[position:], values)
            elif opened:
                raise self._error(number, "opens a quote but does not close it", "close it, or write \\ before it")
            else:
                values.append(unescape(single or double))
            begun = True
        return self._check_width(number, values)

    def _parse_braces(self, number: int, tokens: list[Token], values: list[str | None]) -> list[str | None]:
        """Read a row from its first brace: a weight if values come before it, otherwise a sparse row."""
        if values:
            self._note_weight(number, tokens)
            return self._check_width(number, values)
        close = next((index for index, token in enumerate(tokens) if token[3] == "}"), None)
        if close is None or tokens[0][3] != "{":
            raise self._error(number, "is a sparse row whose braces do not match")
        row = self._parse_sparse(number, tokens[1:close])
        rest = [token for token in tokens[close + 1 :] if token[3] != ","]
        if rest:
            self._note_weight(number, rest)
        return row

    def entries(self) -> list[Translation]:
        """Return the ledger entries for the rows read so far."""
        return [
            Translation(self.asked.port, "", kind, detail, lossy, remedy, noted.count, noted.example)
            for noted, kind, detail, lossy, remedy in (
                (self.weights, "dropped", "The weights of rows were dropped.", True, ""),
                (self.comments, "dropped", "Comments were dropped.", False, ""),
                (
                    self.cut,
                    "dropped",
                    "A % in a value began a comment; it and the rest of the line were dropped.",
                    True,
                    _QUOTE,
                ),
                (self.disabled, "dropped", "Comments that look like rows were dropped.", True, _QUOTE),
                (self.absent, "missing", "Text and dates that sparse rows leave out became missing values.", False, ""),
            )
            if noted.count
        ]

    def _note_comment_line(self, comment: str) -> None:
        """Note a comment line, unless it consists of `%` only."""
        text = comment.strip("% \t")
        if text:
            (self.disabled if self._looks_like_row(text) else self.comments).note(comment)

    def _looks_like_row(self, text: str) -> bool:
        tokens: list[Token] = TOKEN.findall(text)
        values = [bare or single or double for bare, single, double, mark, *_ in tokens if mark != ","]
        if len(values) != len(self.attributes) or len(tokens) < 2 * len(values) - 1 or len(values) < 2:
            return False
        telling = [
            value == MISSING or _fits(value, attribute)
            for value, attribute in zip(values, self.attributes, strict=True)
            if attribute.kind in ("numeric", "integer", "nominal")
        ]
        return bool(telling) and all(telling)

    def _note_trailing_comment(self, line: str, comment: str, last: str) -> None:
        """Note a comment after values; one that touches an unquoted value may be part of it."""
        attached = last and line[: len(line) - len(comment)].endswith(last)
        (self.cut if attached else self.comments).note(last + comment if attached else comment)

    def _parse_sparse(self, number: int, inside: list[Token]) -> list[str | None]:
        tokens = [token for token in inside if token[3] != ","]
        odd = any(len(pairs) % 2 or not pairs for pairs in _split_at_commas(inside)) and inside
        if odd or any(token[3] or token[5] for token in tokens):
            raise self._error(number, "is a sparse row that is not a list of index and value pairs")
        if not self._zeros:
            self._zeros = [_zero(attribute) for attribute in self.attributes]
            self._places = {str(place): place for place in range(len(self.attributes))}
            self._without = {place for place, zero in enumerate(self._zeros) if zero is None}
        self._sparse_cells += len(self.attributes)
        if self._sparse_cells > _SPARSE_CELLS:
            raise self._error(
                number, f"is a sparse row that makes the table larger than {_SPARSE_CELLS:,} cells", "use fewer columns"
            )
        row, given = self._zeros.copy(), set()
        for (index, *_), (bare, single, double, *_) in zip(tokens[::2], tokens[1::2], strict=True):
            place = self._places.get(index)
            if place is None:
                last = len(self.attributes) - 1
                raise self._error(
                    number, f"has the index {index[:EXAMPLE_LIMIT]!r}; the attributes have the indices 0 to {last}"
                )
            if place in given:
                raise self._error(number, f"has the index {place} twice")
            given.add(place)
            row[place] = (None if bare == MISSING else bare) if bare else unescape(single or double)
        if absent := self._without - given:
            self.absent.note(self.attributes[min(absent)].name, len(absent))
        return row

    def _note_weight(self, number: int, tokens: list[Token]) -> None:
        marks = [token[3] for token in tokens]
        if marks != ["{", "", "}"] or not _WEIGHT.fullmatch(tokens[1][0]):
            raise self._error(number, "has braces after its values that are not a weight like {0.5}", "correct the row")
        self.weights.note(tokens[1][0])

    def _check_width(self, number: int, values: list[str | None]) -> list[str | None]:
        expected = len(self.attributes)
        if len(values) == expected:
            return values
        what = "1 value" if len(values) == 1 else f"{len(values)} values"
        declared = "1 attribute is" if expected == 1 else f"{expected} attributes are"
        raise self._error(
            number,
            f"has {what}, but {declared} declared",
            "correct the row; put values that contain a blank in quotes",
        )

    def _error(self, number: int, what: str, remedy: str = "correct the row") -> DatasetError:
        return dataset_error(self.asked, f"line {number} {what}", remedy)


def _split_at_commas(tokens: list[Token]) -> list[list[Token]]:
    groups: list[list[Token]] = [[]]
    for token in tokens:
        if token[3] == ",":
            groups.append([])
        else:
            groups[-1].append(token)
    return groups


def _fits(value: str, attribute: Attribute) -> bool:
    if attribute.kind == "nominal":
        return value in attribute.labels
    return parse_numbers(pa.array([value]), pa.float64()) is not None


def _zero(attribute: Attribute) -> str | None:
    """Return the value of an attribute that a sparse row leaves out: zero, or the first label."""
    if attribute.kind in ("numeric", "integer"):
        return "0"
    return attribute.labels[0] if attribute.labels else None


def _parse_csv(text: str, width: int) -> list[Any] | None:
    """Parse a block as CSV; None if it has quotes, braces or comments, or an error."""
    if _QUIRK.search(text):
        return None
    text = _normalize_separators(text)
    if _EMPTY.search(text):
        return None
    data = text.encode()
    names = [str(number) for number in range(width)]
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(data),
            pyarrow.csv.ReadOptions(column_names=names, use_threads=False, block_size=len(data) + 1),
            pyarrow.csv.ParseOptions(quote_char=False),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), null_values=[MISSING], strings_can_be_null=True
            ),
        )
    except (pa.ArrowInvalid, OverflowError):
        return None
    return [column.combine_chunks() for column in table.columns]


def _normalize_separators(text: str) -> str:
    """Replace everything that Weka takes for a separator by single commas."""
    if any(chr(code) in text for code in _CONTROLS):
        text = text.translate(_CONTROLS)
    if "  " in text:
        text = _RUN.sub(" ", text)
    if " " not in text:
        return text
    for around, mark in ((", ", ","), (" ,", ","), ("\n ", "\n"), (" \n", "\n")):
        text = text.replace(around, mark)
    return text.strip(" ").replace(" ", ",")


def _transpose(rows: list[list[str | None]], lines: list[int]) -> Cells:
    return Cells([pa.array(column, pa.string()) for column in zip(*rows, strict=True)], lines.__getitem__)


def _line_of(block: Block, row: int) -> int:
    filled = (number for number, line in block.lines() if line.translate(_CONTROLS).strip(" "))
    return next(number for index, number in enumerate(filled) if index == row)
