"""Cells of a request to a table, by the types that the service's schema tells.

The service has read the cells of a typed column: they are numbers, truth values, or texts (`blobprep.service.wire`).
Those of a column without a type are as the request had them, and its type is guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

import pyarrow as pa

from blobprep.protocol import AskedDataset
from blobprep.tables.codecs.errors import dataset_error
from blobprep.tables.codecs.labels import unique_labels
from blobprep.tables.codecs.sources import BlobSource, DecodedTable, Source

__all__ = ["decode", "head"]

_NUMERAL: Final = re.compile(r"[+-]?(\d{1,400}\.?\d{0,400}|\.\d{1,400})([eE][+-]?\d{1,5})?")
_WHOLE: Final = re.compile(r"[+-]?\d{1,18}")
_SPAN: Final = re.compile(r"(-)?(?:(\d+)\.)?(\d+):(\d\d):(\d\d)(?:\.(\d{1,9}))?")
_FAILURES: Final = (pa.ArrowException, ValueError, TypeError, OverflowError)


def decode(blobs: list[BlobSource]) -> DecodedTable:
    """Read the table of a request; it is one document.

    Raises:
        DatasetError: a cell is not of its column's type; the message names the column and the row.
    """
    (blob,) = blobs
    return _table(blob.source, blob.asked), []


def head(source: Source, asked: AskedDataset, rows: int) -> tuple[pa.Table, int | None]:
    """Read the first rows."""
    table = _table(source, asked)
    return table.slice(0, rows), table.num_rows


def _table(source: Source, asked: AskedDataset) -> pa.Table:
    document = json.loads(source.read_at(0, source.end()))
    names, columns = document["names"], document["columns"]
    arrays = [_array(asked, *column) for column in zip(names, document["types"], columns, strict=True)]
    if not arrays:
        return pa.table({"": pa.nulls(document["rows"])}).select([])
    return pa.Table.from_arrays(arrays, names=names if len(set(names)) == len(names) else unique_labels(names))


def _array(asked: AskedDataset, name: str, kind: str, cells: Sequence[Any]) -> Any:
    if not kind:
        kind, cells = _guess(cells)
    convert = _conversions().get(kind, _texts)
    try:
        return convert(cells)
    except _FAILURES:
        for at, cell in enumerate(cells):
            try:
                convert([cell])
            except _FAILURES:
                raise dataset_error(asked, f"has a cell in row {at + 1} of column {name!r} that is no {kind}") from None
        raise


def _guess(cells: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """Guess the type of a column, and return its cells as values of that type; numbers may be texts."""
    present = [cell for cell in cells if cell is not None]
    kinds = set(map(type, present))
    if kinds == {bool}:
        return "Boolean", cells
    if kinds == {int}:
        return ("Int64" if all(-(2**63) <= cell < 2**63 for cell in present) else "String"), cells
    if kinds and kinds <= {int, float}:
        return "Double", [None if cell is None else float(cell) for cell in cells]
    if kinds == {str}:
        for kind, pattern, read in (("Int64", _WHOLE, int), ("Double", _NUMERAL, float)):
            if all(pattern.fullmatch(cell) for cell in present if cell) and any(present):
                return kind, [read(cell) if cell else None for cell in cells]  # an empty text is a missing number
    return "String", cells


def _texts(cells: Sequence[Any]) -> Any:
    try:
        return pa.array(cells, pa.string())
    except pa.ArrowException:  # not all are texts
        pass
    return pa.array([cell if cell is None or isinstance(cell, str) else str(cell) for cell in cells], pa.string())


def _times(cells: Sequence[Any]) -> Any:
    texts = pa.array(cells, pa.string())
    try:
        return texts.cast(pa.timestamp("us"))
    except pa.ArrowInvalid:  # nanoseconds
        return texts.cast(pa.timestamp("ns"))


def _spans(cells: Sequence[Any]) -> Any:
    counts = [None if cell is None else _nanoseconds(cell) for cell in cells]
    if any(count is not None and count % 1000 for count in counts):
        return pa.array(counts, pa.int64()).cast(pa.duration("ns"))
    return pa.array([None if count is None else count // 1000 for count in counts], pa.int64()).cast(pa.duration("us"))


def _nanoseconds(cell: str) -> int:
    found = _SPAN.fullmatch(cell)
    if found is None:
        raise ValueError("not a span of time")
    minus, days, hours, minutes, seconds, fraction = found.groups()
    total = ((int(days or 0) * 24 + int(hours)) * 60 + int(minutes)) * 60 + int(seconds)
    whole = total * 10**9 + int((fraction or "0").ljust(9, "0"))
    return -whole if minus else whole


def _plain(kind: Any) -> Callable[[Sequence[Any]], Any]:
    return lambda cells: pa.array(cells, kind)


def _whole(kind: Any) -> Callable[[Sequence[Any]], Any]:
    def convert(cells: Sequence[Any]) -> Any:
        if not {int, type(None)}.issuperset(map(type, cells)):  # pyarrow would cut a fraction off
            raise TypeError("not all are whole numbers")
        return pa.array(cells, kind)

    return convert


@cache
def _conversions() -> Mapping[str, Callable[[Sequence[Any]], Any]]:
    """Return what makes an array of cells, by the classic type of their column."""
    return {
        "String": _texts,
        "Double": _plain(pa.float64()),
        "Single": _plain(pa.float32()),
        "Boolean": _plain(pa.bool_()),
        "DateTime": _times,
        "TimeSpan": _spans,
        "SByte": _whole(pa.int8()),
        "Int16": _whole(pa.int16()),
        "Int32": _whole(pa.int32()),
        "Int64": _whole(pa.int64()),
        "Byte": _whole(pa.uint8()),
        "UInt16": _whole(pa.uint16()),
        "UInt32": _whole(pa.uint32()),
        "UInt64": _whole(pa.uint64()),
    }
