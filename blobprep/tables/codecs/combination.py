"""Many datasets combined into one, or into several files with the same columns, without holding more than a few.

First the types of the columns of all are looked at: in the footers of Parquet, by reading delimited text once. Then the
rows are read, cast to the types that they have together, and written. The rules are those of several blobs that are
read as one dataset (`blobprep.tables.codecs.concat`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.protocol import EXAMPLE_LIMIT, NO_VALUE, AskedDataset, AskedResults, Translation
from blobprep.protocol.combinations import DELIMITED
from blobprep.tables import codecs
from blobprep.tables.bare import bare_table
from blobprep.tables.cell_text import text_writer
from blobprep.tables.codecs.appending import TableAppender
from blobprep.tables.codecs.columnar.extremes import find_extremes, find_unfilled, read_extremes
from blobprep.tables.codecs.compression import open_blob
from blobprep.tables.codecs.concat import (
    plain_categories_entry,
    promotion_entry,
    require_same_labels,
    type_mismatch_error,
    unify_types,
)
from blobprep.tables.codecs.csv.column_types import NAMED_TYPES, ColumnGuess, given_types_entry
from blobprep.tables.codecs.csv.read import column_labels, open_text
from blobprep.tables.codecs.errors import convert_errors, dataset_error
from blobprep.tables.codecs.sources import BlobSource, blobs_of
from blobprep.tables.codecs.text.repairs import merge_entries
from blobprep.tables.codecs.types.casts import Cast, cast
from blobprep.tables.codecs.types.promotion import NoCommonType
from blobprep.tables.streaming_input import InputFile

__all__ = ["Combination"]

_READERS: Final = 8  # footers that are asked for at a time
_MOST_CHUNKS: Final = 64  # of evidence, before it is reduced


@dataclass(slots=True)
class _Column:
    """What is known of the columns of one label.

    Attributes:
        seen: by type: the first dataset that has it, and evidence of its values.
        filled: the types that some dataset has a value of, as far as is known.
        kind: what all become; None until it is known.
        plain: whether categories become plain values.
        cast: how many values were cast, and how many of them changed.
        plain_count: how many were categories.
    """

    seen: dict[Any, tuple[AskedDataset, list[Any]]] = field(default_factory=dict)
    filled: set[Any] = field(default_factory=set)
    kind: Any = None
    plain: bool = False
    cast: Cast = field(default_factory=lambda: Cast(None))
    cast_count: int = 0
    plain_count: int = 0

    def note(self, column: Any, asked: AskedDataset, *, filled: bool) -> None:
        """Note a column's type, evidence of its values, and whether it may have any."""
        if filled:
            self.filled.add(column.type)
        _, chunks = self.seen.setdefault(column.type, (asked, []))
        if pa.types.is_dictionary(column.type):
            for chunk in column.chunks:  # two orders of categories are as good as many
                if len(chunks) < 2 and not any(chunk.dictionary.equals(known.dictionary) for known in chunks):
                    chunks.append(chunk)
            return
        chunks += column.chunks
        if len(chunks) > _MOST_CHUNKS:
            chunks[:] = _reduce(pa.chunked_array(chunks, column.type)).chunks

    def decide(self, label: str) -> None:
        """Choose the type that all become.

        Raises:
            DatasetError: there is none.
        """
        kinds = list(self.seen)
        try:
            columns = [pa.chunked_array(self.seen[kind][1], kind) for kind in kinds]
            self.kind, self.plain = unify_types(columns, [kind in self.filled for kind in kinds])
        except NoCommonType as error:
            kind = kinds[error.position]
            other = kinds[0] if error.position else kinds[-1]
            raise type_mismatch_error(self.seen[kind][0], label, kind, self.seen[other][0], other) from error


