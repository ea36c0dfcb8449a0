"""Reading CSV and TSV: from rows of text to a table, each column with the type that all its cells have.

Rows are read in batches while they arrive. Meanwhile the columns of the previous batch get their types, and their text
is dropped. Only a column whose later cells are of another type is read from the input again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from blobprep.errors import DatasetError, InvalidOption
from blobprep.formats import column_types_named
from blobprep.protocol import AskedDataset, Translation
from blobprep.tables.codecs.concat import require_same_labels
from blobprep.tables.codecs.csv.column_types import NAMED_TYPES, TypedColumn, given_types_entry
from blobprep.tables.codecs.csv.cursor import RangeSource
from blobprep.tables.codecs.csv.dates import DATE_KINDS, columns_in_option, date_columns, parse_dates
from blobprep.tables.codecs.csv.infer import Column
from blobprep.tables.codecs.csv.parse import DelimitedText
from blobprep.tables.codecs.errors import dataset_error
from blobprep.tables.codecs.labels import labels_from_header
from blobprep.tables.codecs.sources import BlobSource, DecodedTable, Source
from blobprep.tables.codecs.text.characters import refuse_other_encodings
from blobprep.tables.codecs.text.repairs import merge_entries

__all__ = ["column_labels", "decode", "head", "open_text"]

_HEAD: Final = 256 << 10
_START: Final = 512
_ONE_MISSING: Final = pa.nulls(1, pa.string())
_BATCH_ROWS: Final = 1 << 14
"""Rows worth processing at once; smaller batches, as of a wide table, are combined."""

_FEW_CELLS: Final = 1 << 18
"""Cells that one thread processes sooner than others have begun to."""


def decode(blobs: Sequence[BlobSource]) -> DecodedTable:
    """Read a text dataset of one blob or several while it arrives; see `blobprep.tables.codecs.decode`."""
    texts = [open_text(blob.source, blob.asked) for blob in blobs]
    with ThreadPoolExecutor(max(1, min(4, pa.cpu_count()))) as pool:
        table = _TableBuilder(pool)
        for blob, text in zip(blobs, texts, strict=True):
            before = table.rows
            table.append(text, text.batches(pool=pool))
            blob.rows.append(table.rows - before)
        return table.finish()


def head(source: Source, asked: AskedDataset, rows: int) -> tuple[pa.Table, int | None]:
    """Read the first rows from the first bytes; see `blobprep.tables.codecs.head`."""
    refuse_other_encodings(source.read_at(0, _START), asked)
    wanted = rows + 1  # the last row may be cut
    length = _HEAD
    while len(data := source.read_at(0, length)) == length:
        start = _read_first_rows(data, asked)
        if start is not None and sum(batch.num_rows for batch in start[1]) >= wanted:
            text, batches = start
            first = pa.Table.from_batches(batches).slice(0, rows).to_batches()
            with ThreadPoolExecutor(1) as pool:
                table = _TableBuilder(pool)
                table.append(text, first)
                return table.finish()[0].slice(0, rows), None
        length *= 4
    whole, _ = decode([BlobSource(source, asked)])
    return whole.slice(0, rows), whole.num_rows


def _read_first_rows(data: bytes, asked: AskedDataset) -> tuple[DelimitedText, list[pa.RecordBatch]] | None:
    """Read the rows in the first bytes; return None on an error, which the cut may have caused."""
    text = None
    try:
        text = DelimitedText(_StartSource(data), data[:_START], asked, whole=False)
        return text, list(text.batches())
    except DatasetError:
        if text is not None and text.damaged:
            raise
    return None


def open_text(source: RangeSource, asked: AskedDataset) -> DelimitedText:
    """Open a delimited text.

    Raises:
        DatasetError: it is in another encoding, or its start cannot be read.
    """
    start = source.read_at(0, _START)
    refuse_other_encodings(start, asked)
    return DelimitedText(source, start, asked)


class _StartSource:
    """The start of a dataset, cut at its last line end."""

    def __init__(self, data: bytes) -> None:
        self._data = data[: data.rfind(b"\n") + 1] or data

    def read_at(self, offset: int, length: int) -> bytes:
        return self._data[offset : offset + length]


@dataclass(frozen=True, slots=True)
class _TextRead:
    """A text that was read: the positions of the table's columns in it, and the number of rows before it."""

    text: DelimitedText
    order: list[int]
    before: int


