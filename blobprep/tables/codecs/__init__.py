"""Codecs turn the bytes of a dataset into an Arrow table and back; each format has a row in `CODECS`.

A codec is imported when it is first used: a run needs two of them, and all together take 15 ms of its start.

compression   gzip and zip, removed before a codec reads and added when it writes
concat        several blobs read as one table
division      one blob divided into pieces
combination   many datasets combined into one
appending     files written table after table
errors        errors that name the dataset and the option to use, and pyarrow's exceptions converted to them
labels        labels of columns, made unique
partitions    columns that only the names of blobs hold
sink          a writer to a pipe that takes fewer bytes at a time than it is given
sources       the blobs of a dataset, each with its bytes and its options
spool         bytes that arrive in order, kept in a file so that they can be read at any position
detection     what the bytes of a blob are, whatever its name says
text          decoding, cleaning and sampling text, and reading numbers from it
types         the types of columns: which are allowed, and how one is cast to another
columnar      Parquet and Arrow
csv           CSV and TSV
json          JSON and JSON Lines
arff          ARFF, Weka's format
excel         Excel workbooks
svmlight      SvmLight
plaintext     lines of plain text
cells         tables as a web service exchanges them, which is no format of a blob
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import BinaryIO, Final

import pyarrow as pa

from blobprep.protocol import AskedDataset, AskedResults, Translation
from blobprep.protocol.classic_cells import CELLS
from blobprep.tables.codecs.compression import compress, open_blob
from blobprep.tables.codecs.concat import for_several_blobs, require_one_format
from blobprep.tables.codecs.errors import convert_errors
from blobprep.tables.codecs.partitions import add_partition_columns
from blobprep.tables.codecs.sources import BlobSource, DecodedTable, Source, blobs_of
from blobprep.tables.streaming_input import InputFile

__all__ = ["CODECS", "Codec", "decode", "decode_blob", "encode", "head", "head_blob", "load"]


@dataclass(frozen=True, slots=True)
class Codec:
    """The three functions of a format, called through the functions of this module.

    Attributes:
        decode: reads one blob or several into one table.
        head: reads the first rows of one blob.
        encode: writes a table to a sink.
    """

    decode: Callable[[list[BlobSource]], DecodedTable]
    head: Callable[[Source, AskedDataset, int], tuple[pa.Table, int | None]]
    encode: Callable[[pa.Table, BinaryIO, AskedResults, str], list[Translation]]


def _delimited() -> Codec:
    from blobprep.tables.codecs import csv

    return Codec(csv.decode, csv.head, csv.encode)


def _arff() -> Codec:
    from blobprep.tables.codecs import arff

    return Codec(for_several_blobs(arff.decode), arff.head, arff.encode)


def _svmlight() -> Codec:
    from blobprep.tables.codecs import svmlight

    return Codec(svmlight.decode, svmlight.head, svmlight.encode)


def _excel() -> Codec:
    from blobprep.tables.codecs import excel

    return Codec(for_several_blobs(excel.decode), excel.head, excel.encode)


def _json() -> Codec:
    from blobprep.tables.codecs import json

    return Codec(json.decode_document, json.head_document, json.encode_document)


def _json_lines() -> Codec:
    from blobprep.tables.codecs import json

    return Codec(json.decode_lines, json.head_lines, json.encode_lines)


def _plaintext() -> Codec:
    from blobprep.tables.codecs import plaintext

    return Codec(plaintext.decode, plaintext.head, plaintext.encode)


def _parquet() -> Codec:
    from blobprep.tables.codecs.columnar import parquet

    return Codec(for_several_blobs(parquet.decode, parallel=True), parquet.head, parquet.encode)


def _arrow() -> Codec:
    from blobprep.tables.codecs.columnar import arrow

    return Codec(for_several_blobs(arrow.decode), arrow.head, arrow.encode)


CODECS: Final[Mapping[str, Callable[[], Codec]]] = MappingProxyType(
    {
        "csv": _delimited,
        "tsv": _delimited,
        "arff": _arff,
        "svmlight": _svmlight,
        "excel": _excel,
        "json": _json,
        "jsonl": _json_lines,
        "plaintext": _plaintext,
        "parquet": _parquet,
        "arrow": _arrow,
    }
)
"""What imports the codec of each format."""


def _cells() -> Codec:
    from blobprep.tables.codecs import cells

    return Codec(cells.decode, cells.head, cells.encode)


@cache
def _codec(name: str) -> Codec:
    return _cells() if name == CELLS else CODECS[name]()


def load(names: Iterable[str]) -> None:
    """Import the codecs of formats, where code that comes later might replace modules that they need."""
    for name in names:
        _codec(name)


def decode(source: InputFile, asked: AskedDataset) -> tuple[pa.Table, list[Translation], str]:
    """Read a dataset.

    Text is read while it arrives; the other formats wait until all of the input is there.

    Returns:
        The table with unique labels, the ledger (one entry for each change or choice that may surprise), and the name
        of the format that was read.

    Raises:
        DatasetError: the bytes are not valid in the format; says what is wrong, where, and what to do.
        InvalidOption: a read option has an invalid value.
        ArrivalFailed: the input ended too early.
    """
    with convert_errors(asked):
        if asked.format == CELLS:  # of no blob, and never compressed
            return *_codec(CELLS).decode([BlobSource(source, asked)]), CELLS
        blobs = [open_blob(blob) for blob in blobs_of(source, asked)]
        require_one_format(blobs)
        name = blobs[0].asked.format
        table, ledger = _codec(name).decode(blobs)
        table, added = add_partition_columns(table, blobs, asked)
        return table, ledger + added, name


def head(source: InputFile, asked: AskedDataset, rows: int) -> tuple[pa.Table, int | None]:
    """Read the first rows of a dataset, and little more of the input than the part that holds them.

    Returns:
        Up to `rows` rows, with types inferred from these rows alone; and the number of rows in the whole dataset if it
        is known without reading everything, else None.

    Raises:
        DatasetError, InvalidOption, ArrivalFailed: as `decode`.
    """
    with convert_errors(asked):
        first, *others = blobs_of(source, asked)
        blob = open_blob(first)
        table, total = _codec(blob.asked.format).head(blob.source, blob.asked, rows)
        return table, None if others else total


def decode_blob(blob: BlobSource) -> DecodedTable:
    """Read one blob of a dataset, not compressed and in a known format; raises as `decode`, and as pyarrow does."""
    return _codec(blob.asked.format).decode([blob])


def head_blob(blob: BlobSource, rows: int) -> pa.Table:
    """Read the first rows of one blob of a dataset, not compressed and in a known format; raises as `decode_blob`."""
    return _codec(blob.asked.format).head(blob.source, blob.asked, rows)[0]


def encode(table: pa.Table, sink: BinaryIO, asked: AskedResults, port: str) -> list[Translation]:
    """Write results.

    Args:
        table: has unique labels.
        sink: written from front to back; need not be seekable, and stays open.
        asked: the format and its options.
        port: `results` or `results2`, for the ledger.

    Returns:
        The ledger: one entry for each column that the format holds in another form.
    """
    if asked.format == CELLS:
        return _codec(CELLS).encode(table, sink, asked, port)
    with compress(sink, asked, port) as target:
        return _codec(asked.format).encode(table, target, asked, port)
