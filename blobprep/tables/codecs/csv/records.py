"""The places of records in the bytes of a delimited text, found while it passes by.

pyarrow parses records but does not tell where they are. Here line ends outside of quotes are found with arrays, as long
as every quote opens or closes a cell; a block of text with other quotes is matched with a pattern, record by record,
which takes many times longer.
"""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np
import numpy.typing as npt

__all__ = ["RecordFinder"]

_BLOCK: Final = 4 << 20
_QUOTE, _FEED, _RETURN = ord('"'), ord("\n"), ord("\r")
_MARKS: Final = {1: b"\xef\xbb\xbf", 2: b"\xff\xfe", 4: b"\xff\xfe\0\0"}

Places = npt.NDArray[np.int64]
Units = npt.NDArray[Any]


class RecordFinder:
    """A finder of records in a text that it is given piece by piece; blank lines are no records.

    Args:
        delimiter: separates cells.
        unit: the type of a character's unit: of one byte, or as UTF-16 and UTF-32 have them.
        skip: lines above the first record.
        header: whether the first record is the header.
        rows: records of a piece, without the header.
        marked: whether a byte-order mark at the start is none of the text.

    Attributes:
        records: how many were found, with the header.
        header: the bytes of the header.
        start: the first byte behind the header.
        cuts: the byte behind the last record of each piece that is complete.
        end: the byte behind all.
        failed: whether the text has quotes within cells in an encoding of wide units, so that nothing is known of it.
    """

    def __init__(self, delimiter: str, unit: str, *, skip: int, header: bool, rows: int, marked: bool = True) -> None:
        self._unit, self._delimiter = np.dtype(unit), ord(delimiter)
        self._skip, self._has_header, self._rows = skip, header, rows
        self._pieces: list[bytes] = []
        self._held, self._wanted = 0, _BLOCK
        self._begun = not marked
        self.records, self.start, self.end = 0, -1, 0
        self.header = range(0)
        self.cuts: list[int] = []
        self.failed = False
        cell = rb'(?:"(?:[^"]|"")*+"[^%b\r\n]*+|(?!")[^%b\r\n]*+)'.replace(b"%b", re.escape(delimiter.encode()))
        self._record = re.compile(rb"(?:%b%b)*+%b(?:\r\n|\n|\r)" % (cell, re.escape(delimiter.encode()), cell))

    def feed(self, data: bytes) -> None:
        """Take the bytes that follow."""
        self._pieces.append(data)
        self._held += len(data)
        if self._held >= self._wanted and not self.failed:
            self._find(ended=False)

    def finish(self) -> None:
        """Find what is left, now that all bytes are there."""
        if not self.failed:
            self._find(ended=True)

    def _find(self, *, ended: bool) -> None:
        data = b"".join(self._pieces)
        size = self._unit.itemsize
        if not self._begun:
            self._begun = True
            mark = _MARKS[size] if self._unit.byteorder != ">" else _MARKS[size][::-1]
            data = self._drop(data, len(mark) if data.startswith(mark) else 0)
        units = np.frombuffer(data, self._unit, len(data) // size)
        if self._skip:
            lines = _line_ends(units, ended)[: self._skip]
            self._skip -= len(lines)
            data = self._drop(data, (int(lines[-1]) + 1) * size if len(lines) else 0)
            units = np.frombuffer(data, self._unit, len(data) // size)
        ends = np.zeros(0, np.int64) if self._skip else self._record_ends(units, data, ended)
        used = int(ends[-1]) + 1 if len(ends) else 0
        if len(ends):
            self._note(units, ends)
        left = self._drop(data, used * size)
        if ended and left and not self._skip:
            self._note_last(len(left))
        self._pieces, self._held = [left], len(left)
        self._wanted = _BLOCK if used else max(_BLOCK, 2 * len(left))  # of a long record, all is looked at again

    def _drop(self, data: bytes, count: int) -> bytes:
        self.end += count
        return data[count:]

    def _note(self, units: Units, ends: Places) -> None:
        """Note the records between line ends; `end` is still the place of the first of them."""
        starts = np.concatenate(([0], ends[:-1] + 1))
        returns = (units[ends] == _FEED) & (ends > starts) & (units[ends - 1] == _RETURN)
        filled = np.flatnonzero(ends - starts - returns > 0)
        size = self._unit.itemsize
        if not len(filled):
            return
        before, self.records = self.records, self.records + len(filled)
        if not before:
            first = range(self.end + int(starts[filled[0]]) * size, self.end + (int(ends[filled[0]]) + 1) * size)
            self.header = first if self._has_header else range(0)
            self.start = first.stop if self._has_header else first.start
        numbers = before + 1 + np.arange(len(filled)) - self._has_header
        last = filled[(numbers > 0) & (numbers % self._rows == 0)]
        self.cuts += [self.end + (int(end) + 1) * size for end in ends[last]]

    def _note_last(self, length: int) -> None:
        """Note the last record, which has no line end."""
        if not self.records:
            self.header = range(self.end, self.end + length) if self._has_header else range(0)
            self.start = self.end + (length if self._has_header else 0)
        self.records += 1
        self.end += length

    def _record_ends(self, units: Units, data: bytes, ended: bool) -> Places:
        """Return the places of the line ends that end records."""
        lines = _line_ends(units, ended)
        quotes = np.flatnonzero(units == _QUOTE)
        if not len(quotes):
            return lines
        if self._are_regular(units, quotes):
            outside: Places = lines[np.searchsorted(quotes, lines) % 2 == 0]
            return outside
        if self._unit.itemsize > 1:
            self.failed = True
            return lines[:0]
        return self._match_records(data, ended)

    def _are_regular(self, units: Units, quotes: Places) -> bool:
        """Return whether all quotes, in turns, open and close a cell; two in a row may also stand for one."""
        opening, closing = quotes[0::2], quotes[1::2]
        before = units[np.maximum(opening - 1, 0)]
        after = units[np.minimum(closing + 1, len(units) - 1)]
        at_bounds = (self._delimiter, _FEED, _RETURN, _QUOTE)
        opens = np.isin(before, at_bounds) | (opening == 0)
        closes = np.isin(after, at_bounds) | (closing == len(units) - 1)
        return bool(opens.all() and closes.all())

    def _match_records(self, data: bytes, ended: bool) -> Places:
        ends, place = [], 0
        while match := self._record.match(data, place):
            place = match.end()
            if place == len(data) and data.endswith(b"\r") and not ended:
                break
            ends.append(place - 1)
        return np.array(ends, np.int64)


def _line_ends(units: Units, ended: bool) -> Places:
    """Return the last unit of each line end; a return at the very end may have a feed yet to come."""
    is_end = units == _FEED
    returns = np.flatnonzero(units == _RETURN)
    if len(returns):
        within = returns[returns < len(units) - 1]
        is_end[within[units[within + 1] != _FEED]] = True
        if ended and returns[-1] == len(units) - 1:
            is_end[-1] = True
    return np.flatnonzero(is_end)
