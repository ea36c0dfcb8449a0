"""Parquet files whose columns are encoded on all cores.

pyarrow encodes one column of a row group after the other, on one core. Here each is encoded as a file of its own in
memory, and their pages are joined to one file with one footer: the file that pyarrow would have written with the same
dictionaries, byte for byte, except that a column whose dictionary became too large in the first row group gets none in
the others. There pyarrow would collect 100,000 values and more for it in each, only to give it up again.

Source:
    apache/parquet-format, src/main/thrift/parquet.thrift, structs FileMetaData, RowGroup, ColumnChunk, ColumnMetaData.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet

from blobprep.tables.codecs.columnar.dictionaries import find_repeating
from blobprep.tables.codecs.columnar.thrift import (
    I64,
    LIST,
    STRUCT,
    Struct,
    read_list,
    read_number,
    read_struct,
    write_list,
    write_number,
    write_struct,
)
from blobprep.tables.codecs.sink import Sink

__all__ = ["write_parquet"]

_GROUP_ROWS: Final = 1 << 20
_UNIT_VALUES: Final = 1 << 18  # fewer values are not worth a file of their own
_AHEAD: Final = 256 << 20  # bytes of the table that are being encoded or wait to be written, unless one unit has more
_LARGE: Final = 256 << 20  # bytes of a unit that is not held in memory a second time

_SPARE: Final = 2 << 20  # bytes of a unit beyond those of its table: a dictionary that is given up, headers

_MAGIC: Final = b"PAR1"
_TAIL: Final = 8  # the length of the footer, and the magic bytes
_ROWS, _GROUPS = 3, 4  # of FileMetaData
_CHUNKS, _SIZE, _OFFSET, _COMPRESSED_SIZE = 1, 2, 5, 6  # of RowGroup
_METADATA: Final = 3  # of ColumnChunk
_OFFSETS, _PAGE_KINDS = (9, 10, 11), 13  # of ColumnMetaData
_TYPE, _ENCODING = 1, 2  # of PageEncodingStats
_DATA_PAGE, _PLAIN = 0, 0


@dataclass(frozen=True, slots=True)
class _Unit:
    """Neighboring columns of a row group, encoded.

    Attributes:
        buffer: the memory they were encoded in.
        pages: the bytes of their column chunks.
        group: the metadata of a row group of these columns alone, at the start of a file.
        chunks: the metadata of their column chunks.
    """

    buffer: Any
    pages: Any
    group: Struct
    chunks: list[bytes]

    def lacks_dictionaries(self) -> bool:
        """Tell whether no column is written with a dictionary throughout."""
        for chunk in self.chunks:
            metadata = read_struct(read_struct(chunk)[_METADATA][1])
            pages = map(read_struct, read_list(metadata[_PAGE_KINDS][1]))
            kinds = {(read_number(page[_TYPE][1]), read_number(page[_ENCODING][1])) for page in pages}
            if (_DATA_PAGE, _PLAIN) not in kinds:
                return False
        return True


def write_parquet(table: pa.Table, sink: Sink, **options: Any) -> None:
    """Write a table in row groups of about a million rows.

    Args:
        table: with types that Parquet can store.
        sink: written from front to back.
        options: of pyarrow's writer.
    """
    options = {"use_dictionary": find_repeating(table, _GROUP_ROWS), **options}
    units = _split(table)
    if len(units) < 2 or max(unit.nbytes for unit in units) > _LARGE:
        pyarrow.parquet.write_table(table, pa.PythonFile(sink, mode="w"), row_group_size=_GROUP_ROWS, **options)
        return
    largest = max(unit.nbytes for unit in units)
    memory = _Memory(largest + largest // 4 + _SPARE)
    sink.write(_MAGIC)
    position = len(_MAGIC)
    groups: list[bytes] = []
    per_group = len(units) // -(-table.num_rows // _GROUP_ROWS)
    parts: list[_Unit] = []
    start = position
    with ThreadPoolExecutor(pa.cpu_count(), "blobprep-encode") as pool:
        for unit in _encode_all(pool, memory, units, per_group, options):
            sink.write(unit.pages)
            memory.give_back(unit.buffer)
            parts.append(unit)
            position += len(unit.pages)
            if len(parts) == per_group:
                groups.append(_join(parts, start))
                parts, start = [], position
    without_rows = pa.BufferOutputStream()
    _write(table.slice(0, 0), without_rows, options)
    footer = read_struct(_take_footer(without_rows.getvalue()))
    footer[_ROWS] = I64, write_number(table.num_rows)
    footer[_GROUPS] = LIST, write_list(groups, STRUCT)
    encoded = write_struct(footer)
    sink.write(encoded + len(encoded).to_bytes(4, "little") + _MAGIC)


def _split(table: pa.Table) -> list[pa.Table]:
    """Split a table into row groups, and each of them into as many columns as are worth a file of their own."""
    rows = min(table.num_rows, _GROUP_ROWS)
    width = max(1, _UNIT_VALUES // max(1, rows))
    places = range(table.num_columns)
    return [
        table.select(places[first : first + width]).slice(start, _GROUP_ROWS)
        for start in range(0, table.num_rows, _GROUP_ROWS)
        for first in range(0, table.num_columns, width)
    ]


def _encode_all(
    pool: ThreadPoolExecutor, memory: _Memory, units: Sequence[pa.Table], per_group: int, options: dict[str, Any]
) -> Iterator[_Unit]:
    """Yield the units in order, encoded; only as many are under way as there are cores, since memory holds them twice.

    While the caller writes one, the others are being encoded.
    """
    ahead: deque[tuple[Future[_Unit], int]] = deque()
    dictionaries: list[bool] = []  # of the units of the first row group: whether they are written with dictionaries

    def finish_first() -> _Unit:
        unit = ahead.popleft()[0].result()
        if len(dictionaries) < per_group:
            dictionaries.append(not unit.lacks_dictionaries())
        return unit

    for place, table in enumerate(units):
        finished: list[_Unit] = []
        size, column = table.nbytes, place % per_group
        while ahead and (len(ahead) >= pa.cpu_count() or sum(size for _, size in ahead) + size > _AHEAD):
            finished.append(finish_first())
        while place >= per_group and column >= len(dictionaries):
            finished.append(finish_first())
        wanted = place < per_group or dictionaries[column]
        chosen = options if wanted else {**options, "use_dictionary": False}
        ahead.append((pool.submit(_encode, table, memory, chosen), size))
        yield from finished
    while ahead:
        yield finish_first()


class _Memory:
    """Buffers for encoded units, used again: the system would have to zero new ones for each unit first.

    Args:
        size: bytes of each.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._free: SimpleQueue[Any] = SimpleQueue()

    def take(self) -> Any:
        """Return a buffer that nothing uses."""
        try:
            return self._free.get_nowait()
        except Empty:
            return pa.allocate_buffer(self._size)

    def give_back(self, buffer: Any) -> None:
        """Let a buffer be used again."""
        self._free.put(buffer)


