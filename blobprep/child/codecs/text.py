"""Text datasets, CSV and TSV: from characters to a table."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv

from blobprep.child.codecs.characters import (
    ByteSource,
    Characters,
    first_undecodable,
)
from blobprep.child.codecs.dates import dates, named_dates
from blobprep.child.codecs.failures import appearance, option, refused
from blobprep.child.codecs.guessing import guess
from blobprep.child.codecs.labels import renames, unique_labels
from blobprep.child.codecs.parts import Source
from blobprep.errors import DatasetError
from blobprep.formats import delimiter_named, encoding_named
from blobprep.protocol import AskedDataset, Translation

__all__ = ["decode", "head"]

_BLOCKS: Final = (4 << 20, 128 << 20, 1 << 30)
"""Bytes parsed at a time; a row must fit, so the next size is tried where one does not."""

_RAGGED: Final = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")
_HEAD: Final = 256 << 10


def decode(source: Source, asked: AskedDataset) -> tuple[pa.Table, list[Translation]]:
    """Read a text dataset while it arrives; see `blobprep.child.codecs.decode`."""
    _refuse_other_formats(source.read_at(0, 512), asked)
    rows = _rows(source, asked)
    header = _header(source, rows, asked)
    return _typed(rows, header, asked)


def head(source: Source, asked: AskedDataset, rows: int) -> tuple[pa.Table, int | None]:
    """Read the first rows from the first bytes; see `blobprep.child.codecs.head`."""
    _refuse_other_formats(source.read_at(0, 512), asked)
    wanted = rows + 2  # the header, and a last row that the cut may have hit
    length = _HEAD
    while len(data := source.read_at(0, length)) == length:
        start = _Start(data)
        try:
            table = _rows(start, asked, whole=False)
        except DatasetError:
            table = None  # the cut may be what is wrong
        if table is not None and table.num_rows >= wanted:
            header = _header(start, table, asked)
            return _typed(table.slice(0, wanted - 1), header, asked)[0].slice(0, rows), None
        length *= 4
    table = decode(source, asked)[0]
    return table.slice(0, rows), table.num_rows


class _Start(io.BytesIO):
    """Hold the start of a dataset, cut at its last line end."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data[: data.rfind(b"\n") + 1] or data)


