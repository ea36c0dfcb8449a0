"""The decoder of ARFF datasets."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import pyarrow as pa

from blobprep.protocol import AskedDataset
from blobprep.tables.codecs.arff.columns import Column, WrongValue
from blobprep.tables.codecs.arff.header import Attribute, HeaderReader
from blobprep.tables.codecs.arff.rows import RowReader
from blobprep.tables.codecs.errors import dataset_error
from blobprep.tables.codecs.labels import rename_entries, unique_labels
from blobprep.tables.codecs.sources import DecodedTable, Source
from blobprep.tables.codecs.text.lines import Block, read_blocks
from blobprep.tables.codecs.text.repairs import Repairs

__all__ = ["decode", "head"]


def decode(source: Source, asked: AskedDataset) -> DecodedTable:
    """Read an ARFF dataset while it arrives; see `blobprep.tables.codecs.decode`."""
    return _read(source, asked, None)


def head(source: Source, asked: AskedDataset, rows: int) -> tuple[pa.Table, int | None]:
    """Read the first rows from the first lines; see `blobprep.tables.codecs.head`."""
    table = _read(source, asked, rows)[0]
    return table.slice(0, rows), None if table.num_rows > rows else table.num_rows


def _read(source: Source, asked: AskedDataset, enough: int | None) -> DecodedTable:
    """Read all rows, or stop once there are more than `enough`."""
    repairs = Repairs()
    lines = read_blocks(source, asked, repairs, head=enough is not None)
    attributes, rest = _read_header(lines, asked)
    reader = RowReader(attributes, asked)
    columns = [Column(attribute, asked) for attribute in attributes]
    count = 0
    for block in chain([rest], lines):
        for cells in reader.read(block):
            for attribute, column, texts in zip(attributes, columns, cells.columns, strict=True):
                try:
                    column.add(texts)
                except WrongValue as error:
                    what = f"line {cells.line(error.row)} {error} (column {attribute.name!r})"
                    raise dataset_error(
                        asked, what, "correct the value or the declaration; write ? for a missing value"
                    ) from error
            count += len(cells.columns[0])
        if enough is not None and count > enough:
            break
    table, ledger = _build_table(attributes, columns, reader, asked)
    return table, ledger + repairs.entries(asked)


def _read_header(lines: Iterator[Block], asked: AskedDataset) -> tuple[list[Attribute], Block]:
    """Return the attributes, and the rest of the block after `@data`."""
    header = HeaderReader(asked)
    for block in lines:
        start = 0
        for number, line in block.lines():
            start += len(line) + 1
            if header.read(number, line):
                return header.attributes, Block(number + 1, block.text[start:])
    raise header.missing_data()


def _build_table(
    attributes: list[Attribute], columns: list[Column], reader: RowReader, asked: AskedDataset
) -> DecodedTable:
    names = [attribute.name for attribute in attributes]
    labels = unique_labels(names)
    finished = [column.finish() for column in columns]
    ledger = rename_entries(asked.port, names, labels) + [entry for _, entries in finished for entry in entries]
    return pa.Table.from_arrays([column for column, _ in finished], names=labels), ledger + reader.entries()
