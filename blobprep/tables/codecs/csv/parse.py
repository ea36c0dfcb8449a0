"""The rows of delimited text as cells of text, read in batches while the bytes arrive, and the errors in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from blobprep.errors import DatasetError
from blobprep.protocol import EXAMPLE_LIMIT, AskedDataset, Translation
from blobprep.tables.codecs.csv.blocks import BlockParser, Unsuitable, last_cell
from blobprep.tables.codecs.csv.cursor import Cursor, RangeSource
from blobprep.tables.codecs.csv.layout import Layout, read_layout
from blobprep.tables.codecs.csv.nul_bytes import find_first_nul
from blobprep.tables.codecs.csv.repeated_headers import RepeatedHeaders
from blobprep.tables.codecs.csv.row_widths import ragged_row_error
from blobprep.tables.codecs.errors import dataset_error, option
from blobprep.tables.codecs.text.characters import Characters, resolve_encoding, undecodable_error
from blobprep.tables.codecs.text.repairs import ERROR, MARK, MISSING, Repairs, clean_cells, nul_bytes_error

__all__ = ["DelimitedText"]

_BLOCKS: Final = (4 << 20, 128 << 20, 1 << 30)
"""Bytes parsed at a time; if a row does not fit, the next size is tried."""

_RAGGED: Final = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")
_STRADDLES: Final = "straddles two block boundaries"


class DelimitedText:
    """A delimited text: its labels, and its rows in batches.

    Columns are numbered, so no label can interfere.

    Args:
        source: the bytes.
        start: the first few bytes.
        asked: the dataset with its read options.
        whole: False if the source ends before the dataset does.

    Attributes:
        labels: the labels in the header, empty if missing; None without a header. Known with the first batch.
        width: the number of columns. Known with the first batch.
        damaged: whether it was refused because of NUL bytes, which reading further cannot change.
        trailing: whether the last line end counts as one more row, of missing cells. Known once all was read.
        encoding, layout: of the text.
        repairs, repeated_headers: what was removed from it. Known once all was read.
    """

    def __init__(self, source: RangeSource, start: bytes, asked: AskedDataset, whole: bool = True) -> None:
        self.asked, self.trailing, self.damaged = asked, False, False
        self.labels: list[str] | None = None
        self.width = 0
        self._source, self._whole = source, whole
        self.encoding = resolve_encoding(start, asked.options["encoding"])
        self._nul_bytes = asked.options["nul_bytes"]
        self.layout = Layout("")
        try:
            self.layout = read_layout(partial(self._open_characters, strict=True), asked)
        except UnicodeError as error:
            raise undecodable_error(Cursor(self._source), self.encoding, asked) from error
        self.repairs = Repairs()
        self.repeated_headers = RepeatedHeaders()
        self._left_out: list[tuple[int, str]] = []
        self._suits_blocks = not any(end in asked.options["missing"] for end in "\r\n")

    def batches(
        self, columns: Sequence[int] | None = None, pool: ThreadPoolExecutor | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Read the rows below the header while they arrive; the first batch may be empty, others are not.

        Args:
            columns: the numbers, from 0, of the columns to read again after a first full read; None for all.
            pool: the threads that parse; None if the text is too short to need more than one.

        Raises:
            DatasetError: it is not valid delimited text; says where.
        """
        delivered = 0
        ways: list[Callable[[], Iterator[tuple[Characters, pa.RecordBatch]]]]
        ways = [partial(self._stream, block, columns) for block in _BLOCKS]
        if pool is not None and self._suits_blocks and self._row_handler([]) is None:
            ways.insert(0, partial(self._parse_blocks, pool, columns))
        for way in ways:
            seen = 0
            try:
                for characters, batch in way():
                    seen += batch.num_rows
                    if seen > delivered:  # the other rows were read in the way before
                        fresh = batch.slice(max(0, batch.num_rows - (seen - delivered)))
                        yield self._finish(fresh, delivered, characters, columns)
                        delivered = seen
                return
            except Unsuitable:
                self._suits_blocks = False
            except UnicodeError as error:
                raise undecodable_error(Cursor(self._source), self.encoding, self.asked) from error
            except pa.ArrowInvalid as error:
                if _STRADDLES not in str(error) or way is ways[-1]:
                    raise self._explain(error) from error

    def entries(self) -> list[Translation]:
        """Return the ledger entries for what was dropped, once all was read."""
        torn = any("\0" in text for _, text in self._left_out)
        if self.repairs.nuls or torn:
            self.repairs.place = self._find_first_nul()
        ledger = [*self.layout.ledger, *self.repairs.entries(self.asked)]
        ledger += self.repeated_headers.entries(self.asked)
        if self._left_out:
            number, text = self._left_out[0]
            defect = "broken by NUL bytes" if torn else "with more or fewer cells than the header"
            detail = f"Rows {defect} were left out, the first is row {number}."
            count = len(self._left_out)
            ledger.append(Translation(self.asked.port, "", "dropped", detail, True, "", count, text.replace("\0", "")))
        return ledger

    def _row_below_header(self, number: int) -> int:
        """Return the number of a row, counted from 1 below the header."""
        return number - (self.asked.options["header"] == "true")

    def _finish(
        self, batch: pa.RecordBatch, before: int, characters: Characters, columns: Sequence[int] | None
    ) -> pa.RecordBatch:
        """Return a batch without the header and without anything that is not data.

        Args:
            batch: rows as pyarrow parsed them.
            before: the number of rows before the batch.
            characters: the text they were read from.
            columns: as in `batches`.
        """
        if columns is None and before == 0:
            self.width = batch.num_columns - self.layout.extra
            if self.asked.options["header"] == "true":
                self.labels = self._read_header(batch)
                self.repeated_headers.header = [column[0] for column in batch.columns[: self.width]]
        if self.asked.options["header"] == "true" and before == 0:
            batch, before = batch.slice(1), 1
        arrays = batch.columns
        if characters.marked or characters.nuls:
            cleaned = [clean_cells(array, self.asked) for array in arrays]
            arrays = [cells for cells, _, _ in cleaned]
            if columns is None:
                self.repairs.marks += sum(marks for _, marks, _ in cleaned)
                self.repairs.nuls += sum(nuls for _, _, nuls in cleaned)
        if columns is None:
            for array in arrays[self.width :]:
                self._refuse_content(array, before)
            arrays = arrays[: self.width]
        finished = pa.RecordBatch.from_arrays(arrays, names=[f"f{number}" for number in range(len(arrays))])
        return self.repeated_headers.drop_from(finished, before, columns is None)

    def _refuse_content(self, array: pa.Array, before: int) -> None:
        """Refuse a column that was taken for empty if it has a cell with content."""
        first = pc.index(pc.match_substring_regex(array, r"\S"), True).as_py()
        if first >= 0:
            row, cell = self._row_below_header(before + first + 1), array[first].as_py()
            raise dataset_error(
                self.asked,
                f"has {cell[:EXAMPLE_LIMIT]!r} in row {row} after the last column of the header, where other rows have"
                " an empty cell",
                f"fix the row, or {option(self.asked, 'unlabeled=last')} keeps it as a column",
            )

    def _read_header(self, first: pa.RecordBatch) -> list[str]:
        """Return the labels in the first row, empty where missing.

        A label may equal the text of missing cells; if one seems missing, the row is read again with all texts kept.
        """
        labels = [column[0].as_py() for column in first.columns]
        if None in labels and self.asked.options["missing"]:
            converting = pyarrow.csv.ConvertOptions(default_column_type=pa.string())
            handler = self._row_handler([])
            file = pa.PythonFile(self._open_characters(whole=False, checked=handler is not None), mode="r")
            reading = _read_options(max(_BLOCKS[0], 2 * first.nbytes), threads=False)
            with pyarrow.csv.open_csv(file, reading, self._parse_options(handler), converting) as reader:
                labels = [column[0].as_py() for column in reader.read_next_batch().columns]
        written = [label or "" for label in labels[: self.width]]
        cleaned = [label.lstrip(MARK).replace("\0", "") for label in written]
        self.repairs.nuls += sum(label.count("\0") for label in written)
        self.repairs.marks += sum(len(label) - len(label.lstrip(MARK)) for label in written)
        return cleaned

    def _parse_blocks(
        self, pool: ThreadPoolExecutor, columns: Sequence[int] | None
    ) -> Iterator[tuple[Characters, pa.RecordBatch]]:
        characters = self._open_characters()
        parser = BlockParser(pool, self._parse_options(), partial(self._convert_options, columns), _BLOCKS[0])
        for batch in parser.batches(characters, 0 if columns is None else self.width + self.layout.extra):
            yield characters, batch
        self._note_end(characters)

    def _stream(self, block: int, columns: Sequence[int] | None) -> Iterator[tuple[Characters, pa.RecordBatch]]:
        left_out: list[tuple[int, str]] = []
        handler = self._row_handler(left_out)
        # pyarrow passes rows to the handler without checking their encoding.
        characters = self._open_characters(checked=handler is not None)
        file = pa.PythonFile(characters, mode="r")
        rows, last = 0, None
        reading = _read_options(block, threads=handler is None)  # rows have numbers only without threads
        try:
            with pyarrow.csv.open_csv(
                file, reading, self._parse_options(handler), self._convert_options(columns)
            ) as reader:
                for batch in reader:
                    self._refuse_nuls(characters)
                    if batch.num_rows:
                        rows, last = rows + batch.num_rows, batch
                        yield characters, batch
        except pa.ArrowInvalid:
            self._refuse_nuls(characters)
            raise
        if columns is None and self._whole and last is not None:
            self._refuse_open_quote(last, rows, block)
        self._note_end(characters)
        if columns is None:
            self._require_few(left_out, self._row_below_header(rows))
            self._left_out = left_out
            self.repairs.marks += characters.marks
            self.repairs.nuls += characters.nuls if self._nul_bytes == "drop" else 0

    def _note_end(self, characters: Characters) -> None:
        self.trailing = characters.line_ended and self.asked.options["trailing_newline"] == "row"

    def _open_characters(
        self, whole: bool | None = None, strict: bool = False, checked: bool = False, one_more: bool = False
    ) -> Characters:
        drop = self._nul_bytes == "drop" and not strict
        whole = self._whole if whole is None else whole
        return Characters(
            Cursor(self._source),
            self.encoding,
            whole,
            checked=checked,
            drop_nuls=drop,
            one_more=one_more,
            replaced=self.layout.replaced,
        )

    def _parse_options(self, handler: Callable[[Any], str] | None = None) -> Any:
        return pyarrow.csv.ParseOptions(
            delimiter=self.layout.delimiter,
            # Costs a tenth of the time at this block size; without it, such values would be broken.
            newlines_in_values=True,
            invalid_row_handler=handler,
        )

    def _row_handler(self, left_out: list[tuple[int, str]]) -> Callable[[Any], str] | None:
        """Return the function for pyarrow to call for a row with a wrong number of cells; it notes rows left out."""
        every, torn = self.asked.options["ragged"] == "drop", self._nul_bytes == MISSING
        if not every and not torn:
            return None

        def leave_out(row: Any) -> str:
            if not every and "\0" not in row.text:
                return "error"
            left_out.append((self._row_below_header(row.number), row.text))
            return "skip"

        return leave_out

    def _convert_options(self, columns: Sequence[int] | None = None, checked: bool = True) -> Any:
        names = None if columns is None else [f"f{position}" for position in columns]
        return pyarrow.csv.ConvertOptions(
            default_column_type=pa.string(),
            check_utf8=checked,
            include_columns=names,
            null_values=["", self.asked.options["missing"]],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        )

    def _refuse_open_quote(self, last: pa.RecordBatch, rows: int, block: int) -> None:
        """Refuse a last cell with a quote that is never closed: it grows with one more line end after the text."""
        cell = last_cell(last)
        if cell is None or not cell.endswith(("\n", "\r")):
            return
        handler = self._row_handler([])
        file = pa.PythonFile(self._open_characters(checked=handler is not None, one_more=True), mode="r")
        reading = _read_options(block, threads=handler is None)
        with pyarrow.csv.open_csv(file, reading, self._parse_options(handler), self._convert_options()) as reader:
            for batch in reader:
                last = batch if batch.num_rows else last
        if last_cell(last) != cell:
            raise dataset_error(
                self.asked,
                f"opens a quote in row {self._row_below_header(rows)} and never closes it",
                "fetch it again if it is incomplete, or fix the quote",
            )

    def _require_few(self, left_out: list[tuple[int, str]], kept: int) -> None:
        if len(left_out) > kept:
            number, _ = left_out[0]
            raise dataset_error(
                self.asked,
                f"has {kept} rows with as many cells as the header, but {len(left_out)} rows with more or fewer, too"
                f" many to leave out; the first is row {number}",
                "check the header and the separator",
            )

    def _refuse_nuls(self, characters: Characters) -> None:
        if characters.nuls and self._nul_bytes == ERROR:
            self.damaged = True
            raise nul_bytes_error(self.asked, self._find_first_nul())

    def _find_first_nul(self) -> str:
        file = pa.PythonFile(self._open_characters(whole=False, strict=True, checked=True), mode="r")
        return find_first_nul(
            file, self._parse_options, self._convert_options(), self.asked.options["header"] == "true"
        )

    def _explain(self, error: pa.ArrowInvalid) -> DatasetError:
        """Return the error in the user's terms; what pyarrow does not report is found by reading again."""
        reason = str(error)
        if "invalid UTF8" in reason:
            return undecodable_error(Cursor(self._source), self.encoding, self.asked)
        if "Empty CSV" in reason:
            above = " below the skipped lines" if self.layout.replaced[0] else ""
            return dataset_error(
                self.asked, f"is empty: it does not even have a header{above}", "check the program that wrote it"
            )
        if _STRADDLES in reason:
            return dataset_error(self.asked, "has a row of more than 1 GiB", "look for a quote that is never closed")
        try:
            handler = self._row_handler([])
            file = pa.PythonFile(self._open_characters(checked=handler is not None), mode="r")
            parsing = self._parse_options(handler)
            pyarrow.csv.read_csv(file, _read_options(_BLOCKS[0], threads=False), parsing, self._convert_options())
        except UnicodeError:
            return undecodable_error(Cursor(self._source), self.encoding, self.asked)
        except pa.ArrowInvalid as second:
            reason = str(second)  # this one has the number of the row
        ragged = _RAGGED.search(reason)
        if ragged is None:
            return dataset_error(self.asked, f"cannot be read as {self.asked.format}: {reason[:300]}")
        number, expected, actual = map(int, ragged.groups())
        return ragged_row_error(self.asked, self.layout, self._row_below_header(number), expected, actual)


def _read_options(block: int, threads: bool = True) -> Any:
    return pyarrow.csv.ReadOptions(autogenerate_column_names=True, block_size=block, use_threads=threads)
