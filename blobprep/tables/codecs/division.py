"""One blob divided into pieces that are read one by one as parts of the whole are."""

from __future__ import annotations

from blobprep.protocol import AskedDataset
from blobprep.protocol.divisions import Division
from blobprep.tables.codecs.compression import open_blob
from blobprep.tables.codecs.errors import convert_errors
from blobprep.tables.codecs.sources import blobs_of
from blobprep.tables.streaming_input import InputFile

__all__ = ["divide"]


def divide(source: InputFile, asked: AskedDataset, rows: int) -> Division:
    """Divide a dataset of one blob into pieces of at most so many rows, as far as its format allows.

    Raises:
        DatasetError, InvalidOption, ArrivalFailed: as `blobprep.tables.codecs.decode`.
    """
    with convert_errors(asked):
        first, *others = blobs_of(source, asked)
        if others:
            return Division(reason="it is one of several blobs that are one dataset")
        blob = open_blob(first)
        match blob.asked.format:
            case "csv" | "tsv":
                from blobprep.tables.codecs.csv.division import divide as divide_text

                return divide_text(blob, rows)
            case "parquet":
                from blobprep.tables.codecs.columnar.division import divide as divide_groups

                return divide_groups(blob, rows)
            case name:
                return Division(reason=f"{name} is not divided")
