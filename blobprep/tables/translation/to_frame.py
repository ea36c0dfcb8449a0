"""Translation from a table to the frame that the entry point gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from blobprep.errors import DatasetError
from blobprep.formats import split_labels
from blobprep.protocol import Translation
from blobprep.tables.codecs.text.numerals import EXACT_LIMIT
from blobprep.tables.codecs.types.casts import LEAST, Cast, cast, to_integers
from blobprep.tables.nesting import iter_plain
from blobprep.tables.redaction import tally
from blobprep.tables.translation.changes import Change, zone_change

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

_AS_THEY_ARE: Final = frozenset({pa.float32(), pa.float64(), pa.string(), pa.large_string()})
"""Types that pandas holds whatever the values are."""

_SMALL: Final = 1 << 18  # values

_Record = Callable[[Change], None]


def to_frame(table: pa.Table, port: str, options: Mapping[str, str]) -> tuple[pd.DataFrame, list[Translation]]:
    """Translate a dataset into the frame that the entry point gets.

    Args:
        table: n rows by m columns.
        port: for the ledger.
        options: `integers` (`float`, `nullable`), `decimals` (`float`, `keep`) and `incomplete` of `blobprep.formats`.

    Returns:
        n by m with a new index from 0 to n-1. Its values can be assigned to; the table does not change.

    Raises:
        DatasetError: a value that Python cannot represent, such as a time in the year 300000 inside a list.
    """
    ledger: list[Translation] = []
    columns: list[Any] = []
    labels, rows = table.column_names, table.num_rows
    incomplete = _incomplete(labels, options, port)
    for place, label in enumerate(labels):

        def record(change: Change, label: str = label) -> None:
            ledger.append(change.entry(port, label))

        with _dataset_errors(port, f"column {label!r}"):
            column, flag = table.column(place), f"--read{port.removeprefix('dataset')}"
            if label in incomplete and not column.null_count:
                columns.append(_prepare_incomplete(column, options, record, flag))
            else:
                columns.append(_prepare(column, options, record, flag))
    del table
    with _dataset_errors(port, "a column"):
        return _assemble(columns, labels, rows), ledger


def _incomplete(labels: list[str], options: Mapping[str, str], port: str) -> frozenset[str]:
    """Return the labels that the option `incomplete` names.

    Raises:
        DatasetError: there is no such column.
    """
    named = split_labels(options.get("incomplete", ""))
    for label in named:
        if label not in labels:
            raise DatasetError(
                f"{port} has no column {label!r}, which the option incomplete names",
                remedy=f"its columns are {', '.join(map(repr, labels[:20]))}",
            )
    return frozenset(named)


@contextmanager
def _dataset_errors(port: str, what: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, ValueError, TypeError, ArithmeticError, NotImplementedError) as error:
        reason = str(error).strip().partition("\n")[0][:200]
        raise DatasetError(f"{port}: {what} cannot be converted to a pandas column: {reason}") from error


def _assemble(columns: list[Any], labels: list[str], rows: int) -> pd.DataFrame:
    """Assemble columns in order from arrays, which pyarrow converts together, and finished series.

    The list of columns is emptied, and an array that nothing else holds is freed as soon as it is converted: the memory
    of one column serves the next, and the dataset is not in memory twice.
    """
    if not columns:
        return pd.DataFrame(index=pd.RangeIndex(rows), columns=pd.Index([], dtype="str"))
    named = list(zip(labels, columns, strict=True))
    columns.clear()
    ready = {label: column for label, column in named if isinstance(column, pd.Series)}
    arrays = {label: column for label, column in named if label not in ready}
    del named
    table = pa.table(arrays)
    arrays.clear()
    # pyarrow copies a whole table into new blocks. A single column would share Arrow's memory and be read-only.
    # Waking its threads takes longer than a small table.
    threads = table.num_rows * table.num_columns > _SMALL
    whole: pd.DataFrame = table.to_pandas(ignore_metadata=True, self_destruct=True, use_threads=threads)
    if not ready:
        return whole
    parts = pd.concat([whole, pd.DataFrame(ready)], axis="columns") if len(ready) < len(labels) else pd.DataFrame(ready)
    return parts[labels]


def _prepare(column: Any, options: Mapping[str, str], record: _Record, flag: str) -> Any:
    """Convert a column to a type that pandas holds by our rules, or to a series where pyarrow has no such type."""
    kind, is_ = column.type, pa.types
    if kind in _AS_THEY_ARE:
        return column
    _report_smallest(column, record)
    if is_.is_integer(kind) and column.null_count:
        return _prepare_integers(column, options, record, flag)
    if is_.is_boolean(kind) and column.null_count:
        record(Change("cast", "The column became Python objects (True, False, None), because values are missing."))
        return column
    if is_.is_decimal(kind):
        if options.get("decimals") == "keep":
            return column
        return _prepare_decimals(column, record, flag)
    if is_.is_date(kind):
        record(Change("cast", "Dates became datetimes at midnight.", False, "", *tally(column)))
        return column.cast(pa.timestamp("s" if is_.is_date32(kind) else "ms"))
    if is_.is_timestamp(kind) and kind.tz is not None:
        if kind.tz not in _UTC:
            record(zone_change(kind.tz, *tally(column)))
        return column.cast(pa.timestamp(kind.unit, tz="UTC"))
    if is_.is_time64(kind) and kind.unit == "ns":
        return _cast_times(column, pa.time64("us"), record)
    if is_.is_dictionary(kind):
        return _prepare_categories(column, options, record, flag)
    if is_.is_nested(kind):
        return _prepare_objects(column, record)
    return column


def _prepare_integers(column: Any, options: Mapping[str, str], record: _Record, flag: str) -> Any:
    if options.get("integers") == "nullable":
        return column.to_pandas(types_mapper=_NULLABLE.get)
    # Comparing every integer with its double takes three times as long as converting them.
    result = Cast(column) if _are_exact(column) else cast(column, pa.float64())
    loss = "; those beyond 2**53 lost digits" if result.count else ""
    count, example = (result.count, result.example) if result.count else tally(column)
    detail = f"Integers became doubles, because values are missing{loss}."
    record(Change("cast", detail, bool(result.count), f"{flag} integers=nullable", count, example))
    return column


def _prepare_incomplete(column: Any, options: Mapping[str, str], record: _Record, flag: str) -> Any:
    """Convert a column without missing values as if it had some, which other pieces of its dataset have."""
    kind = column.type
    if pa.types.is_integer(kind):
        if options.get("integers") == "nullable":
            return column.to_pandas(types_mapper=_NULLABLE.get)
        result = cast(column, pa.float64())
        loss = "; those beyond 2**53 lost digits" if result.count else ""
        count, example = (result.count, result.example) if result.count else tally(column)
        detail = f"Integers became doubles, because values are missing elsewhere in the whole dataset{loss}."
        record(Change("cast", detail, bool(result.count), f"{flag} integers=nullable", count, example))
        return result.values
    if pa.types.is_boolean(kind):
        detail = "The column became Python objects, because values are missing elsewhere in the whole dataset."
        record(Change("cast", detail))
        return pd.Series(column.to_pylist(), dtype=object)
    return _prepare(column, options, record, flag)


def _are_exact(integers: Any) -> bool:
    """Tell whether all integers are small enough for a double to hold."""
    return all(
        numbers.min() >= -EXACT_LIMIT and numbers.max() <= EXACT_LIMIT
        for numbers in map(to_integers, integers.chunks)
        if len(numbers)
    )


def _prepare_decimals(column: Any, record: _Record, flag: str) -> Any:
    result = cast(column, pa.float64())
    loss = " and lost digits" if result.count else ""
    count, example = (result.count, result.example) if result.count else tally(column)
    detail = f"Decimal numbers became doubles{loss}."
    record(Change("cast", detail, bool(result.count), f"{flag} decimals=keep", count, example))
    return result.values


def _report_smallest(column: Any, record: _Record) -> None:
    """Report times and durations, nested ones too, whose count is the one that pandas uses for missing values."""
    for array in (inner for chunk in column.chunks for inner in iter_plain(chunk)):
        kind = array.type
        if not (pa.types.is_timestamp(kind) or pa.types.is_duration(kind) or pa.types.is_date64(kind)):
            continue
        least = pc.equal(array.cast(pa.int64()), pa.scalar(LEAST, pa.int64()))
        if pc.any(least).as_py():
            detail = f"The smallest {kind} became missing, because pandas uses that value for missing ones."
            record(Change("missing", detail, True, "replace it with another value", *tally(array, least)))


def _cast_times(column: Any, kind: Any, record: _Record) -> Any:
    """Cast times of day, also nested ones, to microseconds, the resolution of Python's times."""
    result = cast(column, kind)
    if result.count:
        remedy = "write them as text or as nanoseconds since midnight"
        detail = "Times lost their nanoseconds, because Python's times have only microseconds."
        record(Change("cast", detail, True, remedy, result.count, result.example))
    return result.values


