"""The encoder of Excel results, by openpyxl: one sheet, written row by row.

A cell is a number, a boolean, a date or a text. A value that does not fit a number or date exactly is written as text
and reported in the ledger; a text longer than a cell, or a table larger than a sheet, is an error.
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
_FIRST: Final = datetime.datetime(1900, 3, 1)  # Excel's calendar has a February 29, 1900, which did not exist
_LAST: Final = datetime.datetime(9999, 12, 31, 23, 59, 59)
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ANOTHER: Final = "use --format parquet or --format csv"

Cell = tuple[Any, str]
"""A value and its number format; text has the format `@`."""


def encode(table: pa.Table, sink: BinaryIO, asked: AskedResults, port: str) -> list[Translation]:
    """Write a table as the only sheet of a workbook; see `blobprep.tables.codecs.encode`.

    Raises:
        DatasetError: the table is larger than a sheet, a text is longer than a cell, or the sheet's name is invalid.
    """
    try:
        from openpyxl import Workbook
    except ImportError as error:
        message = "results cannot be written as excel, because openpyxl is not installed"
        raise DatasetError(message, remedy='pip install "blobprep[excel]"') from error
    header = asked.options["header"] == "true"
    _check_size(table, header)
    workbook = Workbook(write_only=True)
    try:
        sheet = workbook.create_sheet(asked.options["sheet"])
    except ValueError as error:
        raise DatasetError(
            f"{asked.options['sheet']!r} is not a valid sheet name: {error}", remedy="choose another name"
        ) from error
    writers, ledger = [], []
    for label, column in zip(table.column_names, table.columns, strict=True):
        write, entries = _choose_writer(label, column, port)
        writers.append(write)
        ledger += entries
    try:
        if header:
            sheet.append([_text_cell(sheet, label) for label in table.column_names])
        for row in _iter_rows(table, writers):
            sheet.append([_make_cell(sheet, *cell) for cell in row])
    finally:
        sheet.close()
    workbook.save(cast(IO[bytes], Sink(sink)))
    return ledger


def _iter_rows(table: pa.Table, writers: list[Callable[[Any], Iterable[Any]]]) -> Iterator[list[tuple[Any, int, str]]]:
    """Yield each row's cells, with the row's number and the column's label."""
    number = 0
    for batch in table.to_batches(max_chunksize=_BATCH_ROWS):
        cells = [write(array) for write, array in zip(writers, batch.columns, strict=True)]
        for row in zip(*cells, strict=True) if cells else [()] * batch.num_rows:
            number += 1
            yield [(cell, number, label) for cell, label in zip(row, table.column_names, strict=True)]


def _check_size(table: pa.Table, header: bool) -> None:
    if table.num_rows + header > _ROWS:
        raise DatasetError(
            f"an Excel sheet holds {_ROWS - header} rows, but the results have {table.num_rows}", remedy=_ANOTHER
        )
    if table.num_columns > _COLUMNS:
        raise DatasetError(
            f"an Excel sheet holds {_COLUMNS} columns, but the results have {table.num_columns}", remedy=_ANOTHER
        )


def _choose_writer(label: str, column: Any, port: str) -> tuple[Callable[[Any], Iterable[Any]], list[Translation]]:
    """Return a function from a column's arrays to cells, and the ledger entries of the column."""
    kind, is_ = column.type, pa.types
    if is_.is_dictionary(kind):
        inner, entries = _choose_writer(label, column.cast(kind.value_type), port)
        detail = "Written as labels; the workbook does not say that they are categories."
        entry = _ledger_entry(port, label, detail, bool(kind.ordered), column)
        return (lambda array: inner(array.dictionary_decode())), [entry, *entries]
    if is_.is_boolean(kind) or is_.is_null(kind):
        return pa.Array.to_pylist, []
    if is_.is_integer(kind):
        return _write_integers(label, column, port)
    if is_.is_floating(kind):
        return _write_doubles(label, column, port)
    if is_.is_string(kind) or is_.is_large_string(kind):
        return _write_strings(label, column, port)
    if (is_.is_timestamp(kind) and kind.tz is None) or is_.is_date(kind):
        return _write_dates(label, column, port)
    write = text_writer(column)
    entry = _ledger_entry(port, label, f"Written as text, because Excel has no cell type for {kind}.", False, column)
    return (lambda array: map(_mark_text, write(array).to_pylist())), [entry, *_report_empty(label, column, port)]


def _write_integers(label: str, column: Any, port: str) -> tuple[Callable[[Any], Iterable[Any]], list[Translation]]:
    count = sum(value is not None and abs(value) > EXACT_LIMIT for value in _extremes(column))
    if not count:
        entries = [] if column.type == pa.int64() else [_ledger_entry(port, label, _NUMBERS, False, column)]
        return pa.Array.to_pylist, entries
    detail = "Written as text, because numbers in Excel have at most 15 digits."
    return (lambda array: map(_mark_text, array.cast(pa.string()).to_pylist())), [
        _ledger_entry(port, label, detail, False, column)
    ]


