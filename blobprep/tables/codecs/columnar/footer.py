"""Footers of Parquet files, edited so that INT96 columns are declared as columns of twelve bytes.

pyarrow reads an INT96 column as 64-bit times and gives no access to the bytes. A column of twelve bytes, which pyarrow
reads unchanged, differs from it only in two fields of the schema. The footer is a struct in Thrift's compact protocol;
only its schema is parsed, and the rest is kept.

Source:
    apache/thrift, doc/specs/thrift-compact-protocol.md; apache/parquet-format, src/main/thrift/parquet.thrift,
    structs FileMetaData (schema: field 2) and SchemaElement (type: 1, type_length: 2).
"""

from __future__ import annotations

import io
from typing import Any, Final

import pyarrow.parquet

from blobprep.tables.codecs.sources import Source

__all__ = ["retype_int96"]

_TAIL: Final = 8
_MAGIC: Final = b"PAR1"
_SCHEMA: Final = 2
_TYPE, _LENGTH = 1, 2
_I32, _LIST, _STRUCT = 5, 9, 12
_INT96, _FIXED = b"\x06", b"\x0e"  # 3 and 7, zigzag
_TWELVE: Final = b"\x18"  # 12, zigzag
_DEPTH: Final = 32


def retype_int96(source: Source) -> Any:
    """Return the metadata of a Parquet file with each INT96 column declared as a column of twelve bytes.

    Args:
        source: a file whose footer pyarrow can read.

    Raises:
        ValueError: the footer is not in the compact protocol.
    """
    source.seek(0, io.SEEK_END)
    end = source.tell()
    length = int.from_bytes(source.read_at(end - _TAIL, 4), "little")
    footer = bytes(source.read_at(end - _TAIL - length, length))
    changed = _Schema(footer).retype()
    file = io.BytesIO(_MAGIC + changed + len(changed).to_bytes(4, "little") + _MAGIC)
    return pyarrow.parquet.read_metadata(file)


class _Schema:
    """The schema within a footer, and the edits to it."""

    def __init__(self, footer: bytes) -> None:
        self._footer, self._at = footer, 0
        self._edits: list[tuple[int, int, bytes]] = []

    def retype(self) -> bytes:
        """Return the footer with its INT96 elements changed."""
        field = 0
        while header := self._read_byte():
            field, kind = self._read_field(field, header)
            if field == _SCHEMA and kind == _LIST:
                for _ in range(self._read_list_size()[0]):
                    self._retype_element()
                break
            self._skip(kind, _DEPTH)
        pieces, done = [], 0
        for start, stop, replacement in self._edits:
            pieces += [self._footer[done:start], replacement]
            done = stop
        return b"".join([*pieces, self._footer[done:]])

    def _retype_element(self) -> None:
        """Read a SchemaElement, whose fields are in order; change the type of an INT96 element and add its length."""
        field, found = 0, False
        while True:
            before = self._at
            header = self._read_byte()
            if found and field == _TYPE:
                found = False
                self._insert_length(before, header)
            if not header:
                return
            field, kind = self._read_field(field, header)
            start = self._at
            self._skip(kind, _DEPTH)
            found = field == _TYPE and kind == _I32 and self._footer[start : self._at] == _INT96
            if found:
                self._edits.append((start, self._at, _FIXED))

    def _insert_length(self, at: int, header: int) -> None:
        """Insert the length between the type and the next field, whose number is stored relative to the one before."""
        delta, kind = header >> 4, header & 15
        if header and delta == _LENGTH - _TYPE:
            raise ValueError("an INT96 column has a length")
        ours = bytes([(_LENGTH - _TYPE) << 4 | _I32]) + _TWELVE
        following = bytes([(delta - (_LENGTH - _TYPE)) << 4 | kind]) if delta else bytes([header])
        self._edits.append((at, at + 1, ours + following))

    def _read_byte(self) -> int:
        if self._at >= len(self._footer):
            raise ValueError("the footer ends within its schema")
        self._at += 1
        return self._footer[self._at - 1]

    def _read_varint(self) -> int:
        value = shift = 0
        while (byte := self._read_byte()) & 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
            if shift > 63:
                raise ValueError("a number in the footer does not end")
        return value | byte << shift

    def _read_field(self, before: int, header: int) -> tuple[int, int]:
        """Return a field's number and kind; a number far from the one before is stored in full."""
        delta, kind = header >> 4, header & 15
        if delta:
            return before + delta, kind
        number = self._read_varint()
        return (number >> 1) ^ -(number & 1), kind

    def _read_list_size(self) -> tuple[int, int]:
        header = self._read_byte()
        return (self._read_varint() if header >> 4 == 15 else header >> 4), header & 15

    def _skip(self, kind: int, depth: int) -> None:
        if not depth:
            raise ValueError("the footer is nested too deeply")
        if kind in (1, 2):  # a boolean, which is in the header itself
            return
        if kind in (3, 4, 5, 6):
            self._read_varint()
        elif kind == 7:
            self._at += 8
        elif kind == 8:
            length = self._read_varint()
            self._at += length
        elif kind in (_LIST, 10):
            size, inner = self._read_list_size()
            for _ in range(size):
                self._skip(3 if inner in (1, 2) else inner, depth - 1)
        elif kind == _STRUCT:
            field = 0
            while header := self._read_byte():
                field, inner = self._read_field(field, header)
                self._skip(inner, depth - 1)
        else:
            raise ValueError("the footer has a field of unknown kind")
