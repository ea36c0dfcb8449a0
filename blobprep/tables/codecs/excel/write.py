"""Tables to workbooks, by openpyxl: one sheet, written row by row.

A cell is a number, a boolean, a date or a text. What none of them holds exactly is written as text, and the ledger says
so; what no cell holds at all is an error.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, BinaryIO, Final, cast

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.errors import DatasetError
from blobprep.protocol import EXAMPLE_LIMIT, AskedResults, Translation
from blobprep.tables.cell_text import first_text, text_writer
from blobprep.tables.codecs.sink import Sink
from blobprep.tables.codecs.text.numerals import EXACT_LIMIT

__all__ = ["encode"]

_ROWS: Final = 1_048_576
_COLUMNS: Final = 16_384
_CELL: Final = 32_767
_BATCH_ROWS: Final = 1 << 14
_FIRST: Final = datetime.datetime(1900, 3, 1)  # before it, Excel counts a day that never was
_LAST: Final = datetime.datetime(9999, 12, 31, 23, 59, 59)
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ANOTHER: Final = "--format parquet, or csv, holds it"

Cell = tuple[Any, str]
"""A value and the number format it is shown in; text has the format `@`."""


def encode(table: pa.Table, sink: BinaryIO, asked: AskedResults, port: str) -> list[Translation]:
    """Write a table as the one sheet of a workbook; see `blobprep.tables.codecs.encode`.

    Raises:
        DatasetError: it is larger than a sheet, or a text longer than a cell.
    """
    try:
        from openpyxl import Workbook
    except ImportError as error:
        message = "results cannot be written as excel, since openpyxl is not installed"
        raise DatasetError(message, remedy='pip install "blobprep[excel]"') from error
    header = asked.options["header"] == "true"
    _require_room(table, header)
    workbook = Workbook(write_only=True)
    try:
        sheet = workbook.create_sheet(asked.options["sheet"])
    except ValueError as error:
        raise DatasetError(f"{asked.options['sheet']!r} cannot name a sheet: {error}", remedy="name another") from error
    writers, ledger = [], []
    for label, column in zip(table.column_names, table.columns, strict=True):
        write, entries = _writer(label, column, port)
        writers.append(write)
        ledger += entries
    try:
        if header:
            sheet.append([_text_cell(sheet, label) for label in table.column_names])
        for row in _rows(table, writers):
            sheet.append([_shown(sheet, *cell) for cell in row])
    finally:
        sheet.close()
    workbook.save(cast(IO[bytes], Sink(sink)))
    return ledger


def _rows(table: pa.Table, writers: list[Callable[[Any], Iterable[Any]]]) -> Iterator[list[tuple[Any, int, str]]]:
    """Yield each row's cells, with the row's number and the column's label."""
    number = 0
    for batch in table.to_batches(max_chunksize=_BATCH_ROWS):
        cells = [write(array) for write, array in zip(writers, batch.columns, strict=True)]
        for row in zip(*cells, strict=True) if cells else [()] * batch.num_rows:
            number += 1
            yield [(cell, number, label) for cell, label in zip(row, table.column_names, strict=True)]


def _require_room(table: pa.Table, header: bool) -> None:
    if table.num_rows + header > _ROWS:
        raise DatasetError(
            f"a sheet holds {_ROWS - header} rows, and the results have {table.num_rows}", remedy=_ANOTHER
        )
    if table.num_columns > _COLUMNS:
        raise DatasetError(
            f"a sheet holds {_COLUMNS} columns, and the results have {table.num_columns}", remedy=_ANOTHER
        )


def _writer(label: str, column: Any, port: str) -> tuple[Callable[[Any], Iterable[Any]], list[Translation]]:
    """Return the function that makes cells of a column's arrays, and what the ledger says of them."""
    kind, is_ = column.type, pa.types
    if is_.is_dictionary(kind):
        inner, entries = _writer(label, column.cast(kind.value_type), port)
        detail = "Written as labels; that they are categories is not in the workbook."
        told = _told(port, label, detail, bool(kind.ordered), column)
        return (lambda array: inner(array.dictionary_decode())), [told, *entries]
    if is_.is_boolean(kind) or is_.is_null(kind):
        return pa.Array.to_pylist, []
    if is_.is_integer(kind):
        return _integers(label, column, port)
    if is_.is_floating(kind):
        return _doubles(label, column, port)
    if is_.is_string(kind) or is_.is_large_string(kind):
        return _strings(label, column, port)
    if (is_.is_timestamp(kind) and kind.tz is None) or is_.is_date(kind):
        return _dates(label, column, port)
    write = text_writer(column)
    told = _told(port, label, f"Written as text: {kind} has no cell in Excel.", False, column)
    return (lambda array: map(_as_text, write(array).to_pylist())), [told, *_emptied(label, column, port)]


def _integers(label: str, column: Any, port: str) -> tuple[Callable[[Any], Iterable[Any]], list[Translation]]:
    count = sum(value is not None and abs(value) > EXACT_LIMIT for value in _extremes(column))
    if not count:
        entries = [] if column.type == pa.int64() else [_told(port, label, _NUMBERS, False, column)]
        return pa.Array.to_pylist, entries
    detail = "Written as text: a number in Excel has no more than 15 digits."
    return (lambda array: map(_as_text, array.cast(pa.string()).to_pylist())), [
        _told(port, label, detail, False, column)
    ]


_NUMBERS: Final = "Excel has one kind of number; whole ones are read as 64-bit integers, others as doubles."