_NUMBERS: Final = "Excel has one kind of number: whole numbers are read as 64-bit integers, others as doubles."


def _write_doubles(label: str, column: Any, port: str) -> tuple[Callable[[Any], Iterable[Any]], list[Translation]]:
    wide = column.cast(pa.float64())
    entries = []
    finite = wide.filter(pc.fill_null(pc.is_finite(wide), False))
    whole = pc.all(pc.equal(pc.floor(finite), finite)).as_py() if len(finite) else True
    if whole or column.type != pa.float64():
        entries.append(_ledger_entry(port, label, _NUMBERS, False, column))
    infinite = pc.sum(pc.is_inf(wide)).as_py() or 0
    if infinite:
        detail = "Infinities are written as text, because Excel has no number for them."
        entries.append(Translation(port, label, "text", detail, True, "--format parquet", infinite, "inf"))
    not_numbers = pc.sum(pc.is_nan(wide)).as_py() or 0
    if not_numbers:
        detail = "NaN (not a number) is written as an empty cell, which means missing."
        entries.append(Translation(port, label, "missing", detail, True, "--format parquet", not_numbers))

    def write(array: Any) -> Iterable[Any]:
        for value in array.cast(pa.float64()).to_pylist():
            if value is None or value != value:
                yield None
            else:
                yield _mark_text(str(value)) if value in (float("inf"), float("-inf")) else value

    return write, entries


def _write_strings(label: str, column: Any, port: str) -> tuple[Callable[[Any], Iterable[Any]], list[Translation]]:
    entries = _report_empty(label, column, port)
    questions = pc.sum(pc.equal(column, "?")).as_py() or 0
    if questions:
        detail = "The text '?' is read back as missing, unless the option missing is changed."
        entries.append(Translation(port, label, "missing", detail, False, "", questions, "?"))
    return (lambda array: map(_mark_text, array.to_pylist())), entries


def _report_empty(label: str, column: Any, port: str) -> list[Translation]:
    """Report empty texts and bytes: an empty cell is read back as a missing value."""
    is_ = pa.types
    if not any(
        holds(column.type) for holds in (is_.is_string, is_.is_large_string, is_.is_binary, is_.is_large_binary)
    ):
        return []
    empty = pc.sum(pc.equal(pc.binary_length(column), 0)).as_py() or 0
    if not empty:
        return []
    detail = "Empty texts are written as empty cells, which means missing."
    return [Translation(port, label, "missing", detail, True, "--format parquet", empty)]


def _write_dates(label: str, column: Any, port: str) -> tuple[Callable[[Any], Iterable[Any]], list[Translation]]:
    fits = _whole_milliseconds(column) and all(
        value is None or _FIRST <= value <= _LAST for value in _extremes(column.cast(pa.timestamp("ms"), safe=False))
    )
    if not fits:
        write = text_writer(column)
        detail = "Written as ISO 8601 text, because Excel dates have milliseconds and begin in March 1900."
        entry = _ledger_entry(port, label, detail, False, column)
        return (lambda array: map(_mark_text, write(array).to_pylist())), [entry]
    shown = "yyyy-mm-dd" if pa.types.is_date(column.type) else "yyyy-mm-dd hh:mm:ss.000"
    detail = "Written as Excel dates, which are read back as times in milliseconds."
    entries = [] if column.type == pa.timestamp("ms") else [_ledger_entry(port, label, detail, False, column)]

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
    except (ValueError, OverflowError):  # a year outside Python's range
        return [datetime.datetime.min]


def _ledger_entry(port: str, label: str, detail: str, lossy: bool, column: Any) -> Translation:
    count, example = len(column) - column.null_count, first_text(column)[:EXAMPLE_LIMIT]
    return Translation(port, label, "text", detail, lossy, "--format parquet", count, example)


def _mark_text(value: str | None) -> Cell | None:
    return None if value is None else (value, "@")


def _make_cell(sheet: Any, cell: Any, row: int, label: str) -> Any:
    if type(cell) is float and float(f"{cell:.16g}") != cell:
        return _raw_cell(sheet, repr(cell), "n")  # openpyxl writes 16 digits; some doubles need 17
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
    """Make a text cell, even if the text looks like a formula, a number or an error value."""
    if len(text.encode("utf-16-le", "surrogatepass")) // 2 > _CELL:
        raise DatasetError(f"an Excel cell holds {_CELL} characters, but {where} has {len(text)}", remedy=_ANOTHER)
    return _raw_cell(sheet, _FORBIDDEN.sub(_escape, text), "s")


def _raw_cell(sheet: Any, value: str, kind: str) -> Any:
    """Make a cell of a given type, bypassing openpyxl's guess from the value."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet)
    cell._value, cell.data_type = value, kind
    return cell


def _escape(match: re.Match[str]) -> str:
    return f"_x{ord(match[0]):04X}_"
