"""Cells of a request to a table, by the types that the service's schema tells."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

import pyarrow as pa

from blobprep.formats.cells import parse_boolean, parse_double, parse_duration, parse_integer, parse_time
from blobprep.protocol import AskedDataset
from blobprep.tables.codecs.errors import dataset_error
from blobprep.tables.codecs.labels import unique_labels
from blobprep.tables.codecs.sources import BlobSource, DecodedTable, Source

__all__ = ["decode", "head"]

_SHOWN: Final = 40  # characters of a cell in a message
_MISSING: Final = ("", None)


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
    kind = kind or _guess(cells)
    wanted, exact, convert = _conversions().get(kind, _conversions()["String"])
    # Most clients send what the column holds, and that needs no look at each cell.
    if exact.issuperset(map(type, cells)):
        try:
            return pa.array(cells, wanted)
        except (pa.ArrowInvalid, OverflowError, ValueError):  # the slow way says which cell
            pass
    values: list[Any] = []
    for at, cell in enumerate(cells):
        try:
            value = convert(cell)
            pa.scalar(value, wanted)
        except (ValueError, TypeError, OverflowError, pa.ArrowException):
            raise dataset_error(
                asked, f"has {str(cell)[:_SHOWN]!r} in row {at + 1} of column {name!r}, which is no {kind}"
            ) from None
        values.append(value)
    return pa.array(values, wanted)


def _guess(cells: Sequence[Any]) -> str:
    """Guess the type of a column that has none in the schema."""
    present = [cell for cell in cells if cell not in _MISSING]
    kinds = set(map(type, present))
    if not kinds:
        return "String"
    if kinds == {bool}:
        return "Boolean"
    if kinds == {int}:
        return "Int64"
    if kinds <= {int, float}:
        return "Double"
    for kind, parse in (("Int64", parse_integer), ("Double", parse_double)):
        if kinds == {str} and _all_parse(present, parse):
            return kind
    return "String"


def _all_parse(cells: Sequence[str], parse: Callable[[str], object]) -> bool:
    try:
        for cell in cells:
            parse(cell)
    except ValueError:
        return False
    return True


def _text(cell: Any) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    return str(cell) if not isinstance(cell, float) or cell == cell else None


def _number(cell: Any) -> float | None:
    if isinstance(cell, str):
        return parse_double(cell) if cell.strip() else None
    if isinstance(cell, bool):
        raise TypeError("a boolean is no number")
    return None if cell is None else float(cell)


def _integer(cell: Any) -> int | None:
    if isinstance(cell, str):
        return parse_integer(cell) if cell.strip() else None
    if isinstance(cell, bool):
        raise TypeError("a boolean is no number")
    if isinstance(cell, float):
        if cell != cell:
            return None
        if not cell.is_integer():
            raise ValueError("it has a fraction")
    return None if cell is None else int(cell)


def _boolean(cell: Any) -> bool | None:
    if cell is None or isinstance(cell, bool):
        return cell
    text = str(cell)
    return parse_boolean(text) if text.strip() else None


def _time(cell: Any) -> dt.datetime | None:
    if not isinstance(cell, str):
        if cell is None:
            return None
        raise TypeError("a time is a text")
    if not cell.strip():
        return None
    value = parse_time(cell)
    return value.astimezone(dt.UTC).replace(tzinfo=None) if value.tzinfo else value


def _moment(cell: Any) -> dt.datetime | None:
    value = _time(cell)
    return None if value is None else value.replace(tzinfo=dt.UTC)


def _span(cell: Any) -> dt.timedelta | None:
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if not isinstance(cell, str):
        raise TypeError("a span of time is a text")
    return dt.timedelta(microseconds=parse_duration(cell))


_NONE: Final = type(None)


@cache
def _conversions() -> Mapping[str, tuple[Any, frozenset[type], Callable[[Any], Any]]]:
    """Return for each classic type Arrow's, the Python types that need no conversion, and what converts the others."""
    whole = frozenset({int, _NONE})
    return {
        "String": (pa.string(), frozenset({str, _NONE}), _text),
        "Double": (pa.float64(), frozenset({int, float, _NONE}), _number),
        "Numeric": (pa.float64(), frozenset({int, float, _NONE}), _number),
        "Decimal": (pa.float64(), frozenset({int, float, _NONE}), _number),
        "Single": (pa.float32(), frozenset({int, float, _NONE}), _number),
        "Boolean": (pa.bool_(), frozenset({bool, _NONE}), _boolean),
        "DateTime": (pa.timestamp("us"), frozenset({_NONE}), _time),
        "DateTimeOffset": (pa.timestamp("us", tz="UTC"), frozenset({_NONE}), _moment),
        "TimeSpan": (pa.duration("us"), frozenset({_NONE}), _span),
        "SByte": (pa.int8(), whole, _integer),
        "Int16": (pa.int16(), whole, _integer),
        "Int32": (pa.int32(), whole, _integer),
        "Int64": (pa.int64(), whole, _integer),
        "Byte": (pa.uint8(), whole, _integer),
        "UInt16": (pa.uint16(), whole, _integer),
        "UInt32": (pa.uint32(), whole, _integer),
        "UInt64": (pa.uint64(), whole, _integer),
    }