def _refuse_other_formats(start: bytes, asked: AskedDataset) -> None:
    words, name = appearance(start)
    if words:
        remedy = option(asked, f"format={name}") if name else "name a blob with the rows themselves"
        raise refused(asked, f"is {words} and not {asked.format}", remedy)
    if encoding_named(asked.options["encoding"]) == "utf-8":
        wide = len(start) > 3 and (not any(start[1:64:2]) or not any(start[0:64:2]))
        if wide or start[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise refused(asked, "is UTF-16 and not UTF-8", option(asked, "encoding=utf-16"))


def _rows(source: ByteSource, asked: AskedDataset, whole: bool = True) -> pa.Table:
    """Read all rows as text, the header among them.

    The columns go by numbers here, so that no header can be in the way.
    """
    encoding = encoding_named(asked.options["encoding"])
    for block in _BLOCKS:
        source.seek(0)
        characters = Characters(source, encoding, whole)
        try:
            table = _read(characters, asked, block)
        except UnicodeError as error:
            raise _undecodable(source, encoding, asked) from error
        except pa.ArrowInvalid as error:
            if "straddles two block boundaries" in str(error) and block != _BLOCKS[-1]:
                continue
            raise _explained(error, source, encoding, asked) from error
        if characters.quotes % 2 and whole:
            _refuse_open_quote(table, asked)
        return table
    raise AssertionError("the last block size raises")


def _read(characters: Characters, asked: AskedDataset, block: int, threads: bool = True) -> pa.Table:
    reading = pyarrow.csv.ReadOptions(autogenerate_column_names=True, block_size=block, use_threads=threads)
    converting = pyarrow.csv.ConvertOptions(
        default_column_type=pa.string(),
        null_values=["", asked.options["missing"]],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    file = pa.PythonFile(characters, mode="r")
    return pyarrow.csv.read_csv(file, reading, _parsing(asked), converting)


def _parsing(asked: AskedDataset) -> Any:
    return pyarrow.csv.ParseOptions(
        delimiter=delimiter_named(asked.options["delimiter"]),
        # Costs a tenth of the time at this block size; without it such values would be torn.
        newlines_in_values=True,
    )


def _header(source: ByteSource, rows: pa.Table, asked: AskedDataset) -> list[str] | None:
    """Return the labels in the first row, empty where there is none; None where the first row is no header."""
    if asked.options["header"] == "false":
        return None
    first = [column[0].as_py() for column in rows.columns]
    if None in first and asked.options["missing"]:
        # A label may be what is a missing cell below it; so the first row is read once more, as it stands.
        source.seek(0)
        file = pa.PythonFile(Characters(source, encoding_named(asked.options["encoding"]), whole=False), mode="r")
        reading = pyarrow.csv.ReadOptions(autogenerate_column_names=True, block_size=_BLOCKS[0], use_threads=False)
        converting = pyarrow.csv.ConvertOptions(default_column_type=pa.string())
        with pyarrow.csv.open_csv(file, reading, _parsing(asked), converting) as reader:
            first = [column[0].as_py() for column in reader.read_next_batch().columns]
    return [label or "" for label in first]


def _typed(rows: pa.Table, header: list[str] | None, asked: AskedDataset) -> tuple[pa.Table, list[Translation]]:
    """Take the header off and give every column its type, letting each column's text go as soon as it has one."""
    labels, ledger = _labels(header, rows.num_columns, asked)
    named = named_dates(labels, asked)
    columns: list[Any] = (rows if header is None else rows.slice(1)).columns
    del rows

    def typed(index: int) -> tuple[Any, Translation | None]:
        cells, label = columns[index], labels[index]
        columns[index] = None
        if label in named:
            return dates(cells, label, asked)
        if asked.options["types"] == "text":
            return cells, None
        return guess(cells, label, asked)

    with ThreadPoolExecutor(max(1, min(4, pa.cpu_count()))) as pool:
        done = list(pool.map(typed, range(len(labels))))
    ledger.extend(entry for _, entry in done if entry is not None)
    return pa.Table.from_arrays([column for column, _ in done], names=labels), ledger


def _labels(header: list[str] | None, count: int, asked: AskedDataset) -> tuple[list[str], list[Translation]]:
    if header is None:
        return [f"Col{number}" for number in range(1, count + 1)], []
    named = [label or f"Col{number}" for number, label in enumerate(header, 1)]
    labels = unique_labels(named)
    ledger = [
        Translation(asked.port, label, "rename", f"Column {number} has no name in the header.")
        for number, (old, label) in enumerate(zip(header, labels, strict=True), 1)
        if not old
    ]
    return labels, ledger + renames(asked.port, named, labels)


def _refuse_open_quote(rows: pa.Table, asked: AskedDataset) -> None:
    last = rows.column(rows.num_columns - 1)[-1].as_py() if rows.num_rows else None
    if last is not None and last.endswith("\n"):
        raise refused(
            asked,
            f"opens a quote in row {_row(rows.num_rows, asked)} and never closes it",
            "fetch it again if it was cut short, or mend the quote",
        )


def _row(number: int, asked: AskedDataset) -> int:
    return number - (asked.options["header"] == "true")


def _undecodable(source: ByteSource, encoding: str, asked: AskedDataset) -> DatasetError:
    found = first_undecodable(source, encoding)
    where = f": line {found[0]} has the byte 0x{found[1]:02X}" if found else ""
    other = "cp1252" if encoding != "cp1252" else "utf-8"
    return refused(
        asked,
        f"is not {encoding} text{where}",
        f"name its encoding, for example {option(asked, f'encoding={other}')}",
    )


def _explained(error: pa.ArrowInvalid, source: ByteSource, encoding: str, asked: AskedDataset) -> DatasetError:
    """Say in the user's terms why pyarrow refused; what it does not tell is found by reading again."""
    reason = str(error)
    if "invalid UTF8" in reason:
        return _undecodable(source, encoding, asked)
    if "Empty CSV" in reason:
        return refused(asked, "is empty: it has not even a header", "check what wrote it")
    if "straddles two block boundaries" in reason:
        return refused(asked, "has a row of more than 1 GiB", "look for a quote that is never closed")
    source.seek(0)
    try:
        _read(Characters(source, encoding), asked, _BLOCKS[0], threads=False)
    except pa.ArrowInvalid as told:
        reason = str(told)  # only now with the number of the row
    ragged = _RAGGED.search(reason)
    if ragged is None:
        return refused(asked, f"cannot be read as {asked.format}: {reason[:300]}")
    number, expected, actual = map(int, ragged.groups())
    above = "the header" if asked.options["header"] == "true" else "the first row"
    cells = "1 cell" if actual == 1 else f"{actual} cells"
    return refused(
        asked,
        f"has {cells} in row {_row(number, asked)} where {above} has {expected}",
        f"mend the row, or name what separates cells, for example {option(asked, 'delimiter=;')}",
    )
