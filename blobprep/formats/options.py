"""Options of reading and writing: `KEY=VALUE,KEY=VALUE`, complete and checked. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from blobprep.errors import InvalidOption
from blobprep.formats.encodings import encoding_named

if TYPE_CHECKING:
    from blobprep.formats.table import Format

__all__ = ["Option", "count_named", "delimiter_named", "listed", "parse_options", "read_options", "write_options"]

_PART: Final = re.compile(
    r"""\s*(?P<name>[^\s=,"]+)\s*=\s*(?:"(?P<quoted>(?:[^"]|"")*)"\s*|(?P<plain>(?!\s*")[^,]*))(?:,|\Z)"""
)


@dataclass(frozen=True, slots=True)
class Option:
    """Describe an option of reading or writing a format.

    Attributes:
        name: as in `--read1 NAME=VALUE`.
        default: the value used when it is not given.
        choices: the values it takes; empty for free text.
        help: one line for documentation and messages.
    """

    name: str
    default: str
    choices: tuple[str, ...]
    help: str


def parse_options(text: str) -> dict[str, str]:
    """Read `KEY=VALUE,KEY=VALUE`; a value that holds a comma, or blanks at its ends, is put in double quotes.

    >>> parse_options('header=false, delimiter=","')
    {'header': 'false', 'delimiter': ','}

    Raises:
        InvalidOption: a part without `=`, a quote that is not closed, or a name twice.
    """
    options: dict[str, str] = {}
    start = 0
    while start < len(text):
        match = _PART.match(text, start)
        if match is None or match["name"] in options:
            raise InvalidOption(
                f"{text!r} is not a list of options",
                remedy="write KEY=VALUE,KEY=VALUE, each key once; a value that holds a comma is put in double quotes",
            )
        quoted = match["quoted"]
        options[match["name"]] = match["plain"].strip() if quoted is None else quoted.replace('""', '"')
        start = match.end()
    return options


def read_options(row: Format, given: Mapping[str, object]) -> dict[str, str]:
    """Complete and check the options of reading a dataset in that format.

    Raises:
        InvalidOption: an unknown name or a value it does not take.
    """
    return _complete(row.name, "read", row.reads, given)


def write_options(row: Format, given: Mapping[str, object]) -> dict[str, str]:
    """Complete and check the options of writing results in that format.

    Raises:
        InvalidOption: an unknown name or a value it does not take.
    """
    return _complete(row.name, "write", row.writes, given)


def listed(value: str) -> list[str]:
    """Return the labels that an option names, separated by `;`.

    >>> listed("a; b;")
    ['a', 'b']
    """
    return [label.strip() for label in value.split(";") if label.strip()]


def _complete(name: str, verb: str, known: Mapping[str, Option], given: Mapping[str, object]) -> dict[str, str]:
    complete = {option.name: option.default for option in known.values()}
    for key, value in given.items():
        if key not in known:
            raise InvalidOption(f"{key!r} is not an option to {verb} {name}", remedy=f"options are {', '.join(known)}")
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if known[key].choices and text not in known[key].choices:
            choices = " or ".join(known[key].choices)
            raise InvalidOption(f"{key}={text} is not an option to {verb} {name}", remedy=f"{key} is {choices}")
        if key in _CHECKED:
            _CHECKED[key](text)
        complete[key] = text
    return complete


def delimiter_named(text: str) -> str:
    """Return the character that an option `delimiter` means.

    Raises:
        InvalidOption: it cannot separate cells.
    """
    delimiter = "\t" if text in ("tab", "\\t") else text
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n\0':
        raise InvalidOption(f"delimiter={text} cannot separate cells", remedy="name one ASCII character, or tab")
    return delimiter


def count_named(text: str) -> int:
    """Return the number that an option `skip_lines` means.

    Raises:
        InvalidOption: it is no number of lines.
    """
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise InvalidOption(f"skip_lines={text} is no number of lines", remedy="name one from 0 to 999999")
    return int(text)


_CHECKED: Final[Mapping[str, Callable[[str], object]]] = {
    "encoding": encoding_named,
    "delimiter": delimiter_named,
    "skip_lines": count_named,
}
"""Options that are no free text, although they have no list of choices."""