def _prepare_categories(column: Any, options: Mapping[str, str], record: _Record, flag: str) -> Any:
    kind, is_ = column.type, pa.types
    simple = (is_.is_string, is_.is_large_string, is_.is_integer, is_.is_floating, is_.is_boolean)
    # pyarrow cannot unify dictionaries with missing labels.
    has_missing_labels = any(chunk.dictionary.null_count for chunk in column.chunks)
    column = column if has_missing_labels else column.unify_dictionaries()
    labels = column.chunk(0).dictionary if column.num_chunks else pa.nulls(0, kind.value_type)
    has_nan = is_.is_floating(kind.value_type) and pc.any(pc.is_nan(labels)).as_py()
    # pandas has no index of 16-bit floats, so no such categories either.
    known = not has_missing_labels and not has_nan and not is_.is_float16(kind.value_type)
    unique = known and pc.count_distinct(labels).as_py() == len(labels)
    if unique and len(column) and any(holds(kind.value_type) for holds in simple):
        # pandas uses signed codes; pyarrow does not convert unsigned codes, or columns without rows, to categories.
        return column.cast(pa.dictionary(_code_type(len(labels)), kind.value_type, kind.ordered))
    if unique and not is_.is_nested(kind.value_type) and not is_.is_null(kind.value_type):
        made = _prepare(pa.chunked_array([labels]), options, record, flag)
        categories = pd.Index(_assemble([made], ["labels"], len(labels))["labels"])
        if categories.is_unique and not categories.hasnans:
            indices = (
                column.combine_chunks().indices.cast(pa.int64()) if column.num_chunks else pa.array([], pa.int64())
            )
            codes = pc.fill_null(indices, -1).to_numpy(zero_copy_only=False)
            return pd.Series(pd.Categorical.from_codes(codes, categories, ordered=kind.ordered))
    detail = "Categories became plain values, because labels are missing or equal."
    if is_.is_float16(kind.value_type):
        detail = "Categories became plain values, because pandas has no categories of 16-bit floats."
    record(Change("cast", detail, bool(kind.ordered), "", *tally(column)))
    return _prepare(column.cast(kind.value_type), options, record, flag)