class Combination:
    """Datasets on their way into one: `add_types` for all, then `open`, `add_rows` and `close` for each file."""

    def __init__(self) -> None:
        self._first: AskedDataset | None = None
        self._labels: list[str] = []
        self._columns: dict[str, _Column] = {}
        self._guesses: dict[str, ColumnGuess] = {}
        self._decided = self._as_text = False
        self._ledger: list[Translation] = []
        self._appender: TableAppender | None = None
        self._left_out: dict[str, str] = {}
        self._sink: BinaryIO | None = None

    def add_types(self, source: InputFile, asked: AskedDataset, *, as_text: bool) -> None:
        """Look at the types of some datasets.

        Args:
            source: their bytes.
            asked: the datasets.
            as_text: whether the cells of delimited text are copied as they are, so that no type matters.

        Raises:
            DatasetError: one has other columns than those before, or cannot be read.
        """
        self._as_text = as_text
        blobs = blobs_of(source, asked)
        examine = (lambda blob: (_labels_of_text(blob), ())) if as_text else _evidence
        if asked.format in DELIMITED and not as_text:
            for blob in blobs:
                with convert_errors(blob.asked):
                    self._guess(blob)
            return
        with ThreadPoolExecutor(_READERS, "blobprep-types") as pool:
            for blob, (found, unfilled) in zip(blobs, pool.map(examine, blobs), strict=True):
                self._require_labels(list(found), blob.asked)
                for label in () if as_text else self._labels:
                    self._columns[label].note(found[label], blob.asked, filled=label not in unfilled)

    def open(self, sink: BinaryIO, asked: AskedResults, left_out: Sequence[tuple[str, str]]) -> None:
        """Begin a file.

        Args:
            sink: written from front to back; closed with the file.
            asked: its format and options.
            left_out: columns that it does not get, and the text of the value that they must have.

        Raises:
            DatasetError: columns of one label have no common type.
        """
        if not self._decided:
            self._decide()
        self._left_out = dict(left_out)
        fields = [(label, column.kind) for label, column in self._columns.items() if label not in self._left_out]
        self._sink = sink
        self._appender = TableAppender(sink, asked, pa.schema(fields), "results")

    def add_rows(self, source: InputFile, asked: AskedDataset) -> None:
        """Add the rows of some datasets.

        Raises:
            DatasetError: one cannot be read, or a value in a column that is left out is another one.
        """
        assert self._appender is not None
        for blob in blobs_of(source, asked):
            with convert_errors(blob.asked):
                table = self._decode(blob)
                columns = {label: self._cast(label, table.column(label), blob.asked) for label in self._labels}
                for label, value in self._left_out.items():
                    if label in columns:
                        _require_value(columns.pop(label), label, value, blob.asked)
                self._appender.append(_table(columns, table.num_rows))

    def close(self) -> tuple[int, int]:
        """End the file; return its rows and columns."""
        assert self._appender is not None
        appender, self._appender = self._appender, None
        changes = appender.close()
        assert self._sink is not None
        self._sink.close()
        self._ledger += [] if self._as_text else changes  # nothing was read as another type
        return appender.rows, len(set(self._labels) - set(self._left_out))

    def ledger(self) -> list[Translation]:
        """Return all changes so far."""
        entries = merge_entries(self._ledger)
        for label, column in self._columns.items():
            if column.plain_count:
                entries.append(plain_categories_entry("results", label, column.plain_count))
            if column.cast_count:
                kinds = [_plain(kind) if column.plain else kind for kind in column.seen]
                entries.append(promotion_entry("results", label, kinds, column.kind, column.cast_count, column.cast))
        return entries

    def _require_labels(self, labels: list[str], asked: AskedDataset) -> None:
        if self._first is None:
            self._first, self._labels = asked, labels
            self._columns = {label: _Column() for label in labels}
        elif labels != self._labels:
            require_same_labels(self._labels, labels, self._first, asked)

    def _guess(self, blob: BlobSource) -> None:
        blob, labels = _opened(blob), list(_labels_of_text(blob))
        self._require_labels(labels, blob.asked)
        if not self._guesses:
            self._guesses = {label: ColumnGuess(blob.asked, keep_text=False, dates=False) for label in labels}
        for batch in open_text(blob.source, blob.asked).batches():
            for label, cells in zip(labels, batch.columns, strict=True):
                self._guesses[label].add(cells)

    def _decide(self) -> None:
        self._decided = True
        for label, column in self._columns.items():
            if self._as_text:
                column.kind = pa.string()
            elif label in self._guesses:
                column.kind = NAMED_TYPES[self._guesses[label].kind]
            else:
                column.decide(label)

    def _decode(self, blob: BlobSource) -> pa.Table:
        asked = blob.asked
        if asked.format in DELIMITED:
            labels = list(_labels_of_text(blob))
            self._require_labels(labels, asked)
            kinds = ";".join(str(self._columns[label].kind) for label in labels)
            asked = replace(asked, options={**asked.options, "column_types": kinds})
        table, entries = codecs.decode_blob(_opened(replace(blob, asked=asked)))
        self._require_labels(table.column_names, asked)
        told = [replace(entry, port="results") for entry in entries if entry != given_types_entry(asked)]
        self._ledger = merge_entries([*self._ledger, *told])
        return table

    def _cast(self, label: str, column: Any, asked: AskedDataset) -> Any:
        known = self._columns[label]
        if known.plain and pa.types.is_dictionary(column.type):
            known.plain_count += len(column)
            column = column.cast(column.type.value_type)
        if known.kind is None or column.type == known.kind:
            return column
        try:
            done = cast(column, known.kind)
        except pa.ArrowException as error:
            raise dataset_error(
                asked, f"has {column.type} in column {label!r}, which cannot be {known.kind}"
            ) from error
        known.cast_count += len(column)
        known.cast = Cast(None, known.cast.count + done.count, known.cast.example or done.example)
        return done.values


