"""Codecs: the bytes of a dataset to an Arrow table, and back. One row of `CODECS` for each format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import BinaryIO, Final

import pyarrow as pa

from blobprep.protocol import AskedDataset, AskedResults, Translation
from blobprep.tables.codecs import arff, csv, excel, json, plaintext, svmlight
from blobprep.tables.codecs.columnar import arrow, parquet
from blobprep.tables.codecs.compression import compress, open_blob
from blobprep.tables.codecs.concat import for_several_blobs, require_one_format
from blobprep.tables.codecs.errors import convert_errors
from blobprep.tables.codecs.sources import BlobSource, DecodedTable, Source, blobs_of
from blobprep.tables.streaming_input import InputFile

__all__ = ["CODECS", "Codec", "decode", "encode", "head"]


@dataclass(frozen=True, slots=True)
class Codec:
    """Hold the three functions of a format; they are called through those of this module.

    Attributes:
        decode: of one blob or several to one table.
        head: the first rows of one blob.
        encode: a table to a sink.
    """

    decode: Callable[[list[BlobSource]], DecodedTable]
    head: Callable[[Source, AskedDataset, int], tuple[pa.Table, int | None]]
    encode: Callable[[pa.Table, BinaryIO, AskedResults, str], list[Translation]]


_DELIMITED: Final = Codec(csv.decode, csv.head, csv.encode)

CODECS: Final[Mapping[str, Codec]] = MappingProxyType(
    {
        "csv": _DELIMITED,
        "tsv": _DELIMITED,
        "arff": Codec(for_several_blobs(arff.decode), arff.head, arff.encode),
        "svmlight": Codec(svmlight.decode, svmlight.head, svmlight.encode),
        "excel": Codec(for_several_blobs(excel.decode), excel.head, excel.encode),
        "json": Codec(json.decode_document, json.head_document, json.encode_document),
        "jsonl": Codec(json.decode_lines, json.head_lines, json.encode_lines),
        "plaintext": Codec(plaintext.decode, plaintext.head, plaintext.encode),
        "parquet": Codec(for_several_blobs(parquet.decode), parquet.head, parquet.encode),
        "arrow": Codec(for_several_blobs(arrow.decode), arrow.head, arrow.encode),
    }
)


def decode(source: InputFile, asked: AskedDataset) -> tuple[pa.Table, list[Translation], str]:
    """Read a dataset.

    Text is read while it arrives; the other formats wait until the input is whole.

    Returns:
        The table, its labels unique, the ledger (one entry for each change or choice that may surprise), and the
        format it turned out to be in.

    Raises:
        DatasetError: the bytes are not what the format promises; says what is wrong, where, and what to do.
        InvalidOption: an option of reading has a value that means nothing.
        ArrivalFailed: the input ended before it was whole.
    """
    with convert_errors(asked):
        blobs = [open_blob(blob) for blob in blobs_of(source, asked)]
        require_one_format(blobs)
        name = blobs[0].asked.format
        table, ledger = CODECS[name].decode(blobs)
        return table, ledger, name


def head(source: InputFile, asked: AskedDataset, rows: int) -> tuple[pa.Table, int | None]:
    """Read the first rows of a dataset, touching little more of the input than holds them.

    Returns:
        Up to `rows` rows, text typed by these alone; and the rows of the whole dataset where the format knows them
        without reading it, else None.

    Raises:
        DatasetError, InvalidOption, ArrivalFailed: as `decode`.
    """
    with convert_errors(asked):
        first, *others = blobs_of(source, asked)
        blob = open_blob(first)
        table, total = CODECS[blob.asked.format].head(blob.source, blob.asked, rows)
        return table, None if others else total


def encode(table: pa.Table, sink: BinaryIO, asked: AskedResults, port: str) -> list[Translation]:
    """Write results.

    Args:
        table: labels unique.
        sink: written from front to back; need not be seekable, and is not closed.
        asked: the format and its options.
        port: `results` or `results2`, for the ledger.

    Returns:
        The ledger: one entry for each column whose look in the format is not its value.
    """
    with compress(sink, asked, port) as target:
        return CODECS[asked.format].encode(table, target, asked, port)
