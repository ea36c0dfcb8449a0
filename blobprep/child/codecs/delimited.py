"""The rows of delimited text as cells of text, a batch at a time while the bytes arrive; and what goes wrong there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, Protocol

import pyarrow as pa
import pyarrow.csv

from blobprep.child.codecs.characters import Characters, encoding_of, undecodable
from blobprep.child.codecs.failures import option, refused
from blobprep.errors import DatasetError
from blobprep.formats import delimiter_named
from blobprep.protocol import AskedDataset

__all__ = ["Delimited", "Ranges"]

_BLOCKS: Final = (4 << 20, 128 << 20, 1 << 30)
"""Bytes parsed at a time; a row must fit, so the next size is tried where one does not."""

_RAGGED: Final = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")
_STRADDLES: Final = "straddles two block boundaries"


class Ranges(Protocol):
    """Give bytes by position."""

    def read_at(self, offset: int, length: int) -> bytes:
        """Read `length` bytes from `offset`, fewer only at the end."""
        ...


class Delimited:
    """Read one delimited text, its header as the first row.

    Its columns go by numbers here, so that no header can be in the way.

    Args:
        source: the bytes.
        start: the first few of them.
        asked: its dataset; the options `encoding`, `delimiter`, `missing` and `header` matter here.
        whole: False where the source ends before the dataset does.

    Attributes:
        trailing: whether its last line end is one more row, of missing cells; known when all of it was read.
    """

    def __init__(self, source: Ranges, start: bytes, asked: AskedDataset, whole: bool = True) -> None:
        self.asked, self.trailing = asked, False
        self._source, self._whole = source, whole
        self._encoding = encoding_of(start, asked.options["encoding"])

    def batches(self, columns: Sequence[int] | None = None) -> Iterator[pa.RecordBatch]:
        """Read the rows while they arrive, none of the batches empty.

        Args:
            columns: numbers from 0, of those that are wanted; None for all.

        Raises:
            DatasetError: it is not delimited text; says where.
        """
        given = 0
        for block in _BLOCKS:
            seen = 0
            try:
                for batch in self._streamed(block, columns):
                    seen += batch.num_rows
                    if seen > given:  # else had with smaller blocks already
                        yield batch.slice(max(0, batch.num_rows - (seen - given)))
                        given = seen
                return
            except UnicodeError as error:
                raise undecodable(_Cursor(self._source), self._encoding, self.asked) from error
            except pa.ArrowInvalid as error:
                if _STRADDLES not in str(error) or block == _BLOCKS[-1]:
                    raise self._explained(error) from error

    def header(self, first: pa.RecordBatch) -> list[str]:
        """Return the labels in the first row, empty where there is none.

        A label may be what is a missing cell below it; so where one is, that row is read once more, as it stands.
        """
        labels = [column[0].as_py() for column in first.columns]
        if None in labels and self.asked.options["missing"]:
            converting = pyarrow.csv.ConvertOptions(default_column_type=pa.string())
            file = pa.PythonFile(Characters(_Cursor(self._source), self._encoding, whole=False), mode="r")
            reading = _reading(max(_BLOCKS[0], 2 * first.nbytes), threads=False)
            with pyarrow.csv.open_csv(file, reading, self._parsing(), converting) as reader:
                labels = [column[0].as_py() for column in reader.read_next_batch().columns]
        return [label or "" for label in labels]

    def row(self, number: int) -> int:
        """Return the number of a row among those below the header."""
        return number - (self.asked.options["header"] == "true")

    def _streamed(self, block: int, columns: Sequence[int] | None) -> Iterator[pa.RecordBatch]:
        characters = self._characters()
        file = pa.PythonFile(characters, mode="r")
        rows, last = 0, None
        with pyarrow.csv.open_csv(file, _reading(block), self._parsing(), self._converting(columns)) as reader:
            for batch in reader:
                if batch.num_rows:
                    rows, last = rows + batch.num_rows, batch
                    yield batch
        if columns is None and characters.quotes % 2 and self._whole and last is not None:
            self._refuse_open_quote(last, rows)
        self.trailing = characters.line_ended and self.asked.options["trailing_newline"] == "row"

    def _characters(self) -> Characters:
        return Characters(_Cursor(self._source), self._encoding, self._whole)

    def _parsing(self) -> Any:
        return pyarrow.csv.ParseOptions(
            delimiter=delimiter_named(self.asked.options["delimiter"]),
            # Costs a tenth of the time at this block size; without it such values would be torn.
            newlines_in_values=True,
        )

    def _converting(self, columns: Sequence[int] | None = None) -> Any:
        names = None if columns is None else [f"f{position}" for position in columns]
        return pyarrow.csv.ConvertOptions(
            default_column_type=pa.string(),
            include_columns=names,
            null_values=["", self.asked.options["missing"]],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        )

    def _refuse_open_quote(self, last: pa.RecordBatch, rows: int) -> None:
        cell = last.column(last.num_columns - 1)[-1].as_py()
        if cell is not None and cell.endswith("\n"):
            raise refused(
                self.asked,
                f"opens a quote in row {self.row(rows)} and never closes it",
                "fetch it again if it was cut short, or mend the quote",
            )

    def _explained(self, error: pa.ArrowInvalid) -> DatasetError:
        """Say in the user's terms why pyarrow refused; what it does not tell is found by reading again."""
        reason = str(error)
        if "invalid UTF8" in reason:
            return undecodable(_Cursor(self._source), self._encoding, self.asked)
        if "Empty CSV" in reason:
            return refused(self.asked, "is empty: it has not even a header", "check what wrote it")
        if _STRADDLES in reason:
            return refused(self.asked, "has a row of more than 1 GiB", "look for a quote that is never closed")
        try:
            file = pa.PythonFile(self._characters(), mode="r")
            pyarrow.csv.read_csv(file, _reading(_BLOCKS[0], threads=False), self._parsing(), self._converting())
        except pa.ArrowInvalid as told:
            reason = str(told)  # only now with the number of the row
        ragged = _RAGGED.search(reason)
        if ragged is None:
            return refused(self.asked, f"cannot be read as {self.asked.format}: {reason[:300]}")
        number, expected, actual = map(int, ragged.groups())
        above = "the header" if self.asked.options["header"] == "true" else "the first row"
        cells = "1 cell" if actual == 1 else f"{actual} cells"
        return refused(
            self.asked,
            f"has {cells} in row {self.row(number)} where {above} has {expected}",
            f"mend the row, or name what separates cells, for example {option(self.asked, 'delimiter=;')}",
        )


class _Cursor:
    """Read a source at a position of its own: pyarrow reads in advance, perhaps while something else is looked up."""

    def __init__(self, source: Ranges) -> None:
        self._source, self._position = source, 0

    def read(self, size: int = -1, /) -> bytes:
        data = self._source.read_at(self._position, size)
        self._position += len(data)
        return data

    def seek(self, offset: int, /) -> int:
        self._position = offset
        return offset


def _reading(block: int, threads: bool = True) -> Any:
    return pyarrow.csv.ReadOptions(autogenerate_column_names=True, block_size=block, use_threads=threads)
