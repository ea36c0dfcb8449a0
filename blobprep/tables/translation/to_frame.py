"""From a table to the frame that the entry point gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from blobprep.errors import DatasetError
from blobprep.protocol import Translation
from blobprep.tables.codecs.types.casts import LEAST, cast
from blobprep.tables.nesting import plain
from blobprep.tables.redaction import tally
from blobprep.tables.translation.changes import Change, utc

__all__ = ["to_frame"]

_UTC: Final = ("UTC", "Etc/UTC", "Z", "+00:00", "+0000")
_NULLABLE: Final[Mapping[Any, Any]] = {
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.uint8(): pd.UInt8Dtype(),
    pa.uint16(): pd.UInt16Dtype(),
    pa.uint32(): pd.UInt32Dtype(),
    pa.uint64(): pd.UInt64Dtype(),
}

_Record = Callable[[Change], None]


def to_frame(table: pa.Table, port: str, options: Mapping[str, str]) -> tuple[pd.DataFrame, list[Translation]]:
    """Translate a dataset into the frame that the entry point gets.

    Args:
        table: n rows by m columns.
        port: for the ledger.
        options: `integers` (`float`, `nullable`) and `decimals` (`float`, `keep`) of `blobprep.formats`.

    Returns:
        n by m with a fresh index from 0 to n-1; every value may be assigned to, and the table stays as it is.

    Raises:
        DatasetError: a value that Python has nothing for, such as a time of the year 300000 within a list.
    """
    ledger: list[Translation] = []
    columns: list[Any] = []
    for label, column in zip(table.column_names, table.columns, strict=True):

        def record(change: Change, label: str = label) -> None:
            ledger.append(change.entry(port, label))

        with _possible(port, f"column {label!r}"):
            columns.append(_prepared(column, options, record, f"--read{port.removeprefix('dataset')}"))
    with _possible(port, "a column"):
        frame = _assembled(columns, table.num_rows)
    frame.columns = pd.Index(table.column_names, dtype=None if columns else "str")
    return frame, ledger


@contextmanager
def _possible(port: str, what: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, ValueError, TypeError, ArithmeticError, NotImplementedError) as error:
        reason = str(error).strip().partition("\n")[0][:200]
        raise DatasetError(f"{port}: {what} cannot become a pandas column: {reason}") from error


def _assembled(columns: list[Any], rows: int) -> pd.DataFrame:
    """Put columns together by position: arrays that pyarrow converts at once, and series that are ready."""
    arrays = {str(at): column for at, column in enumerate(columns) if not isinstance(column, pd.Series)}
    ready = {str(at): column for at, column in enumerate(columns) if isinstance(column, pd.Series)}
    if not columns:
        return pd.DataFrame(index=pd.RangeIndex(rows))
    # Of a whole table, pyarrow makes blocks of their own: a single column's memory would be Arrow's, and read-only.
    plain: pd.DataFrame = pa.table(arrays).to_pandas(ignore_metadata=True)
    if not ready:
        return plain
    parts = pd.concat([plain, pd.DataFrame(ready)], axis="columns") if arrays else pd.DataFrame(ready)
    return parts[[str(at) for at in range(len(columns))]]


def _prepared(column: Any, options: Mapping[str, str], record: _Record, flag: str) -> Any:
    """Bring a column to a type that pandas holds as our rules want it; a series where pyarrow has none."""
    kind, is_ = column.type, pa.types
    _tell_of_the_least(column, record)
    if is_.is_integer(kind) and column.null_count:
        return _integers(column, options, record, flag)
    if is_.is_boolean(kind) and column.null_count:
        record(Change("cast", "Became object with True, False and None, since values are missing."))
        return column
    if is_.is_decimal(kind):
        if options.get("decimals") == "keep":
            return column
        return _doubles(column, record, flag)
    if is_.is_date(kind):
        record(Change("cast", "Dates became datetimes at midnight.", False, "", *tally(column)))
        return column.cast(pa.timestamp("s" if is_.is_date32(kind) else "ms"))
    if is_.is_timestamp(kind) and kind.tz is not None:
        if kind.tz not in _UTC:
            record(utc(kind.tz, *tally(column)))
        return column.cast(pa.timestamp(kind.unit, tz="UTC"))
    if is_.is_time64(kind) and kind.unit == "ns":
        return _times(column, pa.time64("us"), record)
    if is_.is_dictionary(kind):
        return _categories(column, options, record, flag)
    if is_.is_nested(kind):
        return _objects(column, record)
    return column


def _integers(column: Any, options: Mapping[str, str], record: _Record, flag: str) -> Any:
    if options.get("integers") == "nullable":
        return column.to_pandas(types_mapper=_NULLABLE.get)
    brought = cast(column, pa.float64())
    loss = "; those beyond 2**53 lost digits" if brought.count else ""
    count, example = (brought.count, brought.example) if brought.count else tally(column)
    detail = f"Integers became double, since values are missing{loss}."
    record(Change("cast", detail, bool(brought.count), f"{flag} integers=nullable", count, example))
    return column


def _doubles(column: Any, record: _Record, flag: str) -> Any:
    brought = cast(column, pa.float64())
    loss = " and lost digits" if brought.count else ""
    count, example = (brought.count, brought.example) if brought.count else tally(column)
    detail = f"Decimal numbers became double{loss}."
    record(Change("cast", detail, bool(brought.count), f"{flag} decimals=keep", count, example))
    return brought.values


def _tell_of_the_least(column: Any, record: _Record) -> None:
    """Tell of times and durations whose count is the one that pandas has for missing values; nested ones too."""
    for array in (inner for chunk in column.chunks for inner in plain(chunk)):
        kind = array.type
        if not (pa.types.is_timestamp(kind) or pa.types.is_duration(kind) or pa.types.is_date64(kind)):
            continue
        least = pc.equal(array.cast(pa.int64()), pa.scalar(LEAST, pa.int64()))
        if pc.any(least).as_py():
            detail = f"The least {kind} became missing, since pandas has no such value."
            record(Change("missing", detail, True, "write another time in its place", *tally(array, least)))


def _times(column: Any, kind: Any, record: _Record) -> Any:
    """Cast times of day, or what holds some, to the microseconds that Python's have."""
    brought = cast(column, kind)
    if brought.count:
        remedy = "write them as text or as nanoseconds since midnight"
        detail = "Times lost their nanoseconds, which Python's have not."
        record(Change("cast", detail, True, remedy, brought.count, brought.example))
    return brought.values


