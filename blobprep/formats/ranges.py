"""Parts of a blob, as read options name them: ranges of bytes, row groups, types of columns. Pure."""

from __future__ import annotations

import re
from typing import Final

from blobprep.errors import InvalidOption

__all__ = ["COLUMN_TYPES", "byte_ranges_named", "column_types_named", "print_ranges", "row_groups_named"]

_RANGE: Final = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")

COLUMN_TYPES: Final = (
    "int64",
    "double",
    "bool",
    "string",
    "timestamp[us]",
    "timestamp[ns]",
    "timestamp[us, tz=UTC]",
    "timestamp[ns, tz=UTC]",
)
"""The types that columns of delimited text can have, by Arrow's names, as manifests and `show` give them."""


def byte_ranges_named(text: str) -> tuple[range, ...]:
    """Return the ranges that an option `bytes` stands for; none for an empty text.

    >>> byte_ranges_named("0-57;1000-1999")
    (range(0, 58), range(1000, 2000))

    Raises:
        InvalidOption: it is not a list of ranges that follow one another.
    """
    return _ranges("bytes", text) if text.strip() else ()


def row_groups_named(text: str) -> range:
    """Return the row groups that an option `row_groups` stands for; none for an empty text.

    >>> row_groups_named("0-3"), row_groups_named("7")
    (range(0, 4), range(7, 8))

    Raises:
        InvalidOption: it is not a range.
    """
    if not text.strip():
        return range(0)
    found = _ranges("row_groups", f"{text}-{text}" if text.strip().isdigit() else text)
    if len(found) > 1:
        raise InvalidOption(f"row_groups={text} is more than one range", remedy="name one, as in row_groups=0-3")
    return found[0]


def column_types_named(text: str) -> tuple[str, ...]:
    """Return the types that an option `column_types` lists; none for an empty text.

    >>> column_types_named("int64; timestamp[us, tz=UTC]")
    ('int64', 'timestamp[us, tz=UTC]')

    Raises:
        InvalidOption: one is not a type of delimited text.
    """
    kinds = tuple(kind.strip() for kind in text.split(";")) if text.strip() else ()
    for kind in kinds:
        if kind not in COLUMN_TYPES:
            raise InvalidOption(
                f"column_types does not take {kind!r}", remedy=f"the types are {', '.join(COLUMN_TYPES)}"
            )
    return kinds


def print_ranges(ranges: tuple[range, ...]) -> str:
    """Return ranges as `byte_ranges_named` reads them, those that touch joined.

    >>> print_ranges((range(0, 58), range(58, 100), range(200, 300)))
    '0-99;200-299'
    """
    joined: list[range] = []
    for found in ranges:
        if joined and joined[-1].stop == found.start:
            joined[-1] = range(joined[-1].start, found.stop)
        else:
            joined.append(found)
    return ";".join(f"{found.start}-{found.stop - 1}" for found in joined)


def _ranges(name: str, text: str) -> tuple[range, ...]:
    found: list[range] = []
    for part in text.split(";"):
        match = _RANGE.fullmatch(part.strip())
        if match is None or int(match[1]) > int(match[2]) or (found and int(match[1]) < found[-1].stop):
            raise InvalidOption(
                f"{name}={text} is not a list of ranges",
                remedy=f"name the first and the last of each, counted from 0, as in {name}=0-57;1000-1999",
            )
        found.append(range(int(match[1]), int(match[2]) + 1))
    return tuple(found)
