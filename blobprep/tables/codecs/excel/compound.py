"""A check that the chains of sectors in an old workbook end. The library would follow an endless chain for ever.

Source: Microsoft, [MS-CFB] sections 2.2 (header), 2.3 (FAT), 2.4 (mini FAT), 2.5 (DIFAT) and 2.6 (directory).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

__all__ = ["chains_end"]

_REGULAR: Final = 0xFFFFFFFA
"""The first number that is not a sector's; larger ones mark ends of chains and free sectors."""

_SHIFTS: Final = (9, 12)
_SMALL: Final = 4096
_ENTRY: Final = 128
_STREAM, _ROOT = 2, 5


def chains_end(data: memoryview) -> bool:
    """Tell whether every chain of sectors in a compound file ends; in a damaged file one may form a circle."""
    shift = int.from_bytes(data[30:32], "little")
    if shift not in _SHIFTS:
        return False
    file = _File(data, 1 << shift)
    try:
        fat = file.fat()
        directory = b"".join(file.sector(number) for number in _iter_chain(fat, file.number(48)))
        small = file.numbers(b"".join(file.sector(number) for number in _iter_chain(fat, file.number(60))))
        for at in range(0, len(directory), _ENTRY):
            entry = directory[at : at + _ENTRY]
            kind = entry[66:67]
            if kind in (bytes([_STREAM]), bytes([_ROOT])):
                is_small = kind == bytes([_STREAM]) and int.from_bytes(entry[120:124], "little") < _SMALL
                for _ in _iter_chain(small if is_small else fat, int.from_bytes(entry[116:120], "little")):
                    pass
    except _Circle:
        return False
    return True


class _Circle(Exception):
    """A chain that returns to itself."""


class _File:
    """A compound file.

    Args:
        data: the whole file.
        size: bytes per sector.
    """

    def __init__(self, data: memoryview, size: int) -> None:
        self._data, self._size = data, size

    def number(self, at: int) -> int:
        """Return the number at an offset in the header."""
        return int.from_bytes(self._data[at : at + 4], "little")

    def numbers(self, data: bytes) -> list[int]:
        """Convert bytes to 32-bit numbers."""
        return memoryview(data[: len(data) // 4 * 4]).cast("I").tolist()

    def sector(self, number: int) -> bytes:
        """Return a sector, shorter if the file ends inside it."""
        start = (number + 1) * self._size
        return bytes(self._data[start : start + self._size])

    def fat(self) -> list[int]:
        """Return the next sector of every sector."""
        sectors = self.numbers(bytes(self._data[76:512]))
        following, seen = self.number(68), 0
        while following < _REGULAR:
            numbers = self.numbers(self.sector(following))
            sectors += numbers[:-1]
            following, seen = (numbers or [_REGULAR])[-1], seen + 1
            if seen * self._size > len(self._data):
                raise _Circle
        return self.numbers(b"".join(self.sector(number) for number in sectors if number < _REGULAR))


def _iter_chain(table: list[int], first: int) -> Iterator[int]:
    """Yield the sectors of a chain, which ends at the first number outside the table."""
    left = len(table)
    while first < len(table):
        if not left:
            raise _Circle
        yield first
        first, left = table[first], left - 1
