"""The table of formats, one row for each. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from blobprep.errors import InvalidOption
from blobprep.formats.options import Option

__all__ = [
    "COMPRESSIONS",
    "FORMATS",
    "Format",
    "content_type_of",
    "default_content_type",
    "extension_of",
    "format_named",
]


@dataclass(frozen=True, slots=True)
class Format:
    """A format of datasets.

    Attributes:
        name: as in `--format NAME`.
        extensions: the extensions of its blobs, with the dot; the first is used for results.
        content_types: the content types of its blobs; the first is stored with results.
        help: one line for documentation.
        reads, writes: its options for reading and writing, by name.
    """

    name: str
    extensions: tuple[str, ...]
    content_types: tuple[str, ...]
    help: str
    reads: Mapping[str, Option]
    writes: Mapping[str, Option]


COMPRESSIONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {"gzip": (".gz", "application/gzip"), "zip": (".zip", "application/zip")}
)
"""The compressions of a whole dataset: the extension that each adds, and its content type."""

_BOOLEAN: Final = ("true", "false")
_INSIDE: Final = (
    Option(
        "compression",
        "auto",
        ("auto", "none", *COMPRESSIONS),
        "the compression of the dataset; 'auto' recognizes it by the first bytes",
    ),
    Option("member", "", (), "the file to read in a zip that holds several"),
)
_FRAME: Final = (
    Option("integers", "float", ("float", "nullable"), "the type of integer columns with missing values"),
    Option("decimals", "float", ("float", "keep"), "the type of decimal columns; 'keep' leaves them as decimals"),
    Option(
        "incomplete",
        "",
        (),
        "columns that get the type of columns with missing values even where none is missing, separated by ';'",
    ),
)
_HEADER: Final = Option("header", "true", _BOOLEAN, "whether the first row holds the column names")
_ENCODING: Final = Option(
    "encoding",
    "auto",
    (),
    "the character encoding, by Python's name for it; 'auto' follows the byte-order mark, and is UTF-8 without one",
)
_DATES: Final = Option("dates", "", (), "columns to read as ISO 8601 dates or times, separated by ';'")
_TEXT: Final = Option("text", "", (), "columns to read as text, separated by ';'")
_MISSING: Final = Option("missing", "?", (), "a cell that means a missing value, besides the empty cell; may be empty")
_CELLS: Final = (
    Option("types", "guess", ("guess", "text"), "guess each column's type, or read every column as text"),
    _TEXT,
    _MISSING,
    Option("leading_zeros", "text", ("text", "number"), "how to read a column of numbers like 007"),
    _DATES,
    Option("column_types", "", (), "the type of each column in place of a guess, in order, separated by ';'"),
)
_NUL: Final = "how to treat NUL bytes in the text, which are damage or padding: 'drop' removes them"
_NUL_BYTES: Final = Option("nul_bytes", "error", ("error", "drop"), _NUL)
_SHAPE: Final = (
    Option("skip_lines", "0", (), "the number of lines to skip above the header, such as a title"),
    Option(
        "unlabeled",
        "error",
        ("error", "first", "last"),
        "which cells have no label if every row has more cells than the header: 'first' for row names from R",
    ),
    Option(
        "ragged",
        "error",
        ("error", "drop"),
        "how to treat rows with another number of cells than the header: 'drop' omits them, if they are a minority",
    ),
    Option("nul_bytes", "error", ("error", "missing", "drop"), f"{_NUL}, 'missing' empties the cells that have them"),
)
_BYTES: Final = Option(
    "bytes",
    "",
    (),
    "the ranges of bytes to read, end to end, such as 0-57;1000-1999: the header, then whole rows; empty for all",
)
_TRAILING: Final = Option(
    "trailing_newline",
    "ignore",
    ("ignore", "row"),
    "how to treat a line end after the last row: 'row' adds a row of missing cells, as Import Data did",
)
_WRITE_INSIDE: Final = Option("compression", "none", ("none", *COMPRESSIONS), "the compression of the results")
_WRITE_HEADER: Final = Option("header", "true", _BOOLEAN, "whether to write a first row with the column names")


def _options(*options: Option) -> Mapping[str, Option]:
    return MappingProxyType({option.name: option for option in options})


def _delimited(name: str, extensions: tuple[str, ...], content_types: tuple[str, ...], delimiter: str) -> Format:
    separator = Option("delimiter", delimiter, (), "the character between cells; 'tab' stands for \\t")
    return Format(
        name,
        extensions,
        content_types,
        "rows of text, quoted by RFC 4180",
        _options(_HEADER, _ENCODING, *_CELLS, _TRAILING, separator, *_SHAPE, _BYTES, *_FRAME, *_INSIDE),
        _options(_WRITE_HEADER, separator, _WRITE_INSIDE),
    )


_ROWS: Final = (
    _delimited("csv", (".csv",), ("text/csv", "application/csv", "text/comma-separated-values"), ","),
    _delimited("tsv", (".tsv", ".tab"), ("text/tab-separated-values",), "tab"),
    Format(
        "arff",
        (".arff",),
        ("text/x-arff", "application/x-arff"),
        "Weka's format: declared attributes, nominal ones as categories, sparse rows",
        _options(
            _ENCODING,
            Option("nominal", "category", ("category", "text"), "how to read a nominal attribute"),
            _NUL_BYTES,
            *_FRAME,
            *_INSIDE,
        ),
        _options(Option("relation", "results", (), "the name in @RELATION"), _WRITE_INSIDE),
    ),
    Format(
        "svmlight",
        (".svmlight", ".libsvm", ".svm"),
        ("text/x-svmlight", "text/x-libsvm"),
        "numbers as `label index:value …`",
        _options(
            Option("base", "1", ("0", "1"), "the index of the first feature"),
            Option("features", "", (), "the minimum number of columns; empty for the highest index"),
            _NUL_BYTES,
            *_FRAME,
            *_INSIDE,
        ),
        _options(
            Option("label", "", (), "the column to write as the label; empty for Labels, else the first column"),
            Option("base", "1", ("0", "1"), "the index of the first feature"),
            Option("zero_label", "0", ("0", "-1"), "how to write a label of 0; -1 as Studio (classic) did"),
            _WRITE_INSIDE,
        ),
    ),
    Format(
        "excel",
        (".xlsx", ".xlsm", ".xls"),
        (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.ms-excel.sheet.macroenabled.12",
            "application/vnd.ms-excel",
        ),
        "a sheet or table of a workbook; `.xls` can be read but not written",
        _options(
            _HEADER,
            Option(
                "sheet",
                "",
                (),
                "the sheet's name, or its number from 1 with hidden sheets; empty for the first visible one with cells",
            ),
            Option("table", "", (), "the name of a table in the workbook, instead of a sheet"),
            Option(
                "types",
                "guess",
                ("guess", "text"),
                "take each column's type from its cells, or read every column as text",
            ),
            _TEXT,
            _MISSING,
            *_FRAME,
            *_INSIDE,
        ),
        _options(_WRITE_HEADER, Option("sheet", "results", (), "the sheet's name"), _WRITE_INSIDE),
    ),
    Format(
        "parquet",
        (".parquet", ".pq"),
        ("application/vnd.apache.parquet", "application/x-parquet", "application/parquet"),
        "Parquet",
        _options(
            Option("row_groups", "", (), "the row groups to read, such as 0-3, counted from 0; empty for all"),
            Option(
                "int96",
                "auto",
                ("auto", "ns", "us", "ms", "s"),
                "the unit of times stored as INT96; 'auto' takes the finest that holds all of a column",
            ),
            *_FRAME,
            *_INSIDE,
        ),
        _options(
            Option("codec", "snappy", ("none", "snappy", "gzip", "zstd", "lz4"), "the compression of the pages"),
            _WRITE_INSIDE,
        ),
    ),
    Format(
        "arrow",
        (".arrow", ".feather", ".ipc"),
        ("application/vnd.apache.arrow.file", "application/vnd.apache.arrow.stream", "application/feather"),
        "Arrow IPC file or stream; Feather, version 2",
        _options(*_FRAME, *_INSIDE),
        _options(Option("codec", "none", ("none", "lz4", "zstd"), "the compression of the buffers"), _WRITE_INSIDE),
    ),
    Format(
        "json",
        (".json",),
        ("application/json", "text/json"),
        "an array of objects, or an object of arrays",
        _options(
            _ENCODING,
            Option("records", "", (), "the key of the rows if they are inside an object; a.b for b inside a"),
            _DATES,
            _NUL_BYTES,
            *_FRAME,
            *_INSIDE,
        ),
        _options(_WRITE_INSIDE),
    ),
    Format(
        "jsonl",
        (".jsonl", ".ndjson"),
        ("application/jsonl", "application/x-ndjson", "application/x-jsonlines"),
        "one object per line",
        _options(_ENCODING, _DATES, _NUL_BYTES, *_FRAME, *_INSIDE),
        _options(_WRITE_INSIDE),
    ),
    Format(
        "plaintext",
        (".txt", ".text"),
        (),
        "one column of lines",
        _options(
            _ENCODING,
            Option("column", "Col1", (), "the label of the column of lines"),
            _TRAILING,
            _NUL_BYTES,
            *_INSIDE,
        ),
        _options(_WRITE_INSIDE),
    ),
)

FORMATS: Final[Mapping[str, Format]] = MappingProxyType({row.name: row for row in _ROWS})
"""The formats by name."""

_PLAIN_TEXT: Final = "text/plain; charset=utf-8"
# A folder that stands for an account stores a content type only where it is not the default. So a default, once given,
# must stay: the extensions of other formats remain application/octet-stream.
_WITH_DEFAULT: Final = (".arrow", ".csv", ".feather", ".ipc", ".json", ".parquet", ".pq", ".tsv")
_BY_EXTENSION: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{
            extension: row.content_types[0]
            for row in _ROWS
            for extension in row.extensions
            if extension in _WITH_DEFAULT
        },
        ".htm": "text/html",
        ".html": "text/html",
        ".png": "image/png",
        ".py": "text/x-python",
        ".txt": _PLAIN_TEXT,
        ".zip": COMPRESSIONS["zip"][1],
    }
)


def format_named(name: str) -> Format:
    """Return the format with a name.

    Raises:
        InvalidOption: there is no such format; the remedy lists them.
    """
    try:
        return FORMATS[name.lower()]
    except KeyError:
        raise InvalidOption(f"{name!r} is not a format", remedy=f"formats are {', '.join(FORMATS)}") from None


def extension_of(row: Format, written: Mapping[str, str]) -> str:
    """Return the extension of results in a format, by the complete options for writing.

    >>> extension_of(FORMATS["csv"], {"compression": "gzip"})
    '.csv.gz'
    """
    added = COMPRESSIONS.get(written["compression"], ("", ""))[0]
    return row.extensions[0] + added


def content_type_of(row: Format, written: Mapping[str, str]) -> str:
    """Return the content type of results in a format, by the complete options for writing."""
    if written["compression"] in COMPRESSIONS:
        return COMPRESSIONS[written["compression"]][1]
    return row.content_types[0] if row.content_types else _PLAIN_TEXT


def default_content_type(blob: str) -> str:
    """Return the content type that the extension of a blob's name stands for; the same on every machine.

    >>> default_content_type("2024/iris.CSV")
    'text/csv'
    """
    name = blob.rpartition("/")[2].lower()
    return _BY_EXTENSION.get(name[name.rfind(".") :] if "." in name[1:] else "", "application/octet-stream")
