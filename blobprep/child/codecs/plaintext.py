"""Plain text: a table of one column, its lines. A blank line is a row with the empty text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from blobprep.child.codecs.characters import Characters, encoding_of, refuse_other_encodings, undecodable
from blobprep.child.codecs.failures import option, refused
from blobprep.child.codecs.parts import Decoded, Part, Source
from blobprep.child.codecs.sink import Sink
from blobprep.errors import DatasetError
from blobprep.protocol import AskedDataset, AskedResults, Translation

__all__ = ["decode", "encode", "head"]

_STEP: Final = 4 << 20
_HEAD: Final = 64 << 10
_LOOK: Final = 16 << 10
_LONGEST: Final = 2**31 - 1
_ALIKE: Final = range(3, 11)
"""How many lines are looked at: with fewer, chance could make them alike."""

_DELIMITERS: Final = (("\t", "tab", "tsv"), (";", "semicolon", "csv,delimiter=;"), (",", "comma", "csv"))
_LINE_ENDS: Final = re.compile(r"\r\n|\r|\n")
_BATCH_ROWS: Final = 1 << 16


def decode(parts: list[Part]) -> Decoded:
    """Read the lines of one blob or several, one below the other; see `blobprep.child.codecs.decode`."""
    chunks = []
    for part in parts:
        _require_lines(part.source, part.asked)
        chunks += list(_lines(part.source, part.asked, _STEP))
    return _table(chunks, parts[0].asked), []


def head(source: Source, asked: AskedDataset, rows: int) -> tuple[pa.Table, int | None]:
    """Read the first lines from the first bytes; see `blobprep.child.codecs.head`."""
    _require_lines(source, asked)
    chunks: list[Any] = []
    count = 0
    for chunk in _lines(source, asked, _HEAD):
        chunks.append(chunk)
        count += len(chunk)
        if count > rows:
            return _table(chunks, asked).slice(0, rows), None
    return _table(chunks, asked).slice(0, rows), count


def encode(table: pa.Table, sink: BinaryIO, asked: AskedResults, port: str) -> list[Translation]:
    """Write a column of text as lines; see `blobprep.child.codecs.encode`.

    Raises:
        DatasetError: the table is something else, or a line end in a cell would make two rows of it.
    """
    column = _only_column(table)
    whole = Sink(sink)
    row = 0
    for chunk in column.chunks:
        for start in range(0, len(chunk), _BATCH_ROWS):
            cells = pc.fill_null(chunk.slice(start, _BATCH_ROWS), "").cast(pa.large_string())
            _refuse_line_ends(cells, table.column_names[0], row)
            if row == 0 and cells[0].as_py().startswith("\ufeff"):
                whole.write(codecs.BOM_UTF8)  # the first one is taken for a mark and not for text
            row += len(cells)
            listed = pa.LargeListArray.from_arrays(pa.array([0, len(cells)], pa.int64()), cells)
            whole.write(pc.binary_join(listed, pa.scalar("\n", pa.large_string()))[0].as_buffer())
            whole.write(b"\n")
    if not column.null_count:
        return []
    detail = "Missing values are written as blank lines, which read back as empty text."
    return [
        Translation(port, table.column_names[0], "missing", detail, True, "--format parquet", count=column.null_count)
    ]


def _lines(source: Source, asked: AskedDataset, step: int) -> Iterator[Any]:
    """Read a text while it arrives, as arrays of its lines.

    Raises:
        DatasetError: it is empty, or not in its encoding.
    """
    encoding = encoding_of(source.read_at(0, 4), asked.options["encoding"])
    source.seek(0)
    characters = Characters(source, encoding)
    try:
        for piece in _whole_lines(characters, step):
            if len(piece) > _LONGEST:
                raise refused(asked, "has a line of more than 2 GiB", "check what wrote it")
            lines = _split(piece)
            lines.validate(full=True)
            yield lines
    except (UnicodeError, pa.ArrowInvalid) as error:
        raise undecodable(source, encoding, asked) from error
    if characters.line_ended and asked.options["trailing_newline"] == "row":
        yield pa.nulls(1, pa.string())


def _whole_lines(characters: Characters, step: int) -> Iterator[bytes]:
    """Cut a text after line ends, and make all of them line feeds."""
    waiting: list[bytes] = []
    held = b""
    first = True
    while data := characters.read(step):
        data = held + (data.removeprefix(codecs.BOM_UTF8) if first else data)
        first = False
        # Half of \r\n perhaps; the end of a text shows itself by an empty read.
        held = b"\r" if data.endswith(b"\r") else b""
        data = _unified(data[: len(data) - len(held)])
        cut = data.rfind(b"\n") + 1
        if cut:
            yield b"".join([*waiting, data[:cut]])
            waiting = []
        waiting.append(data[cut:])
    rest = b"".join([*waiting, _unified(held)])
    if rest:
        yield rest


def _unified(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data


def _split(piece: bytes) -> Any:
    """Make an array of lines: the bytes between line ends, end to end, and where each begins."""
    ends = np.flatnonzero(np.frombuffer(piece, np.uint8) == ord("\n"))
    offsets = np.zeros(len(ends) + 1, np.int32)
    offsets[1:] = ends - np.arange(len(ends))
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(piece.translate(None, b"\n"))]
    return pa.Array.from_buffers(pa.string(), len(ends), buffers)


def _table(chunks: list[Any], asked: AskedDataset) -> pa.Table:
    return pa.Table.from_arrays([pa.chunked_array(chunks, pa.string())], names=[asked.options["column"]])


def _require_lines(source: Source, asked: AskedDataset) -> None:
    start = source.read_at(0, _LOOK)
    if not start:
        raise refused(asked, "is empty: it has not even a line", "check what wrote it")
    refuse_other_encodings(start, asked)
    if asked.found == "name":
        _refuse_delimited(start, asked)


def _refuse_delimited(start: bytes, asked: AskedDataset) -> None:
    """Refuse a blob that only its name makes plain text, and that holds columns by the looks of it."""
    text = start.decode(encoding_of(start, asked.options["encoding"]), "ignore")
    lines = _LINE_ENDS.split(text)[:-1][: _ALIKE[-1]]  # the last may be cut, or nothing after its line end
    if len(lines) not in _ALIKE:
        return
    for mark, word, name in _DELIMITERS:
        counts = {line.count(mark) for line in lines}
        if len(counts) == 1 and 0 not in counts:
            (count,) = counts
            seen = f"{count} {word}s" if count > 1 else f"1 {word}"
            raise refused(
                asked,
                f"is called plain text but looks like columns: its first {len(lines)} lines have {seen} each",
                f"say {option(asked, f'format={name}')}, or {option(asked, 'format=plaintext')} for its lines",
            )


def _only_column(table: pa.Table) -> Any:
    kinds = table.schema.types
    if len(kinds) != 1:
        raise _unfit(f"has one column, and the results have {len(kinds)}")
    if not (pa.types.is_string(kinds[0]) or pa.types.is_large_string(kinds[0])):
        raise _unfit(f"has one column of text, and {table.column_names[0]!r} is {kinds[0]}")
    return table.column(0)


def _unfit(what: str) -> DatasetError:
    return DatasetError(f"plaintext {what}", remedy="--format csv, or parquet, holds them")


def _refuse_line_ends(cells: Any, label: str, before: int) -> None:
    data = cells.buffers()[2]
    if data is None or not any(end in data.to_pybytes() for end in (b"\n", b"\r")):
        return
    ended = pc.match_substring_regex(cells, "[\r\n]")
    if pc.any(ended).as_py():
        row = before + pc.indices_nonzero(ended)[0].as_py() + 1
        raise DatasetError(
            f"plaintext cannot hold the line end in row {row} of column {label!r}",
            remedy="--format csv quotes it; or replace it in the script",
        )