def _encode(table: pa.Table, memory: _Memory, options: dict[str, Any]) -> _Unit:
    options = {**options, "store_schema": False}
    buffer = memory.take()
    sink = pa.FixedSizeBufferWriter(buffer)
    try:
        _write(table, sink, options, table.num_rows)
        file = buffer.slice(0, sink.tell())
    except OSError:  # rare: the unit is larger than its table
        growing = pa.BufferOutputStream()
        _write(table, growing, options, table.num_rows)
        file = growing.getvalue()
    footer = _take_footer(file)
    (group,) = map(read_struct, read_list(read_struct(footer)[_GROUPS][1]))
    pages = file.slice(len(_MAGIC), file.size - len(footer) - _TAIL - len(_MAGIC))
    return _Unit(buffer, pages, group, read_list(group[_CHUNKS][1]))


def _write(table: pa.Table, sink: Any, options: dict[str, Any], rows: int = 0) -> None:
    """Write a file with one row group of the given number of rows; with none if that is 0."""
    with pyarrow.parquet.ParquetWriter(sink, table.schema, **options) as writer:
        if rows:
            writer.write_table(table, rows)


def _take_footer(file: Any) -> bytes:
    tail = file.slice(file.size - _TAIL, 4).to_pybytes()
    length = int.from_bytes(tail, "little")
    return bytes(file.slice(file.size - _TAIL - length, length).to_pybytes())


def _join(units: list[_Unit], start: int) -> bytes:
    """Return the metadata of the row group that the units make, whose pages begin at `start`."""
    group = dict(units[0].group)
    chunks, position = [], start - len(_MAGIC)
    for unit in units:
        chunks += [_move(chunk, position) for chunk in unit.chunks]
        position += len(unit.pages)
    group[_CHUNKS] = LIST, write_list(chunks, STRUCT)
    for total in (_SIZE, _COMPRESSED_SIZE):
        group[total] = I64, write_number(sum(read_number(unit.group[total][1]) for unit in units))
    group[_OFFSET] = I64, write_number(start)
    return write_struct(group)


def _move(chunk: bytes, distance: int) -> bytes:
    """Return the metadata of a column chunk that begins this much later in the file."""
    fields = read_struct(chunk)
    metadata = read_struct(fields[_METADATA][1])
    for offset in _OFFSETS:
        if offset in metadata:
            metadata[offset] = I64, write_number(read_number(metadata[offset][1]) + distance)
    fields[_METADATA] = STRUCT, write_struct(metadata)
    return write_struct(fields)