def _doubles(label: str, column: Any, port: str) -> tuple[Callable[[Any], Iterable[Any]], list[Translation]]:
    wide = column.cast(pa.float64())
    entries = []
    finite = wide.filter(pc.fill_null(pc.is_finite(wide), False))
    whole = pc.all(pc.equal(pc.floor(finite), finite)).as_py() if len(finite) else True
    if whole or column.type != pa.float64():
        entries.append(_told(port, label, _NUMBERS, False, column))
    infinite = pc.sum(pc.is_inf(wide)).as_py() or 0
    if infinite:
        detail = "Infinities are written as text, since Excel has no number for them."
        entries.append(Translation(port, label, "text", detail, True, "--format parquet", infinite, "inf"))
    not_numbers = pc.sum(pc.is_nan(wide)).as_py() or 0
    if not_numbers:
        detail = "What is not a number (NaN) is an empty cell, which is missing."
        entries.append(Translation(port, label, "missing", detail, True, "--format parquet", not_numbers))

    def write(array: Any) -> Iterable[Any]:
        for value in array.cast(pa.float64()).to_pylist():
            if value is None or value != value:
                yield None
            else:
                yield _as_text(str(value)) if value in (float("inf"), float("-inf")) else value

    return write, entries


def _strings(label: str, column: Any, port: str) -> tuple[Callable[[Any], Iterable[Any]], list[Translation]]:
    entries = _emptied(label, column, port)
    questions = pc.sum(pc.equal(column, "?")).as_py() or 0
    if questions:
        detail = "The text '?' reads back as missing, unless the option missing says otherwise."
        entries.append(Translation(port, label, "missing", detail, False, "", questions, "?"))
    return (lambda array: map(_as_text, array.to_pylist())), entries


def _emptied(label: str, column: Any, port: str) -> list[Translation]:
    """Tell of texts, or bytes, without any: nothing but a missing value has an empty cell."""
    is_ = pa.types
    if not any(
        holds(column.type) for holds in (is_.is_string, is_.is_large_string, is_.is_binary, is_.is_large_binary)
    ):
        return []
    empty = pc.sum(pc.equal(pc.binary_length(column), 0)).as_py() or 0
    if not empty:
        return []
    detail = "Empty texts are empty cells, which are missing values."
    return [Translation(port, label, "missing", detail, True, "--format parquet", empty)]


def _dates(label: str, column: Any, port: str) -> tuple[Callable[[Any], Iterable[Any]], list[Translation]]:
    fits = _whole_milliseconds(column) and all(
        value is None or _FIRST <= value <= _LAST for value in _extremes(column.cast(pa.timestamp("ms"), safe=False))
    )
    if not fits:
        write = text_writer(column)
        detail = "Written as ISO 8601 text: an Excel date has milliseconds and begins in March 1900."
        told = _told(port, label, detail, False, column)
        return (lambda array: map(_as_text, write(array).to_pylist())), [told]
    shown = "yyyy-mm-dd" if pa.types.is_date(column.type) else "yyyy-mm-dd hh:mm:ss.000"
    detail = "Written as Excel dates, which read back as times of milliseconds."
    entries = [] if column.type == pa.timestamp("ms") else [_told(port, label, detail, False, column)]

    def cells(array: Any) -> Iterable[Any]:
        for value in array.cast(pa.timestamp("ms")).to_pylist():
            yield None if value is None else (value, shown)

    return cells, entries


def _whole_milliseconds(column: Any) -> bool:
    try:
        column.cast(pa.timestamp("ms"))
    except pa.ArrowInvalid:
        return False
    return True


def _extremes(column: Any) -> list[Any]:
    try:
        return list(pc.min_max(column).as_py().values())
    except (ValueError, OverflowError):  # a year that Python has not
        return [datetime.datetime.min]


def _told(port: str, label: str, detail: str, lossy: bool, column: Any) -> Translation:
    count, example = len(column) - column.null_count, first_text(column)[:EXAMPLE_LIMIT]
    return Translation(port, label, "text", detail, lossy, "--format parquet", count, example)


def _as_text(value: str | None) -> Cell | None:
    return None if value is None else (value, "@")


def _shown(sheet: Any, cell: Any, row: int, label: str) -> Any:
    if type(cell) is float and float(f"{cell:.16g}") != cell:
        return _raw(sheet, repr(cell), "n")  # openpyxl writes 16 digits, some doubles need 17
    if not isinstance(cell, tuple):
        return cell
    value, number_format = cell
    if number_format == "@":
        return _text_cell(sheet, value, f"row {row} of column {label!r}") if value else None
    from openpyxl.cell import WriteOnlyCell

    dated = WriteOnlyCell(sheet, value)
    dated.number_format = number_format
    return dated


def _text_cell(sheet: Any, text: str, where: str = "a label") -> Any:
    """Make a cell of text whatever it looks like: no formula, no number, no error value."""
    if len(text.encode("utf-16-le", "surrogatepass")) // 2 > _CELL:
        raise DatasetError(f"a cell of Excel holds {_CELL} characters; {where} has {len(text)}", remedy=_ANOTHER)
    return _raw(sheet, _FORBIDDEN.sub(_escaped, text), "s")


def _raw(sheet: Any, value: str, kind: str) -> Any:
    """Make a cell of a kind, past openpyxl's guess of what a value may mean."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet)
    cell._value, cell.data_type = value, kind
    return cell


def _escaped(match: re.Match[str]) -> str:
    return f"_x{ord(match[0]):04X}_"
