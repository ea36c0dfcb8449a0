"""Plain text: its lines as a table of one column. A blank line is a row with empty text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from blobprep.errors import DatasetError
from blobprep.protocol import AskedDataset, AskedResults, Translation
from blobprep.tables.codecs.csv.delimiters import (
    DelimiterEvidence,
    describe_delimiter,
    find_delimiter,
    format_for,
    separator_hint,
)
from blobprep.tables.codecs.errors import dataset_error, option
from blobprep.tables.codecs.sink import Sink
from blobprep.tables.codecs.sources import BlobSource, DecodedTable, Source
from blobprep.tables.codecs.text.characters import (
    Characters,
    refuse_other_encodings,
    resolve_encoding,
    undecodable_error,
)
from blobprep.tables.codecs.text.repairs import ERROR, MARK, Repairs, nul_byte_entries, nul_bytes_error
from blobprep.tables.codecs.text.sample import read_sample

__all__ = ["decode", "encode", "head"]

_STEP: Final = 4 << 20
_HEAD: Final = 64 << 10
_START: Final = 512
_LONGEST: Final = 2**31 - 1
_LEAST_ALIKE: Final = 3
"""How many lines must be alike: fewer could be chance."""

_LEAST_SHARE: Final = 0.75
_LINE_FEED: Final = b"\n"
_BATCH_ROWS: Final = 1 << 16


def decode(blobs: list[BlobSource]) -> DecodedTable:
    """Read the lines of one blob or several, one below the other; see `blobprep.tables.codecs.decode`."""
    chunks, repairs = [], Repairs()
    for blob in blobs:
        _require_lines(blob)
        lines = list(_read_lines(blob.source, blob.asked, _STEP, repairs))
        blob.rows.append(sum(map(len, lines)))
        chunks += lines
    return _build_table(chunks, blobs[0].asked), repairs.entries(blobs[0].asked)


def head(source: Source, asked: AskedDataset, rows: int) -> tuple[pa.Table, int | None]:
    """Read the first lines from the first bytes; see `blobprep.tables.codecs.head`."""
    _require_lines(BlobSource(source, asked))
    chunks: list[Any] = []
    count = 0
    for chunk in _read_lines(source, asked, _HEAD, Repairs()):
        chunks.append(chunk)
        count += len(chunk)
        if count > rows:
            return _build_table(chunks, asked).slice(0, rows), None
    return _build_table(chunks, asked).slice(0, rows), count


def encode(table: pa.Table, sink: BinaryIO, asked: AskedResults, port: str) -> list[Translation]:
    """Write a column of text as lines; see `blobprep.tables.codecs.encode`.

    Raises:
        DatasetError: the table is not one column of text, or a cell has a line end, which would make two rows of it.
    """
    column = _only_column(table)
    target = Sink(sink)
    row = 0
    for chunk in column.chunks:
        for start in range(0, len(chunk), _BATCH_ROWS):
            cells = pc.fill_null(chunk.slice(start, _BATCH_ROWS), "").cast(pa.large_string())
            _refuse_line_ends(cells, table.column_names[0], row)
            row += len(cells)
            rows = pa.LargeListArray.from_arrays(pa.array([0, len(cells)], pa.int64()), cells)
            target.write(pc.binary_join(rows, pa.scalar("\n", pa.large_string()))[0].as_buffer())
            target.write(b"\n")
    return [*_ledger_entries(table.column_names[0], column, port), *nul_byte_entries(table, port)]


def _ledger_entries(label: str, column: Any, port: str) -> list[Translation]:
    """Return an entry for each way in which lines read back differently."""
    marked = pc.sum(pc.starts_with(column, MARK)).as_py() or 0
    changes = (
        ("missing", column.null_count, "Missing values are written as blank lines, which read back as empty text."),
        ("text", marked, "Text that begins with a byte-order mark reads back without it."),
    )
    return [
        Translation(port, label, kind, detail, True, "--format parquet", count)
        for kind, count, detail in changes
        if count
    ]


def _read_lines(source: Source, asked: AskedDataset, step: int, repairs: Repairs) -> Iterator[Any]:
    """Read a text as arrays of its lines, while it arrives.

    Raises:
        DatasetError: it is not valid in its encoding, or has NUL bytes.
    """
    encoding = resolve_encoding(source.read_at(0, 4), asked.options["encoding"])
    source.seek(0)
    characters = Characters(source, encoding)
    count = 0
    try:
        for piece in _whole_lines(characters, step):
            if len(piece) > _LONGEST:
                raise dataset_error(asked, "has a line of more than 2 GiB", "check the program that wrote it")
            lines = _split_lines(_remove_nuls(piece, count + 1, asked, repairs))
            count += len(lines)
            lines.validate(full=True)
            yield lines
    except (UnicodeError, pa.ArrowInvalid) as error:
        raise undecodable_error(source, encoding, asked) from error
    repairs.marks += characters.marks
    if characters.line_ended and asked.options["trailing_newline"] == "row":
        yield pa.nulls(1, pa.string())


def _remove_nuls(piece: bytes, first: int, asked: AskedDataset, repairs: Repairs) -> bytes:
    if b"\0" not in piece:
        return piece
    place = f"line {first + piece[: piece.index(0)].count(_LINE_FEED)}"
    if asked.options["nul_bytes"] == ERROR:
        raise nul_bytes_error(asked, place)
    repairs.place = repairs.place or place
    repairs.nuls += piece.count(b"\0")
    return piece.replace(b"\0", b"")


def _whole_lines(characters: Characters, step: int) -> Iterator[bytes]:
    """Yield pieces of whole lines, with all line ends as line feeds."""
    waiting: list[bytes] = []
    held = b""
    while data := characters.read(step):
        data = held + data
        # This may be half of \r\n; an empty read marks the end of the text.
        held = b"\r" if data.endswith(b"\r") else b""
        data = _unify_line_ends(data[: len(data) - len(held)])
        cut = data.rfind(b"\n") + 1
        if cut:
            yield b"".join([*waiting, data[:cut]])
            waiting = []
        waiting.append(data[cut:])
    rest = b"".join([*waiting, _unify_line_ends(held)])
    if rest:
        yield rest


def _unify_line_ends(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data


def _split_lines(piece: bytes) -> Any:
    """Return lines as an array, built from their bytes without line ends and the offset of each."""
    ends = np.flatnonzero(np.frombuffer(piece, np.uint8) == ord("\n"))
    offsets = np.zeros(len(ends) + 1, np.int32)
    offsets[1:] = ends - np.arange(len(ends))
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(piece.translate(None, b"\n"))]
    return pa.Array.from_buffers(pa.string(), len(ends), buffers)


def _build_table(chunks: list[Any], asked: AskedDataset) -> pa.Table:
    return pa.Table.from_arrays([pa.chunked_array(chunks, pa.string())], names=[asked.options["column"]])


def _require_lines(blob: BlobSource) -> None:
    start = blob.source.read_at(0, _START)
    if not start:
        raise dataset_error(blob.asked, "is empty", "check the program that wrote it")
    refuse_other_encodings(start, blob.asked)
    if blob.asked.found == "name":
        _refuse_delimited(blob)


def _refuse_delimited(blob: BlobSource) -> None:
    """Refuse a blob that is plain text by its name only, if its lines look like columns."""
    asked, sample = blob.asked, read_sample(blob)
    if sample is None:
        return
    lines = (sample.first[:-1] or sample.first) if sample.cut else sample.first
    hint = separator_hint(f"{lines[0]}\n") if lines else None
    if hint is not None:
        raise _columns_error(asked, f"its first line {lines[0]!r} names a separator", hint[0])
    found = find_delimiter(lines)
    if found is None or not _is_certain(found):
        return
    if sample.later and not _is_certain(find_delimiter([*lines, *sample.later])):
        return
    count = (
        f"{found.count} {describe_delimiter(found.delimiter)}"
        if found.count > 1
        else f"1 {describe_delimiter(found.delimiter)[:-1]}"
    )
    which = f"its first {found.lines}" if found.alike == found.lines else f"{found.alike} of its first {found.lines}"
    raise _columns_error(asked, f"{which} lines have {count} each", found.delimiter)


def _is_certain(found: DelimiterEvidence | None) -> bool:
    """Tell whether lines are too much alike to be prose: sentences have commas too."""
    if found is None or found.alike < max(_LEAST_ALIKE, _LEAST_SHARE * found.lines):
        return False
    return found.alike == found.lines or found.count > 1 or found.delimiter != ","


def _columns_error(asked: AskedDataset, evidence: str, delimiter: str) -> DatasetError:
    name = ",".join([f"format={format_for(delimiter)[0]}", *format_for(delimiter)[1]])
    return dataset_error(
        asked,
        f"is plain text by its name, but looks like columns: {evidence}",
        f"{option(asked, name)} reads the columns, {option(asked, 'format=plaintext')} the lines",
    )


def _only_column(table: pa.Table) -> Any:
    kinds = table.schema.types
    if len(kinds) != 1:
        raise _shape_error(f"has one column, but the results have {len(kinds)}")
    if not (pa.types.is_string(kinds[0]) or pa.types.is_large_string(kinds[0])):
        raise _shape_error(f"has one column of text, but {table.column_names[0]!r} is {kinds[0]}")
    return table.column(0)


def _shape_error(what: str) -> DatasetError:
    return DatasetError(f"plaintext {what}", remedy="use --format csv or parquet")


def _refuse_line_ends(cells: Any, label: str, before: int) -> None:
    data = cells.buffers()[2]
    if data is None or not any(end in data.to_pybytes() for end in (b"\n", b"\r")):
        return
    ended = pc.match_substring_regex(cells, "[\r\n]")
    if pc.any(ended).as_py():
        row = before + pc.indices_nonzero(ended)[0].as_py() + 1
        raise DatasetError(
            f"plaintext cannot hold the line end in row {row} of column {label!r}",
            remedy="use --format csv, which quotes it, or replace it in the script",
        )
