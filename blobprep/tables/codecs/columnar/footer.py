"""Footers of Parquet files: where row groups end, and INT96 columns declared as columns of twelve bytes.

pyarrow gives the places of columns too, but a damaged footer makes it end the process.

It reads an INT96 column as 64-bit times and gives no access to the bytes. A column of twelve bytes, which it reads
unchanged, differs from it only in two fields of the schema; for this only the schema is parsed.

Source:
    apache/parquet-format, src/main/thrift/parquet.thrift,
    structs FileMetaData (schema: field 2), SchemaElement (type: 1, type_length: 2), RowGroup, ColumnChunk and
    ColumnMetaData.
"""

from __future__ import annotations

import io
from typing import Any, Final

import pyarrow.parquet

from blobprep.tables.codecs.columnar.thrift import (
    I32,
    I64,
    LIST,
    STRUCT,
    Reader,
    Struct,
    read_list,
    read_number,
    read_struct,
)
from blobprep.tables.codecs.sources import Source

__all__ = ["find_group_ends", "find_groups", "retype_int96", "wait_for_footer"]

_TAIL: Final = 8
_MAGIC: Final = b"PAR1"
_SCHEMA: Final = 2
_TYPE, _LENGTH = 1, 2
_GROUPS, _CHUNKS, _METADATA = 4, 1, 3  # of FileMetaData, RowGroup and ColumnChunk
_LENGTH_OF_CHUNK, _DATA_PAGE, _DICTIONARY_PAGE = 7, 9, 11  # of ColumnMetaData
_MOST: Final = 128 << 10  # bytes, which take 0.1 s
_READ_AT_ONCE: Final = 64 << 10  # what pyarrow reads from the end of a file to find the footer
_PADDING: Final = 1 << 10  # pyarrow reads up to 100 bytes beyond columns that an old writer gives too short a length
_INT96, _FIXED = b"\x06", b"\x0e"  # 3 and 7, zigzag
_TWELVE: Final = b"\x18"  # 12, zigzag


def retype_int96(source: Source) -> Any:
    """Return the metadata of a Parquet file with each INT96 column declared as a column of twelve bytes.

    Args:
        source: a file whose footer pyarrow can read.

    Raises:
        ValueError: the footer is not in the compact protocol.
    """
    changed = _Schema(_read_footer(source)).retype()
    file = io.BytesIO(_MAGIC + changed + len(changed).to_bytes(4, "little") + _MAGIC)
    return pyarrow.parquet.read_metadata(file)


def wait_for_footer(source: Source) -> None:
    """Wait for the end of a file as far as pyarrow reads it when it opens the file."""
    size = source.end()
    start = max(0, size - _READ_AT_ONCE)
    source.wait(start, size - start)
    start = max(0, size - _TAIL - _footer_length(source))
    source.wait(start, size - start)


def find_group_ends(source: Source) -> list[int]:
    """Return for each row group of a file a place after the last byte that pyarrow reads of it.

    Args:
        source: a file whose footer pyarrow can read.

    Returns:
        The places; none if the footer is so long that to parse it takes longer than it saves, or lacks a place.
    """
    if _footer_length(source) > _MOST:
        return []
    return [place.stop for place in find_groups(source)]


def find_groups(source: Source) -> list[range]:
    """Return the place of each row group of a file, up to after the last byte that pyarrow reads of it.

    Args:
        source: a file whose footer pyarrow can read.

    Returns:
        The places, in the order of the groups; none if the footer lacks one.
    """
    try:
        groups = map(read_struct, read_list(_field(read_struct(_read_footer(source)), _GROUPS, LIST)))
        chunks = [list(map(_find_chunk, read_list(_field(group, _CHUNKS, LIST)))) for group in groups]
        return [range(min(place.start for place in group), max(place.stop for place in group)) for group in chunks]
    except ValueError:
        return []


def _find_chunk(chunk: bytes) -> range:
    metadata = read_struct(_field(read_struct(chunk), _METADATA, STRUCT))
    places = [_field(metadata, number, I64) for number in (_DATA_PAGE, _DICTIONARY_PAGE) if number in metadata]
    starts = list(map(read_number, places))
    length = read_number(_field(metadata, _LENGTH_OF_CHUNK, I64))
    return range(min(starts), max(starts) + length + _PADDING)


def _field(struct: Struct, number: int, kind: int) -> bytes:
    found, value = struct.get(number, (0, b""))
    if found != kind:
        raise ValueError(f"the footer has no field {number} of kind {kind}")
    return value


def _footer_length(source: Source) -> int:
    return int.from_bytes(source.read_at(max(0, source.end() - _TAIL), 4), "little")


def _read_footer(source: Source) -> bytes:
    length = _footer_length(source)
    return bytes(source.read_at(source.end() - _TAIL - length, length))


class _Schema(Reader):
    """The schema within a footer, and the edits to it."""

    def __init__(self, footer: bytes) -> None:
        super().__init__(footer)
        self._footer = footer
        self._edits: list[tuple[int, int, bytes]] = []

    def retype(self) -> bytes:
        """Return the footer with its INT96 elements changed."""
        field = 0
        while header := self.read_byte():
            field, kind = self.read_field(field, header)
            if field == _SCHEMA and kind == LIST:
                for _ in range(self.read_list_size()[0]):
                    self._retype_element()
                break
            self.skip(kind)
        pieces, done = [], 0
        for start, stop, replacement in self._edits:
            pieces += [self._footer[done:start], replacement]
            done = stop
        return b"".join([*pieces, self._footer[done:]])

    def _retype_element(self) -> None:
        """Read a SchemaElement, whose fields are in order; change the type of an INT96 element and add its length."""
        field, found = 0, False
        while True:
            before = self.at
            header = self.read_byte()
            if found and field == _TYPE:
                found = False
                self._insert_length(before, header)
            if not header:
                return
            field, kind = self.read_field(field, header)
            start = self.at
            self.skip(kind)
            found = field == _TYPE and kind == I32 and self._footer[start : self.at] == _INT96
            if found:
                self._edits.append((start, self.at, _FIXED))

    def _insert_length(self, at: int, header: int) -> None:
        """Insert the length between the type and the next field, whose number is stored relative to the one before."""
        delta, kind = header >> 4, header & 15
        if header and delta == _LENGTH - _TYPE:
            raise ValueError("an INT96 column has a length")
        ours = bytes([(_LENGTH - _TYPE) << 4 | I32]) + _TWELVE
        following = bytes([(delta - (_LENGTH - _TYPE)) << 4 | kind]) if delta else bytes([header])
        self._edits.append((at, at + 1, ours + following))
