"""A Parquet file divided by row groups; only its footer is read, and INT96 times, whose unit depends on all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from blobprep.formats import split_labels
from blobprep.protocol.divisions import MOST_PIECES, DividedPiece, Division
from blobprep.tables.codecs.columnar.dataset import to_dataset
from blobprep.tables.codecs.columnar.footer import wait_for_footer
from blobprep.tables.codecs.columnar.int96 import has_int96
from blobprep.tables.codecs.columnar.parquet import find_time_units
from blobprep.tables.codecs.sources import BlobSource
from blobprep.tables.codecs.spool import SpooledFile
from blobprep.tables.codecs.types.allowlist import require_allowed_types

__all__ = ["divide"]


def divide(blob: BlobSource, rows: int) -> Division:
    """Divide a file into pieces of whole row groups, with as many rows as that allows and no more, or one group each.

    Raises:
        DatasetError: a column has a type that no dataset has.
    """
    if isinstance(blob.source, SpooledFile):
        return Division(reason="it is compressed as a whole")
    if blob.asked.options.get("row_groups"):
        return Division(reason="only some of its row groups are read")
    wait_for_footer(blob.source)
    with pyarrow.parquet.ParquetFile(pa.BufferReader(pa.py_buffer(blob.source.map_ahead()))) as file:
        require_allowed_types(file.schema_arrow, blob.asked)
        if file.metadata.num_rows <= rows:
            return Division()
        if file.num_row_groups == 1:
            return Division(reason="it has one row group only")
        if reason := _hindrance(file):
            return Division(reason=reason)
        pieces = tuple(_gather(file.metadata, rows))
        if len(pieces) > MOST_PIECES:
            return Division(reason=f"it would be {len(pieces)} pieces, of which there may be {MOST_PIECES}")
        labels = _find_incomplete(file, blob)
        units = find_time_units(blob.source, blob.asked) if has_int96(file) else set()
    if len(units) > 1:
        return Division(reason=f"its INT96 times need different units: {', '.join(sorted(units))}")
    if labels is None:
        return Division(reason="its footer does not say which columns have missing values")
    incomplete = ";".join(labels)
    if split_labels(incomplete) != labels:
        return Division(reason="a column with missing values has a label that no option can name")
    options = {"format": "parquet"} | ({"incomplete": incomplete} if incomplete else {})
    if units:
        options["int96"] = units.pop()
    return Division(pieces, "row_groups", options)


def _hindrance(file: Any) -> str:
    """Return what keeps a file from being divided, as only the whole shows it; empty for nothing."""
    for field in file.schema_arrow:
        if pa.types.is_dictionary(field.type):
            return f"column {field.name[:40]!r} has categories, which only the whole shows"
    return ""


def _gather(metadata: Any, rows: int) -> Iterator[DividedPiece]:
    first, held, before = 0, 0, 0
    for number in range(metadata.num_row_groups):
        count = metadata.row_group(number).num_rows
        if held and held + count > rows:
            yield DividedPiece(f"{first}-{number - 1}", before, held)
            first, held, before = number, 0, before + held
        held += count
    yield DividedPiece(f"{first}-{metadata.num_row_groups - 1}", before, held)


def _find_incomplete(file: Any, blob: BlobSource) -> list[str] | None:
    """Return the labels of columns that missing values make another type to a script; None if that is not known."""
    schema = file.schema_arrow
    finished = to_dataset(schema.empty_table(), blob.asked, file.metadata.num_rows)[0].schema
    concerned = {field.name for field in finished if pa.types.is_integer(field.type) or pa.types.is_boolean(field.type)}
    if len(set(schema.names)) < len(schema.names):
        return None
    labels = []
    for place in range(len(file.schema.names)):
        column = file.schema.column(place)
        if column.max_repetition_level or column.path not in concerned or not column.max_definition_level:
            continue
        missing = _count_missing(file.metadata, place)
        if missing is None:
            return None
        if missing:
            labels.append(column.path)
    return labels


def _count_missing(metadata: Any, place: int) -> int | None:
    count = 0
    for number in range(metadata.num_row_groups):
        statistics = metadata.row_group(number).column(place).statistics
        if statistics is None or not statistics.has_null_count:
            return None
        count += statistics.null_count
    return count
