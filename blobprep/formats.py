"""The formats of datasets: names, extensions, content types and options. Pure; the codecs are the child's.

A format is one row of `FORMATS` and one codec in `blobprep.child.codecs`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from blobprep.errors import InvalidOption

__all__ = [
    "FORMATS",
    "Format",
    "Option",
    "delimiter_named",
    "encoding_named",
    "format_named",
    "format_of",
    "parse_options",
    "read_options",
    "write_options",
]


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


@dataclass(frozen=True, slots=True)
class Format:
    """Describe a format of datasets.

    Attributes:
        name: as in `--format NAME`.
        extensions: of blobs in it, with the dot; the first is used for results.
        content_type: stored with results.
        reads, writes: its options by name.
    """

    name: str
    extensions: tuple[str, ...]
    content_type: str
    reads: Mapping[str, Option]
    writes: Mapping[str, Option]


def _options(*options: Option) -> Mapping[str, Option]:
    return MappingProxyType({option.name: option for option in options})


_PART: Final = re.compile(
    r"""\s*(?P<name>[^\s=,"]+)\s*=\s*(?:"(?P<quoted>(?:[^"]|"")*)"\s*|(?P<plain>(?!\s*")[^,]*))(?:,|\Z)"""
)
_BOOLEAN: Final = ("true", "false")
_FRAME: Final = (
    Option("integers", "float", ("float", "nullable"), "integers with missing values become this"),
    Option("decimals", "float", ("float", "keep"), "decimal numbers become this"),
)
_TEXT: Final = (
    Option("header", "true", _BOOLEAN, "the first row holds the column names"),
    Option("encoding", "utf-8", (), "the character encoding, by Python's name for it"),
    Option("types", "guess", ("guess", "text"), "guess each column's type, or leave all as text"),
    Option("missing", "?", (), "the cell that is missing besides the empty one; empty for none"),
    Option("leading_zeros", "text", ("text", "number"), "what a column like 007 is"),
    Option("dates", "", (), "columns to read as ISO 8601 dates or times, separated by ';'"),
)
_WRITE_TEXT: Final = (Option("header", "true", _BOOLEAN, "write a first row with the column names"),)


def _text(name: str, extension: str, content_type: str, delimiter: str) -> Format:
    separator = Option("delimiter", delimiter, (), "the character between cells; tab for \\t")
    return Format(
        name,
        (extension,),
        content_type,
        _options(*_TEXT, separator, *_FRAME),
        _options(*_WRITE_TEXT, separator),
    )


FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        "csv": _text("csv", ".csv", "text/csv", ","),
        "tsv": _text("tsv", ".tsv", "text/tab-separated-values", "tab"),
        "parquet": Format(
            "parquet",
            (".parquet", ".pq"),
            "application/vnd.apache.parquet",
            _options(*_FRAME),
            _options(Option("compression", "snappy", ("none", "snappy", "gzip", "zstd"), "of the pages")),
        ),
        "arrow": Format(
            "arrow",
            (".arrow", ".feather", ".ipc"),
            "application/vnd.apache.arrow.file",
            _options(*_FRAME),
            _options(),
        ),
    }
)


def format_named(name: str) -> Format:
    """Return the format of that name.

    Raises:
        InvalidOption: there is none; the message lists them.
    """
    try:
        return FORMATS[name.lower()]
    except KeyError:
        raise InvalidOption(f"{name!r} is not a format", remedy=f"formats are {', '.join(FORMATS)}") from None


def format_of(blob: str) -> Format | None:
    """Return the format that a blob's name shows by its extension, None where it shows none."""
    lower = blob.lower()
    for row in FORMATS.values():
        if lower.endswith(row.extensions):
            return row
    return None


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


def _complete(name: str, verb: str, known: Mapping[str, Option], given: Mapping[str, object]) -> dict[str, str]:
    complete = {option.name: option.default for option in known.values()}
    for key, value in given.items():
        if key not in known:
            listed = ", ".join(known) or "none"
            raise InvalidOption(f"{key!r} is not an option to {verb} {name}", remedy=f"options are {listed}")
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if known[key].choices and text not in known[key].choices:
            choices = " or ".join(known[key].choices)
            raise InvalidOption(f"{key}={text} is not an option to {verb} {name}", remedy=f"{key} is {choices}")
        if key in _CHECKED:
            _CHECKED[key](text)
        complete[key] = text
    return complete


def encoding_named(name: str) -> str:
    """Return Python's own name of an encoding.

    Raises:
        InvalidOption: there is none, or it encodes no text.

    >>> encoding_named("UTF8"), encoding_named("latin1")
    ('utf-8', 'iso8859-1')
    """
    try:
        # Some codecs turn bytes into bytes (base64, zip); they are not character encodings.
        "".encode(name)
        b"".decode(name)
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        raise InvalidOption(
            f"encoding={name} is no character encoding",
            remedy="name one of Python's, such as utf-8, cp1252 or utf-16",
        ) from None


def delimiter_named(text: str) -> str:
    """Return the character that an option `delimiter` means.

    Raises:
        InvalidOption: it cannot separate cells.
    """
    delimiter = "\t" if text in ("tab", "\\t") else text
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n\0':
        raise InvalidOption(f"delimiter={text} cannot separate cells", remedy="name one ASCII character, or tab")
    return delimiter


_CHECKED: Final[Mapping[str, Callable[[str], str]]] = {"encoding": encoding_named, "delimiter": delimiter_named}
"""Options that are no free text, although they have no list of choices."""
