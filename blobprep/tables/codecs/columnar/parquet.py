"""Parquet datasets, read and written."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet

from blobprep.errors import DatasetError
from blobprep.formats import row_groups_named
from blobprep.protocol import AskedDataset, AskedResults, Translation
from blobprep.tables.bare import bare_table
from blobprep.tables.codecs.columnar.chunks import write_parquet
from blobprep.tables.codecs.columnar.dataset import to_dataset
from blobprep.tables.codecs.columnar.footer import find_group_ends, find_groups, retype_int96, wait_for_footer
from blobprep.tables.codecs.columnar.int96 import coarsest, find_units, has_int96, restore_times
from blobprep.tables.codecs.errors import dataset_error
from blobprep.tables.codecs.sink import Sink
from blobprep.tables.codecs.sources import DecodedTable, Source
from blobprep.tables.codecs.types.allowlist import require_allowed_types
from blobprep.tables.redaction import tally

__all__ = ["decode", "encode", "find_time_units", "fit_columns", "head"]

_PAGE: Final = 64 << 10
_PIECE: Final = 8 << 20  # bytes of row groups that are worth reading before the others are there
_DIGITS: Final = 38
_REMEDY: Final = "--format arrow"


def decode(source: Source, asked: AskedDataset) -> tuple[pa.Table, list[Translation]]:
    """Read a Parquet dataset row group by row group while it arrives; see `blobprep.tables.codecs.decode`."""
    data = pa.py_buffer(source.map_ahead())
    wait_for_footer(source)
    file, schema = _open(source, asked, lambda: pa.BufferReader(data))
    with file:
        if asked.options.get("row_groups"):
            table, before = _read_some_groups(file, source, asked)
            return _finish_table(table, schema, asked, file.metadata.num_rows, before)
        table = _keep_row_count(_read_groups(file, source), file.metadata.num_rows)
    return _finish_table(table, schema, asked, table.num_rows)


def head(source: Source, asked: AskedDataset, rows: int) -> tuple[pa.Table, int | None]:
    """Read the footer and the pages of the first rows; see `blobprep.tables.codecs.head`."""
    # Buffered by page, not ahead: a row group may be a gigabyte.
    file, schema = _open(source, asked, lambda: pa.PythonFile(source, mode="r"), buffer_size=_PAGE, pre_buffer=False)
    batches = []
    wanted = rows
    groups, before, total = _choose_groups(file, asked)
    if wanted and file.metadata.num_columns:
        for batch in file.iter_batches(batch_size=rows, row_groups=list(groups), use_threads=False):
            batches.append(batch.slice(0, wanted))
            wanted -= batches[-1].num_rows
            if not wanted:
                break
    table = pa.Table.from_batches(batches, schema=file.schema_arrow)
    return _finish_table(table, schema, asked, file.metadata.num_rows, before)[0], total


def encode(table: pa.Table, sink: BinaryIO, asked: AskedResults, port: str) -> list[Translation]:
    """Write a table as Parquet in row groups of about a million rows; see `blobprep.tables.codecs.encode`."""
    ledger: list[Translation] = []
    if table.num_columns == 0 and table.num_rows:
        detail = f"Parquet cannot hold {table.num_rows} rows without columns."
        ledger.append(Translation(port, "", "dropped", detail, True, _REMEDY, table.num_rows))
        table = table.slice(0, 0)
    table, entries = fit_columns(table, port)
    write_parquet(table, Sink(sink), compression=asked.options["codec"])
    return ledger + entries


def fit_columns(table: pa.Table, port: str) -> tuple[pa.Table, list[Translation]]:
    """Return a table in the types in which Parquet reads it back, and an entry for each column that changed.

    Raises:
        DatasetError: Parquet does not support a type or a value.
    """
    ledger: list[Translation] = []
    for position, label in enumerate(table.column_names):
        column, entry = _fit_column(table.column(position), label, port)
        if entry is not None:
            table = table.set_column(position, label, column)
            ledger.append(entry)
    return table, ledger


def find_time_units(source: Source, asked: AskedDataset) -> set[str]:
    """Return the units that the INT96 columns of a file get, reading them group by group; none without such columns."""
    file, schema = _open(source, asked, lambda: pa.PythonFile(source, mode="r"), buffer_size=_PAGE, pre_buffer=False)
    with file:
        names = [own.name for own, found in zip(schema, file.schema_arrow, strict=True) if own.type != found.type]
        units: dict[str, list[str]] = {}
        for number in range(file.num_row_groups if names else 0):
            table = file.read_row_group(number, columns=names)
            table.validate(full=True)
            for name, unit in find_units(table, pa.schema([schema.field(name) for name in table.column_names])).items():
                units[name] = [coarsest([unit, *units.get(name, ())])]
    return {unit for found in units.values() for unit in found}


def _open(source: Source, asked: AskedDataset, reader: Callable[[], Any], **options: Any) -> tuple[Any, pa.Schema]:
    """Open a file with INT96 columns as twelve bytes, and return its own schema, in which they are times."""
    file = pyarrow.parquet.ParquetFile(reader(), **options)
    schema = file.schema_arrow
    require_allowed_types(schema, asked)
    if has_int96(file):
        file.close()
        file = pyarrow.parquet.ParquetFile(reader(), metadata=retype_int96(source), **options)
    return file, schema


def _read_groups(file: Any, source: Source) -> pa.Table:
    """Read all row groups, several at once if they are small, each when it has arrived."""
    tables: list[pa.Table] = []
    first, start = 0, 0
    ends = accumulate(find_group_ends(source)[:-1], max)  # in whatever order the groups are stored
    for number, end in enumerate(ends, 1):
        if end - start >= _PIECE:
            source.wait(0, end)
            tables.append(file.read_row_groups(range(first, number)))
            first, start = number, end
    source.wait(0, source.end())
    if not tables:
        return file.read()
    return pa.concat_tables([*tables, file.read_row_groups(range(first, file.num_row_groups))])


def _choose_groups(file: Any, asked: AskedDataset) -> tuple[range, int, int]:
    """Return the row groups to read, how many rows are before them, and how many they have.

    Raises:
        DatasetError: the option names one that is not there.
    """
    groups = row_groups_named(asked.options.get("row_groups", "")) or range(file.num_row_groups)
    if groups.stop > file.num_row_groups:
        raise dataset_error(
            asked,
            f"has {file.num_row_groups} row groups, but the option row_groups names number {groups.stop - 1}",
            "count them from 0",
        )
    counts = [file.metadata.row_group(number).num_rows for number in range(groups.stop)]
    return groups, sum(counts[: groups.start]), sum(counts[groups.start :])


def _read_some_groups(file: Any, source: Source, asked: AskedDataset) -> tuple[pa.Table, int]:
    """Read the row groups that the option names, waiting for no others; return how many rows are before them, too."""
    groups, before, rows = _choose_groups(file, asked)
    places = find_groups(source)[groups.start : groups.stop]
    if not places:
        source.wait(0, source.end())
    for place in places:
        source.wait(place.start, len(place))
    return _keep_row_count(file.read_row_groups(groups), rows), before


def _finish_table(table: pa.Table, schema: pa.Schema, asked: AskedDataset, rows: int, before: int = 0) -> DecodedTable:
    """Convert twelve bytes to times, and make the table a dataset."""
    entries: list[Translation] = []
    if table.schema != schema:
        table.validate(full=True)  # before any offset of a list is used
        table, entries = restore_times(table, schema, asked)
    table, ledger = to_dataset(table, asked, rows, before)
    return table, entries + ledger


def _fit_column(column: Any, label: str, port: str) -> tuple[Any, Translation | None]:
    """Return a column in the form in which Parquet reads it back, and an entry if that differs from the original.

    Raises:
        DatasetError: Parquet does not support the type or one of the values; names the column.
    """
    kind = column.type
    try:
        nearest = _nearest_type(kind)
        if nearest != kind:
            fitted = column.cast(nearest)
            return fitted, Translation(port, label, "cast", *_describe_cast(column, nearest), _REMEDY, *tally(column))
    except pa.ArrowException as error:
        reason = str(error).partition("\n")[0][:200]
        raise DatasetError(
            f"{port}: column {label!r} of type {str(kind)[:100]} cannot be written as Parquet: {reason}", remedy=_REMEDY
        ) from error
    levels = max((len(chunk.dictionary) for chunk in column.chunks), default=0) if pa.types.is_dictionary(kind) else 0
    if levels and not len(column):
        detail = f"Parquet stores categories only with rows; without rows, all {levels} are lost."
        return column, Translation(port, label, "dropped", detail, True, _REMEDY, levels)
    return column, None


def _nearest_type(kind: Any) -> Any:
    """Return the type in which Parquet reads a type back: mostly the same."""
    is_ = pa.types
    if is_.is_dictionary(kind):
        if is_.is_string(kind.value_type):
            return kind
        if is_.is_large_string(kind.value_type):
            return pa.dictionary(kind.index_type, pa.string(), kind.ordered)
        return _nearest_type(kind.value_type)
    if is_.is_timestamp(kind) and kind.unit == "s":
        return pa.timestamp("ms", kind.tz)
    if is_.is_time32(kind):
        return pa.time32("ms")
    if is_.is_date64(kind):
        return pa.date32()
    if is_.is_decimal(kind) and kind.scale < 0:
        digits = kind.precision - kind.scale
        return pa.decimal128(digits, 0) if digits <= _DIGITS else pa.decimal256(digits, 0)
    return _nearest_nested(kind) if is_.is_nested(kind) else kind


def _nearest_nested(kind: Any) -> Any:
    is_ = pa.types
    if is_.is_map(kind):
        return pa.map_(_nearest_type(kind.key_type), _nearest_type(kind.item_type), kind.keys_sorted)
    if is_.is_struct(kind):
        if not kind.num_fields:
            raise pa.ArrowNotImplementedError("structs without fields are not supported")
        return pa.struct([field.with_type(_nearest_type(field.type)) for field in kind])
    inner = kind.value_field.with_type(_nearest_type(kind.value_type))
    if is_.is_fixed_size_list(kind):
        if not kind.list_size:
            raise pa.ArrowNotImplementedError("lists of fixed length 0 are not supported")
        return pa.list_(inner, kind.list_size)
    return pa.large_list(inner) if is_.is_large_list(kind) else pa.list_(inner)


def _describe_cast(column: Any, nearest: Any) -> tuple[str, bool]:
    """Describe how a column is written, and tell whether it is lossy: categories had an order or unused labels."""
    kind, is_ = column.type, pa.types
    if not is_.is_dictionary(kind) or is_.is_dictionary(nearest):
        return f"Parquet does not have the type {str(kind)[:100]}; written as {str(nearest)[:100]}.", False
    levels = pa.chunked_array([chunk.dictionary for chunk in column.chunks], kind.value_type).unique().drop_null()
    used = column.cast(kind.value_type).unique().drop_null()
    lossy = bool(kind.ordered) or len(used) < len(levels)
    return f"Parquet does not have categories of {kind.value_type}; written as plain values.", lossy


def _keep_row_count(table: pa.Table, rows: int) -> pa.Table:
    if table.num_columns or not rows:
        return table
    return bare_table(rows)
