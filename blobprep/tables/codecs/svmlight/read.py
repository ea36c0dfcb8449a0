"""The decoder of SvmLight datasets, to the columns of Studio (classic): `Col1` to `ColN` and `Labels`."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa

from blobprep.errors import InvalidOption
from blobprep.protocol import AskedDataset, Translation
from blobprep.tables.codecs.errors import convert_errors, dataset_error
from blobprep.tables.codecs.sources import BlobSource, DecodedTable, Source
from blobprep.tables.codecs.svmlight.rows import MOST_FEATURES, Rows, parse_rows
from blobprep.tables.codecs.text.lines import read_blocks
from blobprep.tables.codecs.text.numerals import Losses
from blobprep.tables.codecs.text.repairs import Repairs

__all__ = ["decode", "head"]

_MOST_CELLS: Final = 250_000_000


def decode(parts: list[BlobSource]) -> DecodedTable:
    """Read one or several blobs, all as wide as the widest; see `blobprep.tables.codecs.decode`."""
    pieces: list[Rows] = []
    repairs = Repairs()
    for part in parts:
        with convert_errors(part.asked):
            read = [parse_rows(block, part.asked) for block in read_blocks(part.source, part.asked, repairs)]
        part.rows.append(sum(len(piece.labels) for piece in read))
        pieces += read
    table, ledger = _build_table(pieces, parts[0].asked)
    return table, ledger + repairs.entries(parts[0].asked)


def head(source: Source, asked: AskedDataset, rows: int) -> tuple[pa.Table, int | None]:
    """Read the first rows, only as wide as they need; see `blobprep.tables.codecs.head`."""
    pieces: list[Rows] = []
    count = 0
    for block in read_blocks(source, asked, Repairs(), head=True):
        pieces.append(parse_rows(block, asked))
        count += len(pieces[-1].labels)
        if count > rows:
            break
    table = _build_table(pieces, asked)[0]
    return table.slice(0, rows), None if count > rows else count


def _build_table(pieces: list[Rows], asked: AskedDataset) -> DecodedTable:
    count = sum(len(piece.labels) for piece in pieces)
    highest = max((int(piece.column.max()) + 1 for piece in pieces if len(piece.column)), default=0)
    width = max(highest, _read_minimum(asked))
    if width * count > _MOST_CELLS:
        raise dataset_error(
            asked,
            f"has {count:,} rows and indices up to {width:,}, which makes more than {_MOST_CELLS:,} cells",
            "renumber the features, or read fewer blobs at once",
        )
    matrix = np.zeros((width, count))
    start = 0
    for piece in pieces:
        matrix[piece.column, piece.row + start] = piece.values
        start += len(piece.labels)
    names = [f"Col{number}" for number in range(1, width + 1)]
    columns: list[Any] = [pa.array(row) for row in matrix]
    queries = pa.chunked_array([piece.queries for piece in pieces], pa.int64())
    if queries.null_count < len(queries):
        names.append("qid")
        columns.append(queries)
    columns.append(pa.chunked_array([piece.labels for piece in pieces], pa.float64()))
    return pa.Table.from_arrays(columns, names=[*names, "Labels"]), _ledger_entries(pieces, asked)


def _read_minimum(asked: AskedDataset) -> int:
    text = asked.options["features"]
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) > MOST_FEATURES:
        raise InvalidOption(
            f"features={text} is not a number of columns", remedy=f"use a number from 0 to {MOST_FEATURES:,}"
        )
    return int(text)


def _ledger_entries(pieces: list[Rows], asked: AskedDataset) -> list[Translation]:
    ledger = sum((piece.losses for piece in pieces), Losses()).entries(asked, "", "store them in another format")
    count = sum(piece.comments for piece in pieces)
    if count:
        example = next(piece.comment for piece in pieces if piece.comments)
        ledger.append(Translation(asked.port, "", "dropped", "Comments were dropped.", False, "", count, example))
    return ledger
