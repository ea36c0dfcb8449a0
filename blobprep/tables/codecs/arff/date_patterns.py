"""Java's date patterns, as far as ARFF uses them, such as `yyyy-MM-dd'T'HH:mm:ss`.

| letters | meaning |
| --- | --- |
| `y` `M` `d` | year, month (`MMM` its English name), day |
| `H` `h` `a` | hour to 23, hour to 12 with AM or PM |
| `m` `s` `S` | minute, second, millisecond |
| `E` | English name of the weekday, ignored |
| `z` `Z` `X` | offset from UTC: `GMT+01:00` or `UTC`, `+0100`, `+01:00` or `Z` |
| `'text'`, `''` | that text, a quote |
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

__all__ = ["DEFAULT", "Pattern", "UnknownLetter"]

DEFAULT: Final = "yyyy-MM-dd'T'HH:mm:ss"
"""The pattern of `@attribute name date` without one."""

_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_ITEM: Final = re.compile(r"(?P<field>([a-zA-Z])\2*)|'(?P<quoted>(?:[^']|'')*)'|(?P<plain>[^a-zA-Z'])", re.DOTALL)
_NUMERIC: Final = "yMdHhmsS"
_NAMED: Final = {
    "a": "[AaPp][Mm]",
    "E": "[A-Za-z]{1,9}",
    "z": r"(?:GMT|UTC?|Z)?(?:[+-]\d{1,2}:?\d{2})?",
    "Z": r"[+-]\d{4}",
    "X": r"Z|[+-]\d{2}(?::?\d{2})?",
}
_EPOCH: Final = datetime.datetime(1970, 1, 1)
_FIRST: Final = -62135596800_000
_LAST: Final = 253402300799_999
"""Milliseconds since 1970 of the first and the last time that Python's dates can hold."""

_AHEAD: Final = 20


class UnknownLetter(ValueError):
    """A letter or quote in a pattern that is not supported."""


@dataclass(frozen=True, slots=True)
class _Fields:
    expression: re.Pattern[str]
    letters: str


class Pattern:
    """A date pattern that reads texts as times.

    Args:
        text: the pattern.

    Raises:
        UnknownLetter: it has a letter that is not in the table above, has one twice, or does not close a quote.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._fields = _compile(text)

    @property
    def kind(self) -> Any:
        """The Arrow type of the times: milliseconds, in UTC if the pattern has an offset."""
        zoned = any(letter in "zZX" for letter in self._fields.letters)
        return pa.timestamp("ms", "UTC" if zoned else None)

    def to_milliseconds(self, text: str) -> int:
        """Convert a text to milliseconds since 1970.

        Raises:
            ValueError: the text does not follow the pattern, or there is no such time.

        >>> Pattern("d.M.yy HH:mm").to_milliseconds("2.1.70 00:01")
        86460000
        """
        match = self._fields.expression.fullmatch(text.strip(" \t"))
        if match is None:
            raise ValueError(f"{text!r} does not follow {self.text!r}")
        found = dict(zip(self._fields.letters, match.groups(), strict=True))
        year = _parse_year(found.get("y", "1970"))
        hour = int(found.get("H", "0"))
        if "h" in found:
            if not 1 <= int(found["h"]) <= 12:
                raise ValueError(f"there is no hour {found['h']}")
            hour = int(found["h"]) % 12 + 12 * (found.get("a", "AM").upper() == "PM")
        moment = datetime.datetime(
            year,
            _parse_month(found.get("M", "1")),
            int(found.get("d", "1")),
            hour,
            int(found.get("m", "0")),
            int(found.get("s", "0")),
        )
        elapsed = (moment - _EPOCH) // datetime.timedelta(milliseconds=1) + int(found.get("S", "0"))
        elapsed -= sum(_parse_offset(found[letter]) for letter in "zZX" if letter in found)
        if not _FIRST <= elapsed <= _LAST:
            raise ValueError(f"{text!r} is not within the years 1 to 9999")
        return elapsed


def _compile(text: str) -> _Fields:
    expression, letters, position = "", "", 0
    while position < len(text):
        item = _ITEM.match(text, position)
        if item is None:
            raise UnknownLetter(f"unclosed quote in {text!r}")
        position = item.end()
        field = item["field"]
        if field is None:
            literal = item["plain"] if item["quoted"] is None else item["quoted"].replace("''", "'") or "'"
            expression += re.escape(literal)
            continue
        letter = field[0]
        if letter not in _NUMERIC and letter not in _NAMED:
            raise UnknownLetter(f"unknown letter {letter!r} in {text!r}")
        if letter in letters:
            raise UnknownLetter(f"second {letter!r} in {text!r}")
        following = _ITEM.match(text, position)
        touching = following is not None and following["field"] is not None and following["field"][0] in _NUMERIC
        expression += f"({_field_expression(field, touching)})"
        letters += letter
    return _Fields(re.compile(expression), letters)


def _field_expression(field: str, touching: bool) -> str:
    letter = field[0]
    if letter in _NAMED:
        return _NAMED[letter]
    if letter == "M" and len(field) > 2:
        return "[A-Za-z]{1,9}"
    # As in Java, only a field that touches the next number has the pattern's width; others take any number of digits.
    return f"[0-9]{{{len(field)}}}" if touching else "[0-9]{1,9}"


def _parse_year(digits: str) -> int:
    if len(digits) != 2:
        return int(digits)
    # As in Java, two digits mean a year from 80 years ago to 20 years ahead.
    latest = datetime.datetime.now(datetime.UTC).year + _AHEAD
    return latest - (latest - int(digits)) % 100


def _parse_month(text: str) -> int:
    if text.isdigit():
        return int(text)
    name = text.lower()
    matches = [number for number, month in enumerate(_MONTHS, 1) if name in (month, month[:3])]
    if not matches:
        raise ValueError(f"there is no month {text!r}")
    return matches[0]


def _parse_offset(text: str) -> int:
    """Convert an offset from UTC to milliseconds."""
    digits = re.sub("[^0-9]", "", text)
    if not digits:
        return 0
    digits = digits.rjust(4, "0") if len(digits) > 2 else f"{digits:0>2}00"
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 18 or minutes > 59:
        raise ValueError(f"there is no offset {text!r}")
    return (-1 if "-" in text else 1) * (hours * 60 + minutes) * 60_000