def _opened(blob: BlobSource) -> BlobSource:
    """Return a blob decompressed; one that is not compressed is what its own run wrote, and is not looked at."""
    return blob if blob.asked.options["compression"] == "none" else open_blob(blob)


def _labels_of_text(blob: BlobSource) -> dict[str, None]:
    """Return the labels of a delimited text, in order."""
    with convert_errors(blob.asked):
        blob = _opened(blob)
        rows = open_text(blob.source, blob.asked).layout.rows
        if not rows:
            raise dataset_error(blob.asked, "has no columns")
        cells = rows[0].cells
        header = cells if blob.asked.options["header"] == "true" else None
        return dict.fromkeys(column_labels(blob.asked, header, len(cells))[0])


def _evidence(blob: BlobSource) -> tuple[dict[str, Any], Collection[str]]:
    """Return the columns of a dataset by label, with as many of their values as tell which types can hold all.

    Returns:
        The columns, and the labels of those that are known to have no value.
    """
    with convert_errors(blob.asked):
        blob = _opened(blob)
        if blob.asked.format == "parquet":
            empty = codecs.head_blob(blob, 0)
            if not any(pa.types.is_dictionary(kind) and kind.ordered for kind in empty.schema.types):
                known = read_extremes(blob.source, empty.schema)
                columns = {
                    field.name: pa.chunked_array([known[field.name]] if field.name in known else [], field.type)
                    for field in empty.schema
                }
                return columns, find_unfilled(blob.source)
        table, _ = codecs.decode_blob(blob)
        columns = {label: table.column(label) for label in table.column_names}
        unfilled = {label for label, column in columns.items() if column.null_count == len(column)}
        return {label: _reduce(column) for label, column in columns.items()}, unfilled


def _reduce(column: Any) -> Any:
    """Return a column with its least and largest values alone, or with no values, but all of its categories."""
    if pa.types.is_dictionary(column.type):
        return pa.chunked_array([chunk.slice(0, 0) for chunk in column.chunks], column.type)
    return pa.chunked_array([find_extremes(column)], column.type)


def _require_value(column: Any, label: str, value: str, asked: AskedDataset) -> None:
    """Refuse a column that is left out, for its value is the folder's, if it has another one."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    texts = text_writer(column)
    may_be_missing = value in ("", NO_VALUE)  # as --partition-columns reads the name of such a folder
    for chunk in column.chunks:
        others = pc.fill_null(pc.not_equal(texts(chunk), pa.scalar(value, pa.large_string())), not may_be_missing)
        if pc.any(others).as_py():
            other = chunk.filter(others)[0].as_py()
            raise dataset_error(
                asked,
                f"has {str(other)[:EXAMPLE_LIMIT]!r} in column {label!r}, but goes into the folder {label}={value}",
                "rename the column in the script, or combine by other parts",
            )


def _plain(kind: Any) -> Any:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _table(columns: dict[str, Any], rows: int) -> pa.Table:
    return pa.table(columns) if columns else bare_table(rows)