class _TableBuilder:
    """A table built from one text or several; the first determines the labels and their order.

    Attributes:
        rows: so far.
    """

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._running: list[Future[None]] = []
        self._columns: list[Column | TypedColumn] = []
        self._ledger: list[Translation] = []
        self._dates: frozenset[str] = frozenset()
        self.rows = 0
        self._read: list[_TextRead] = []

    def append(self, text: DelimitedText, batches: Iterable[pa.RecordBatch]) -> None:
        """Add the rows of a text.

        Raises:
            DatasetError: it is not valid delimited text, or its columns are not those of the first text.
        """
        before = self.rows
        order: list[int] | None = None
        for batch in _gather_batches(batches):
            if order is None:
                order = self._find_order(text, text.labels, text.width)
                self._read.append(_TextRead(text, order, before))
            self._add([batch.column(position) for position in order])
        if order is not None and text.trailing:
            self._add([_ONE_MISSING] * len(order))

    def finish(self) -> DecodedTable:
        """Return the table and its ledger, after reading columns again where necessary."""
        self._settle()
        indices = [index for index, column in enumerate(self._columns) if column.needs_restore]
        if indices:
            self._restore(indices)
        few = self.rows * len(self._columns) <= _FEW_CELLS
        outcomes = (map if few else self._pool.map)(self._finish_column, self._columns)
        arrays = []
        for array, entry in outcomes:
            arrays.append(array)
            self._ledger += [entry] if entry is not None else []
        entries = [entry for read in self._read for entry in read.text.entries()]
        self._ledger = merge_entries(entries) + self._ledger
        return pa.Table.from_arrays(arrays, names=[column.label for column in self._columns]), self._ledger

    def _find_order(self, text: DelimitedText, header: list[str] | None, count: int) -> list[int]:
        """Return the position in a text of each column of the table."""
        if not self._read:
            self._begin(text.asked, header, count)
            return list(range(count))
        first = self._read[0].text.asked
        ours = [column.label for column in self._columns]
        if header is None:
            if count != len(ours):
                raise dataset_error(
                    text.asked, f"has {count} column{'s' * (count > 1)}, but {first.reference} has {len(ours)}"
                )
            return list(range(count))
        labels, _ = column_labels(text.asked, header, count)
        require_same_labels(ours, labels, first, text.asked)
        positions = {label: position for position, label in enumerate(labels)}
        return [positions[label] for label in ours]

    def _begin(self, asked: AskedDataset, header: list[str] | None, count: int) -> None:
        labels, self._ledger = column_labels(asked, header, count)
        if kinds := _given_types(labels, asked):
            self._columns = [TypedColumn(label, asked, kind) for label, kind in zip(labels, kinds, strict=True)]
            self._ledger.append(given_types_entry(asked))
            return
        self._dates = date_columns(labels, asked)
        as_text = self._dates | columns_in_option(labels, asked, "text")
        everything = asked.options["types"] == "text"
        self._columns = [Column(label, asked, keep_text=everything or label in as_text) for label in labels]

    def _add(self, cells: list[Any]) -> None:
        self._settle()
        self.rows += len(cells[0])
        if len(cells[0]) * len(cells) <= _FEW_CELLS:
            for column, array in zip(self._columns, cells, strict=True):
                column.add(array)
            return
        self._running = [
            self._pool.submit(column.add, array) for column, array in zip(self._columns, cells, strict=True)
        ]

    def _settle(self) -> None:
        """Wait until the previous batch is processed: a column must get its cells in order."""
        for future in self._running:
            future.result()
        self._running = []

    def _restore(self, indices: list[int]) -> None:
        chunks: dict[int, list[Any]] = {index: [] for index in indices}
        for read in self._read:
            for batch in read.text.batches([read.order[index] for index in indices], self._pool):
                for index, cells in zip(indices, batch.columns, strict=True):
                    chunks[index].append(cells)
            if read.text.trailing:
                for index in indices:
                    chunks[index].append(_ONE_MISSING)
        for index in indices:
            self._columns[index].restore(pa.chunked_array(chunks.pop(index), pa.string()))

    def _finish_column(self, column: Column | TypedColumn) -> tuple[Any, Translation | None]:
        cells, entry = column.outcome()
        if isinstance(column, TypedColumn) and column.kind in DATE_KINDS:
            asked, where = self._read[0].text.asked, self._locate_row
            return parse_dates(cells, column.label, asked, where, (column.kind,))
        if column.label in self._dates:
            return parse_dates(cells, column.label, self._read[0].text.asked, self._locate_row)
        return cells, entry

    def _locate_row(self, row: int) -> tuple[AskedDataset, int]:
        """Return the text that a row is in, and its number there, from 1."""
        read = self._read[bisect_right([read.before for read in self._read], row - 1) - 1]
        return read.text.asked, row - read.before


def _gather_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(held.num_rows for held in waiting) >= _BATCH_ROWS:
            yield waiting.pop() if len(waiting) == 1 else pa.concat_batches(waiting)
            waiting = []
    if waiting:
        yield pa.concat_batches(waiting)


def _given_types(labels: list[str], asked: AskedDataset) -> list[Any]:
    """Return the types that the option `column_types` gives, none without it.

    Raises:
        DatasetError: they are more or fewer than the columns.
        InvalidOption: another option says something about types, too.
    """
    named = column_types_named(asked.options.get("column_types", ""))
    if not named:
        return []
    others = [name for name in ("text", "dates") if asked.options[name]]
    others += ["types"] if asked.options["types"] != "guess" else []
    if others:
        raise InvalidOption(f"column_types and {others[0]} are given together", remedy="give the types in one of them")
    if len(named) != len(labels):
        raise dataset_error(asked, f"has {len(labels)} columns, but the option column_types gives {len(named)} types")
    return [NAMED_TYPES[name] for name in named]


def column_labels(asked: AskedDataset, header: list[str] | None, count: int) -> tuple[list[str], list[Translation]]:
    """Return the labels of a text's columns, and a ledger entry for each that changed.

    Args:
        asked: the dataset.
        header: the labels in the header; None without one.
        count: the number of columns.
    """
    if header is None:
        return [f"Col{number}" for number in range(1, count + 1)], []
    return labels_from_header(asked.port, header)
