"""Options for reading and writing a format, given as `KEY=VALUE,KEY=VALUE`: parsed, checked, with defaults. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from blobprep.errors import InvalidOption
from blobprep.formats.encodings import encoding_named
from blobprep.formats.ranges import byte_ranges_named, column_types_named, row_groups_named

if TYPE_CHECKING:
    from blobprep.formats.table import Format

__all__ = [
    "Option",
    "count_named",
    "delimiter_named",
    "option_text",
    "parse_options",
    "read_options",
    "split_labels",
    "write_options",
]

_PART: Final = re.compile(
    r"""\s*(?P<name>[^\s=,"]+)\s*=\s*(?:"(?P<quoted>(?:[^"]|"")*)"\s*|(?P<plain>(?!\s*")[^,]*))(?:,|\Z)"""
)


@dataclass(frozen=True, slots=True)
class Option:
    """An option for reading or writing a format.

    Attributes:
        name: as in `--read1 NAME=VALUE`.
        default: the value if the option is not given.
        choices: the values it takes; empty for free text.
        help: one line for documentation and messages.
    """

    name: str
    default: str
    choices: tuple[str, ...]
    help: str


def parse_options(text: str) -> dict[str, str]:
    """Parse `KEY=VALUE,KEY=VALUE`; a value with a comma, or with blanks at its ends, is written in double quotes.

    >>> parse_options('header=false, delimiter=","')
    {'header': 'false', 'delimiter': ','}

    Raises:
        InvalidOption: a part has no `=`, a quote is not closed, or a name is given twice.
    """
    options: dict[str, str] = {}
    start = 0
    while start < len(text):
        match = _PART.match(text, start)
        if match is None or match["name"] in options:
            raise InvalidOption(
                f"{text!r} is not a list of options",
                remedy="write KEY=VALUE,KEY=VALUE, each key once; put a value with a comma in double quotes",
            )
        quoted = match["quoted"]
        options[match["name"]] = match["plain"].strip() if quoted is None else quoted.replace('""', '"')
        start = match.end()
    return options


def read_options(row: Format, given: Mapping[str, object]) -> dict[str, str]:
    """Check the options for reading a dataset in a format, and add the defaults.

    Raises:
        InvalidOption: an option does not exist, or does not take its value.
    """
    return _complete(row.name, "reading", row.reads, given)


def write_options(row: Format, given: Mapping[str, object]) -> dict[str, str]:
    """Check the options for writing results in a format, and add the defaults.

    Raises:
        InvalidOption: an option does not exist, or does not take its value.
    """
    return _complete(row.name, "writing", row.writes, given)


def split_labels(value: str) -> list[str]:
    """Split an option's value at each `;` into column labels.

    >>> split_labels("a; b;")
    ['a', 'b']
    """
    return [label.strip() for label in value.split(";") if label.strip()]


def option_text(value: object) -> str:
    """Return the text of an option's value, which Python, TOML or JSON may give as a number or a switch.

    >>> option_text(True), option_text(3)
    ('true', '3')
    """
    return str(value).lower() if isinstance(value, bool) else str(value)


def _complete(name: str, purpose: str, known: Mapping[str, Option], given: Mapping[str, object]) -> dict[str, str]:
    complete = {option.name: option.default for option in known.values()}
    for key, value in given.items():
        if key not in known:
            raise InvalidOption(
                f"{key!r} is not an option for {purpose} {name}", remedy=f"options are {', '.join(known)}"
            )
        text = option_text(value)
        if known[key].choices and text not in known[key].choices:
            choices = " or ".join(known[key].choices)
            raise InvalidOption(f"{key} does not take {text!r} for {purpose} {name}", remedy=f"{key} takes {choices}")
        if key in _CHECKED:
            _CHECKED[key](text)
        complete[key] = text
    return complete


def delimiter_named(text: str) -> str:
    """Return the character that an option `delimiter` stands for.

    Raises:
        InvalidOption: the character cannot separate cells.
    """
    delimiter = "\t" if text in ("tab", "\\t") else text
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n\0':
        raise InvalidOption(f"delimiter={text} cannot separate cells", remedy="give one ASCII character, or tab")
    return delimiter


def count_named(text: str) -> int:
    """Return the number that an option `skip_lines` stands for.

    Raises:
        InvalidOption: it is not a number of lines.
    """
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise InvalidOption(f"skip_lines={text} is not a number of lines", remedy="give a number from 0 to 999999")
    return int(text)


_CHECKED: Final[Mapping[str, Callable[[str], object]]] = {
    "encoding": encoding_named,
    "delimiter": delimiter_named,
    "skip_lines": count_named,
    "bytes": byte_ranges_named,
    "row_groups": row_groups_named,
    "column_types": column_types_named,
}
"""The checks of options that have no list of choices and yet do not take every text."""