def _code_type(labels: int) -> Any:
    return pa.int32() if labels < 2**31 else pa.int64()


def _prepare_objects(column: Any, record: _Record) -> Any:
    listed = _replace_types(column.type, _without_map)
    if listed != column.type:
        record(Change("cast", "Maps became lists of key and value.", False, "", *tally(column)))
        column = column.cast(listed)
    column = _cast_times(column, _replace_types(column.type, _without_nanoseconds), record)
    try:
        values = column.to_pylist()
    except (pa.ArrowException, ValueError, OverflowError):
        # This machine may not know the time zone, or the local time may be in a year outside Python's range.
        zones = list(dict.fromkeys(_iter_zones(column.type)))
        if not zones:
            raise
        values = column.cast(_replace_types(column.type, _to_utc)).to_pylist()
        record(zone_change(", ".join(zones), *tally(column)))
    return pd.Series(values, dtype=object)


def _iter_zones(kind: Any) -> Iterator[str]:
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        yield kind.tz
    for at in range(kind.num_fields):
        yield from _iter_zones(kind.field(at).type)


def _to_utc(kind: Any) -> Any:
    return pa.timestamp(kind.unit, tz="UTC") if pa.types.is_timestamp(kind) and kind.tz is not None else kind


def _without_map(kind: Any) -> Any:
    """Replace a map type by a list of key and value; Python would get pairs."""
    if not pa.types.is_map(kind):
        return kind
    return pa.list_(pa.struct([("key", kind.key_type), ("value", kind.item_type)]))


def _without_nanoseconds(kind: Any) -> Any:
    return pa.time64("us") if pa.types.is_time64(kind) else kind


def _replace_types(kind: Any, replace: Callable[[Any], Any]) -> Any:
    """Replace a type and all types nested in it."""
    kind, is_ = replace(kind), pa.types
    if is_.is_struct(kind):
        return pa.struct([field.with_type(_replace_types(field.type, replace)) for field in kind])
    if not is_.is_nested(kind):
        return kind
    inner = kind.value_field.with_type(_replace_types(kind.value_type, replace))
    if is_.is_fixed_size_list(kind):
        return pa.list_(inner, kind.list_size)
    return pa.large_list(inner) if is_.is_large_list(kind) else pa.list_(inner)