def _categories(column: Any, options: Mapping[str, str], record: _Record, flag: str) -> Any:
    kind, is_ = column.type, pa.types
    plain = (is_.is_string, is_.is_large_string, is_.is_integer, is_.is_floating, is_.is_boolean)
    nameless = any(chunk.dictionary.null_count for chunk in column.chunks)  # pyarrow unifies no such dictionaries
    column = column if nameless else column.unify_dictionaries()
    labels = column.chunk(0).dictionary if column.num_chunks else pa.nulls(0, kind.value_type)
    numberless = is_.is_floating(kind.value_type) and pc.any(pc.is_nan(labels)).as_py()
    # pandas has no index of 16-bit floats, and so no categories of them.
    known = not nameless and not numberless and not is_.is_float16(kind.value_type)
    unique = known and pc.count_distinct(labels).as_py() == len(labels)
    if unique and len(column) and any(holds(kind.value_type) for holds in plain):
        # pandas counts categories with signed numbers; of unsigned ones, and without rows, pyarrow makes none at all.
        return column.cast(pa.dictionary(_codes(len(labels)), kind.value_type, kind.ordered))
    if unique and not is_.is_nested(kind.value_type) and not is_.is_null(kind.value_type):
        made = _prepared(pa.chunked_array([labels]), options, record, flag)
        categories = pd.Index(_assembled([made], len(labels))["0"])
        if categories.is_unique and not categories.hasnans:
            indices = (
                column.combine_chunks().indices.cast(pa.int64()) if column.num_chunks else pa.array([], pa.int64())
            )
            codes = pc.fill_null(indices, -1).to_numpy(zero_copy_only=False)
            return pd.Series(pd.Categorical.from_codes(codes, categories, ordered=kind.ordered))
    detail = "Categories became plain values, since labels are missing or the same."
    if is_.is_float16(kind.value_type):
        detail = "Categories became plain values, since pandas has none of 16-bit floats."
    record(Change("cast", detail, bool(kind.ordered), "", *tally(column)))
    return _prepared(column.cast(kind.value_type), options, record, flag)


def _codes(labels: int) -> Any:
    return pa.int32() if labels < 2**31 else pa.int64()


def _objects(column: Any, record: _Record) -> Any:
    listed = _replaced(column.type, _without_map)
    if listed != column.type:
        record(Change("cast", "Maps became lists of key and value.", False, "", *tally(column)))
        column = column.cast(listed)
    column = _times(column, _replaced(column.type, _without_nanoseconds), record)
    try:
        values = column.to_pylist()
    except (pa.ArrowException, ValueError, OverflowError):
        # Perhaps it is a zone that this machine does not know, or its clocks were in a year that Python has not.
        zones = list(dict.fromkeys(_zones(column.type)))
        if not zones:
            raise
        values = column.cast(_replaced(column.type, _in_utc)).to_pylist()
        record(utc(", ".join(zones), *tally(column)))
    return pd.Series(values, dtype=object)


def _zones(kind: Any) -> Iterator[str]:
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        yield kind.tz
    for at in range(kind.num_fields):
        yield from _zones(kind.field(at).type)


def _in_utc(kind: Any) -> Any:
    return pa.timestamp(kind.unit, tz="UTC") if pa.types.is_timestamp(kind) and kind.tz is not None else kind


def _without_map(kind: Any) -> Any:
    """Return a list of key and value in the place of a map, of which Python would have pairs."""
    if not pa.types.is_map(kind):
        return kind
    return pa.list_(pa.struct([("key", kind.key_type), ("value", kind.item_type)]))


def _without_nanoseconds(kind: Any) -> Any:
    return pa.time64("us") if pa.types.is_time64(kind) else kind


def _replaced(kind: Any, replace: Callable[[Any], Any]) -> Any:
    """Return a type in which it and all types within have been replaced."""
    kind, is_ = replace(kind), pa.types
    if is_.is_struct(kind):
        return pa.struct([field.with_type(_replaced(field.type, replace)) for field in kind])
    if not is_.is_nested(kind):
        return kind
    inner = kind.value_field.with_type(_replaced(kind.value_type, replace))
    if is_.is_fixed_size_list(kind):
        return pa.list_(inner, kind.list_size)
    return pa.large_list(inner) if is_.is_large_list(kind) else pa.list_(inner)
