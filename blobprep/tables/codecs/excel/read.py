"""The decoder of Excel datasets, by python-calamine: formulas are read as the values they had when saved.

Excel has one kind of number, and does not distinguish an empty text from an empty cell. So a column of whole numbers is
read as integers; empty cells, errors such as `#N/A`, and cells with the text of the option `missing` are missing.
"""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Final, cast

import pyarrow as pa

from blobprep.errors import BlobprepError, DatasetError
from blobprep.protocol import EXAMPLE_LIMIT, AskedDataset, Translation
from blobprep.tables.codecs.csv.dates import columns_in_option
from blobprep.tables.codecs.errors import dataset_error
from blobprep.tables.codecs.excel.compound import chains_end
from blobprep.tables.codecs.excel.oddities import find_oddities
from blobprep.tables.codecs.excel.sheets import choose_sheet
from blobprep.tables.codecs.labels import labels_from_header
from blobprep.tables.codecs.sources import DecodedTable, Source
from blobprep.tables.codecs.text.numerals import EXACT_LIMIT

__all__ = ["decode", "head"]

_LARGEST: Final = 2 << 30
_ENCRYPTED: Final = re.compile(
    "EncryptedPackage".encode("utf-16-le") + rb"|\x09\x08\x10\0\0\x06\x05\0.{12}(?:\x86\0\0\0)?\x2f\0", re.DOTALL
)
"""What a password-protected file contains: the name of the stream that holds a current workbook, or the start of an old
one (BOF, perhaps WriteProtect) followed by FilePass. The library only reports an unknown format.

Source: Microsoft, [MS-OFFCRYPTO] section 2.3.4.4 and [MS-XLS] section 2.4.117.
"""

_DAMAGED: Final = "download it again, or save it again in Excel"
_NAMES: Final = {
    bool: "booleans",
    float: "numbers",
    str: "texts",
    datetime.datetime: "dates",
    datetime.date: "dates",
    datetime.time: "times",
    datetime.timedelta: "durations",
}


def decode(source: Source, asked: AskedDataset) -> DecodedTable:
    """Read a sheet or a table once the workbook has arrived completely; see `blobprep.tables.codecs.decode`."""
    header, rows, ledger = _open(source, asked)
    width = max(len(header or ()), max(map(len, rows), default=0))
    if header is None:
        labels = [f"Col{number}" for number in range(1, width + 1)]
    else:
        labels, renamed = labels_from_header(asked.port, header)
        ledger += renamed
    plain = columns_in_option(labels, asked, "text")
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    arrays = []
    for label, values in zip(labels, columns, strict=True):
        text = asked.options["types"] == "text" or label in plain
        array, entry = _build_column(label, values, text, asked)
        arrays.append(array)
        ledger += [entry] if entry else []
    return pa.table(arrays, names=labels), ledger


def head(source: Source, asked: AskedDataset, rows: int) -> tuple[pa.Table, int | None]:
    """Read a sheet and return its first rows; see `blobprep.tables.codecs.head`."""
    table = decode(source, asked)[0]
    return table.slice(0, rows), table.num_rows


def _open(source: Source, asked: AskedDataset) -> tuple[list[str] | None, list[list[Any]], list[Translation]]:
    """Return the labels (None without a header), the rows below, and the ledger entries of the sheet."""
    _require_workbook(source, asked)
    with _reader_errors(asked):
        from python_calamine import CalamineWorkbook

        table = asked.options["table"]
        with CalamineWorkbook.from_filelike(cast(IO[bytes], source), load_tables=bool(table)) as workbook:
            if table:
                found = _find_table(workbook, table, asked)
                area = (found.start, found.end) if found.start is not None else None
                return list(found.columns), found.to_python(), find_oddities(source, found.sheet, area, asked)
            name, rows, ledger = choose_sheet(workbook, asked)
        ledger += find_oddities(source, name, None, asked)
    if asked.options["header"] == "false":
        return None, rows, ledger
    return [_format_cell(cell) for cell in rows[0]], rows[1:], ledger


