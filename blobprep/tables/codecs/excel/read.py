"""Workbooks to a table, by python-calamine: cells as Excel shows them, formulas as the values they had when saved.

Excel has one kind of number, and no text that differs from an empty cell: a column of whole numbers is one of integers,
and an empty cell, an error such as `#N/A` and the cell of the option `missing` are missing.
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
from blobprep.tables.codecs.excel.oddities import oddities
from blobprep.tables.codecs.excel.sheets import chosen
from blobprep.tables.codecs.labels import labels_from_header
from blobprep.tables.codecs.sources import DecodedTable, Source
from blobprep.tables.codecs.text.numerals import EXACT_LIMIT

__all__ = ["decode", "head"]

_LARGEST: Final = 2 << 30
_ENCRYPTED: Final = re.compile(
    "EncryptedPackage".encode("utf-16-le") + rb"|\x09\x08\x10\0\0\x06\x05\0.{12}(?:\x86\0\0\0)?\x2f\0", re.DOTALL
)
"""What a file with a password has in it: the name of the stream that holds a workbook of today, or the start of an old
one (BOF, perhaps WriteProtect) with FilePass behind it. The library only says that it cannot tell the format.

Source: Microsoft, [MS-OFFCRYPTO] section 2.3.4.4 and [MS-XLS] section 2.4.117.
"""

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
    """Read a sheet or a table once the workbook is whole; see `blobprep.tables.codecs.decode`."""
    header, rows, ledger = _opened(source, asked)
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
        array, entry = _column(label, values, text, asked)
        arrays.append(array)
        ledger += [entry] if entry else []
    return pa.table(arrays, names=labels), ledger


def head(source: Source, asked: AskedDataset, rows: int) -> tuple[pa.Table, int | None]:
    """Read a sheet and return its first rows; see `blobprep.tables.codecs.head`."""
    table = decode(source, asked)[0]
    return table.slice(0, rows), table.num_rows


def _opened(source: Source, asked: AskedDataset) -> tuple[list[str] | None, list[list[Any]], list[Translation]]:
    """Return the labels, None where there is no header, the rows below, and what is odd about the sheet."""
    _require_workbook(source, asked)
    with _understood(asked):
        from python_calamine import CalamineWorkbook

        table = asked.options["table"]
        with CalamineWorkbook.from_filelike(cast(IO[bytes], source), load_tables=bool(table)) as workbook:
            if table:
                found = _table(workbook, table, asked)
                area = (found.start, found.end) if found.start is not None else None
                return list(found.columns), found.to_python(), oddities(source, found.sheet, area, asked)
            name, rows, ledger = chosen(workbook, asked)
        ledger += oddities(source, name, None, asked)
    if asked.options["header"] == "false":
        return None, rows, ledger
    return [_text(cell) for cell in rows[0]], rows[1:], ledger


def _table(workbook: Any, name: str, asked: AskedDataset) -> Any:
    if name not in (workbook.table_names or ()):
        known = ", ".join(map(repr, workbook.table_names or ())) or "none"
        raise dataset_error(asked, f"has no table {name!r}", f"its tables are {known}")
    return workbook.get_table_by_name(name)


def _require_workbook(source: Source, asked: AskedDataset) -> None:
    """Refuse what is protected, or gigabytes when it is unpacked, before a library takes it into memory."""
    if source.read_at(0, 2) == b"PK":
        try:
            with zipfile.ZipFile(cast(IO[bytes], source)) as archive:
                size = sum(info.file_size for info in archive.infolist())
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise dataset_error(asked, f"is a damaged workbook: {error}", "fetch it again, or save it again") from error
        if size > _LARGEST:
            raise dataset_error(asked, f"has {size} bytes unpacked; {_LARGEST} are allowed", "save it as CSV")
    elif _ENCRYPTED.search(source.whole()):
        raise _protected(asked)
    elif not chains_end(source.whole()):
        raise dataset_error(
            asked, "is a damaged workbook: its sectors lead in a circle", "fetch it again, or save it again"
        )
    source.seek(0)


def _protected(asked: AskedDataset) -> DatasetError:
    return dataset_error(asked, "is protected by a password", "save it without one")


@contextmanager
def _understood(asked: AskedDataset) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise DatasetError(
            f"{asked.reference} is a workbook, and python-calamine is not installed",
            remedy='pip install "blobprep[excel]"',
        ) from error
    except (BlobprepError, MemoryError, OSError):
        raise
    except BaseException as error:
        name = type(error).__name__
        if name == "PasswordError":
            raise _protected(asked) from error
        # What the reader did not expect ends in a panic, which is no `Exception`.
        if isinstance(error, Exception) or name == "PanicException":
            reason = str(error).partition("\n")[0][:200]
            raise dataset_error(
                asked, f"is a workbook that cannot be read: {reason}", "open and save it again"
            ) from error
        raise


def _column(label: str, cells: tuple[Any, ...], text: bool, asked: AskedDataset) -> tuple[Any, Translation | None]:
    absent = ("", asked.options["missing"])
    values = [None if cell is None or (isinstance(cell, str) and cell in absent) else cell for cell in cells]
    kinds = {float if kind is int else kind for kind in map(type, values)} - {type(None)}
    if text:
        return _texts(values), None
    if not kinds:
        return (pa.nulls(len(values), pa.float64()) if values else pa.array([], pa.string())), None
    if kinds <= {datetime.date, datetime.datetime}:
        return pa.array(list(map(_midnight, values)), pa.timestamp("ms")), None
    if len(kinds) > 1:
        named = ", ".join(sorted({_NAMES.get(kind, kind.__name__) for kind in kinds}))
        example = next(_text(value) for value in values if value is not None)[:EXAMPLE_LIMIT]
        count = sum(value is not None for value in values)
        detail = f"Became text, since its cells are of different kinds: {named}."
        return _texts(values), Translation(asked.port, label, "type", detail, True, "", count, example)
    (kind,) = kinds
    if kind is float:
        return _numbers(values), None
    return pa.array(values, {bool: pa.bool_(), datetime.time: pa.time64("us")}.get(kind)), None


def _numbers(values: list[Any]) -> Any:
    whole = all(value is None or (abs(value) <= EXACT_LIMIT and value == int(value)) for value in values)
    if whole:
        return pa.array([None if value is None else int(value) for value in values], pa.int64())
    return pa.array([None if value is None else float(value) for value in values], pa.float64())


def _midnight(value: Any) -> Any:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return datetime.datetime.combine(value, datetime.time())
    return value


def _texts(values: list[Any]) -> Any:
    return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _text(value: Any) -> str:
    """Return what a cell shows: a whole number without a fraction, a date as ISO 8601."""
    if isinstance(value, float) and abs(value) <= EXACT_LIMIT and value == int(value):
        return str(int(value))
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)
