"""Thrift's compact protocol, in which Parquet footers are encoded: enough of it to change single fields.

The value of a field stays as the bytes that encode it until it is read, so that what is not changed is kept exactly.

Source:
    apache/thrift, doc/specs/thrift-compact-protocol.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

__all__ = [
    "I32",
    "I64",
    "LIST",
    "STRUCT",
    "Reader",
    "Struct",
    "read_list",
    "read_number",
    "read_struct",
    "write_list",
    "write_number",
    "write_struct",
]

I32, I64, LIST, STRUCT = 5, 6, 9, 12
_DEPTH: Final = 32

Struct = dict[int, tuple[int, bytes]]
"""The fields of a struct in order: the kind and the encoded value by the field's number."""


class Reader:
    """The position in encoded bytes.

    Attributes:
        at: the place of the next byte.
    """

    def __init__(self, data: bytes) -> None:
        self._data, self.at = data, 0

    def read_byte(self) -> int:
        """Read one byte.

        Raises:
            ValueError: there is none; all methods raise it for bytes that are not in the protocol.
        """
        if self.at >= len(self._data):
            raise ValueError("the footer ends within its schema")
        self.at += 1
        return self._data[self.at - 1]

    def read_varint(self) -> int:
        """Read a number of up to 64 bits without a sign."""
        value = shift = 0
        while (byte := self.read_byte()) & 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
            if shift > 63:
                raise ValueError("a number in the footer does not end")
        return value | byte << shift

    def read_field(self, before: int, header: int) -> tuple[int, int]:
        """Return a field's number and kind; a number far from the one before is stored in full."""
        delta, kind = header >> 4, header & 15
        return (before + delta if delta else _unzigzag(self.read_varint())), kind

    def read_list_size(self) -> tuple[int, int]:
        """Read the number of a list's items and their kind."""
        header = self.read_byte()
        return (self.read_varint() if header >> 4 == 15 else header >> 4), header & 15

    def skip(self, kind: int, depth: int = _DEPTH) -> None:
        """Move past a value."""
        if not depth:
            raise ValueError("the footer is nested too deeply")
        if kind in (1, 2):  # a boolean, which is in the header itself
            return
        if kind in (3, 4, 5, 6):
            self.read_varint()
        elif kind == 7:
            self.at += 8
        elif kind == 8:
            length = self.read_varint()
            self.at += length
        elif kind in (LIST, 10):
            size, inner = self.read_list_size()
            for _ in range(size):
                self.skip(3 if inner in (1, 2) else inner, depth - 1)
        elif kind == STRUCT:
            field = 0
            while header := self.read_byte():
                field, inner = self.read_field(field, header)
                self.skip(inner, depth - 1)
        else:
            raise ValueError("the footer has a field of unknown kind")


def read_struct(data: bytes) -> Struct:
    """Return the fields of a struct."""
    reader, fields, number = Reader(data), Struct(), 0
    while header := reader.read_byte():
        number, kind = reader.read_field(number, header)
        start = reader.at
        reader.skip(kind)
        fields[number] = kind, data[start : reader.at]
    return fields


def write_struct(fields: Struct) -> bytes:
    """Encode a struct."""
    pieces, before = [], 0
    for number, (kind, value) in fields.items():
        delta = number - before
        pieces += [bytes([delta << 4 | kind]) if 0 < delta < 16 else bytes([kind]) + write_number(number), value]
        before = number
    return b"".join([*pieces, b"\0"])


def read_list(data: bytes) -> list[bytes]:
    """Return the encoded items of a list."""
    reader, items = Reader(data), []
    size, kind = reader.read_list_size()
    for _ in range(size):
        start = reader.at
        reader.skip(kind)
        items.append(data[start : reader.at])
    return items


def write_list(items: Iterable[bytes], kind: int) -> bytes:
    """Encode a list of encoded items."""
    items = list(items)
    size = len(items)
    header = bytes([size << 4 | kind]) if size < 15 else bytes([0xF0 | kind]) + _write_varint(size)
    return b"".join([header, *items])


def read_number(data: bytes) -> int:
    """Return a number of up to 64 bits."""
    return _unzigzag(Reader(data).read_varint())


def write_number(number: int) -> bytes:
    """Encode a number of up to 64 bits."""
    return _write_varint(number << 1 if number >= 0 else (-number << 1) - 1)


def _unzigzag(number: int) -> int:
    return (number >> 1) ^ -(number & 1)


def _write_varint(number: int) -> bytes:
    pieces = bytearray()
    while number > 0x7F:
        pieces.append(number & 0x7F | 0x80)
        number >>= 7
    pieces.append(number)
    return bytes(pieces)