def _find_table(workbook: Any, name: str, asked: AskedDataset) -> Any:
    if name not in (workbook.table_names or ()):
        known = ", ".join(map(repr, workbook.table_names or ())) or "none"
        raise dataset_error(asked, f"has no table {name!r}", f"its tables are {known}")
    return workbook.get_table_by_name(name)


def _require_workbook(source: Source, asked: AskedDataset) -> None:
    """Refuse protected, damaged and oversized workbooks before a library loads them into memory."""
    if source.read_at(0, 2) == b"PK":
        try:
            with zipfile.ZipFile(cast(IO[bytes], source)) as archive:
                size = sum(info.file_size for info in archive.infolist())
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise dataset_error(asked, f"is a damaged workbook: {error}", _DAMAGED) from error
        if size > _LARGEST:
            raise dataset_error(asked, f"unpacks to {size} bytes; at most {_LARGEST} are allowed", "save it as CSV")
    elif _ENCRYPTED.search(source.map_all()):
        raise _password_error(asked)
    elif not chains_end(source.map_all()):
        raise dataset_error(asked, "is a damaged workbook: its sectors form a circle", _DAMAGED)
    source.seek(0)


def _password_error(asked: AskedDataset) -> DatasetError:
    return dataset_error(asked, "is protected by a password", "save it without a password")


@contextmanager
def _reader_errors(asked: AskedDataset) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise DatasetError(
            f"{asked.reference} is an Excel workbook, but python-calamine is not installed",
            remedy='pip install "blobprep[excel]"',
        ) from error
    except (BlobprepError, MemoryError, OSError):
        raise
    except BaseException as error:
        name = type(error).__name__
        if name == "PasswordError":
            raise _password_error(asked) from error
        # The reader panics on unexpected content; its PanicException is not a subclass of `Exception`.
        if isinstance(error, Exception) or name == "PanicException":
            reason = str(error).partition("\n")[0][:200]
            raise dataset_error(
                asked, f"is a workbook that cannot be read: {reason}", "open it in Excel and save it again"
            ) from error
        raise


def _build_column(
    label: str, cells: tuple[Any, ...], text: bool, asked: AskedDataset
) -> tuple[Any, Translation | None]:
    absent = ("", asked.options["missing"])
    values = [None if cell is None or (isinstance(cell, str) and cell in absent) else cell for cell in cells]
    kinds = {float if kind is int else kind for kind in map(type, values)} - {type(None)}
    if text:
        return _build_texts(values), None
    if not kinds:
        return (pa.nulls(len(values), pa.float64()) if values else pa.array([], pa.string())), None
    if kinds <= {datetime.date, datetime.datetime}:
        return pa.array(list(map(_at_midnight, values)), pa.timestamp("ms")), None
    if len(kinds) > 1:
        named = ", ".join(sorted({_NAMES.get(kind, kind.__name__) for kind in kinds}))
        example = next(_format_cell(value) for value in values if value is not None)[:EXAMPLE_LIMIT]
        count = sum(value is not None for value in values)
        detail = f"Cells of different kinds became text: {named}."
        return _build_texts(values), Translation(asked.port, label, "type", detail, True, "", count, example)
    (kind,) = kinds
    if kind is float:
        return _build_numbers(values), None
    return pa.array(values, {bool: pa.bool_(), datetime.time: pa.time64("us")}.get(kind)), None


def _build_numbers(values: list[Any]) -> Any:
    whole = all(value is None or (abs(value) <= EXACT_LIMIT and value == int(value)) for value in values)
    if whole:
        return pa.array([None if value is None else int(value) for value in values], pa.int64())
    return pa.array([None if value is None else float(value) for value in values], pa.float64())


def _at_midnight(value: Any) -> Any:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return datetime.datetime.combine(value, datetime.time())
    return value


def _build_texts(values: list[Any]) -> Any:
    return pa.array([None if value is None else _format_cell(value) for value in values], pa.string())


def _format_cell(value: Any) -> str:
    """Format a cell as it is shown: a whole number without a fraction, a date as ISO 8601."""
    if isinstance(value, float) and abs(value) <= EXACT_LIMIT and value == int(value):
        return str(int(value))
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)
